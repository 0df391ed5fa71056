package drift

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/policy"
)

// state says when something is declared.
type state uint8

const (
	absent state = iota
	rejected
	early
	ended
	inForce
)

// fact is what is declared about a key: the best of several entries.
type fact struct {
	state   state
	day     policy.Date // on which it ended, or will begin
	actions policy.Actions
	fault   policy.Fault
	via     *policy.Group
	pos     policy.Pos
}

// facts are what is declared, and where the export has it. Behind the declared keys are those that only the export has:
// their facts are absent.
type facts struct {
	index
	declared int // how many keys are declared
	list     []fact
	there    []int32 // where the comparison has each key in the order of the export, from one, or 0
	day      policy.Date
}

// of returns what is declared about a key, or an absent fact.
func (f *facts) of(k key) fact {
	if i := f.find(k); i != nowhere {
		return f.list[i]
	}
	return fact{}
}

// place returns the index of a key, and adds it if it is new. The number is that of the holder, or nowhere. A new key
// has an absent fact, and is not there.
func (f *facts) place(k key, number int32) int32 {
	if number == nowhere {
		number = f.otherOf(k)
	}
	i := f.findIn(k, number)
	if i == nowhere {
		i = f.insert(k, number)
		f.list = append(hugepage.Grow(f.list), fact{})
		f.there = append(hugepage.Grow(f.there), 0)
	}
	return i
}

// add keeps the best of what is declared about a key.
func (f *facts) add(k key, number int32, x fact) {
	before := len(f.keys)
	i := f.place(k, number)
	if len(f.keys) > before {
		f.list[i] = x
		return
	}
	old := f.list[i]
	switch {
	case x.state > old.state || x.state == old.state && old.via != nil && x.via == nil:
		x.actions |= sameState(old, x)
		f.list[i] = x
	case x.state == old.state:
		old.actions |= x.actions
		if x.state == ended && x.day > old.day || x.state == early && x.day < old.day {
			old.day = x.day
		}
		f.list[i] = old
	}
}

func sameState(old, x fact) policy.Actions {
	if old.state == x.state {
		return old.actions
	}
	return 0
}

// timed returns the state of something with a period.
func (f *facts) timed(p policy.Period) fact {
	switch {
	case p.Starts > f.day:
		return fact{state: early, day: p.Starts}
	case p.Ends.End() < f.day:
		return fact{state: ended, day: p.Ends}
	}
	return fact{state: inForce}
}

// entryFact returns what an entry declares for a user, or for a group if u is nil.
func (f *facts) entryFact(e *policy.Entry, u *policy.User) fact {
	x := f.timed(policy.Period{Starts: e.Starts, Ends: e.Ends})
	x.fault = e.Fault
	if u != nil {
		x.fault = e.FaultFor(u)
	}
	if x.fault != 0 {
		x.state = rejected
	}
	x.actions, x.pos = e.Actions, e.Pos
	return x
}

// declared collects what a policy declares. If the export lists what people have in any
// way, the entries of groups are those of their members.
func declared(p *policy.Policy, effective bool) *facts {
	n := countDeclared(p)
	f := &facts{index: newIndex(n, p.Users), list: hugepage.Make[fact](n)[:0], there: hugepage.Make[int32](n)[:0],
		day: p.AsOf}
	for j, u := range p.Users {
		for i := range u.Entries {
			e := &u.Entries[i]
			f.add(entryKey(u, nil, e), int32(j), f.entryFact(e, u))
		}
		if u.Default != nil {
			f.add(entryKey(u, nil, u.Default), int32(j), fact{state: inForce, pos: u.Pos})
		}
		f.memberships(u, int32(j), effective)
	}
	byID := make(map[string]*policy.Group, len(p.Groups))
	for _, g := range p.Groups {
		byID[g.ID] = g
	}
	for _, g := range p.Groups {
		if !effective {
			for i := range g.Entries {
				e := &g.Entries[i]
				f.add(entryKey(nil, g, e), nowhere, f.entryFact(e, nil))
			}
		}
		f.nested(g, byID)
	}
	f.declared = len(f.keys)
	return f
}

// countDeclared returns about how many entries and memberships a policy has.
func countDeclared(p *policy.Policy) (n int) {
	for _, u := range p.Users {
		n += len(u.Entries) + len(u.Memberships)
		if u.Default != nil {
			n++
		}
	}
	for _, g := range p.Groups {
		n += len(g.Entries)
	}
	return n
}

func entryKey(u *policy.User, g *policy.Group, e *policy.Entry) key {
	return key{user: u, group: g, role: e.Role, permission: e.Permission, scope: e.Scope}
}

// memberships adds the groups that a user is in, and what they give.
func (f *facts) memberships(u *policy.User, number int32, effective bool) {
	for i := range u.Memberships {
		m := &u.Memberships[i]
		if m.Direct > 0 {
			x := f.during(m.Periods)
			x.pos = m.Pos
			f.add(key{user: u, in: m.Group}, number, x)
		}
		if !effective {
			continue
		}
		for j := range m.Group.Entries {
			e := &m.Group.Entries[j]
			x := f.entryFact(e, u)
			x.via = m.Group
			if through := f.during(m.Periods); x.state == inForce && through.state < inForce {
				x.state, x.day = through.state, through.day
				x.pos = m.Pos // the membership says when, and not the entry
			}
			f.add(entryKey(u, nil, e), number, x)
		}
	}
}

// during returns the state of something with several periods.
func (f *facts) during(p *policy.Periods) fact {
	list := p.All()
	if _, ok := p.On(f.day); ok {
		return fact{state: inForce}
	}
	for _, x := range slices.Backward(list) {
		if x.Ends.End() < f.day {
			return fact{state: ended, day: x.Ends}
		}
	}
	if len(list) == 0 {
		return fact{state: absent}
	}
	return fact{state: early, day: list[0].Starts}
}

// nested adds the groups that are members of a group, as the declaration lists them.
func (f *facts) nested(g *policy.Group, byID map[string]*policy.Group) {
	if !g.Nests {
		return
	}
	for _, m := range g.Members {
		id, ok := strings.CutPrefix(m.Name, "group:")
		inner := byID[id]
		if !ok || inner == nil {
			continue
		}
		x := fact{state: inForce}
		if m.Terms != nil {
			x = f.timed(policy.Period{Starts: m.Terms.Starts, Ends: m.Terms.Ends})
		}
		x.pos = m.Pos
		f.add(key{group: inner, in: g}, nowhere, x)
	}
}
