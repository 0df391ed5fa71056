package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Sum says the whole in one line.
func (d *Diff) Sum() string {
	var gain, lose, other, facts int
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
		default:
			facts++
		}
	}
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
	if len(parts) == 0 {
		parts = append(parts, "none")
	}
	head := "Access change: "
	if d.Blocked() {
		head = "Blocked by " + d.blockers() + ". " + head
	}
	return head + strings.Join(parts, ", ")
}

// blockers counts what blocks the change.
func (d *Diff) blockers() string {
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

// Headlines names who comes to hold what is critical or high, the gravest first
// and then what few come to hold. Permissions with the same people share a line.
func (d *Diff) Headlines() (list []string) {
	for _, rank := range []string{"critical", "high"} {
		who, ids := d.gainers(rank)
		slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(len(who[a]), len(who[b])) })
		for len(ids) > 0 {
			people, alike, others := who[ids[0]], []string{}, []string{}
			for _, id := range ids {
				if slices.Equal(who[id], people) {
					alike = append(alike, id)
				} else {
					others = append(others, id)
				}
			}
			list = append(list, fmt.Sprintf("%s: %s for %s", rank, strings.Join(alike, ", "), namedPeople(people)))
			ids = others
		}
	}
	return list
}

// gainers returns who comes to hold the permissions of a sensitivity, and these
// permissions in the order of the first person.
func (d *Diff) gainers(rank string) (who map[string][]string, ids []string) {
	who = map[string][]string{}
	for i := range d.People {
		p := &d.People[i]
		for _, e := range p.Effects {
			id := e.Permission.ID
			known := who[id]
			if !e.More || sensitivity(int(e.Gravity)) != rank || len(known) > 0 && known[len(known)-1] == p.User().ID {
				continue
			}
			if known == nil {
				ids = append(ids, id)
			}
			who[id] = append(known, p.User().ID)
		}
	}
	return who, ids
}

// namedPeople names some people and counts the others.
func namedPeople(ids []string) string {
	last := len(ids) - 1
	switch {
	case last == 0:
		return ids[0]
	case last < mostNamed:
		return strings.Join(ids[:last], ", ") + " and " + ids[last]
	}
	return strings.Join(ids[:mostNamed], ", ") + " and " + Thousands(len(ids)-mostNamed) + " more"
}
