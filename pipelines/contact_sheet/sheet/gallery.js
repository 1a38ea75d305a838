// The cards: searching, filtering, sorting, their size and ground, and moving among them by keys.

const grid = $("variants");
const cells = [...grid.querySelectorAll(".cell[data-place]")];
const masterCell = grid.querySelector(".cell[data-master]");
const placeOf = (cell) => Number(cell.dataset.place);
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const haystacks = sheet.cards.map((card) => plain([card.label, card.code, card.name, card.prompt].join(" ")));
const bytesOf = (card) => card.files.reduce((sum, file) => sum + file.bytes, 0);

const orders = {
  "": (a, b) => placeOf(a) - placeOf(b),
  name: byKey((card) => card.label, (a, b) => a.localeCompare(b)),
  delta_e: byKey((card) => card.scores?.delta_e, (a, b) => b - a),
  geometry: byKey((card) => card.scores?.geometry, (a, b) => b - a),
  svg_ssim: byKey((card) => card.scores?.svg_ssim, (a, b) => a - b),
  bytes: byKey((card) => bytesOf(card) || undefined, (a, b) => b - a),
};

// Cards that lack the key come last; equal ones stay as planned.
function byKey(key, compare) {
  return (a, b) => {
    const [first, second] = [a, b].map((cell) => key(sheet.cards[placeOf(cell)]) ?? undefined);
    if (first === undefined || second === undefined) return (first === undefined) - (second === undefined) || orders[""](a, b);
    return compare(first, second) || orders[""](a, b);
  };
}

let wantedOutcome = "";

function isWanted(place) {
  const card = sheet.cards[place];
  const words = plain($("find").value).split(/\s+/).filter(Boolean);
  const axes = [...document.querySelectorAll("[data-axis]")];
  return (
    (!wantedOutcome || card.outcome === wantedOutcome) &&
    axes.every((list) => !list.value || card.values[list.dataset.axis] === list.value) &&
    words.every((word) => haystacks[place].includes(word))
  );
}

function filter() {
  let shown = 0;
  for (const cell of cells) {
    cell.hidden = !isWanted(placeOf(cell));
    shown += !cell.hidden;
  }
  const all = shown === cells.length;
  $("result").textContent = all ? plural(shown, "variant") : `${shown.toLocaleString("en")} of ${plural(cells.length, "variant")}`;
  document.querySelector(".nothing").hidden = shown > 0;
  masterCell.hidden = shown === 0;
  keepOneTabStop();
}

function show(outcome) {
  wantedOutcome = outcome;
  for (const button of document.querySelectorAll("[data-outcome]"))
    button.setAttribute("aria-pressed", String(button.dataset.outcome === outcome));
  filter();
}

function sort() {
  cells.sort(orders[$("sort").value]);
  grid.append(...cells);
}

function reset() {
  $("find").value = "";
  for (const list of document.querySelectorAll("[data-axis]")) list.value = "";
  show("");
  $("find").focus();
}

// ── keys: one card is a tab stop, arrows move it ─────────────────────────────────────────────────────────

const visibleCards = () => [masterCell, ...cells].filter((cell) => !cell.hidden).map((cell) => cell.firstElementChild);
const visiblePlaces = () => cells.filter((cell) => !cell.hidden).map(placeOf);
let stop = masterCell.firstElementChild;

function keepOneTabStop(card = stop) {
  const shown = visibleCards();
  for (const other of grid.querySelectorAll(".card")) other.tabIndex = -1;
  stop = shown.includes(card) ? card : shown[0] || stop;
  stop.tabIndex = 0;
}

function moveStop(key) {
  const shown = visibleCards();
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const from = shown.indexOf(stop);
  const to = { ArrowRight: from + 1, ArrowLeft: from - 1, ArrowDown: from + columns, ArrowUp: from - columns, Home: 0, End: shown.length - 1 }[key];
  if (to === undefined) return false;
  focusCard(shown[Math.max(0, Math.min(shown.length - 1, to))]);
  return true;
}

function focusCard(card) {
  keepOneTabStop(card);
  stop.focus();
  stop.scrollIntoView({ block: "nearest" });
}

function focusPlace(place) {
  const cell = place === null ? masterCell : cells.find((other) => placeOf(other) === place);
  if (cell && !cell.hidden) focusCard(cell.firstElementChild);
}

// ── wiring ───────────────────────────────────────────────────────────────────────────────────────────────

function startGallery() {
  document.querySelector(".toolbar").hidden = false;
  document.querySelector(".toolbar").addEventListener("submit", (event) => event.preventDefault());
  root.style.setProperty("--ratio", sheet.master.width / sheet.master.height);
  $("find").addEventListener("input", filter);
  $("sort").addEventListener("change", sort);
  $("reset").addEventListener("click", reset);
  for (const list of document.querySelectorAll("[data-axis]")) list.addEventListener("change", filter);
  for (const button of document.querySelectorAll("button[data-outcome]"))
    button.addEventListener("click", () => show(button.dataset.outcome));
  $("size").addEventListener("input", setSize);
  $("ground").addEventListener("change", () => (root.dataset.ground = $("ground").value));
  grid.addEventListener("focusin", (event) => event.target.matches(".card") && keepOneTabStop(event.target));
  grid.addEventListener("keydown", (event) => moveStop(event.key) && event.preventDefault());
  const more = document.querySelector(".more");
  more.addEventListener("click", () => more.setAttribute("aria-expanded", String($("options").classList.toggle("open"))));
  if (innerWidth < 700) $("size").value = "150";
  setSize();
  filter();
}

function setSize() {
  grid.style.setProperty("--card", `${$("size").value}px`);
}
