package review

import (
	"strconv"
	"strings"
	"time"

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
	switch c := policy.Fold(cell); c {
	case "":
		return false, true
	case "x", "xx", "✓", "✔", "☑", "☒", "yes", "y", "true", "1", own:
		return true, true
	case "no", "n", "false", "0", "-", "–", "☐":
		return false, true
	}
	return false, false
}

const dayHelp = "write the day as 2026-12-31"

// parseDay reads a day in ISO format, in words, with dots, or as a spreadsheet's day number. A day like 03/04/2026 is
// ambiguous.
func parseDay(s string, days1904 bool) (policy.Date, string) {
	if s = strings.TrimSpace(s); len(s) > mostAnswer {
		return 0, dayHelp
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return parseSerial(n, days1904)
	}
	day, _, _ := strings.Cut(strings.Replace(s, "T", " ", 1), " 00:00") // with a time of midnight
	for _, layout := range []string{"2006-01-02", "2006/01/02", "2006-1-2", "2006/1/2", "2.1.2006", "2 January 2006",
		"2 Jan 2006", "January 2, 2006", "Jan 2, 2006", "2-Jan-2006", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		for _, text := range []string{day, s} {
			if t, err := time.Parse(layout, text); err == nil {
				return policy.DateOf(t), ""
			}
		}
	}
	month, errMonth := time.Parse("1/2/2006", s)
	first, errFirst := time.Parse("2/1/2006", s)
	switch {
	case errMonth == nil && errFirst == nil && !month.Equal(first):
		return 0, "it may be " + month.Format("2 January") + " or " + first.Format("2 January") + ": " + dayHelp
	case errMonth == nil:
		return policy.DateOf(month), ""
	case errFirst == nil:
		return policy.DateOf(first), ""
	}
	return 0, dayHelp
}

// parseSerial reads a spreadsheet's day number.
func parseSerial(n float64, days1904 bool) (policy.Date, string) {
	if days1904 {
		n += 1462
	}
	const first, last = 61, 2958465 // 1900-03-01, before which the count is wrong, and 9999-12-31
	if !(n >= first && n < last+1) {
		return 0, dayHelp
	}
	return policy.DateOf(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n))), ""
}

// isOwnAccess reports whether the reviewer is the user of the row.
func isOwnAccess(by string, u *policy.User) bool {
	return signer.Read(by).Is(u)
}
