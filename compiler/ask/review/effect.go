package review

import (
	"iter"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Effect is the effect of the changes on one row.
type Effect struct {
	ref   Ref
	sheet int32 // index of its row in the sheet, or -1
	kind  effectKind
	lines []*Line      // that give it
	left  []policy.Via // sources that remain
	until string       // the earlier expiry, if any
}

type effectKind uint8

const (
	lost   effectKind = iota // or some of it
	sooner                   // it expires earlier
	stays                    // a changed line gives it, but so does something else
	gained                   // it is new, or has more actions
	none
)

// User appends the effects on one user, given their access before and after.
func (o *Outcome) User(list []Effect, before, after *policy.Access) []Effect {
	from := len(list)
	var own []*Line
	var units []unit
	marker := Marker{Exact: o.sheet.exact}
	for r, now := range pairRows(before, after) {
		if now != nil {
			list = appendGained(list, r, now)
		}
		if r == nil {
			continue
		}
		key := o.sheet.nameOf(o.match.shown(r.User.ID), r.Scope.Path, r.Permission.ID)
		units = o.sheet.appendUnits(units[:0], key, r, &marker)
		for j := range units {
			lines := o.linesOf(&units[j].row)
			own = append(own, lines...)
			if e := o.effect(&units[j], now, lines); e.kind != none {
				list = append(list, e)
			}
		}
	}
	own = policy.KeepFirst(own, 0)
	for i := from; i < len(list); i++ { // a derived row goes with the rows it needs
		if e := &list[i]; (e.kind == lost || e.kind == sooner) && len(e.lines) == 0 {
			e.lines = own
		}
	}
	return list
}

// pairRows iterates over the rows of a user before and after, in order. One of the two is nil where there is no such
// row.
func pairRows(before, after *policy.Access) iter.Seq2[*policy.Row, *policy.Row] {
	return func(yield func(was, now *policy.Row) bool) {
		was, now := before.Rows, after.Rows
		for len(was) > 0 || len(now) > 0 {
			var a, b *policy.Row
			if len(was) > 0 && (len(now) == 0 || !isEarlier(&now[0], &was[0])) {
				a = &was[0]
			}
			if len(now) > 0 && (len(was) == 0 || !isEarlier(&was[0], &now[0])) {
				b = &now[0]
			}
			if a != nil {
				was = was[1:]
			}
			if b != nil {
				now = now[1:]
			}
			if !yield(a, b) {
				return
			}
		}
	}
}

// isEarlier orders rows of one user.
func isEarlier(a, b *policy.Row) bool {
	if a.Scope.Index != b.Scope.Index {
		return a.Scope.Index < b.Scope.Index
	}
	return a.Permission.Index < b.Permission.Index
}

// appendGained appends a row that allows more than before, if it does.
func appendGained(list []Effect, before, now *policy.Row) []Effect {
	switch {
	case !now.Held():
		return list
	case before == nil, listBeyond(now, before) != nil, listOutlasting(now, before) != nil:
		return append(list, Effect{ref: Ref{Row: *now.Clone()}, sheet: -1, kind: gained})
	}
	return list
}

// effect returns the effect on a row that existed before, or on some of its actions.
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
	case !asked && listBeyond(r, now) != nil:
		e.kind, e.ref.Loses = lost, strings.Join(listBeyond(r, now), ", ")
	case !asked && listOutlasting(r, now) != nil:
		e.kind, e.until = sooner, strings.Join(listOutlasting(r, now), ", ")
	case len(lines) > 0 || asked:
		e.kind, e.left = stays, slices.Clone(now.Via)
		if u.part {
			e.left = now.Only(r.Actions).Via
		}
	}
	return e
}

// listBeyond returns the actions, and the access to all records, that a row has and another one lacks.
func listBeyond(r, other *policy.Row) (list []string) {
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

// listOutlasting returns the actions that r keeps longer than other, each with its expiry in other.
func listOutlasting(r, other *policy.Row) (list []string) {
	for left := r.Actions & other.Actions; left != 0; left &= left - 1 {
		a := left & -left
		name := r.Permission.Names(a)[0]
		for records := policy.GroupRecords; ; records-- {
			if end := lastDay(other, a, records); end < lastDay(r, a, records) {
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
var ofRecords = [...]string{policy.AllRecords: " of all records", policy.OwnRecords: " of own records",
	policy.GroupRecords: ""}

// lastDay returns the last day of an action, or of that action on all records; zero if it is not there.
func lastDay(r *policy.Row, action policy.Actions, records policy.Records) (end policy.Date) {
	for i := range r.Via {
		if v := &r.Via[i]; v.Actions&action != 0 && v.Records <= records {
			end = max(end, v.Ends.End())
		}
	}
	return end
}
