// The page of a change.
const setFindings = startFindings();
hooks.enter = view => {
  if (view.id === "findings") setFindings(query());
  startTables(view);
};
startPage();
