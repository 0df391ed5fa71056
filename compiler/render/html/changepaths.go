package html

import (
	"html/template"

	"permc.dev/permc/compiler/render"
)

// mostPaths limits the new paths on the page, and mostPathLines the lines of each.
const (
	mostPaths     = 200
	mostPathLines = 12
)

// newPath is what somebody could newly give, with their name.
type newPath struct {
	render.NewPath
	Name  template.HTML
	Named []namedPath
	More  int // lines that are not listed
}

// namedPath is a line of a new path with titles for ids.
type namedPath struct{ What, How string }

// NewPaths returns the first of what people could newly give.
func (c *change) NewPaths() (list []newPath) {
	all := c.Diff.NewPaths()
	for _, p := range all[:min(len(all), mostPaths)] {
		more := max(0, len(p.Lines)-mostPathLines)
		var named []namedPath
		for _, l := range p.Lines[:len(p.Lines)-more] {
			named = append(named, namedPath{c.titles.line(&l.Line), c.titles.sentence(l.How)})
		}
		list = append(list, newPath{p, c.nameUser(p.User), named, more})
	}
	return list
}

// MorePaths counts the others.
func (c *change) MorePaths() int { return max(0, len(c.Diff.NewPaths())-mostPaths) }

// PathPeople counts the people who could give more than before.
func (c *change) PathPeople() int { return len(c.Paths) }
