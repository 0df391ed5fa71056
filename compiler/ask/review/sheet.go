package review

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Where is a position in a sheet: its name in a workbook, or "", and the row number as spreadsheets show it.
type Where struct {
	Sheet string
	Row   int
}

func (w Where) String() string { return Places([]Where{w}) }

// Places joins positions, which are in order, and merges consecutive rows.
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

// head returns the words before row numbers.
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
	actions                 string     // as written, or "" if the sheet has no such column
	mark                    uint64     // mark of the table's row that it was made from, or 0
	kind, print, gives      string     // of a row about an item; Permission names what it is
	suggested               string     // likewise
	shown                   shownCells // likewise
	Decision                Decision
	By, Date                string // as written

	faults []fault
	found  bool // today's table has such a row
	gone   bool // marked, and no longer in the table
	part   bool // other rows have the other actions of the permission

	read   Decision // before rows about the same were compared
	unread int      // how many faults there were then
}

// fault is an error in one row.
type fault struct {
	kind, message, help string
	warning             bool
}

func (x *Row) fault(kind, help, format string, args ...any) {
	x.faults = append(x.faults, fault{kind: kind, message: fmt.Sprintf(format, args...), help: help})
}

// has reports whether the row has a fault of a kind.
func (x *Row) has(kind string) bool {
	return slices.ContainsFunc(x.faults, func(f fault) bool { return f.kind == kind })
}

// Sheet is a filled review sheet.
type Sheet struct {
	Made   []Made // the tables its rows were made from, each once
	Rows   []Row
	Items  bool // its rows are about items
	exact  bool // the ids of two users may differ in case alone
	byName *chains[name]
	byMark *chains[uint64]
}

// name identifies the subject of a row.
type name struct{ user, scope, permission string }

// nameOf returns the name for cells of a sheet. It drops a leading apostrophe, which CSV uses to stop a spreadsheet
// from reading a formula.
func (s *Sheet) nameOf(user, scope, permission string) name {
	user = strings.TrimLeft(strings.TrimSpace(user), "'")
	if !s.exact {
		user = policy.Fold(user)
	}
	return name{user, scope, permission}
}

func (s *Sheet) name(x *Row) name { return s.nameOf(x.User, x.Scope, x.Permission) }

// Reader builds a sheet row by row.
type Reader struct {
	Days1904 bool // days without a month are counted from 1904

	sheet   Sheet
	grid    string
	columns map[string]int // of the grid, by title; nil before the row of titles
	width   int            // number of columns to read
	items   bool           // its rows are about items
	both    bool           // some grid has rows about items, and another one has others
	before  int            // rows before the titles
	nearest titles         // the row that is most like one of titles, of any grid without them
	twice   error          // a title that two columns have
	struck  []int          // columns of the next row with something struck out
	hidden  bool           // the next row is hidden
	texts   map[string]string
	text    string // table cell of the last row
	last    Made   // text, parsed
}

// mostBefore limits the rows above the titles of a sheet.
const mostBefore = 100

// Width returns the number of columns of the next row to read: all before the titles, then those up to the last
// column of a review.
func (r *Reader) Width() int {
	if r.columns == nil {
		return MostColumns
	}
	return r.width
}

// Past reports whether the grid is not a review, because it has no titles near the top.
func (r *Reader) Past() bool { return r.columns == nil && r.before > mostBefore }

// CountFrom1904 says that days without a month are counted from 1904.
func (r *Reader) CountFrom1904() { r.Days1904 = true }

// intern returns a copy of a text that outlives its file, one for equal texts.
func (r *Reader) intern(s string) string {
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

// Grid begins the next sheet of the workbook.
func (r *Reader) Grid(name string) { r.grid, r.columns, r.before = name, nil, 0 }

// Row takes the next row. It skips rows before the titles, and sheets without titles.
func (r *Reader) Row(number int, cells []string) {
	defer func() { r.struck, r.hidden = r.struck[:0], false }()
	if r.columns == nil {
		if r.before++; !r.Past() {
			r.findTitles(number, cells)
		}
		return
	}
	if r.repeatsTitles(cells) {
		return
	}
	cell := func(column string) string {
		i, ok := r.columns[column]
		switch {
		case !ok || i >= len(cells):
			return ""
		case column == "by":
			return Short(strings.TrimSpace(cells[i])) // as it is written, for messages
		}
		return Short(trimCell(cells[i]))
	}
	if r.items {
		r.itemRow(number, cell)
		return
	}
	x := Row{Where: Where{r.grid, number}, User: r.intern(cell("user")), Scope: r.intern(cell("scope")),
		Permission: r.intern(cell("permission")),
		actions:    r.intern(cell("actions")), mark: parseMark(cell("row")), By: r.intern(shortenAnswer(cell("by"))),
		Date: r.intern(shortenAnswer(cell("date")))}
	if x.User == "" && x.Scope == "" && x.Permission == "" && cell("keep") == "" && cell("remove") == "" {
		return // an empty row, or a sum below
	}
	r.addRow(&x, cell)
}

// addRow reads the decision of a row, and adds it.
func (r *Reader) addRow(x *Row, cell func(string) string) {
	day := x.decide(cell("keep"), cell("remove"), r.Days1904)
	r.checkLook(x, cell)
	if text := cell("table"); text != "" {
		r.noteMade(x, text)
		x.checkEarly(day, r.last.AsOf)
	}
	r.both = r.both || len(r.sheet.Rows) > 0 && r.sheet.Items != r.items
	r.sheet.Items = r.items
	r.sheet.Rows = append(r.sheet.Rows, *x)
}

// mostEarly limits how many days before the day of its table a sheet may be made and filled.
const mostEarly = 366

// checkEarly checks that a decision is not from before the table.
func (x *Row) checkEarly(day, asOf policy.Date) {
	switch {
	case day == 0 || asOf == 0 || day >= asOf:
	case day < asOf-mostEarly:
		x.fault("date", dayHelp, "decided on %s, more than a year before the day of the table, %s", day, asOf)
	default:
		x.faults = append(x.faults, fault{kind: "early", warning: true,
			message: "decided before the day of the table, " + asOf.String()})
	}
}

// noteMade records the table that a row was made from; most rows repeat the last one.
func (r *Reader) noteMade(x *Row, text string) {
	if text == r.text {
		return
	}
	m, ok := ParseMade(text)
	if !ok {
		x.fault("unreadable", columnsHelp, `cannot read %q in column "table"`, shortenAnswer(text))
		return
	}
	r.text, r.last = strings.Clone(text), m
	if !slices.Contains(r.sheet.Made, m) {
		r.sheet.Made = append(r.sheet.Made, m)
	}
}

// Sheet returns the sheet read.
func (r *Reader) Sheet() (*Sheet, error) {
	s := &r.sheet
	if r.twice != nil {
		return nil, r.twice
	}
	if len(s.Rows) == 0 {
		return nil, r.noSheet()
	}
	if r.both {
		return nil, errBoth
	}
	if s.Items {
		return s, nil
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
		s.settleRepeated(&s.Rows[first])
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

// settleRepeated settles rows with the same subject as first. Rows with different actions have different subjects,
// because the table writes one for each access and expiry.
func (s *Sheet) settleRepeated(first *Row) {
	parted := s.isParted(first)
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

// agree settles the decision of a row with the same subject as one above.
func (x *Row) agree(first *Row) {
	switch {
	case x.Decision == first.Decision:
	case x.Decision == Undecided:
		x.Decision = first.Decision
	case first.Decision == Undecided:
		first.Decision = x.Decision
	default:
		x.fault("contradiction", twiceHelp, "contradicts %s, which is about the same access", first.Where)
		first.Decision, x.Decision = Contradictory, Contradictory
	}
}
