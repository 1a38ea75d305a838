// Keys that work anywhere, and the start.

let started = false;
const typing = (target) => target.matches("input, select, textarea");
const holdsSpace = (target) => target.matches("button:not([aria-pressed='true'][data-view]), a, summary, input, select, textarea");

function onPage(event) {
  if (event.key === "/") $("find").focus();
  else if (event.key === "?") $("keys").showModal();
  else return;
  event.preventDefault();
}

function inDetail(event) {
  const actions = { ArrowLeft: () => go(-1), ArrowRight: () => go(1), z: toggleZoom, "?": () => $("keys").showModal() };
  const number = VIEWS[Number(event.key) - 1];
  const spaces = event.key === " " && view === "flicker" && !holdsSpace(event.target);
  const up = ["ArrowUp", "ArrowDown"].includes(event.key) && view === "flicker";
  const action = up ? swapByHand : number ? () => choose(number) : spaces ? togglePause : actions[event.key];
  if (!action) return;
  action();
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  if (typing(event.target) && event.target.type !== "checkbox") return;
  if (detail.open) inDetail(event);
  else onPage(event);
});
$("help").addEventListener("click", () => $("keys").showModal());
$("keys-close").addEventListener("click", () => $("keys").close());
$("find").addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "Enter") focusCard(stop);
});

startGallery();
startCompare();
startDetail();
followAddress();
started = true;
