// The page of a report.
hooks.make = personPage;
hooks.leave = () => { panel.hidden = true; };
hooks.enter = (view, query) => {
  if (view.id === "matrix") {
    if (query) setFilter(new URLSearchParams(query));
    matrix.grid.draw();
  }
  if (view.id === "people" && everybody) everybody.draw();
};
document.addEventListener("keydown", e => { if (e.key === "Escape") closePanel(); });
loadPeople();
if (document.getElementById("grid")) {
  document.getElementById("grid").hidden = false;
  document.getElementById("tables").classList.add("away");
  startMatrix();
  startPeople();
}
startPage();
