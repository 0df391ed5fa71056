package review

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// addItemLines adds the lines of items marked for removal, and returns their positions.
func (m *itemMatch) addItemLines() map[policy.Pos]bool {
	for item, x := range m.of {
		if x.Decision != Remove {
			continue
		}
		for _, pos := range item.Spots {
			l := m.lines[pos]
			if l == nil {
				l = item.line(pos)
				l.Where, l.By, l.Date = x.Where, x.By, x.Date
				m.lines[pos] = l
				m.Lines = append(m.Lines, l)
			} else if l.User != item.User {
				l.Shared = true
			}
		}
	}
	slices.SortFunc(m.Lines, func(a, b *Line) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Off, b.Pos.Off))
	})
	m.shareLines()
	return m.Places()
}

// shareLines marks the lines that are also about items to keep: a place that is computed.
func (m *itemMatch) shareLines() {
	for _, x := range m.survey.Items {
		for _, pos := range x.Spots {
			if l := m.lines[pos]; l != nil && (m.of[x] == nil || m.of[x].Decision != Remove) {
				l.Shared = true
			}
		}
	}
}

// sharesLine reports whether an item to keep is written where others are to be removed.
func (m *itemMatch) sharesLine(x *Item) bool {
	return slices.ContainsFunc(x.Spots, func(pos policy.Pos) bool { return m.lines[pos] != nil })
}

// line returns the change that removes an item.
func (x *Item) line(pos policy.Pos) *Line {
	l := &Line{Kind: DropEntry, Pos: pos, User: x.User, Group: x.Group, Scope: x.Scope}
	switch {
	case x.Into != nil:
		l.Kind, l.Inner, l.Group = LeaveGroup, x.Group, x.Into
	case x.User == nil:
		l.Kind = DropGroupEntry
	}
	if x.Entry != nil {
		l.Role, l.Permission = x.Entry.Role, x.Entry.Permission
	}
	return l
}

// effects appends the effects on one user.
func (m *itemMatch) effects(list []Effect, before, after *policy.Access) []Effect {
	for r, now := range pairRows(before, after) {
		if now != nil {
			list = appendGained(list, r, now)
		}
		if r == nil {
			continue
		}
		e := Effect{ref: Ref{Row: *r.Clone()}, sheet: -1, kind: lost}
		switch {
		case now == nil:
		case listBeyond(r, now) != nil:
			e.ref.Loses = strings.Join(listBeyond(r, now), ", ")
		case listOutlasting(r, now) != nil:
			e.kind, e.until = sooner, strings.Join(listOutlasting(r, now), ", ")
		default:
			continue
		}
		if now != nil {
			e.left = slices.Clone(now.Via)
		}
		list = append(list, e)
	}
	return list
}

// settleItems files the effects under the lines that cause them, and finds what is to be kept but is lost.
func (m *itemMatch) settleItems(effects []Effect) {
	ways := leading{Survey: m.survey}
	lost := map[*Item]int{}
	for i := range effects {
		e := &effects[i]
		if e.kind == gained {
			m.Gained = append(m.Gained, e.ref.Row)
			continue
		}
		m.settleItem(e, &ways, lost)
	}
	for _, item := range m.survey.Items {
		if n := lost[item]; n > 0 {
			m.addLost(item, n)
		}
	}
}

func (m *itemMatch) settleItem(e *Effect, ways *leading, lost map[*Item]int) {
	var items []*Item
	for i := range e.ref.Row.Via {
		v := &e.ref.Row.Via[i]
		if slices.ContainsFunc(e.left, func(x policy.Via) bool { return x.Repeats(v) }) {
			continue
		}
		ways.sourcesOf(e.ref.Row.User, v, func(x *Item) { items = append(items, x) })
	}
	items = policy.KeepFirst(items, 0)
	widest := math.MinInt // the widest reach among those to be removed
	for _, x := range items {
		if row := m.of[x]; row != nil && row.Decision == Remove {
			widest = max(widest, x.reach())
		}
	}
	for _, x := range items {
		if row := m.of[x]; row != nil && row.Decision == Remove {
			for _, pos := range x.Spots {
				m.lines[pos].file(e, row)
			}
		} else if e.kind != sooner && (m.sharesLine(x) || widest > x.reach()) {
			lost[x]++
		}
	}
	if len(items) == 0 { // it is derived from something that goes
		for _, l := range m.Lines {
			if l.User == e.ref.Row.User {
				l.file(e, nil)
				return
			}
		}
	}
}

// reach orders the items that together give somebody something: a membership of a user, one of a group, and what that
// gives. Whoever keeps one expects those behind it, but not that everybody stays before it.
func (x *Item) reach() int {
	switch {
	case x.Entry != nil:
		return 2
	case x.User == nil:
		return 1
	}
	return 0
}

// file adds an effect to a line, which a row of the sheet decides about.
func (l *Line) file(e *Effect, row *Row) {
	ref := e.ref
	if row != nil {
		ref.Where, ref.By, ref.Date = row.Where, row.By, row.Date
	}
	if e.kind == sooner {
		l.Ends = append(l.Ends, ref)
	} else {
		l.Asked = append(l.Asked, ref)
	}
}

// addLost adds a problem for a membership to keep of which permissions are lost.
func (m *itemMatch) addLost(x *Item, n int) {
	row := m.of[x]
	if row == nil || row.Decision != Keep {
		return // it is missing or undecided, which is a problem already
	}
	all := x.Rows * max(1, x.People)
	p := Problem{Kind: "kept-row-lost", Where: row.Where,
		Message: "marked keep, but the other changes remove all that it gives: " + x.describe(),
		Help:    "keep what it comes through, or mark this row Remove as well"}
	if m.sharesLine(x) {
		p.Message = "marked keep, but it shares a line that is to be removed: " + x.describe()
		p.Help = "keep everything that the line gives, or change it where each person is named"
	} else if n < all {
		p = Problem{Kind: "kept-row-narrowed", Warning: true, Where: row.Where,
			Message: fmt.Sprintf("marked keep, but the other changes remove some of what it gives: %s", x.describe())}
	}
	m.Problems = append(m.Problems, p)
}
