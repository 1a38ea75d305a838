// The cards: searching, filtering, sorting, their size and ground, and moving among them by keys.

const grid = $("variants");
const cells = [...grid.querySelectorAll(".cell[data-place]")];
const masterCell = grid.querySelector(".cell[data-master]");
const placeOf = (cell) => Number(cell.dataset.place);
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const haystacks = sheet.cards.map((card) => plain([card.label, card.code, card.name, card.prompt, ...Object.values(card.values)].join(" ")));
const bytesOf = (card) => card.files.reduce((sum, file) => sum + file.bytes, 0);

const orders = {
  "": (a, b) => placeOf(a) - placeOf(b),
  name: byKey((card) => card.label, (a, b) => a.localeCompare(b)),
  delta_e: byKey((card) => card.scores?.delta_e, (a, b) => b - a),
  geometry: byKey((card) => card.scores?.geometry, (a, b) => b - a),
  svg_ssim: byKey((card) => card.scores?.svg_ssim, (a, b) => a - b),
  alike: byKey(likeness, (a, b) => a[0] - b[0] || a[1] - b[1]),
  bytes: byKey((card) => bytesOf(card) || undefined, (a, b) => b - a),
};

// How alike a variant and its master are: by share, which means the same for every master, then by the cosine.
function likeness(card) {
  const found = card.scores?.learned.master;
  return found && [found.share ?? 1, found.value];
}

// Cards that lack the key come last; equal ones stay as planned.
function byKey(key, compare) {
  return (a, b) => {
    const [first, second] = [a, b].map((cell) => key(sheet.cards[placeOf(cell)]) ?? undefined);
    if (first === undefined || second === undefined) return (first === undefined) - (second === undefined) || orders[""](a, b);
    return compare(first, second) || orders[""](a, b);
  };
}

let wantedOutcome = "";

// What the toolbar asks for, as a test of a card's place.
function wanted() {
  const words = plain($("find").value).split(/\s+/).filter(Boolean);
  const axes = [...document.querySelectorAll("[data-axis]")].filter((list) => list.value);
  return (place) =>
    (!wantedOutcome || sheet.cards[place].outcome === wantedOutcome) &&
    (!$("likeness")?.value || sheet.cards[place][$("likeness").value]) &&
    axes.every((list) => sheet.cards[place].values[list.dataset.axis] === list.value) &&
    words.every((word) => haystacks[place].includes(word));
}

let shown = cells; // the cards that the toolbar asks for, in its order

function update() {
  const isWanted = wanted();
  shown = cells.filter((cell) => isWanted(placeOf(cell))).sort(orders[$("sort").value]);
  grid.replaceChildren(...(shown.length ? [masterCell, ...shown] : []));
  const all = shown.length === cells.length;
  $("result").textContent = all ? plural(cells.length, "variant") : `${shown.length.toLocaleString("en")} of ${plural(cells.length, "variant")}`;
  document.querySelector(".nothing").hidden = shown.length > 0;
  keepOneTabStop();
}

function show(outcome) {
  wantedOutcome = outcome;
  for (const button of document.querySelectorAll("[data-outcome]"))
    button.setAttribute("aria-pressed", String(button.dataset.outcome === outcome));
  update();
}

function reset() {
  $("find").value = "";
  for (const list of document.querySelectorAll("[data-axis], #likeness")) list.value = "";
  show("");
  $("find").focus();
}

// ── keys: one card is a tab stop, arrows move it ─────────────────────────────────────────────────────────

const shownCards = () => [...grid.children].map((cell) => cell.firstElementChild);
const shownPlaces = () => shown.map(placeOf);
let stop = masterCell.firstElementChild;

function keepOneTabStop(card = stop) {
  stop.tabIndex = -1;
  stop = grid.contains(card) ? card : grid.querySelector(".card") || stop;
  stop.tabIndex = 0;
}

function moveStop(key) {
  const cards = shownCards();
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const from = cards.indexOf(stop);
  const to = { ArrowRight: from + 1, ArrowLeft: from - 1, ArrowDown: from + columns, ArrowUp: from - columns, Home: 0, End: cards.length - 1 }[key];
  if (to === undefined) return false;
  focusCard(cards[Math.max(0, Math.min(cards.length - 1, to))]);
  return true;
}

function focusCard(card) {
  keepOneTabStop(card);
  stop.focus();
  stop.scrollIntoView({ block: "nearest" });
}

function focusPlace(place) {
  const cell = place === null ? masterCell : shown.find((other) => placeOf(other) === place);
  if (cell && grid.contains(cell)) focusCard(cell.firstElementChild);
}

// ── wiring ───────────────────────────────────────────────────────────────────────────────────────────────

function startGallery() {
  document.querySelector(".toolbar").hidden = false;
  document.querySelector(".toolbar").addEventListener("submit", (event) => event.preventDefault());
  root.style.setProperty("--ratio", sheet.master.width / sheet.master.height);
  $("find").addEventListener("input", update);
  $("sort").addEventListener("change", update);
  $("reset").addEventListener("click", reset);
  for (const list of document.querySelectorAll("[data-axis], #likeness")) list.addEventListener("change", update);
  for (const button of document.querySelectorAll("button[data-outcome]"))
    button.addEventListener("click", () => show(button.dataset.outcome));
  $("size").addEventListener("input", setSize);
  $("ground").addEventListener("change", () => (root.dataset.ground = $("ground").value));
  grid.addEventListener("focusin", (event) => event.target.matches(".card") && keepOneTabStop(event.target));
  grid.addEventListener("keydown", (event) => moveStop(event.key) && event.preventDefault());
  const more = document.querySelector(".more");
  more.addEventListener("click", () => more.setAttribute("aria-expanded", String($("options").classList.toggle("open"))));
  if (innerWidth < 700) $("size").value = "150";
  for (const card of grid.querySelectorAll(".card")) card.tabIndex = -1;
  setSize();
  update();
}

function setSize() {
  grid.style.setProperty("--card", `${$("size").value}px`);
}
