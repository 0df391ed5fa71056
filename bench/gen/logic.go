package gen

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// logic writes users as CUE that has to be evaluated: a template for all of them, and a definition that a user meets
// for each affiliation.
func logic(w io.Writer, users []User) {
	affiliations := map[string]bool{}
	for _, u := range users {
		affiliations[u.Affiliation] = true
	}
	for _, a := range slices.Sorted(maps.Keys(affiliations)) {
		fmt.Fprintf(w, "%s: {\n\t%s\n\t...\n}\n", definition(a), fields(User{Affiliation: a}, ""))
	}
	fmt.Fprint(w, "users: [string]: status: \"active\"\nusers: {\n")
	for _, u := range users {
		of := definition(u.Affiliation)
		u.Affiliation = ""
		fmt.Fprintf(w, "\t%q: %s & {%s}\n", u.ID, of, fields(u, ""))
	}
	fmt.Fprint(w, "}\n")
}

// definition returns the name of what everybody of an affiliation is.
func definition(affiliation string) string {
	if affiliation == "" {
		return "#User"
	}
	return "#" + strings.ToUpper(affiliation[:1]) + affiliation[1:]
}
