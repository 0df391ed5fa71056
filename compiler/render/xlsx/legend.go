package xlsx

import (
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/html"
)

// columnsOfAccess explains the columns whose titles are not enough.
var columnsOfAccess = [][2]string{
	{"Status", "active, invited or disabled; an invited user holds nothing until the invitation is accepted, a " +
		"disabled one until enabled again"},
	{"Actions", "the actions left after deny rules; empty if none"},
	{"Withheld", "actions that a deny rule takes away, with the rule"},
	{"Access", "all records, or own: only the user's own"},
	{"Conditions", "conditions outside the declarations, which permc cannot check"},
	{"Through", "the sources; any one of them is enough"},
	{"Expires", "the last day; empty if it does not expire"},
	{"Position", "file, line and column of the declaration"},
}

// columnsOfReview explains the columns of decisions.
var columnsOfReview = [][2]string{
	{"Keep, Remove", "the decision: an x in one of the two"},
	{"By, Date", "who decided and when; nobody decides about themselves"},
	{"Row, Table", "permc review finds the row by these: do not change them"},
}

// columnsOfItems explains the columns of what is decided.
var columnsOfItems = [][2]string{
	{"Entry", "the role, the permission or the group that the user is given"},
	{"Gives", "how many permissions on how many scopes it gives, whether or not something else gives them, too"},
	{"People", "to how many people; more than one for a group"},
	{"Critical", "the critical permissions among them"},
	{"Since", "the first day, if the declaration names one"},
	{"Suggested", "what permc check found about it"},
	{"Reviewer", "who should decide: the owners of the group, or of the scope"},
}

// legendSheet returns the sheet that explains letters and columns.
func legendSheet(in *job) *sheet {
	s := &sheet{name: "Legend", head: true, review: -1, about: "the meaning of letters and columns",
		columns: []column{{"Where", 18, header}, {"What", 18, header}, {"Means", 90, header}}}
	var lines [][3]string
	add := func(where string, columns [][2]string) {
		for _, c := range columns {
			lines = append(lines, [3]string{where, c[0], c[1]})
		}
	}
	if in.Review == render.ByDecision {
		add("Review", columnsOfItems)
		add("Review", columnsOfReview)
	}
	add("Access", columnsOfAccess)
	if in.byRow() {
		add("Access", columnsOfReview)
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
