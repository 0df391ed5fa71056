package xlsx

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/policy"
)

// sheet is one view. Its rows are written after it is planned, because their number must be known before.
type sheet struct {
	name    string
	about   string // description for the overview
	columns []column
	head    bool // the columns have titles that stay visible, and filters
	frozen  int  // columns that stay visible
	printed int  // columns to print; 0: all
	rows    int  // below the titles
	review  int  // the first column for decisions, or -1
	links   []link
	fill    func(*stream) error
}

// column is a column of a sheet; its width is in characters.
type column struct {
	title string
	width float64
	style int // style of its title
}

// link leads from a cell to the top of a part of a sheet.
type link struct {
	cell string
	to   *sheet
	part int
}

// part is as much of a sheet as fits into one of Excel's.
type part struct {
	*sheet
	name string
	rows int
}

// parts divides a sheet into parts.
func (s *sheet) parts(most int) (list []part) {
	left := s.rows
	if s.head {
		most-- // titles are a row, too
	}
	for {
		n := min(left, most)
		name := s.name
		if len(list) > 0 {
			name = suffixName(s.name, " "+strconv.Itoa(len(list)+1))
		}
		list = append(list, part{s, name, n})
		if left -= n; left == 0 {
			return list
		}
	}
}

// suffixName appends to a sheet's name, within Excel's limit.
func suffixName(name, suffix string) string {
	r := []rune(name)
	return string(r[:min(len(r), mostName-utf8.RuneCountInString(suffix))]) + suffix
}

// uniqueNames cuts names to Excel's limit, and makes them different.
func uniqueNames(sheets []*sheet) {
	seen := map[string]bool{}
	for _, s := range sheets {
		s.name = strings.Map(allowedInName, s.name)
		name := suffixName(s.name, "")
		for n := 2; seen[strings.ToLower(name)]; n++ {
			name = suffixName(s.name, fmt.Sprintf("~%d", n))
		}
		seen[strings.ToLower(name)] = true
		s.name = name
	}
}

// allowedInName replaces what Excel refuses in the name of a sheet.
func allowedInName(r rune) rune {
	if strings.ContainsRune(`:\/?*[]'`, r) {
		return '-'
	}
	return r
}

// cellRange returns a range of cells, with columns counted from zero and rows from one.
func cellRange(fromColumn, fromRow, toColumn, toRow int) string {
	return fmt.Sprintf("%s%d:%s%d", columnName(fromColumn), fromRow, columnName(toColumn), toRow)
}

// absoluteRange returns a range as names of a workbook refer to it.
func absoluteRange(sheet string, fromColumn, fromRow, toColumn, toRow int) string {
	return fmt.Sprintf("%s$%s$%d:$%s$%d", sheetReference(sheet), columnName(fromColumn), fromRow, columnName(toColumn),
		toRow)
}

// sheetReference returns the beginning of a reference to cells of a sheet.
func sheetReference(sheet string) string { return "'" + sheet + "'!" }

// columnWidth returns the width of a column for some names, between two bounds.
func columnWidth(least, most int, names iter.Seq[string]) float64 {
	n := least
	for s := range names {
		n = max(n, utf8.RuneCountInString(s)+2)
	}
	return float64(min(n, most))
}

func userIDs(in *job) iter.Seq[string] {
	return namesOf(in.Policy.Users, func(u *policy.User) string { return u.ID })
}

func scopePaths(in *job) iter.Seq[string] {
	return namesOf(in.Policy.Scopes, func(s *policy.Scope) string { return s.Path })
}

func permissionIDs(in *job) iter.Seq[string] {
	return namesOf(in.Policy.Catalog.Permissions, func(p *policy.Permission) string { return p.ID })
}

func namesOf[T any](list []T, name func(T) string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, x := range list {
			if !yield(name(x)) {
				return
			}
		}
	}
}

func joinComma(list []string) string { return strings.Join(list, ", ") }
