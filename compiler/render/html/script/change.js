// The page of a change has nothing but its parts.
startPage();
