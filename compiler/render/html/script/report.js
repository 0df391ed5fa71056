// The page of a report.
let loaded = false; // whether everybody has been read
hooks.make = id => loaded || !id.startsWith("user:") ?
  personPage(id) : notice("Loading…", "The page is still reading its data.");
hooks.leave = () => { panel.hidden = true; };
hooks.enter = view => {
  if (view.id === "matrix" && loaded) enterMatrix();
  if (view.id === "people" && everybody) everybody.enter(query());
  if (view.id === "findings") setFindings(query());
  startTables(view);
};

// startData reads everybody, and completes the part of the page that waits for them.
function startData() {
  const places = ["grid", "people-list"].map(id => document.getElementById(id)).filter(p => p);
  const waits = places.map(place => el("p", { class: "sub", role: "status" }, "Loading…"));
  places.forEach((place, i) => place.append(waits[i]));
  inSlices({}, readPeople(), list => {
    people = list;
    loaded = true;
    waits.forEach(p => p.remove());
    startPeople();
    if (!("ready" in document.documentElement.dataset)) return;
    if (document.querySelector("#missing:not(.away)")) route();
    else for (const view of views) if (!view.classList.contains("away")) hooks.enter(view);
  });
}

document.addEventListener("keydown", e => { if (e.key === "Escape") closePanel(); });
const setFindings = startFindings();
if (document.getElementById("grid")) {
  document.getElementById("grid").hidden = false;
  document.getElementById("tables").classList.add("away");
  startData();
  document.querySelector(".legend-box").open = innerWidth > 736; // a phone shows it on request
}
startPage();
