package shape

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/load/tree"
)

// levelTree returns a list of levels as a tree, in which those of a list in it are beside each other. What comes after
// them is in each of them.
func levelTree(list tree.Tree) string {
	var items [][]string
	for e := range list.Elems() {
		var names []string
		if e[0].Kind == tree.String {
			names = []string{e.Text()}
		}
		for inner := range e.Elems() {
			if inner[0].Kind == tree.String {
				names = append(names, inner.Text())
			}
		}
		items = append(items, names)
	}
	inside := ""
	for _, names := range slices.Backward(items) {
		levels := make([]string, 0, len(names))
		for _, name := range names {
			if inside == "" {
				levels = append(levels, quoteKey(name)+": {}")
			} else {
				levels = append(levels, quoteKey(name)+": {levels: "+inside+"}")
			}
		}
		inside = "{" + strings.Join(levels, ", ") + "}"
	}
	return inside
}

// besideEach returns the names of a list as levels beside each other.
func besideEach(list tree.Tree) string {
	var names []string
	for e := range list.Elems() {
		if e[0].Kind == tree.String {
			names = append(names, quoteKey(e.Text())+": {}")
		}
	}
	return "{" + strings.Join(names, ", ") + "}"
}
