package render

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// The content of a comparison for pages.

// ChangedPerson is the effect of a change on one person, or on several people alike.
type ChangedPerson struct {
	User         *policy.User                // the first person
	Others       []*policy.User              // people with the same changes
	More         int                         // people not listed
	Who          string                      // the number of people in words, or ""
	Counts       [diff.ReasonChanged + 1]int // by kind, for each of them
	Gains, Loses []ChangedLevel              // likewise, the highest level first
	Ways         []ChangedWay                // the highest level first
}

// ChangedLevel holds what somebody gains or loses of one sensitivity.
type ChangedLevel struct {
	Level string
	Rows  int
	Items []ChangedItem // each permission once
}

// ChangedWay groups changes of one sensitivity with the same lines and the same reason.
type ChangedWay struct {
	Kind       diff.Kind
	Sign, Word string
	Level      string
	Items      []ChangedItem
	Scopes     []string
	On         string // in place of many scopes, or ""
	Why        string
	At         []ChangedAt
}

// ChangedAt is a line that causes a change.
type ChangedAt struct{ Lead, At, Why, URL string }

// mostOthers limits the people of an entry whose names are listed.
const mostOthers = 500

// ChangedPeople returns the affected people, the gravest first, and the number of the others: up to most entries, each
// of a person or of several alike, and as many as have up to about mostItems permissions and scopes to list.
func (d *Diff) ChangedPeople(most, mostItems int) (list []ChangedPerson, left int) {
	for _, e := range d.entries() {
		if len(list) == most || mostItems <= 0 {
			left += len(e.people)
			continue
		}
		c := d.changed(&e)
		for i := range c.Ways {
			mostItems -= 1 + len(c.Ways[i].Items) + len(c.Ways[i].Scopes)
		}
		list = append(list, c)
	}
	return list, left
}

// CountChanges counts the rows that change in each way, and the people.
func (d *Diff) CountChanges() (rows, people [diff.ReasonChanged + 1]int) {
	for i := range d.People {
		for k, n := range d.People[i].Counts {
			rows[k] += n
			people[k] += min(n, 1)
		}
	}
	return rows, people
}

func (d *Diff) changed(e *entry) ChangedPerson {
	c := ChangedPerson{User: e.people[0].User(), Counts: e.counts()}
	if e.folded() {
		c.Who = d.who(e)
		for _, p := range e.people[1:min(len(e.people), mostOthers)] {
			c.Others = append(c.Others, p.User())
		}
		c.More = len(e.people) - 1 - len(c.Others)
	}
	for _, x := range d.blocksOf(e) {
		c.count(&x)
		c.Ways = append(c.Ways, d.waysOf(e, &x)...)
	}
	highestFirst := func(level string) int { return -slices.Index(policy.Sensitivities, level) }
	byLevel := func(a, b ChangedLevel) int { return highestFirst(a.Level) - highestFirst(b.Level) }
	slices.SortStableFunc(c.Gains, byLevel)
	slices.SortStableFunc(c.Loses, byLevel)
	slices.SortStableFunc(c.Ways, func(a, b ChangedWay) int {
		return cmp.Or(highestFirst(a.Level)-highestFirst(b.Level), int(a.Kind)-int(b.Kind))
	})
	for _, f := range e.people[0].Facts {
		c.Ways = append(c.Ways, ChangedWay{
			Kind: diff.ReasonChanged,
			Sign: "~",
			Word: "attribute changed",
			Why:  Safe(factText(&f)),
			At:   d.changedAt(f.Causes),
		})
	}
	return c
}

// count adds the permissions of a block to what the person gains or loses.
func (c *ChangedPerson) count(x *block) {
	list := &c.Gains
	switch {
	case x.kind.Less():
		list = &c.Loses
	case !x.kind.More():
		return
	}
	for _, item := range x.items {
		if item.Role {
			continue
		}
		i := slices.IndexFunc(*list, func(l ChangedLevel) bool { return l.Level == item.Level })
		if i < 0 {
			i = len(*list)
			*list = append(*list, ChangedLevel{Level: item.Level})
		}
		l := &(*list)[i]
		l.Rows += len(x.scopes)
		if !slices.ContainsFunc(l.Items, func(o ChangedItem) bool { return o.ID == item.ID }) {
			l.Items = append(l.Items, item)
		}
	}
}

// waysOf splits a block by sensitivity.
func (d *Diff) waysOf(e *entry, x *block) (list []ChangedWay) {
	w := ChangedWay{
		Kind:   x.kind,
		Sign:   signs[x.kind],
		Word:   e.word(x.kind),
		Scopes: x.scopes,
		Why:    Safe(x.why),
		At:     d.changedAt(x.causes),
	}
	if more := e.moreLines(); more != "" {
		w.At = append(w.At, ChangedAt{At: more})
	}
	if len(x.scopes) > mostScopes {
		w.Scopes, w.On = nil, Safe(d.on(x))
	}
	for _, item := range x.items {
		i := slices.IndexFunc(list, func(o ChangedWay) bool { return o.Level == item.Level })
		if i < 0 {
			i, w.Level = len(list), item.Level
			list = append(list, w)
		}
		list[i].Items = append(list[i].Items, item)
	}
	return list
}

func (d *Diff) changedAt(list []diff.Cause) (out []ChangedAt) {
	for _, c := range list {
		lead, at, why := d.causeParts(c)
		out = append(out, ChangedAt{lead, at, why, d.Links.to(c.Base, d.files(c.Base), c.Pos)})
	}
	return out
}

// FactText describes a fact about a scope or a permission, and where it is declared.
func (d *Diff) FactText(f diff.Fact) (text string, at []ChangedAt) {
	return aboutFact(&f), d.changedAt(f.Causes)
}

func aboutFact(f *diff.Fact) string { return Safe(f.About + " " + f.Name + ": " + factText(f)) }

// PolicyText describes a policy change, and where it is declared.
func (d *Diff) PolicyText(p diff.PolicyChange) (text string, at []ChangedAt) {
	if p.Pos.IsValid() {
		at = d.changedAt([]diff.Cause{{Base: p.Base, Pos: p.Pos}})
	}
	return d.policyText(p), at
}
