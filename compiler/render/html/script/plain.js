// The pages of a catalog, a drift and paths: all of it is tables.
hooks.enter = startTables;
startPage();
