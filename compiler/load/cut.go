package load

import (
	"strings"

	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// cutter copies a tree without some of its values.
type cutter struct {
	at   map[policy.Pos]bool
	b    tree.Builder
	path []string
	said []string // the texts of what was cut, with the keys above it
}

// cutAt returns a tree without the fields and values at some places, and the texts of what is missing. It is nil if
// nothing is left. Where a value and something in it have the same place, the inner one goes.
func cutAt(t tree.Tree, at map[policy.Pos]bool) (tree.Tree, []string) {
	c := &cutter{at: at}
	if c.copies(t) {
		return c.b.Nodes, c.said
	}
	return nil, c.said
}

// copies copies a value and reports whether it is still there.
func (c *cutter) copies(t tree.Tree) bool {
	start, before := len(c.b.Nodes), len(c.said)
	if t[0].Kind < tree.List {
		c.b.Append(t)
	} else {
		c.inside(t)
	}
	if !c.at[t[0].Pos] || len(c.said) > before {
		return true
	}
	c.b.Nodes = c.b.Nodes[:start]
	c.cut(t)
	return false
}

func (c *cutter) inside(t tree.Tree) {
	c.b.Open(t[0].Kind, t[0].Pos)
	for e := range t.Elems() {
		c.copies(e)
	}
	for k, v := range t.Fields() {
		c.path = append(c.path, k.Text)
		start := len(c.b.Nodes)
		c.b.Key(k.Text, k.Pos)
		if c.at[k.Pos] {
			c.b.Nodes = c.b.Nodes[:start]
			c.cut(v)
		} else if !c.copies(v) {
			c.b.Nodes = c.b.Nodes[:start]
		}
		c.path = c.path[:len(c.path)-1]
	}
	c.b.Close(0)
}

// cut notes what a value said.
func (c *cutter) cut(t tree.Tree) {
	parts := append([]string{}, c.path...)
	for i := range t {
		parts = append(parts, t[i].Text)
	}
	c.said = append(c.said, strings.Join(parts, "\n"))
}
