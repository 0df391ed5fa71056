package render

import (
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// The content of a comparison for pages.

// ChangedPerson is the effect of a change on one person, or on several people alike.
type ChangedPerson struct {
	User   *policy.User                // the first person
	Others []*policy.User              // people with the same changes
	More   int                         // people not listed
	Who    string                      // the number of people in words, or ""
	Counts [diff.ReasonChanged + 1]int // by kind, for each of them
	Ways   []ChangedWay
}

// ChangedWay groups changes with the same lines and the same reason.
type ChangedWay struct {
	Kind       diff.Kind
	Sign, Word string
	Items      []string // permissions, with actions where there are several
	Scopes     []string
	Why        string
	At         []ChangedAt
}

// ChangedAt is a line that causes a change.
type ChangedAt struct{ Lead, At, Why, URL string }

// ChangedPeople returns the affected people, the gravest first, up to about most of them, and the number of the
// others.
func (d *Diff) ChangedPeople(most int) (list []ChangedPerson, left int) {
	for _, e := range d.entries() {
		if most <= 0 {
			left += len(e.people)
			continue
		}
		list = append(list, d.changed(&e, most))
		most -= len(e.people)
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

func (d *Diff) changed(e *entry, most int) ChangedPerson {
	c := ChangedPerson{User: e.people[0].User(), Counts: e.counts()}
	if e.folded() {
		c.Who = d.who(e)
		for _, p := range e.people[1:min(len(e.people), most)] {
			c.Others = append(c.Others, p.User())
		}
		c.More = len(e.people) - 1 - len(c.Others)
	}
	for _, f := range e.people[0].Facts {
		c.Ways = append(c.Ways, ChangedWay{
			Kind: diff.ReasonChanged,
			Sign: "~",
			Word: "attribute changed",
			Why:  Safe(factText(&f)),
			At:   d.changedAt(f.Causes),
		})
	}
	for _, x := range d.blocksOf(e) {
		w := ChangedWay{
			Kind:   x.kind,
			Sign:   signs[x.kind],
			Word:   e.word(x.kind),
			Items:  x.items,
			Scopes: x.scopes,
			Why:    Safe(x.why),
			At:     d.changedAt(x.causes),
		}
		if more := e.moreLines(); more != "" {
			w.At = append(w.At, ChangedAt{At: more})
		}
		if len(x.scopes) > mostScopes {
			w.Scopes = []string{d.on(&x)}
		}
		c.Ways = append(c.Ways, w)
	}
	return c
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
