// The pages of a drift and of paths.
hooks.enter = startTables;
startPage();
