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

// mostNamed is how many people are named for one permission in a headline.
const mostNamed = 3

// Headlines names who comes to hold what is critical or high, the gravest
// first.
func (d *Diff) Headlines() (list []string) {
	for _, rank := range []string{"critical", "high"} {
		who, ids := map[string][]string{}, []string{}
		for i := range d.People {
			p := &d.People[i]
			for _, e := range p.Effects {
				id := e.Permission.ID
				told := who[id]
				if !e.More || sensitivity(int(e.Gravity)) != rank || len(told) > 0 && told[len(told)-1] == p.User().ID {
					continue
				}
				if told == nil {
					ids = append(ids, id)
				}
				who[id] = append(told, p.User().ID)
			}
		}
		slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(len(who[a]), len(who[b])) })
		for _, id := range ids {
			list = append(list, fmt.Sprintf("%s: %s for %s", rank, id, namedPeople(who[id])))
		}
	}
	return list
}

// namedPeople names some people and counts the others.
func namedPeople(ids []string) string {
	if len(ids) <= mostNamed {
		return strings.Join(ids, ", ")
	}
	return strings.Join(ids[:mostNamed], ", ") + " and " + Thousands(len(ids)-mostNamed) + " more"
}
