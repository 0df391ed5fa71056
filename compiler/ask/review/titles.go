package review

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// needed are the columns that every sheet of permissions must have; neededItems those of a sheet of items.
var (
	needed      = []string{"user", "scope", "permission", "keep", "remove", "by", "date"}
	neededItems = []string{"user", "kind", "entry", "scope", "keep", "remove", "by", "date", "row", "table"}
	optional    = []string{"actions", "gives", "people", "critical", "sensitivity", "since", "expires", "suggested",
		"row",
		"table"}
)

// Help for rows that cannot be read, or are there twice.
const (
	columnsHelp = "make a new sheet, and leave its columns as they are"
	twiceHelp   = "decide once, and delete the other row"
)

// ErrNoSheet means that no sheet of the file has the columns of a review.
var ErrNoSheet = fmt.Errorf("no rows below these column titles: %s; or, for a row per permission: %s",
	strings.Join(neededItems, ", "), strings.Join(needed, ", "))

var errBoth = errors.New("one sheet has a row per decision, and another a row per permission: fill only one of them")

// titles are the titles of a review that a row has and lacks.
type titles struct {
	Where
	has   int
	lacks []string
}

// findTitles takes a row of titles, or notes how near it comes.
func (r *Reader) findTitles(number int, cells []string) {
	columns, twice := map[string]int{}, ""
	for i, c := range cells {
		c = policy.Fold(trimCell(c))
		if _, ok := columns[c]; !ok {
			columns[c] = i
		} else if isTitle(c) && twice == "" {
			twice = c
		}
	}
	at := Where{r.grid, number}
	for _, list := range [...][]string{neededItems, needed} {
		lacks := slices.DeleteFunc(slices.Clone(list), func(c string) bool { _, ok := columns[c]; return ok })
		if len(lacks) > 0 {
			r.noteNearest(titles{at, len(list) - len(lacks), lacks})
			continue
		}
		if twice != "" && r.twice == nil {
			r.twice = fmt.Errorf("%s: two columns have the title %q: rename the one that permc did not write", at,
				twice)
		}
		r.columns, r.items, r.width = columns, slices.Contains(list, "entry"), countColumns(columns)
		return
	}
}

func isTitle(c string) bool {
	return slices.Contains(needed, c) || slices.Contains(neededItems, c) || slices.Contains(optional, c)
}

// noteNearest keeps the row that has most of the titles, if it has most of those that it needs.
func (r *Reader) noteNearest(t titles) {
	better := len(t.lacks) < len(r.nearest.lacks) || len(t.lacks) == len(r.nearest.lacks) && t.has > r.nearest.has
	if t.has > len(t.lacks) && (r.nearest.has == 0 || better) {
		r.nearest = t
	}
}

// noSheet returns an error for a file without rows of a review.
func (r *Reader) noSheet() error {
	if t := r.nearest; t.has > 0 && r.columns == nil {
		what := "the column"
		if len(t.lacks) > 1 {
			what = "the columns"
		}
		return fmt.Errorf("%s lacks %s %s: give each column the title that permc wrote, or make a new sheet",
			t.Where, what, policy.JoinNames(t.lacks, ", "))
	}
	return ErrNoSheet
}

// repeatsTitles reports whether a row has the titles once more, as it does if sheets are put together.
func (r *Reader) repeatsTitles(cells []string) bool {
	for _, c := range [...]string{"user", "scope", "keep", "remove", "by", "date"} {
		if i := r.columns[c]; i >= len(cells) || policy.Fold(trimCell(cells[i])) != c {
			return false
		}
	}
	return true
}

// countColumns returns the number of columns up to the last one of a review.
func countColumns(columns map[string]int) (n int) {
	for _, list := range [...][]string{needed, neededItems, optional} {
		for _, c := range list {
			if i, ok := columns[c]; ok {
				n = max(n, i+1)
			}
		}
	}
	return n
}

// trimCell returns a text without space around it and without invisible characters, which are pasted along unnoticed.
func trimCell(s string) string {
	if strings.IndexFunc(s, isUnseen) >= 0 {
		s = strings.Map(func(r rune) rune {
			if isUnseen(r) {
				return -1
			}
			return r
		}, s)
	}
	return strings.TrimSpace(s)
}

// isUnseen reports whether a character takes no room.
func isUnseen(r rune) bool {
	return policy.IsInvisible(r) && r > ' ' && strings.TrimSpace(string(r)) != ""
}
