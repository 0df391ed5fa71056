package spreadsheet

import (
	"strconv"
	"strings"
	"time"
)

// DayHelp says how to write a day.
const DayHelp = "write the day as 2026-12-31"

// ParseDay reads a day in ISO format, in words, with dots, or as a spreadsheet's day number, which may count from 1904.
// It returns the zero time and help for anything else. A day such as 03/04/2026 is ambiguous.
func ParseDay(s string, from1904 bool) (day time.Time, help string) {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return parseSerial(n, from1904)
	}
	date, _, _ := strings.Cut(strings.Replace(s, "T", " ", 1), " 00:00") // with a time of midnight
	for _, layout := range []string{"2006-01-02", "2006/01/02", "2006-1-2", "2006/1/2", "2.1.2006", "2.1.06",
		"2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006", "2-Jan-2006", "2006-01-02 15:04:05",
		"2006-01-02 15:04"} {
		for _, text := range []string{date, s} {
			if t, err := time.Parse(layout, text); err == nil {
				return t, ""
			}
		}
	}
	month, errMonth := time.Parse("1/2/2006", s)
	first, errFirst := time.Parse("2/1/2006", s)
	switch {
	case errMonth == nil && errFirst == nil && !month.Equal(first):
		return time.Time{}, "it may be " + month.Format("2 January") + " or " + first.Format("2 January") + ": " +
			DayHelp
	case errMonth == nil:
		return month, ""
	case errFirst == nil:
		return first, ""
	}
	return time.Time{}, DayHelp
}

// parseSerial reads a spreadsheet's day number.
func parseSerial(n float64, from1904 bool) (time.Time, string) {
	if from1904 {
		n += 1462
	}
	const first, last = 61, 2958465 // 1900-03-01, before which the count is wrong, and 9999-12-31
	if !(n >= first && n < last+1) {
		return time.Time{}, DayHelp
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n)), ""
}
