package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// Sum summarizes the comparison in one line.
func (d *Diff) Sum() string {
	text := "Access change: " + d.SumPeople()
	if d.Blocked() {
		text = "Blocked by " + d.Blockers() + ". " + text
	}
	return text
}

// SumPeople counts the people who gain and lose.
func (d *Diff) SumPeople() string {
	gain, lose, other, facts := d.countPeople()
	renamed := d.CountIdentities()
	var parts []string
	for _, x := range [...]struct {
		n         int
		one, many string
	}{
		{gain, "%s gains", "%s gain"}, {lose, "%s loses", "%s lose"},
		{other, "reason changed for %s", "reason changed for %s"},
		{facts, "only attributes changed for %s", "only attributes changed for %s"},
	} {
		if x.n > 0 {
			parts = append(parts, fmt.Sprintf(Choose(x.n, x.one, x.many), countPeople(x.n)))
		}
	}
	if renamed > 0 {
		parts = append(parts, Count(renamed, "id or name", "ids or names")+" in the system changed")
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// countPeople counts the people by what changes for them. Who gains may lose, too.
func (d *Diff) countPeople() (gain, lose, other, facts int) {
	for i := range d.People {
		p := &d.People[i]
		more, less := p.More(), p.Less()
		if more {
			gain++
		}
		if less {
			lose++
		}
		switch {
		case more || less:
		case p.HasAccess():
			other++
		case slices.ContainsFunc(p.Facts, func(f diff.Fact) bool { return !f.IsIdentity() }):
			facts++
		}
	}
	return gain, lose, other, facts
}

// Blockers counts what blocks the change.
func (d *Diff) Blockers() string {
	var parts []string
	if n := len(d.Hits); n > 0 {
		parts = append(parts, Plural(n, "gate"))
	}
	if d.Blocking > 0 {
		parts = append(parts, Plural(d.Blocking, "new finding"))
	}
	return strings.Join(parts, " and ")
}

// mostNamed limits how many people are named for one permission in a headline.
const mostNamed = 3

// Headlines names who and what has another id or name in the system, and who gains critical or high permissions: the
// gravest first, then those that few people gain. Permissions with the same people share a line.
func (d *Diff) Headlines() (list []string) {
	var renamed []string
	for i := range d.People {
		if d.People[i].Renamed() {
			renamed = append(renamed, d.People[i].User().ID)
		}
	}
	if renamed = append(renamed, d.Renamed()...); len(renamed) > 0 {
		list = append(list, "another id or name in the system: "+nameSome(renamed))
	}
	for _, rank := range []string{"critical", "high"} {
		gainers := d.gainers(rank)
		slices.SortStableFunc(gainers, func(a, b *gainer) int { return cmp.Compare(len(a.people), len(b.people)) })
		for len(gainers) > 0 {
			first, alike, others := gainers[0], []string{}, []*gainer{}
			for _, g := range gainers {
				if slices.Equal(g.people, first.people) {
					alike = append(alike, g.permission)
				} else {
					others = append(others, g)
				}
			}
			list = append(list, fmt.Sprintf("%s: %s for %s", rank, strings.Join(alike, ", "),
				d.namedPeople(first.people)))
			gainers = others
		}
	}
	return list
}

// gainer is a permission, and the indexes of the people who come to hold it.
type gainer struct {
	permission string
	people     []int32
}

// gainers returns the people who gain permissions of a sensitivity, by permission, and these permissions in the order
// of the first person.
func (d *Diff) gainers(rank string) (list []*gainer) {
	byID := map[string]*gainer{}
	of := map[*diff.Effect][]*gainer{} // by what people share
	for i := range d.People {
		effects := d.People[i].Effects
		if len(effects) == 0 {
			continue
		}
		gains, known := of[&effects[0]]
		if !known {
			for _, e := range effects {
				if !e.More || sensitivityName(int(e.Gravity)) != rank {
					continue
				}
				name := nameGained(&e, rank)
				g := byID[name]
				if g == nil {
					g = &gainer{permission: name}
					byID[g.permission], list = g, append(list, g)
				}
				if !slices.Contains(gains, g) {
					gains = append(gains, g)
				}
			}
			of[&effects[0]] = gains
		}
		for _, g := range gains {
			g.people = append(g.people, int32(i))
		}
	}
	return list
}

// nameGained names a permission that comes and, if its actions are rated, those of a sensitivity.
func nameGained(e *diff.Effect, rank string) string {
	p := e.Permission
	if p.ActionSensitivity == nil {
		return p.ID
	}
	var list []string
	for _, a := range p.Names(e.Actions) {
		if p.SensitivityOf(p.Set(a)) == rank {
			list = append(list, a)
		}
	}
	if len(list) == 0 { // it was as sensitive before
		list = p.Names(e.Actions)
	}
	return p.ID + " (" + policy.JoinNames(list, ", ") + ")"
}

// namedPeople names some people and counts the others.
func (d *Diff) namedPeople(people []int32) string {
	ids := make([]string, len(people))
	for i, n := range people {
		ids[i] = d.People[n].User().ID
	}
	return nameSome(ids)
}

// nameSome lists the first names and counts the others.
func nameSome(names []string) string {
	switch last := len(names) - 1; {
	case last == 0:
		return names[0]
	case last < mostNamed:
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names[:mostNamed], ", ") + " and " + Thousands(len(names)-mostNamed) + " more"
}
