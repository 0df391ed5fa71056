package render

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// ChangedLine is a line of the declaration with the changes of access that it causes.
type ChangedLine struct {
	ChangedAt
	Base                bool // the line is in the base
	Users               []*policy.User
	Gains, Loses, Other int    // rows, and roles without rows
	Level               string // the highest of what comes or goes
}

// lineKey tells lines apart: one entry can be a cause for several reasons.
type lineKey struct {
	base bool
	pos  policy.Pos
}

// lineCount collects what each line causes.
type lineCount struct {
	at   map[lineKey]int
	list []ChangedLine
	keys []lineKey
}

// ChangedLines returns the lines that cause the changes, those of the most sensitive changes first. A change with
// several causes counts at each of them.
func (d *Diff) ChangedLines() []ChangedLine {
	n := lineCount{at: map[lineKey]int{}}
	for i := range d.People {
		p := &d.People[i]
		changes := d.Changes(p)
		for j := range changes {
			n.add(p, changes[j].Kind, changes[j].Gravity(), changes[j].Causes)
		}
		for j := range p.Roles {
			if c := &p.Roles[j]; !toldByRows(changes, c) {
				n.add(p, c.Kind, 0, c.Causes)
			}
		}
		for j := range p.Facts {
			n.add(p, diff.ReasonChanged, 0, p.Facts[j].Causes)
		}
	}
	for i, k := range n.keys {
		cause := diff.Cause{Base: k.base, Pos: k.pos}
		n.list[i].ChangedAt = d.changedAt([]diff.Cause{cause})[0]
	}
	slices.SortStableFunc(n.list, func(a, b ChangedLine) int {
		return cmp.Or(slices.Index(policy.Sensitivities, b.Level)-slices.Index(policy.Sensitivities, a.Level),
			len(b.Users)-len(a.Users), b.Gains-a.Gains, b.Loses-a.Loses)
	})
	return n.list
}

func (n *lineCount) add(p *diff.Person, kind diff.Kind, gravity int, causes []diff.Cause) {
	for i, c := range causes {
		k := lineKey{c.Base, c.Pos}
		if slices.ContainsFunc(causes[:i], func(o diff.Cause) bool { return lineKey{o.Base, o.Pos} == k }) {
			continue
		}
		at, known := n.at[k]
		if !known {
			at = len(n.list)
			n.at[k], n.list, n.keys = at, append(n.list, ChangedLine{Base: c.Base}), append(n.keys, k)
		}
		n.list[at].count(p.User(), kind, gravity)
	}
}

func (l *ChangedLine) count(u *policy.User, kind diff.Kind, gravity int) {
	if len(l.Users) == 0 || l.Users[len(l.Users)-1] != u {
		l.Users = append(l.Users, u)
	}
	switch {
	case kind.More():
		l.Gains++
	case kind.Less():
		l.Loses++
	default:
		l.Other++
		return
	}
	if gravity > slices.Index(policy.Sensitivities, l.Level)+1 {
		l.Level = sensitivityName(gravity)
	}
}
