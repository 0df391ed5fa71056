package xlsx

import (
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/html"
)

// columnsOfAccess are those of which a title does not say enough.
var columnsOfAccess = [][2]string{
	{"Status", "active, or invited: then nothing is held before the invitation is accepted"},
	{"Actions", "what is left once deny rules have taken what they take; empty is nothing"},
	{"Withheld", "what a deny rule took, and which"},
	{"Access", "all, or own: the user's own records only"},
	{"Conditions", "what must be so outside of the declarations; permc cannot see it"},
	{"Through", "where it comes from; each of several sources alone would give it"},
	{"Expires", "the last day, if there is one"},
	{"Position", "the lines of the declaration"},
	{"Keep, Remove", "the decision: an x into one of the two"},
	{"By, Date", "who decided, never about themselves, and on which day"},
	{"Row, Table", "by these permc review knows a row again: leave them as they are"},
}

// legend is the sheet of what letters and columns mean.
func legend() *sheet {
	s := &sheet{name: "Legend", head: true, review: -1, about: "what the letters and columns mean",
		columns: []column{{"Where", 18, header}, {"What", 18, header}, {"Means", 90, header}}}
	var lines [][3]string
	for _, c := range columnsOfAccess {
		lines = append(lines, [3]string{"Access", c[0], c[1]})
	}
	for _, m := range html.Marks() {
		lines = append(lines, [3]string{"Matrix", m[0], m[1]})
	}
	for _, m := range render.CatalogMarks() {
		lines = append(lines, [3]string{"Roles", m.Mark, m.Means})
	}
	s.rows = len(lines)
	s.fill = func(x *stream) error {
		return x.rows(func(c *cells) {
			for _, line := range lines {
				c.begin()
				c.text(muted, line[0])
				c.text(strong, line[1])
				c.text(wrapped, line[2])
				c.end()
			}
		})
	}
	return s
}
