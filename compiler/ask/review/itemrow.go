package review

import (
	"strings"
)

// Titles of the columns of a sheet of items, before those for decisions.
var ItemTitles = []string{"user", "name", "affiliation", "status", "kind", "entry", "scope", "gives", "people",
	"critical", "sensitivity", "reason", "ticket", "since", "expires", "last confirmed", "confirmed by", "suggested",
	"reviewer"}

// itemRow takes a row about an item.
func (r *Reader) itemRow(number int, cell func(string) string) {
	mark, print, _ := strings.Cut(cell("row"), "-")
	x := Row{
		Where:      Where{r.grid, number},
		User:       r.intern(cell("user")),
		Scope:      r.intern(cell("scope")),
		Permission: r.intern(cell("entry")),
		kind:       r.intern(cell("kind")),
		gives:      r.intern(cell("gives")),
		suggested:  r.intern(cell("suggested")),
		print:      r.intern(print),
		By:         r.intern(shortenAnswer(cell("by"))),
		Date:       r.intern(shortenAnswer(cell("date"))),
		shown:      r.readShown(cell),
	}
	if hex, ok := strings.CutPrefix(mark, "e"); ok {
		x.mark = parseMark(hex)
	}
	if x.User == "" && x.kind == "" && x.Permission == "" && cell("keep") == "" && cell("remove") == "" {
		return // an empty row, or a sum below
	}
	switch {
	case cell("row") == "" && cell("table") == "":
		x.fault("unknown", "delete the row; to add access, change the declaration", "not a row that permc wrote")
	case x.mark == 0 || x.mark == noMark:
		x.fault("unreadable", columnsHelp, `cannot read %q in column "row"`, shortenAnswer(cell("row")))
	case cell("table") == "":
		x.fault("unreadable", columnsHelp, `column "table" is empty`)
	}
	r.addRow(&x, cell)
}
