package flags

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"permc.dev/permc/compiler/ask/approval"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// Date returns a flag for a day.
func Date(to *policy.Date) Value {
	return &value[policy.Date]{to: to, word: "DATE", complete: nothing, parse: refuseEmpty(parseDate)}
}

func parseDate(s string) (policy.Date, error) {
	d, err := policy.ParseDate(s)
	if err != nil {
		return d, errors.New("use a date, e.g. 2026-12-31")
	}
	return d, nil
}

// Until is a last day, or how long after the first.
type Until struct {
	Date         policy.Date
	Days, Months int
}

// From returns the last day of what begins on a day. A month that lacks the day ends on its own last.
func (u Until) From(first policy.Date) policy.Date {
	if u.Days+u.Months == 0 {
		return u.Date
	}
	if u.Months == 0 {
		return first + policy.Date(u.Days)
	}
	t, err := time.Parse(time.DateOnly, first.String())
	if err != nil {
		return policy.Never
	}
	month := t.AddDate(0, u.Months, 1-t.Day())
	last := month.AddDate(0, 1, -1)
	return policy.DateOf(month.AddDate(0, 0, min(t.Day(), last.Day())-1))
}

// LastDay returns a flag for a day, or a time such as 90d or 3m.
func LastDay(to *Until) Value {
	return &value[Until]{to: to, word: "DATE", complete: nothing, parse: refuseEmpty(parseUntil)}
}

func parseUntil(s string) (u Until, err error) {
	if u.Date, err = policy.ParseDate(s); err == nil {
		return u, nil
	}
	number, unit := s[:len(s)-1], s[len(s)-1]
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > 9999 || strings.HasPrefix(number, "+") {
		n, unit = 0, 0
	}
	switch unit {
	case 'd':
		return Until{Days: n}, nil
	case 'w':
		return Until{Days: 7 * n}, nil
	case 'm':
		return Until{Months: n}, nil
	case 'y':
		if n <= 999 {
			return Until{Months: 12 * n}, nil
		}
	}
	return u, errors.New("use a date, e.g. 2026-12-31, or days, weeks, months or years from the first day, e.g. 90d, " +
		"12w, 3m or 1y")
}

// Days returns a flag for a number of days, such as 60d.
func Days(to *int) Value {
	return &value[int]{to: to, word: "DAYS", complete: nothing, parse: refuseEmpty(parseDays)}
}

func parseDays(s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(s, "d"))
	if err != nil || n < 0 || n > 9999 {
		return 0, errors.New("use a number of days up to 9999d, e.g. 60d")
	}
	return n, nil
}

// Number returns a flag for a number from 1.
func Number(to *int) Value {
	return &value[int]{to: to, word: "N", complete: nothing, parse: refuseEmpty(parseNumber)}
}

func parseNumber(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, errors.New("use a number from 1")
	}
	return n, nil
}

// Duration returns a flag for a positive duration.
func Duration(to *time.Duration, standard time.Duration) Value {
	*to = standard
	return &value[time.Duration]{to: to, word: "DURATION", text: standard.String(), complete: nothing,
		parse: parseDuration}
}

func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, errors.New("use a positive duration, e.g. 90s or 5m")
	}
	return d, nil
}

// Size returns a flag for an amount of memory in bytes.
func Size(to *uint64) Value {
	return &value[uint64]{to: to, word: "SIZE", complete: nothing, parse: refuseEmpty(parseSize)}
}

func parseSize(s string) (uint64, error) {
	for shift, unit := range map[int]string{20: "MiB", 30: "GiB"} {
		digits, ok := strings.CutSuffix(s, unit)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 64)
		if err != nil || n == 0 || n > math.MaxInt64>>shift {
			break
		}
		return n << shift, nil
	}
	return 0, errors.New("use a size, e.g. 512MiB or 4GiB")
}

// Share returns a flag for a percentage, with or without %.
func Share(to *float64) Value {
	return &value[float64]{to: to, word: "PERCENT", complete: nothing, parse: refuseEmpty(parseShare)}
}

func parseShare(s string) (float64, error) {
	n, err := policy.ParseShare(s)
	if err != nil {
		return 0, errors.New("use a percentage from 0 to 100, e.g. 5 or 0.5")
	}
	return n, nil
}

// WholeShare returns a flag for a percentage without a fraction, by default what to holds.
func WholeShare(to *int) Value {
	parse := func(s string) (int, error) {
		n, err := policy.ParseShare(s)
		if err != nil || n != math.Trunc(n) {
			return 0, errors.New("use a whole percentage from 0 to 100, e.g. 80")
		}
		return int(n), nil
	}
	return &value[int]{to: to, word: "PERCENT", text: strconv.Itoa(*to), complete: nothing, parse: parse}
}

// Severity returns a flag for the lowest severity of a finding that fails a command.
func Severity(to *string) Value {
	v := choice(to, "SEVERITY", "", []string{"error", "warning", "never"})
	v.parse = refuseEmpty(v.parse)
	return v
}

// Choice returns a flag for one of some words.
func Choice(to *string, word, standard string, allowed ...string) Value {
	return choice(to, word, standard, allowed)
}

func choice(to *string, word, standard string, allowed []string) *value[string] {
	*to = standard
	parse := func(s string) (string, error) { return s, CheckChoice(s, allowed) }
	return &value[string]{to: to, word: word, text: standard, parse: parse, complete: words(allowed)}
}

// ChoiceOr returns a flag for one of some words. help says what to do instead for any other word.
func ChoiceOr(to *string, word, help string, allowed ...string) Value {
	v := choice(to, word, "", allowed)
	v.parse = func(s string) (string, error) {
		err := CheckChoice(s, allowed)
		if err != nil && diag.Nearest(s, allowed) == "" {
			err = fmt.Errorf("%w; %s", err, help)
		}
		return s, err
	}
	return v
}

// Choices returns a flag for some of some words, which may be repeated.
func Choices(to *[]string, word string, allowed ...string) Value {
	l := &list[string]{all: to}
	l.word, l.complete = word, words(allowed)
	l.parse = func(s string) (string, error) { return s, CheckChoice(s, allowed) }
	return l
}

// CheckChoice returns an error that suggests a similar word, or lists them all in their order.
func CheckChoice(s string, allowed []string) error {
	if slices.Contains(allowed, s) {
		return nil
	}
	if near := diag.Nearest(s, allowed); near != "" && s != "" {
		return fmt.Errorf("did you mean %q? use one of %s", near, strings.Join(allowed, ", "))
	}
	return fmt.Errorf("use one of %s", strings.Join(allowed, ", "))
}

// File returns a flag for a file.
func File(to *string, standard string) Value {
	*to = standard
	return &value[string]{to: to, word: "FILE", text: standard, complete: files, parse: keep}
}

// NewFile returns a flag for a file to write that cannot be standard output.
func NewFile(to *string) Value {
	parse := func(s string) (string, error) {
		if s != "" && IsStandardOutput(s) {
			return "", errors.New("name a file; standard output is for findings")
		}
		return s, nil
	}
	return &value[string]{to: to, word: "FILE", complete: files, parse: parse}
}

// Folder returns a flag for a folder.
func Folder(to *string) Value {
	return &value[string]{to: to, word: "DIR", complete: folders, parse: refuseEmpty(keep)}
}

// Base returns a flag for a revision, a range of revisions or a folder. Only git knows which revisions there are.
func Base(to *string) Value {
	return &value[string]{to: to, word: "BASE", complete: revisions, parse: refuseEmpty(keep)}
}

// Text returns a flag for a text that people read.
func Text(to *string) Value {
	return &value[string]{to: to, word: "TEXT", complete: nothing, parse: refuseEmpty(parseText)}
}

// parseText refuses what the schema would refuse behind any finding: a blank text.
func parseText(s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", errors.New("use a text that is not blank")
	}
	return s, nil
}

// Texts returns a flag for texts that people read, which may be repeated.
func Texts(to *[]string, word string) Value {
	l := &list[string]{all: to}
	l.word, l.parse, l.complete = word, refuseEmpty(parseText), nothing
	return l
}

// Existing returns a flag for a file to read, which must be named if the flag is there.
func Existing(to *string) Value {
	return &value[string]{to: to, word: "FILE", complete: files, parse: refuseEmpty(keep)}
}

// Commit returns a flag for the full name of a commit.
func Commit(to *string) Value {
	parse := func(s string) (string, error) {
		if !approval.IsCommit(s) {
			return "", errors.New("use the full name of a commit, of 40 digits")
		}
		return strings.ToLower(s), nil
	}
	return &value[string]{to: to, word: "COMMIT", complete: nothing, parse: parse}
}

// Address returns a flag for the address of a repository on the web.
func Address(to *string) Value {
	parse := func(s string) (string, error) {
		if _, err := render.LinkBase(s); err != nil {
			return "", fmt.Errorf("%w; use the address of the repository, e.g. https://github.com/contoso/access", err)
		}
		return s, nil
	}
	return &value[string]{to: to, word: "URL", complete: nothing, parse: refuseEmpty(parse)}
}
