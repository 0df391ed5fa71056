package review

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"permc.dev/permc/compiler/policy"
)

// Outcome is the result of a filled sheet.
type Outcome struct {
	Made     []Made
	Counts   Counts
	Problems []Problem
	Lines    []*Line // to change
	Stays    []Stay  // rows that no change of a line removes
	Gained   []policy.Row
	ByItem   bool // the rows are about items: assignments, grants and memberships

	sheet *Sheet
	match *Match
	lines map[policy.Pos]*Line
	named Memberships
}

// Memberships returns the groups that name a user as a member and lead into a group, with positions.
type Memberships func(u *policy.User, into *policy.Group) []policy.Membership

// Counts count the rows of a sheet.
type Counts struct {
	Rows, Kept, Removed, Undecided, Contradictory int

	Done    int // marked for removal, and already gone
	Missing int // rows of the table that the sheet lacks
}

// Stays is the kind of problem for a row that remains.
const Stays = "stays"

// Problem is an error in a sheet, or an unwanted effect of its decisions.
type Problem struct {
	Kind    string
	Warning bool
	Where   Where // zero: it is about the whole sheet
	Message string
	Help    string
}

// LineKind says how to change a line.
type LineKind uint8

// The kinds of lines.
const (
	DropEntry LineKind = iota
	DropGroupEntry
	LeaveGroup
)

func (k LineKind) String() string {
	return [...]string{"drop-entry", "drop-group-entry", "leave-group"}[k]
}

// Line is a line of the declaration to change, with the rows it affects.
type Line struct {
	Kind       LineKind
	Pos        policy.Pos
	User       *policy.User  // has the entry, or leaves the group
	Group      *policy.Group // has the entry, or loses the member
	Role       *policy.Role  // of the entry; nil: a grant
	Permission *policy.Permission
	Scope      *policy.Scope
	Inner      *policy.Group // leaves the group, if it is no user
	Where      Where         // the row of the sheet that decides about the whole line, if one does
	By, Date   string        // likewise
	Shared     bool          // a computed entry that gives something to several users

	Asked     []Ref
	Kept      []Ref // marked keep, but lost in whole or in part
	Undecided []Ref
	Unlisted  []Ref // not on the sheet
	Others    []Ref // of other users
	Ends      []Ref // expires earlier
	Stays     []Ref // remains through another line
}

// Ref is a row affected by a line.
type Ref struct {
	Row      policy.Row
	Where    Where  // in the sheet; zero if it is not there
	By, Date string // who decided, and when
	Loses    string // the part lost, if the row remains
}

// Stay is a row marked for removal that remains after every line is changed.
type Stay struct {
	Ref
	Sources []policy.Via // that remain
}

// Outcome adds up what the workers found. Pass the effects of the changes to Settle.
func (m *Match) Outcome(named Memberships) *Outcome {
	o := &Outcome{Made: m.sheet.Made, sheet: m.sheet, match: m, lines: map[policy.Pos]*Line{}, named: named}
	var asks []asked
	groups := map[groupEntry]*use{}
	var missing []policy.Row
	o.noteRows()
	for _, w := range m.workers {
		asks = append(asks, w.asked...)
		missing = append(missing, w.missing...)
		o.Counts.Missing += w.lacking
		for k, u := range w.groups {
			if groups[k] == nil {
				groups[k] = &use{}
			}
			groups[k].rows += u.rows
			groups[k].removed += u.removed
		}
	}
	o.countRows()
	o.addMissing(missing)
	slices.SortFunc(asks, func(a, b asked) int { return cmp.Compare(a.row, b.row) })
	for i := range asks {
		o.addLines(&asks[i], groups)
	}
	slices.SortFunc(o.Lines, func(a, b *Line) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Off, b.Pos.Off))
	})
	return o
}

// noteRows records what the workers found.
func (o *Outcome) noteRows() {
	for _, w := range o.match.workers {
		for _, a := range w.altered {
			x := &o.sheet.Rows[a.row]
			x.Decision = Contradictory
			x.fault("altered", sortHelp, "has the mark of another row: %s", a.of)
		}
	}
	for _, w := range o.match.workers {
		for _, f := range w.found {
			x := &o.sheet.Rows[f.row]
			x.found = true
			if f.stale && x.Decision != Contradictory && !x.has("changed") {
				x.fault("changed", "decide again on the current row",
					"changed since the sheet was made; it now says: %s", f.now)
			}
		}
	}
	for _, w := range o.match.workers {
		for _, i := range w.self {
			x := &o.sheet.Rows[i]
			if x.has("self-review") {
				continue
			}
			x.fault("self-review", "let somebody else decide", "%q reviews their own access", x.By)
		}
	}
}

// countRows counts decisions, and collects the problems of rows.
func (o *Outcome) countRows() {
	o.Counts.Rows = len(o.sheet.Rows)
	for i := range o.sheet.Rows {
		x := &o.sheet.Rows[i]
		if !x.found {
			o.noteUnfound(x)
		}
		switch {
		case x.gone && x.Decision == Remove:
			o.Counts.Done++
		case x.gone && x.Decision == Undecided:
			o.Counts.Rows--
		case x.Decision == Keep:
			o.Counts.Kept++
		case x.Decision == Remove:
			o.Counts.Removed++
		case x.Decision == Undecided:
			o.Counts.Undecided++
		default:
			o.Counts.Contradictory++
		}
		for _, f := range x.faults {
			o.Problems = append(o.Problems, Problem{
				Kind:    f.kind,
				Warning: f.warning,
				Where:   x.Where,
				Message: f.message,
				Help:    f.help,
			})
		}
	}
	if n := o.Counts.Undecided; n > 0 {
		o.Problems = append(o.Problems, Problem{Kind: "undecided",
			Message: fmt.Sprintf("undecided: %d of %d rows%s", n, o.Counts.Rows, o.listUndecided()),
			Help:    "mark Keep or Remove in each row, and write who decided and when"})
	}
}

// mostListed limits the rows that a message names.
const mostListed = 10

// listUndecided names the first rows without a decision.
func (o *Outcome) listUndecided() string {
	var list []Where
	for i := range o.sheet.Rows {
		x := &o.sheet.Rows[i]
		if x.Decision == Undecided && !x.gone {
			list = append(list, x.Where)
		}
	}
	fits := sort.Search(len(list), func(i int) bool { return i > 0 && len(Places(list[:i+1])) > 8*mostListed })
	if fits < len(list) {
		return ": " + Places(list[:fits]) + " and more"
	}
	return ": " + Places(list)
}

// noteUnfound adds a problem for a row that the table lacks. A row with a mark was once in the table.
func (o *Outcome) noteUnfound(x *Row) {
	switch {
	case x.Decision == Contradictory:
	case x.mark == 0 || x.kind != "" && x.mark == noMark:
		x.fault("unknown", "", "not in the table: %s has no %s on %s", shortenAnswer(x.User),
			shortenAnswer(x.Permission), shortenAnswer(x.Scope))
	case x.Decision == Keep:
		x.gone = true
		x.fault("gone", "make a new sheet", "marked keep, but no longer in the table")
	default:
		x.gone = true
	}
}

func (o *Outcome) addMissing(missing []policy.Row) {
	slices.SortFunc(missing, func(a, b policy.Row) int {
		return cmp.Or(cmp.Compare(a.User.ID, b.User.ID), cmp.Compare(a.Scope.Index, b.Scope.Index),
			cmp.Compare(a.Permission.Index, b.Permission.Index))
	})
	for i := range missing[:min(len(missing), mostMissing)] {
		r := &missing[i]
		o.Problems = append(o.Problems, Problem{Kind: "missing",
			Message: fmt.Sprintf("%s %s on %s is not on the sheet", r.User.ID, r.Permission.ID, r.Scope.Path)})
	}
	if n := o.Counts.Missing - mostMissing; n > 0 {
		o.Problems = append(o.Problems, Problem{Kind: "missing",
			Message: fmt.Sprintf("%d more rows of the table are not on the sheet", n)})
	}
}
