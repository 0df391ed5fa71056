package render

import (
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// What a comparison says, for pages.

// ChangedPerson is what a change does to somebody, or to several people alike.
type ChangedPerson struct {
	User   *policy.User                // the first of them
	Others []*policy.User              // who change as that one does
	More   int                         // people who are not written out
	Who    string                      // how many there are, or ""
	Counts [diff.ReasonChanged + 1]int // by kind, for each of them
	Ways   []ChangedWay
}

// ChangedWay is what happens to somebody alike: through the same lines, for the
// same reason.
type ChangedWay struct {
	Kind       diff.Kind
	Sign, Word string
	Items      []string // permissions, with actions where there are several
	Scopes     []string
	Why        string
	At         []ChangedAt
}

// ChangedAt is a line that brings a change about.
type ChangedAt struct{ Lead, At, Why, URL string }

// ChangedPeople returns those whom the change concerns, the gravest first, as
// far as so many people are named. It returns how many are left out as well.
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
		c.Ways = append(c.Ways, ChangedWay{Kind: diff.ReasonChanged, Sign: "~", Word: "attribute changed", Why: Safe(factText(&f)), At: d.changedAt(f.Causes)})
	}
	for _, x := range d.blocksOf(e) {
		w := ChangedWay{Kind: x.kind, Sign: signs[x.kind], Word: e.word(x.kind), Items: x.items, Scopes: x.scopes, Why: Safe(x.why), At: d.changedAt(x.causes)}
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

// FactText describes a fact about a scope or a permission in words, and where
// it is written.
func (d *Diff) FactText(f diff.Fact) (text string, at []ChangedAt) {
	return aboutFact(&f), d.changedAt(f.Causes)
}

func aboutFact(f *diff.Fact) string { return Safe(f.About + " " + f.Name + ": " + factText(f)) }

// PolicyText describes a change of the policy in words, and where it stands.
func (d *Diff) PolicyText(p diff.PolicyChange) (text string, at []ChangedAt) {
	if p.Pos.IsValid() {
		at = d.changedAt([]diff.Cause{{Base: p.Base, Pos: p.Pos}})
	}
	return d.policyText(p), at
}
