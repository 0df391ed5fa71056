package review

import (
	"strings"

	"permc.dev/permc/compiler/internal/spreadsheet"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/signer"
)

// Decision is a reviewer's decision about a row.
type Decision uint8

// The decisions.
const (
	Undecided Decision = iota
	Keep
	Remove
	Contradictory // both, or unreadable
)

func (d Decision) String() string {
	return [...]string{"undecided", "keep", "remove", "contradictory"}[d]
}

// decide reads the columns of a decision, and returns its day.
func (x *Row) decide(keep, remove string, days1904 bool) policy.Date {
	k, okKeep := isMarked(keep, "keep")
	r, okRemove := isMarked(remove, "remove")
	switch {
	case !okKeep:
		x.unreadable("keep", keep)
	case !okRemove:
		x.unreadable("remove", remove)
	case k && r:
		x.Decision = Contradictory
		x.fault("contradiction", "clear one of them", "both keep and remove are marked")
	case k:
		x.Decision = Keep
	case r:
		x.Decision = Remove
	}
	if x.Decision == Undecided {
		return 0
	}
	switch {
	case x.By == "":
		x.fault("incomplete", "write who decided, by name or address", `column "by" is empty`)
	case signer.Read(x.By).IsNobody():
		x.fault("incomplete", "write who decided, by name or address", `%q in column "by" names nobody`, x.By)
	}
	if x.Date == "" {
		x.fault("incomplete", dayHelp, `column "date" is empty`)
		return 0
	}
	day, help := parseDay(x.Date, days1904)
	if day == 0 {
		x.fault("date", help, "cannot read date %q", x.Date)
		return 0
	}
	x.Date = day.String()
	return day
}

func (x *Row) unreadable(column, text string) {
	x.Decision = Contradictory
	x.fault("unreadable", "write x, or leave it empty", "cannot read %q in column %q", shortenAnswer(text), column)
}

// isMarked reports whether a cell is marked, in any of the usual ways.
func isMarked(cell, own string) (yes, ok bool) {
	if len(cell) > mostAnswer {
		return false, false
	}
	c := policy.Fold(cell)
	if c != "" && c == own {
		return true, true
	}
	return spreadsheet.ReadMark(c)
}

const dayHelp = spreadsheet.DayHelp

// parseDay reads a day as spreadsheets write it, or returns 0 and help.
func parseDay(s string, days1904 bool) (policy.Date, string) {
	if len(strings.TrimSpace(s)) > mostAnswer {
		return 0, dayHelp
	}
	t, help := spreadsheet.ParseDay(s, days1904)
	if t.IsZero() {
		return 0, help
	}
	return policy.DateOf(t), ""
}

// isOwnAccess reports whether the reviewer is the user of the row. With exact, an id in another case is another user's.
func isOwnAccess(by string, u *policy.User, exact bool) bool {
	return signer.ReadID(by, exact).Is(u)
}
