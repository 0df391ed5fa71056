package xlsx

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/policy"
)

// sheet is one view. Its rows are written after it is planned: how many they
// are must be known before.
type sheet struct {
	name    string
	about   string // what a reader finds here
	columns []column
	head    bool // the columns have titles, which stay in sight, and filters
	frozen  int  // columns that stay in sight
	printed int  // columns that are printed; 0: all
	rows    int  // below the titles
	review  int  // the column in which decisions begin, or -1
	links   []link
	fill    func(*stream) error
}

// column is one of a sheet; its width is in characters.
type column struct {
	title string
	width float64
	style int // of its title
}

// link leads from a cell to the top of a part of a sheet.
type link struct {
	cell string
	to   *sheet
	part int
}

// part is as much of a sheet as Excel holds in one.
type part struct {
	*sheet
	name string
	rows int
}

// parts divides a sheet into as many as it takes.
func (s *sheet) parts(most int) (list []part) {
	left := s.rows
	if s.head {
		most-- // titles are a row, too
	}
	for {
		n := min(left, most)
		name := s.name
		if len(list) > 0 {
			name = suffixed(s.name, " "+strconv.Itoa(len(list)+1))
		}
		list = append(list, part{s, name, n})
		if left -= n; left == 0 {
			return list
		}
	}
}

// suffixed returns a sheet's name with something behind it, as long as Excel
// takes.
func suffixed(name, suffix string) string {
	r := []rune(name)
	return string(r[:min(len(r), mostName-utf8.RuneCountInString(suffix))]) + suffix
}

// unique cuts names that Excel would refuse, and tells apart those that are
// the same then.
func unique(sheets []*sheet) {
	seen := map[string]bool{}
	for _, s := range sheets {
		name := suffixed(s.name, "")
		for n := 2; seen[strings.ToLower(name)]; n++ {
			name = suffixed(s.name, fmt.Sprintf("~%d", n))
		}
		seen[strings.ToLower(name)] = true
		s.name = name
	}
}

// area returns a range of cells from a column and row, counted from zero and
// one.
func area(fromColumn, fromRow, toColumn, toRow int) string {
	return fmt.Sprintf("%s%d:%s%d", columnName(fromColumn), fromRow, columnName(toColumn), toRow)
}

// fixed returns an area as names of a workbook refer to it.
func fixed(sheet string, fromColumn, fromRow, toColumn, toRow int) string {
	return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", sheet, columnName(fromColumn), fromRow, columnName(toColumn), toRow)
}

// widest says how wide a column is for some names, between two bounds.
func widest(least, most int, names []string) float64 {
	n := least
	for _, s := range names {
		n = max(n, utf8.RuneCountInString(s)+2)
	}
	return float64(min(n, most))
}

func users(in *job) []string {
	return namesOf(in.Policy.Users, func(u *policy.User) string { return u.ID })
}

func scopes(in *job) []string {
	return namesOf(in.Policy.Scopes, func(s *policy.Scope) string { return s.Path })
}

func permissions(in *job) []string {
	return namesOf(in.Policy.Catalog.Permissions, func(p *policy.Permission) string { return p.ID })
}

func namesOf[T any](list []T, name func(T) string) (names []string) {
	for _, x := range list {
		names = append(names, name(x))
	}
	return names
}

func join(list []string) string { return strings.Join(list, ", ") }
