package review

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Where is a place in a sheet: which one of a workbook, or "", and the row as
// people count it.
type Where struct {
	Sheet string
	Row   int
}

func (w Where) String() string { return Places([]Where{w}) }

// Places are some places in words, rows that stand below each other as one.
// They are in order.
func Places(list []Where) string {
	var parts []string
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j].Sheet == list[i].Sheet && list[j].Row <= list[j-1].Row+1 {
			j++
		}
		text := strconv.Itoa(list[i].Row)
		if last := list[j-1].Row; last > list[i].Row {
			text += "-" + strconv.Itoa(last)
		}
		if i == 0 || list[i].Sheet != list[i-1].Sheet {
			text = list[i].head(len(list) > 1) + text
		}
		parts = append(parts, text)
		i = j
	}
	return strings.Join(parts, ", ")
}

// head is what stands before numbers of rows.
func (w Where) head(several bool) string {
	what := "line "
	if w.Sheet != "" {
		what = w.Sheet + " row "
	}
	if several {
		what = strings.TrimSuffix(what, " ") + "s "
	}
	return what
}

// Row is one row of a filled sheet.
type Row struct {
	Where                   Where
	User, Scope, Permission string
	actions                 string // as written, or "" if the sheet has no such column
	mark                    uint64 // of the row of the table that it was made from, or 0
	Decision                Decision
	By, Date                string // as written

	faults []fault
	found  bool // there is such a row in the table of today
	gone   bool // marked, and no longer in the table
	part   bool // there are others for the other actions of the permission

	read   Decision // before rows about the same were compared
	unread int      // how many faults there were then
}

// fault is what is wrong with one row.
type fault struct {
	kind, message, help string
	warning             bool
}

func (x *Row) fault(kind, help, format string, args ...any) {
	x.faults = append(x.faults, fault{kind: kind, message: fmt.Sprintf(format, args...), help: help})
}

// has reports whether a fault of a kind was found.
func (x *Row) has(kind string) bool {
	return slices.ContainsFunc(x.faults, func(f fault) bool { return f.kind == kind })
}

// Sheet is a filled review sheet.
type Sheet struct {
	Made   []Made // what its rows say that they were made from, each once
	Rows   []Row
	exact  bool // the ids of two users may differ in case alone
	byName *chains[name]
	byMark *chains[uint64]
}

// name is what a row is about.
type name struct{ user, scope, permission string }

// nameOf makes a name of what stands in a sheet. An apostrophe in front may be
// of CSV, which makes a text of what a spreadsheet would take for a formula.
func (s *Sheet) nameOf(user, scope, permission string) name {
	user = strings.TrimLeft(strings.TrimSpace(user), "'")
	if !s.exact {
		user = policy.Fold(user)
	}
	return name{user, scope, permission}
}

func (s *Sheet) name(x *Row) name { return s.nameOf(x.User, x.Scope, x.Permission) }

// Reader puts a sheet together, row by row.
type Reader struct {
	Days1904 bool // days without a month are counted from 1904

	sheet   Sheet
	grid    string
	columns map[string]int // of the grid, by title; nil before its titles came
	width   int            // columns up to the last that is read
	before  int            // rows of the grid before its titles
	texts   map[string]string
	text    string // what the last row says of its table
	last    Made   // the same
}

// mostBefore is how many rows may stand above the titles of a sheet.
const mostBefore = 100

// Width is how many columns of the next row matter: all before the titles came,
// and then those up to the last that has one of a review.
func (r *Reader) Width() int {
	if r.columns == nil {
		return MostColumns
	}
	return r.width
}

// Past reports whether the grid is none of the review: it has no titles where
// some would be.
func (r *Reader) Past() bool { return r.columns == nil && r.before > mostBefore }

// keep is a text that outlives the file that it was read from, each once.
func (r *Reader) keep(s string) string {
	if kept, ok := r.texts[s]; ok {
		return kept
	}
	if r.texts == nil {
		r.texts = map[string]string{}
	}
	s = strings.Clone(s)
	r.texts[s] = s
	return s
}

// needed are the columns that no sheet can do without.
var needed = []string{"user", "scope", "permission", "keep", "remove", "by", "date"}

// Grid begins another sheet of the workbook.
func (r *Reader) Grid(name string) { r.grid, r.columns, r.before = name, nil, 0 }

// Row takes the next row. Rows before the titles, and sheets without, are not
// of the review.
func (r *Reader) Row(number int, cells []string) {
	if r.columns == nil {
		if r.before++; !r.Past() {
			r.columns = titles(cells)
			r.width = width(r.columns)
		}
		return
	}
	cell := func(column string) string {
		if i, ok := r.columns[column]; ok && i < len(cells) {
			return Short(strings.TrimSpace(cells[i]))
		}
		return ""
	}
	x := Row{Where: Where{r.grid, number}, User: r.keep(cell("user")), Scope: r.keep(cell("scope")), Permission: r.keep(cell("permission")),
		actions: r.keep(cell("actions")), mark: parseMark(cell("row")), By: r.keep(short(cell("by"))), Date: r.keep(short(cell("date")))}
	if x.User == "" && x.Scope == "" && x.Permission == "" && cell("keep") == "" && cell("remove") == "" {
		return // an empty row, or a sum below
	}
	day := x.decide(cell("keep"), cell("remove"), r.Days1904)
	if text := cell("table"); text != "" {
		r.made(&x, text)
		if day != 0 && day < r.last.AsOf {
			x.faults = append(x.faults, fault{kind: "early", warning: true, message: "is decided before the day of the table, " + r.last.AsOf.String()})
		}
	}
	r.sheet.Rows = append(r.sheet.Rows, x)
}

// made notes what a row was made from, which most say alike.
func (r *Reader) made(x *Row, text string) {
	if text == r.text {
		return
	}
	m, ok := ParseMade(text)
	if !ok {
		x.fault("unreadable", "", "table says %q, which is no line that permc writes", short(text))
		return
	}
	r.text, r.last = strings.Clone(text), m
	if !slices.Contains(r.sheet.Made, m) {
		r.sheet.Made = append(r.sheet.Made, m)
	}
}

// width is how many columns there are up to the last that a review has.
func width(columns map[string]int) (n int) {
	for _, list := range [...][]string{needed, Marks, {"actions"}} {
		for _, c := range list {
			if i, ok := columns[c]; ok {
				n = max(n, i+1)
			}
		}
	}
	return n
}

// titles are the columns of a row by their title, if it has all that are needed.
func titles(cells []string) map[string]int {
	columns := map[string]int{}
	for i, c := range cells {
		c = policy.Fold(strings.TrimSpace(c))
		if _, twice := columns[c]; !twice {
			columns[c] = i
		}
	}
	for _, c := range needed {
		if _, ok := columns[c]; !ok {
			return nil
		}
	}
	return columns
}

// ErrNoSheet is that of a file in which no sheet has the columns of a review.
var ErrNoSheet = errors.New("it has no rows below titles among which are " + strings.Join(needed, ", "))

// Sheet is what was read.
func (r *Reader) Sheet() (*Sheet, error) {
	s := &r.sheet
	if len(s.Rows) == 0 {
		return nil, ErrNoSheet
	}
	s.byMark = newChains(s.Rows, func(x *Row) (uint64, bool) { return x.mark, x.mark != 0 })
	for i := range s.Rows {
		x := &s.Rows[i]
		x.read, x.unread = x.Decision, len(x.faults)
	}
	s.group()
	return s, nil
}

// group finds the rows that are about the same.
func (s *Sheet) group() {
	s.byName = newChains(s.Rows, func(x *Row) (name, bool) { return s.name(x), true })
	for _, first := range s.byName.first {
		s.repeated(&s.Rows[first])
	}
}

// tellApart groups the rows again, as users are different whose ids differ in case.
func (s *Sheet) tellApart() {
	for i := range s.Rows {
		x := &s.Rows[i]
		x.Decision, x.faults, x.part = x.read, x.faults[:x.unread], false
	}
	s.exact = true
	s.group()
}

// repeated looks at the rows that are about the same as the first of them. Rows
// of different actions are not: the table writes one for each access and end.
func (s *Sheet) repeated(first *Row) {
	parted := s.parted(first)
	of := map[string]*Row{}
	for i := range s.byName.of(s.name(first)) {
		x, about := &s.Rows[i], ""
		if x.part = parted; parted {
			about = x.actions
		}
		if of[about] == nil {
			of[about] = x
			continue
		}
		x.agree(of[about])
	}
}

// agree settles the decision of a row that is about the same as one above.
func (x *Row) agree(first *Row) {
	switch {
	case x.Decision == first.Decision:
	case x.Decision == Undecided:
		x.Decision = first.Decision
	case first.Decision == Undecided:
		first.Decision = x.Decision
	default:
		x.fault("contradiction", "", "decides otherwise than %s, which is about the same", first.Where)
		first.Decision, x.Decision = Contradictory, Contradictory
	}
}
