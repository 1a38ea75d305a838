// The record of a variant: scores with their limits, prompt, colours, files, recipe, time.

const section = (title, ...inside) => make("section", {}, make("h3", {}, title), inside);
const titled = (title, button, ...inside) => make("section", {}, make("h3", {}, title, button), inside);
const list = (texts) => make("ul", {}, texts.map((text) => make("li", {}, text)));
const facts = (pairs) => make("dl", { class: "facts-list" }, pairs.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));

function record(card) {
  return [reasons(card), notes(card), likenesses(card), scores(card), made(card), prompt(card), palette(card), filesTable(card.files), recipe(card), seconds(card)].filter(Boolean);
}

function masterRecord() {
  return [make("section", {}, make("p", {}, "The one illustration that every variant is made from.")), filesTable([sheet.master])];
}

function reasons(card) {
  if (card.outcome === "accepted") return null;
  const failed = card.outcome === "failed";
  const texts = failed ? [card.error || "It was not finished.", ...card.reasons] : card.reasons;
  return make("section", { class: `note ${card.outcome}` }, make("h3", {}, failed ? "Why it failed" : "Why it needs a look"), list(texts));
}

const notes = (card) => (card.notes.length ? make("section", { class: "note" }, make("h3", {}, "Notes"), list(card.notes)) : null);

// ── scores ───────────────────────────────────────────────────────────────────────────────────────────────

function scores(card) {
  if (!card.scores) return null;
  const gates = sheet.gates[card.gates];
  const rows = sheet.measures.filter((measure) => card.scores[measure.key] !== null).map((measure) => measureRow(measure, card.scores[measure.key], gates));
  const head = make("tr", {}, ["Measure", "Value", "Limit", "Gate"].map((word) => make("th", { scope: "col" }, word)));
  const body = [...rows, ...nearestRows(card, gates)];
  return section("Scores", make("table", {}, make("thead", {}, head), make("tbody", {}, body)));
}

function measureRow(measure, value, gates) {
  const limit = measure.gate ? gates[measure.gate] : measure.fixed;
  const unit = measure.unit ? ` ${measure.unit}` : "";
  const number = (x, digits) => (measure.percent ? `${(100 * x).toFixed(digits)} %` : `${x.toFixed(digits)}${unit}`);
  const least = measure.bound === "least";
  const gate = limit === null ? null : least ? value >= limit : value <= limit;
  const limitText = limit === null ? "" : `${least ? "≥" : "≤"} ${measure.percent ? `${trim(100 * limit)} %` : trim(limit) + unit}`;
  return scoreRow(measure.label, measure.help, number(value, measure.digits), limitText, gate);
}

const trim = (number) => String(Number(number.toFixed(4)));

function scoreRow(label, help, value, limit, passed) {
  return make("tr", {}, make("th", { scope: "row" }, label, make("small", {}, help)), make("td", {}, value), make("td", { class: "limit" }, limit), make("td", {}, passed === null ? "" : mark(passed)));
}

const mark = (passed) => make("span", { class: `mark ${passed ? "pass" : "over"}` }, icon(passed ? "accepted" : "failed"), passed ? "pass" : "miss");

function nearestRows(card, gates) {
  if (card.scores.nearest === null) return [];
  const own = new Set(card.steps.map((step) => step.code));
  const { nearest, nearest_distance: near, runner_up: second, runner_up_distance: far } = card.scores;
  const first = scoreRow("Nearest artwork", `At distance ${near.toFixed(2)}`, nearest, gates.nearest_own ? "its own" : "", gates.nearest_own ? own.has(nearest) : null);
  return second === null ? [first] : [first, scoreRow("Runner-up artwork", `At distance ${far.toFixed(2)}`, second, "", null)];
}

// ── likeness ─────────────────────────────────────────────────────────────────────────────────────────────

// What a value means among copies of the master and others, never the value alone.
function likenesses(card) {
  const clean = card.scores?.clean;
  const learned = { ...card.scores?.learned, ...(clean ? { clean } : {}) };
  const shown = sheet.likenesses.filter(({ name }) => name in learned);
  if (!shown.length) return null;
  const gates = sheet.gates[card.gates];
  const least = { clean: gates.clean, ...(gates.learned ?? sheet.usual) };
  return section("Likeness", make("ul", { class: "likeness" }, shown.map((measure) => likenessRow(measure, learned[measure.name], least[measure.name]))));
}

function likenessRow({ label, help }, { value, share, words }, least) {
  const asked = least !== undefined && share !== null;
  const number = make("b", {}, share === null ? value.toFixed(3) : percent(share));
  const limit = asked ? make("span", { class: "limit" }, `≥ ${trim(100 * least)} %`) : "";
  const head = make("p", { class: "measure" }, make("span", {}, label, help ? make("small", {}, help) : ""), make("span", { class: "share" }, number, limit, asked ? mark(share >= least) : ""));
  return make("li", {}, head, share === null ? "" : shareBar(share, asked ? least : null), make("p", { class: "means" }, words));
}

const percent = (share) => `${Math.round(100 * share)} %`;

// Decoration: the number beside it says the same.
function shareBar(share, least) {
  const bar = make("span", { class: `share-bar ${least !== null && share < least ? "under" : ""}`, "aria-hidden": "true" }, make("i"), least === null ? "" : make("em"));
  bar.style.setProperty("--share", share);
  bar.style.setProperty("--least", least ?? 0);
  return bar;
}

// ── how it was made ──────────────────────────────────────────────────────────────────────────────────────

function made(card) {
  const steps = [...card.preparation, ...card.steps];
  return steps.length ? section("How it was made", make("ol", { class: "steps" }, steps.map(stepItem))) : null;
}

function stepItem({ verb, words, paint }) {
  const line = make("p", {}, make("b", {}, verb[0].toUpperCase() + verb.slice(1)), ` ${words}`);
  return make("li", {}, line, paint ? painted(paint) : "");
}

function painted(paint) {
  const fate = paint.kept ? "kept" : "left out";
  const why = paint.why ? `: ${paint.why}` : "";
  return make("div", { class: `paint ${paint.kept ? "" : "unkept"}` }, make("p", {}, `The paint was ${fate}${why}.`), facts(paint.facts));
}

// ── words, colours, files ────────────────────────────────────────────────────────────────────────────────

function prompt(card) {
  const negative = sheet.negatives[card.negative];
  const wanted = titled("Prompt", copyButton(card.prompt, "prompt"), make("p", { class: "words" }, card.prompt));
  const unwanted = titled("Negative prompt", copyButton(negative, "negative prompt"), make("p", { class: "words less" }, negative));
  return negative ? make("div", {}, wanted, unwanted) : wanted;
}

function palette(card) {
  return card.palette.length ? section("Colours", make("div", { class: "swatches" }, card.palette.map(swatch))) : null;
}

function swatch(hex) {
  const sample = make("i", { "aria-hidden": "true" });
  sample.style.background = hex;
  const button = make("button", { type: "button", class: "swatch", "aria-label": `Copy colour ${hex}`, title: "Copy" }, sample, hex);
  button.addEventListener("click", () => copy(hex, hex));
  return button;
}

const size = (bytes) => (bytes < 1e6 ? `${(bytes / 1000).toFixed(bytes < 1e4 ? 1 : 0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

function filesTable(files) {
  if (!files.length) return null;
  const head = make("tr", {}, ["Format", "Pixels", "Size", ""].map((word) => make("th", { scope: "col" }, word)));
  return section("Files", make("table", { class: "files" }, make("thead", {}, head), make("tbody", {}, files.map(fileRow))));
}

function fileRow(file) {
  const name = file.format === "webp" ? "WebP" : file.format.toUpperCase();
  const zipped = file.gzip_bytes === null ? "" : make("small", {}, `${size(file.gzip_bytes)} gzipped`);
  const link = make("a", { href: file.href, download: "", "aria-label": `Download ${name}, ${file.width} × ${file.height}` }, "Download");
  return make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, `${file.width} × ${file.height}`), make("td", {}, size(file.bytes), zipped), make("td", {}, link));
}

// ── recipe and time ──────────────────────────────────────────────────────────────────────────────────────

// As the manifest says it: the sheet keeps what recipes share only once.
function fullRecipe(card) {
  const { name, values, labels, master, width, height, digest } = card;
  const [preparation, edits] = [card.preparation, card.steps].map((steps) => steps.map(fullStep));
  return { name, values, labels, master, width, height, preparation, edits, digest };
}

const fullStep = ({ shared, code, artwork }) => ({ ...sheet.shared[shared], ...(code === null ? {} : { code, artwork }) });

function recipe(card) {
  const text = JSON.stringify(fullRecipe(card), null, 2);
  const values = Object.entries(card.values).map(([axis, value]) => [axis, card.labels[axis] && card.labels[axis] !== value ? `${card.labels[axis]} (${value})` : value]);
  const styles = card.styles.length ? [["styles", card.styles.join(", ")]] : [];
  const digests = [["recipe", digest(card.digest)], ["order", digest(card.order_digest)]];
  const all = make("details", {}, make("summary", {}, "The whole recipe as JSON"), make("pre", { tabindex: "0" }, text));
  return titled("Recipe", copyButton(text, "recipe"), facts([...values, ...styles, ...digests]), all);
}

function digest(text) {
  const button = make("button", { type: "button", class: "digest", "aria-label": `Copy digest ${text}`, title: text }, `${text.slice(0, 16)}…`);
  button.addEventListener("click", () => copy(text, "Digest"));
  return button;
}

function seconds(card) {
  const stages = Object.entries(card.seconds);
  if (!stages.length) return null;
  const total = stages.reduce((sum, [, took]) => sum + took, 0);
  return section("Time", facts([...stages.map(([stage_, took]) => [stage_, `${took.toFixed(2)} s`]), ["together", `${total.toFixed(2)} s`]]));
}
