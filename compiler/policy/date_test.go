package policy

import (
	"testing"
	"time"
)

// Every day parses as the library parses it.
func TestParseDate(t *testing.T) {
	for day := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 10_000; day = day.AddDate(0, 0, 1) {
		s := day.Format(time.DateOnly)
		got, err := ParseDate(s)
		if want := DateOf(day); err != nil || got != want || got.String() != s {
			t.Fatalf("ParseDate(%q) = %d (%v), %v; want %d", s, got, got, err, want)
		}
	}
	for _, s := range []string{"", "2026-02-30", "2026-00-01", "2026-13-01", "2026-01-00", "2026-1-01", "2026/01/01",
		"02026-01-01", "2026-01-0a", "２026-01-01"} {
		if got, err := ParseDate(s); err == nil {
			t.Errorf("ParseDate(%q) = %v, want an error", s, got)
		}
	}
}
