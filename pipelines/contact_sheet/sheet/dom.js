// Small tools: the page's data, building elements (text never becomes HTML), copying.

const sheet = JSON.parse(document.getElementById("sheet").textContent);
const $ = (id) => document.getElementById(id);
const root = document.documentElement;

function make(tag, given = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(given)) element.setAttribute(key, value);
  element.append(...inside.flat().filter((part) => part !== null && part !== undefined && part !== ""));
  return element;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

let silence;
function say(text) {
  const toast = $("toast");
  // A modal dialog hides what lies outside it, so the toast moves into the one that is open.
  (document.querySelector("dialog[open]") || document.body).append(toast);
  toast.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => (toast.textContent = ""), 2200);
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelection(text);
  }
  say(`${what} copied`);
}

// Where a browser keeps the clipboard from pages that are opened as files.
function copyBySelection(text) {
  const field = make("textarea", { class: "quiet" });
  field.value = text;
  (document.querySelector("dialog[open]") || document.body).append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

const copyButton = (text, what) => {
  const button = make("button", { type: "button", class: "button small", "aria-label": `Copy ${what}` }, icon("copy"), "Copy");
  button.addEventListener("click", () => copy(text, what[0].toUpperCase() + what.slice(1)));
  return button;
};

const plural = (count, thing) => `${count.toLocaleString("en")} ${thing}${count === 1 ? "" : "s"}`;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
