// The page of a drift.
hooks.enter = startTables;
startPage();
