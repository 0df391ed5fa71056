package review

import (
	"cmp"
	"fmt"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Outcome is what there is to say of a filled sheet.
type Outcome struct {
	Made     []Made
	Counts   Counts
	Problems []Problem
	Lines    []*Line // to change
	Stays    []Stay  // what no change of a line takes away
	Gained   []policy.Row

	sheet *Sheet
	match *Match
	lines map[policy.Pos]*Line
	named Memberships
}

// Memberships are the groups that name a user as a member, with the place.
type Memberships func(*policy.User) []policy.Membership

// Counts are those of the rows of a sheet.
type Counts struct {
	Rows, Kept, Removed, Undecided, Contradictory int

	Done    int // to be removed, and no longer there
	Missing int // rows of the table that the sheet lacks
}

// Stays is the kind of the problem that a row is there still.
const Stays = "stays"

// Problem is what is wrong with a sheet, or what its decisions would break.
type Problem struct {
	Kind    string
	Warning bool
	Where   Where // of no sheet: it is about all
	Message string
	Help    string
}

// LineKind is what is to be changed on a line.
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

// Line is a line of the declaration that must be changed, what it takes away as
// decided, and what goes with it.
type Line struct {
	Kind       LineKind
	Pos        policy.Pos
	User       *policy.User  // whose entry it is, or who leaves the group
	Group      *policy.Group // whose entry it is, or that is left
	Role       *policy.Role  // of an entry; nil: a grant
	Permission *policy.Permission
	Scope      *policy.Scope
	Shared     bool // the place gives something to several: it is computed

	Asked     []Ref
	Kept      []Ref // goes with it, or something of it, though it is to be kept
	Undecided []Ref
	Unlisted  []Ref // not on the sheet
	Others    []Ref // of other users
	Ends      []Ref // ends earlier
	Stays     []Ref // comes through another line, too
}

// Ref is a row that a line is about.
type Ref struct {
	Row      policy.Row
	Where    Where  // in the sheet; the zero Where if it is not there
	By, Date string // who decided, and when
	Loses    string // of a row that is there still: what goes
}

// Stay is a row that is to be removed, and that is there still when every line
// is changed.
type Stay struct {
	Ref
	Sources []policy.Via // that remain
}

// Outcome is what the workers found; changes are for the lines that it asks for.
func (m *Match) Outcome(named Memberships) *Outcome {
	o := &Outcome{Made: m.sheet.Made, sheet: m.sheet, match: m, lines: map[policy.Pos]*Line{}, named: named}
	var asks []asked
	groups := map[groupEntry]*use{}
	var missing []policy.Row
	o.note()
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
	o.count()
	o.lacks(missing)
	slices.SortFunc(asks, func(a, b asked) int { return cmp.Compare(a.row, b.row) })
	for i := range asks {
		o.ask(&asks[i], groups)
	}
	slices.SortFunc(o.Lines, func(a, b *Line) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Off, b.Pos.Off))
	})
	return o
}

// note keeps what the workers found of rows.
func (o *Outcome) note() {
	for _, w := range o.match.workers {
		for _, a := range w.altered {
			x := &o.sheet.Rows[a.row]
			x.Decision = Contradictory
			x.fault("altered", "make the sheet anew, and sort all of its columns together", "bears the mark of another row: %s", a.of)
		}
	}
	for _, w := range o.match.workers {
		for _, f := range w.found {
			x := &o.sheet.Rows[f.row]
			x.found = true
			if f.stale && x.Decision != Contradictory {
				x.fault("changed", "decide again on what it says today", "has changed since the sheet was made; it says now: %s", f.now)
			}
		}
	}
	for _, w := range o.match.workers {
		for _, i := range w.self {
			x := &o.sheet.Rows[i]
			x.fault("self-review", "have somebody else decide", "%q decides about their own access", x.By)
		}
	}
}

// count counts decisions, and says what is wrong with rows.
func (o *Outcome) count() {
	o.Counts.Rows = len(o.sheet.Rows)
	for i := range o.sheet.Rows {
		x := &o.sheet.Rows[i]
		if !x.found {
			o.unfound(x)
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
			o.Problems = append(o.Problems, Problem{Kind: f.kind, Warning: f.warning, Where: x.Where, Message: f.message, Help: f.help})
		}
	}
	if n := o.Counts.Undecided; n > 0 {
		o.Problems = append(o.Problems, Problem{Kind: "undecided", Message: fmt.Sprintf("undecided: %d of %d rows", n, o.Counts.Rows)})
	}
}

// unfound says what it means that the table has no such row. One that bears a
// mark stood in the table once.
func (o *Outcome) unfound(x *Row) {
	switch {
	case x.Decision == Contradictory:
	case x.mark == 0:
		x.fault("unknown", "", "is no row of the table: %s has no %s on %s", short(x.User), short(x.Permission), short(x.Scope))
	case x.Decision == Keep:
		x.gone = true
		x.fault("gone", "make the sheet anew", "is kept, and no longer in the table")
	default:
		x.gone = true
	}
}

func (o *Outcome) lacks(missing []policy.Row) {
	slices.SortFunc(missing, func(a, b policy.Row) int {
		return cmp.Or(cmp.Compare(a.User.ID, b.User.ID), cmp.Compare(a.Scope.Index, b.Scope.Index), cmp.Compare(a.Permission.Index, b.Permission.Index))
	})
	for i := range missing[:min(len(missing), mostMissing)] {
		r := &missing[i]
		o.Problems = append(o.Problems, Problem{Kind: "missing", Message: fmt.Sprintf("%s %s on %s is not on the sheet", r.User.ID, r.Permission.ID, r.Scope.Path)})
	}
	if n := o.Counts.Missing - mostMissing; n > 0 {
		o.Problems = append(o.Problems, Problem{Kind: "missing", Message: fmt.Sprintf("%d more rows of the table are not on the sheet", n)})
	}
}
