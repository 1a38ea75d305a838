// The stage: a variant beside its master, flickering with it, subtracted from it, or swiped over it.

const stage = $("stage");
const frames = Object.fromEntries([...stage.querySelectorAll(".frame")].map((frame) => [frame.dataset.picture, frame]));
const VIEWS = ["side", "flicker", "difference", "swipe"];
const narrow = matchMedia("(max-width: 980px)"); // where the stage grows with what lies on it
let view = "side";

const LOSSY = { webp: "WebP", avif: "AVIF" };
const hints = {
  side: () => "",
  flicker: () => (calm.matches ? "Your system asks for less motion, so nothing flickers by itself. Click the picture to swap it." : "What changes, flickers; what stays, stands still. Click the picture to swap it by hand."),
  difference: (card) => {
    const lossy = LOSSY[card.picture?.format];
    const noise = lossy ? ` The variant here is a ${lossy}, so faint noise is its compression.` : "";
    return card.picture?.format === "svg" ? "Black is equal. The variant here is the SVG, whose edges differ a little." : `Black is equal.${noise}`;
  },
  swipe: () => "Drag over the picture, or use the slider.",
};

function stageCard(card) {
  const missing = card !== null && !card.picture;
  const picture = card?.picture;
  stage.toggleAttribute("data-missing", missing);
  stage.toggleAttribute("data-alone", card === null);
  setPicture("master", sheet.master.href, "The master");
  setPicture("variant", picture ? picture.href : "", card ? `${card.label}, the variant` : "");
}

function setPicture(which, href, words) {
  const image = frames[which].querySelector("img");
  image.alt = words;
  if (!href) image.removeAttribute("src");
  else if (image.getAttribute("src") !== href) image.src = href;
}

function setView(wanted, card) {
  view = VIEWS.includes(wanted) ? wanted : "side";
  stage.dataset.view = card?.picture ? view : "side";
  for (const button of document.querySelectorAll("[data-view][type]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  for (const knobs of document.querySelectorAll("[data-for]")) knobs.hidden = knobs.dataset.for !== view || !card?.picture;
  document.querySelector(".views").hidden = !card?.picture;
  $("hint").textContent = card?.picture ? hints[view](card) : "";
  layOut();
  if (stage.dataset.view === "flicker") showOne("variant");
  else showBoth();
  runFlicker();
}

// Two pictures lie beside or above each other, whichever shows them larger.
function layOut() {
  if (stage.dataset.view !== "side") return (stage.dataset.layout = "pile");
  const wide = stage.clientWidth;
  const high = narrow.matches ? innerHeight * 0.56 : stage.clientHeight;
  const ratio = sheet.master.width / sheet.master.height;
  const alone = stage.hasAttribute("data-alone") || stage.hasAttribute("data-missing");
  const beside = Math.min(wide / 2, high * ratio);
  const above = Math.min(wide, (high / 2) * ratio);
  stage.dataset.layout = alone ? "pile" : beside >= above ? "row" : "column";
  return stage.dataset.layout;
}

// ── flicker ──────────────────────────────────────────────────────────────────────────────────────────────

let flickering = null;
let paused = calm.matches;

// Starts or stops the clock; what is shown stays until the next swap.
function runFlicker() {
  clearInterval(flickering);
  const pace = Number($("speed").value);
  if (stage.dataset.view === "flicker" && !paused) flickering = setInterval(swap, 1000 / pace);
  $("pace").textContent = `${pace} a second`;
  $("pause").replaceChildren(icon(paused ? "play" : "pause"), paused ? "Play" : "Pause");
}

function showBoth() {
  for (const frame of Object.values(frames)) frame.removeAttribute("data-off");
}

function showOne(which) {
  for (const [name, frame] of Object.entries(frames)) frame.toggleAttribute("data-off", name !== which);
}

const swap = () => showOne(frames.master.hasAttribute("data-off") ? "master" : "variant");

function togglePause() {
  paused = !paused;
  runFlicker();
}

function swapByHand() {
  if (!paused) togglePause();
  swap();
}

const stopFlicker = () => clearInterval(flickering);

// ── swipe and zoom ───────────────────────────────────────────────────────────────────────────────────────

function setCut(percent) {
  const cut = Math.max(0, Math.min(100, percent));
  $("cut").value = String(cut);
  stage.style.setProperty("--share", cut / 100);
}

function pointerShare(event) {
  const frame = event.target.closest(".frame") || frames.master;
  const box = frame.getBoundingClientRect();
  return [(100 * (event.clientX - box.left)) / box.width, (100 * (event.clientY - box.top)) / box.height];
}

function followPointer(event) {
  const [x, y] = pointerShare(event).map((share) => Math.max(0, Math.min(100, share)));
  if (event.buttons && stage.dataset.view === "swipe") setCut(x);
  stage.style.setProperty("--x", `${x}%`);
  stage.style.setProperty("--y", `${y}%`);
}

function toggleZoom() {
  const zoomed = stage.classList.toggle("zoomed");
  $("zoom").setAttribute("aria-pressed", String(zoomed));
  if (zoomed) $("hint").textContent = "Four times as large; move the pointer to look around.";
}

function startCompare() {
  root.style.setProperty("--ratio", sheet.master.width / sheet.master.height);
  new ResizeObserver(layOut).observe(stage);
  $("pause").addEventListener("click", togglePause);
  $("speed").addEventListener("input", runFlicker);
  $("amplify").addEventListener("change", () => stage.toggleAttribute("data-amplified", $("amplify").checked));
  $("cut").addEventListener("input", () => setCut(Number($("cut").value)));
  $("zoom").addEventListener("click", toggleZoom);
  stage.addEventListener("click", () => stage.dataset.view === "flicker" && swapByHand());
  stage.addEventListener("pointerdown", followPointer);
  stage.addEventListener("pointermove", followPointer);
  calm.addEventListener("change", () => calm.matches && !paused && togglePause());
}
