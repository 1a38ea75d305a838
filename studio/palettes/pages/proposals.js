// Copies a colour, or a palette as the table of a style.

const { tables } = JSON.parse(document.getElementById("data").textContent);
const toast = document.getElementById("toast");

let silence;
function say(text) {
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
  const field = document.createElement("textarea");
  field.className = "quiet";
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

for (const band of document.querySelectorAll("[data-copy]"))
  band.addEventListener("click", () => copy(band.dataset.copy, band.dataset.copy));
for (const button of document.querySelectorAll("[data-table]"))
  button.addEventListener("click", () => copy(tables[Number(button.dataset.table)], "Palette"));
