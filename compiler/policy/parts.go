package policy

import (
	"cmp"
	"slices"
)

// EndsFor returns when the last source of one action, which is left, ends.
func (r *Row) EndsFor(action Actions) (end Date) {
	first := true
	for i := range r.Via {
		switch v := &r.Via[i]; {
		case v.Actions&action == 0:
		case first:
			end, first = v.Ends, false
		default:
			end = Later(end, v.Ends)
		}
	}
	return end
}

// Mixed reports whether the actions of a row differ in access or end, so that
// what the row says of both is not true of each.
func (r *Row) Mixed() bool {
	if len(r.Via) < 2 || r.Actions&(r.Actions-1) == 0 {
		return false
	}
	var last, widest Actions // that end with the row, and that reach as many records
	for i := range r.Via {
		v := &r.Via[i]
		if v.Ends == r.Ends {
			last |= v.Actions
		}
		if v.Records == r.Records {
			widest |= v.Actions
		}
	}
	return r.Actions&^last != 0 || r.Actions&^widest != 0
}

// Parts returns the row as it is written: once for all actions that share an
// access and an end, those of all records first, then those that last longest,
// each with the sources that give one of these. What is withheld, and sources
// that give nothing else, are in the first part. No order of actions matters.
func (r *Row) Parts() []Row {
	if !r.Mixed() {
		return []Row{*r}
	}
	var parts []Row
	for left := r.Actions; left != 0; left &= left - 1 {
		action := left & -left
		records, ends := r.RecordsOf(action), r.EndsFor(action)
		i := slices.IndexFunc(parts, func(p Row) bool { return p.Records == records && p.Ends == ends })
		if i < 0 {
			i = len(parts)
			part := *r
			part.Actions, part.Records, part.Ends, part.Via = 0, records, ends, nil
			parts = append(parts, part)
		}
		parts[i].Actions |= action
	}
	slices.SortFunc(parts, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Records, b.Records), cmp.Compare(b.Ends.End(), a.Ends.End()))
	})
	for j := range parts {
		p := &parts[j]
		if j > 0 {
			p.Withheld, p.More = nil, 0
		}
		for _, v := range r.Via {
			if v.Actions&p.Actions != 0 || j == 0 && v.Actions&r.Actions == 0 {
				p.Via = append(p.Via, v)
			}
		}
	}
	return parts
}

// Split returns rows as they are written: Parts of each. Where no row is mixed,
// these are the rows themselves.
func Split(rows []Row) []Row {
	i := 0
	for i < len(rows) && !rows[i].Mixed() {
		i++
	}
	if i == len(rows) {
		return rows
	}
	list := slices.Clone(rows[:i])
	for ; i < len(rows); i++ {
		list = append(list, rows[i].Parts()...)
	}
	return list
}

// Only returns a part of a row: some of its actions, with the sources that give
// one of them.
func (r *Row) Only(actions Actions) Row {
	part := *r
	part.Actions &= actions
	part.Via, part.Withheld, part.More = nil, nil, 0
	part.Records, part.Ends = GroupRecords, 0
	for i := range r.Via {
		v := &r.Via[i]
		if v.Actions&part.Actions == 0 {
			continue
		}
		if part.Records = min(part.Records, v.Records); len(part.Via) == 0 {
			part.Ends = v.Ends
		}
		part.Ends = Later(part.Ends, v.Ends)
		part.Via = append(part.Via, *v)
	}
	return part
}
