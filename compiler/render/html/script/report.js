// The page of a report.
hooks.make = personPage;
hooks.leave = () => { panel.hidden = true; };
hooks.enter = view => {
  if (view.id === "matrix") enterMatrix();
  if (view.id === "people" && everybody) everybody.enter(query());
  if (view.id === "findings") setFindings(query());
  startTables(view);
};
document.addEventListener("keydown", e => { if (e.key === "Escape") closePanel(); });
loadPeople();
const setFindings = startFindings();
if (document.getElementById("grid")) {
  document.getElementById("grid").hidden = false;
  document.getElementById("tables").classList.add("away");
  startPeople();
  document.querySelector(".legend-box").open = innerWidth > 736; // a phone shows it on request
}
startPage();
