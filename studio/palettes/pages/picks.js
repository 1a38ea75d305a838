// Shows one colour after another, takes what is said of it, and saves it all as picks.json.

const $ = (id) => document.getElementById(id);
const { colours } = JSON.parse($("data").textContent);
const ENOUGH = 10; // answers after which finishing early makes sense
const FAR = 90; // pixels that a card is dragged to be an answer
const KEPT = `atelier-picks-${colours[0].colour}-${colours[colours.length - 1].colour}-${colours.length}`;
const KEYS = {
  ArrowRight: "like", l: "like", ArrowLeft: "dislike", d: "dislike", ArrowUp: "skip", ArrowDown: "skip", s: "skip", " ": "skip",
};
const WORDS = { like: "Liked", dislike: "Disliked", skip: "Skipped" };

const make = (tag, given = {}, ...inside) => {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(given)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
};

// ── what was said ────────────────────────────────────────────────────────────────────────────────────────

let said = colours.map(() => null); // an answer for each colour, or null
let order = []; // places in the order in which they were answered, for undoing
let again = null; // the place of a colour that is being judged again

// The picks outlive a closed window, where the browser keeps anything for pages that are opened as files.
function remember() {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ said, order }));
  } catch {
    // Then they last as long as the page does.
  }
}

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT));
    if (kept?.said?.length === colours.length) ({ said, order } = kept);
  } catch {
    // Nothing was kept.
  }
}

const those = (answer) => colours.filter((_, place) => said[place] === answer);
const answered = () => said.filter(Boolean).length;
const place = () => again ?? said.indexOf(null);

// ── asking ───────────────────────────────────────────────────────────────────────────────────────────────

const card = $("card");
const ticks = colours.map(() => make("li"));
$("progress").append(...ticks);

function show() {
  const now = place();
  const finished = now < 0;
  $("asking").hidden = finished;
  $("done").hidden = !finished;
  if (finished) return showDone();
  const { colour, name } = colours[now];
  card.style.backgroundColor = colour;
  card.setAttribute("aria-label", `${name}, ${colour}`);
  $("code").textContent = `${colour} · ${name}`;
  $("count").textContent = `${now + 1} of ${colours.length}`;
  $("spoken").textContent = `${now + 1} of ${colours.length}: ${name}`;
  $("undo").disabled = order.length === 0 && again === null;
  $("finish").hidden = answered() < ENOUGH;
  ticks.forEach((tick, at) => (tick.className = at === now ? "now" : said[at] || ""));
}

function answer(what) {
  const now = place();
  if (now < 0 || $("asking").hidden) return;
  flyAway(what);
  said[now] = what;
  order = [...order.filter((at) => at !== now), now];
  const wasAgain = again !== null;
  again = null;
  remember();
  if (wasAgain) finish();
  else show();
}

function undo() {
  if ($("asking").hidden) return;
  if (again !== null) {
    again = null;
    return finish();
  }
  if (!order.length) return;
  said[order.pop()] = null;
  remember();
  show();
}

// A copy of the card flies off while the next colour is there already, so that nobody has to wait.
function flyAway(what) {
  const copy = card.cloneNode(true);
  copy.removeAttribute("id");
  copy.setAttribute("aria-hidden", "true");
  copy.dataset.lean = what;
  $("stage").append(copy);
  copy.getBoundingClientRect(); // lays it out, so that the change below is a transition
  copy.style.transform = "";
  copy.classList.remove("back", "held");
  copy.classList.add("away", what);
  setTimeout(() => copy.remove(), 320);
  letGo(false);
}

for (const button of document.querySelectorAll("[data-answer]"))
  button.addEventListener("click", () => answer(button.dataset.answer));
$("undo").addEventListener("click", undo);

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.repeat || $("asking").hidden) return;
  const isUndo = event.key === "Backspace" || event.key.toLowerCase() === "z";
  if (isUndo) {
    event.preventDefault();
    undo();
  } else if (!event.ctrlKey && !event.metaKey) {
    const what = KEYS[event.key.length > 1 ? event.key : event.key.toLowerCase()];
    if (!what || (event.key === " " && event.target.closest("button"))) return;
    event.preventDefault();
    answer(what);
  }
});

// ── dragging the card ────────────────────────────────────────────────────────────────────────────────────

let start = null; // where the pointer went down

function lean(x, y) {
  if (-y > FAR && -y > Math.abs(x)) return "skip";
  return x > FAR ? "like" : x < -FAR ? "dislike" : "";
}

function letGo(back) {
  start = null;
  card.classList.remove("held");
  card.classList.toggle("back", back);
  card.style.transform = "";
  delete card.dataset.lean;
}

card.addEventListener("pointerdown", (event) => {
  if (!event.isPrimary || event.button) return;
  start = [event.clientX, event.clientY];
  card.setPointerCapture(event.pointerId);
  card.classList.remove("back");
  card.classList.add("held");
});
card.addEventListener("pointermove", (event) => {
  if (!start) return;
  const [x, y] = [event.clientX - start[0], event.clientY - start[1]];
  card.style.transform = `translate(${x}px, ${Math.min(y, 24)}px) rotate(${x / 40}deg)`;
  card.dataset.lean = lean(x, y);
});
card.addEventListener("pointerup", (event) => {
  if (!start) return;
  const what = lean(event.clientX - start[0], event.clientY - start[1]);
  if (what) answer(what);
  else letGo(true);
});
card.addEventListener("pointercancel", () => letGo(true));

// ── when it is done ──────────────────────────────────────────────────────────────────────────────────────

function finish() {
  $("asking").hidden = true;
  $("done").hidden = false;
  showDone();
}

function showDone() {
  const [like, dislike] = [those("like").length, those("dislike").length];
  const left = colours.length - answered();
  $("done-title").textContent = `${like} liked, ${dislike} not`;
  $("lead").textContent = verdict(like, dislike, left);
  $("more").hidden = left === 0;
  delete $("again").dataset.sure;
  $("again").textContent = "Start over";
  $("lists").replaceChildren(...Object.keys(WORDS).map(list).filter(Boolean));
  $("done-title").focus();
}

function verdict(like, dislike, left) {
  if (Math.min(like, dislike) < 3) return "That is too one-sided to learn much from: a taste shows in what is liked beside what is not. Tap a colour below to judge it again.";
  if (like + dislike < 30) return `That is a start. ${left ? "With 30 and more, fewer of the proposed colours will miss." : ""} Tap a colour below to judge it again.`;
  return "That is plenty to propose palettes from. Tap a colour below to judge it again.";
}

function list(answer) {
  const places = colours.map((_, at) => at).filter((at) => said[at] === answer);
  if (!places.length) return null;
  const chips = make("ul", { class: "chips" }, ...places.map((at) => make("li", {}, chip(at))));
  const count = make("span");
  count.textContent = ` ${places.length}`;
  return make("section", { class: "list" }, make("h2", {}, WORDS[answer], count), chips);
}

function chip(at) {
  const { colour, name } = colours[at];
  const button = make("button", { type: "button", class: "chip", title: `${name} ${colour}`, "aria-label": `Judge ${name} ${colour} again` });
  button.style.backgroundColor = colour;
  button.addEventListener("click", () => {
    again = at;
    show();
  });
  return button;
}

function picks() {
  const lists = Object.keys(WORDS).map((answer) => [answer, those(answer).map(({ colour }) => colour)]);
  return JSON.stringify(Object.fromEntries(lists), null, 2) + "\n";
}

let silence;
function say(text) {
  $("toast").textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => ($("toast").textContent = ""), 2200);
}

$("finish").addEventListener("click", finish);
$("more").addEventListener("click", show);
$("save").addEventListener("click", () => {
  const url = URL.createObjectURL(new Blob([picks()], { type: "application/json" }));
  const link = make("a", { href: url, download: "picks.json" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  say("picks.json saved");
});
$("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(picks());
  } catch {
    copyBySelection(picks());
  }
  say("Picks copied");
});
$("again").addEventListener("click", () => {
  if (!$("again").dataset.sure) {
    $("again").dataset.sure = "yes";
    $("again").textContent = `Forget all ${answered()} picks and start over?`;
    return;
  }
  [said, order] = [colours.map(() => null), []];
  remember();
  show();
});

// Where a browser keeps the clipboard from pages that are opened as files.
function copyBySelection(text) {
  const field = make("textarea", { class: "quiet" });
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

recall();
show();
