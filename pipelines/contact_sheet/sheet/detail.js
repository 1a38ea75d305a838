// The dialog of one variant. The address says what it shows: #variant=ca-on&view=flicker, or #master.

const detail = $("detail");
let current; // place of the card that is shown; null for the master
let cameFromGrid = false;

function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.has("master")) return { place: null, view: "side" };
  if (!given.has("variant")) return null;
  const place = sheet.cards.findIndex((card) => card.name === given.get("variant"));
  if (place < 0) say(`This pack has no variant ${given.get("variant")}`);
  return place < 0 ? null : { place, view: given.get("view") };
}

function address() {
  if (current === null) return "#master";
  const kept = view === "side" ? "" : `&view=${view}`;
  return `#variant=${encodeURIComponent(sheet.cards[current].name)}${kept}`;
}

const note = () => history.replaceState(null, "", address());

function followAddress() {
  const wanted = fromAddress();
  if (wanted === null) return detail.open && detail.close();
  if (!detail.open) {
    cameFromGrid = started;
    detail.showModal();
  }
  return present(wanted.place, wanted.view || "side");
}

function present(place, wantedView) {
  current = place;
  const card = place === null ? null : sheet.cards[place];
  $("detail-title").textContent = card ? card.label : "Master";
  $("detail-code").textContent = card ? card.code : "";
  $("detail-badge").replaceChildren(card ? badge(card.outcome) : "");
  const places = shownPlaces();
  $("detail-place").textContent = places.includes(place) ? `${places.indexOf(place) + 1} of ${places.length}` : "";
  stageCard(card);
  setView(wantedView, card);
  $("record").replaceChildren(...(card ? record(card) : masterRecord()));
  $("record").scrollTop = 0;
  preload(places, place);
}

function badge(outcome) {
  return make("span", { class: `badge ${outcome}` }, icon(outcome), outcome[0].toUpperCase() + outcome.slice(1));
}

// The neighbours' pictures are fetched ahead, so that going on does not blink.
function preload(places, place) {
  for (const step of [1, -1]) {
    const neighbour = sheet.cards[places[places.indexOf(place) + step]];
    if (neighbour?.picture) new Image().src = neighbour.picture.href;
  }
}

function go(step) {
  const ring = [null, ...shownPlaces()];
  const from = Math.max(0, ring.indexOf(current));
  present(ring[(from + step + ring.length) % ring.length], view);
  note();
}

function choose(wantedView) {
  setView(wantedView, current === null ? null : sheet.cards[current]);
  note();
}

// Closing goes back to where the grid was; a sheet that was opened by a deep link only drops the link.
function closed() {
  stopFlicker();
  if (fromAddress() !== null) {
    if (cameFromGrid) history.back();
    else history.replaceState(null, "", location.href.split("#")[0]);
  }
  focusPlace(current);
}

function startDetail() {
  $("previous").addEventListener("click", () => go(-1));
  $("next").addEventListener("click", () => go(1));
  $("close").addEventListener("click", () => detail.close());
  detail.addEventListener("close", closed);
  detail.addEventListener("click", (event) => event.target === detail && detail.close());
  for (const button of document.querySelectorAll(".views button")) button.addEventListener("click", () => choose(button.dataset.view));
  addEventListener("hashchange", followAddress);
}
