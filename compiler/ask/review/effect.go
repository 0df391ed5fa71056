package review

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Effect is what the changes do to one row.
type Effect struct {
	ref   Ref
	sheet int32 // its row of the sheet, or -1
	kind  effectKind
	lines []*Line      // through which it comes
	left  []policy.Via // what it comes through afterwards
	until string       // of what ends earlier: when
}

type effectKind uint8

const (
	lost   effectKind = iota // or some of it
	sooner                   // it ends earlier
	stays                    // it comes through a line that goes, and something else
	gained                   // it is held, and was not, or there is more of it
	none
)

// User appends what the changes do to one user, whose access before and after
// is given.
func (o *Outcome) User(list []Effect, before, after *policy.Access) []Effect {
	from := len(list)
	var own []*Line
	var units []unit
	marker := Marker{Exact: o.sheet.exact}
	rest := after.Rows
	for i := range before.Rows {
		r := &before.Rows[i]
		for len(rest) > 0 && earlier(&rest[0], r) {
			list, rest = comes(list, nil, &rest[0]), rest[1:]
		}
		var now *policy.Row
		if len(rest) > 0 && !earlier(r, &rest[0]) {
			now, rest = &rest[0], rest[1:]
			list = comes(list, r, now)
		}
		key := o.sheet.nameOf(o.match.shown(r.User.ID), r.Scope.Path, r.Permission.ID)
		units = o.sheet.appendUnits(units[:0], key, r, &marker)
		for j := range units {
			lines := o.through(&units[j].row)
			own = union(own, lines)
			if e := o.effect(&units[j], now, lines); e.kind != none {
				list = append(list, e)
			}
		}
	}
	for i := range rest {
		list = comes(list, nil, &rest[i])
	}
	for i := from; i < len(list); i++ { // what was derived goes with what it rested on
		if e := &list[i]; (e.kind == lost || e.kind == sooner) && len(e.lines) == 0 {
			e.lines = own
		}
	}
	return list
}

// earlier orders rows of one user.
func earlier(a, b *policy.Row) bool {
	if a.Scope.Index != b.Scope.Index {
		return a.Scope.Index < b.Scope.Index
	}
	return a.Permission.Index < b.Permission.Index
}

// comes appends a row of which more can be done than before, if it is one.
func comes(list []Effect, before, now *policy.Row) []Effect {
	switch {
	case !now.Held():
		return list
	case before == nil, beyond(now, before) != nil, outlasts(now, before) != nil:
		return append(list, Effect{ref: Ref{Row: *now.Clone()}, sheet: -1, kind: gained})
	}
	return list
}

// effect is what the changes do to a row that was there before, or to some of
// its actions.
func (o *Outcome) effect(u *unit, now *policy.Row, lines []*Line) Effect {
	r := &u.row
	e := Effect{ref: Ref{Row: *r.Clone()}, lines: lines, sheet: -1, kind: none}
	if len(u.sheet) > 0 {
		x := &o.sheet.Rows[u.sheet[0]]
		e.sheet, e.ref.Where, e.ref.By, e.ref.Date = u.sheet[0], x.Where, x.By, x.Date
	}
	asked := e.sheet >= 0 && o.sheet.Rows[e.sheet].Decision == Remove
	switch {
	case now == nil, u.part && now.Actions&r.Actions == 0:
		e.kind = lost
	case !asked && beyond(r, now) != nil:
		e.kind, e.ref.Loses = lost, strings.Join(beyond(r, now), ", ")
	case !asked && outlasts(r, now) != nil:
		e.kind, e.until = sooner, strings.Join(outlasts(r, now), ", ")
	case len(lines) > 0 || asked:
		e.kind, e.left = stays, slices.Clone(now.Via)
		if u.part {
			e.left = now.Only(r.Actions).Via
		}
	}
	return e
}

// beyond are the actions, and the access to more records, that a row has and
// another one has not.
func beyond(r, other *policy.Row) (list []string) {
	for left := r.Actions; left != 0; left &= left - 1 {
		a := left & -left
		name := r.Permission.Names(a)[0]
		if other.Actions&a == 0 {
			list = append(list, name)
		} else if records := r.RecordsOf(a); records < other.RecordsOf(a) {
			list = append(list, name+ofRecords[records])
		}
	}
	return list
}

// outlasts are the actions that both rows have and that one has longer, each
// with its end in the other.
func outlasts(r, other *policy.Row) (list []string) {
	for left := r.Actions & other.Actions; left != 0; left &= left - 1 {
		a := left & -left
		name := r.Permission.Names(a)[0]
		for records := policy.GroupRecords; ; records-- {
			if end := lasts(other, a, records); end < lasts(r, a, records) {
				list = append(list, name+ofRecords[records]+" on "+end.String())
				break
			}
			if records == policy.AllRecords {
				break
			}
		}
	}
	return list
}

// ofRecords names the records that an action reaches, where others reach fewer.
var ofRecords = [...]string{policy.AllRecords: " of all records", policy.OwnRecords: " of own records", policy.GroupRecords: ""}

// lasts returns the last day of an action on at least these records; zero if it
// is not there.
func lasts(r *policy.Row, action policy.Actions, records policy.Records) (end policy.Date) {
	for i := range r.Via {
		if v := &r.Via[i]; v.Actions&action != 0 && v.Records <= records {
			end = max(end, v.Ends.End())
		}
	}
	return end
}
