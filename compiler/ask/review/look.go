package review

import "slices"

// StrikeCell notes that something in a cell of the next row is struck out.
func (r *Reader) StrikeCell(column int) { r.struck = append(r.struck, column) }

// HideRow notes that the next row is hidden.
func (r *Reader) HideRow() { r.hidden = true }

// decisive are the columns that a decision is about, or that it consists of.
var decisive = []string{"keep", "remove", "by", "date", "user", "kind", "entry", "scope", "permission", "actions"}

// checkLook refuses a decision of which something is struck out: whether it still holds is for the reviewer to say. A
// decision in a hidden row holds, but may be older than what can be seen.
func (r *Reader) checkLook(x *Row, cell func(string) string) {
	if x.Decision == Undecided {
		return
	}
	if len(r.struck) > 0 && r.refuseStruck(x, cell) {
		return
	}
	if r.hidden {
		x.faults = append(x.faults, fault{kind: "hidden", warning: true, message: "hidden, and decided all the same",
			help: "show all rows, and check the decisions in them"})
	}
}

// refuseStruck refuses a decision with something struck out, and reports whether there is any.
func (r *Reader) refuseStruck(x *Row, cell func(string) string) bool {
	for _, column := range decisive {
		i, ok := r.columns[column]
		if text := cell(column); ok && text != "" && slices.Contains(r.struck, i) {
			x.Decision = Contradictory
			x.fault("struck", "clear the cell if it no longer holds; otherwise remove the strikethrough",
				"%q in column %q is struck out", shortenAnswer(text), column)
			return true
		}
	}
	return false
}
