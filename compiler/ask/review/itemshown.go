package review

import "strings"

// shownColumns are the columns that tell a reviewer what a decision is about, besides those that name it. How many
// people have it is none of them: that changes as the decisions are made.
var shownColumns = [...]string{"critical", "sensitivity", "since", "expires"}

// shownCells are their cells. Days are as policy.Date writes them; what cannot be compared is unclear.
type shownCells [len(shownColumns)]string

// unclear is a cell that the sheet lacks, or a day that a spreadsheet writes ambiguously.
const unclear = "?"

// readShown reads what a row shows to the reviewer.
func (r *Reader) readShown(cell func(string) string) (is shownCells) {
	for i, c := range shownColumns {
		if _, ok := r.columns[c]; !ok {
			is[i] = unclear
			continue
		}
		is[i] = r.intern(shortenAnswer(cell(c)))
		if (c == "since" || c == "expires") && is[i] != "" {
			if day, _ := parseDay(is[i], r.Days1904); day != 0 {
				is[i] = r.intern(day.String())
			} else {
				is[i] = unclear
			}
		}
	}
	return is
}

// compareShown compares what a row shows to the reviewer with what is true. The names of critical permissions are not
// compared: a cell holds a few of them.
func (m *itemMatch) compareShown(x *Row, item *Item) {
	is := shownCells{strings.Join(item.Critical, ", "), item.Sensitivity,
		item.Starts().String(), item.Ends().String()}
	for i, c := range shownColumns {
		says := x.shown[i]
		if says == is[i] || says == unclear || c == "critical" && (says == "") == (is[i] == "") {
			continue
		}
		x.fault("altered", sortHelp, "column %q says %q, which is not so: it is %q", c, says, shortenAnswer(is[i]))
		return
	}
}
