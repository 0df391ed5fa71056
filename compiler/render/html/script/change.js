// The page of a change needs only its parts.
startPage();
