package render

import (
	"strings"

	"permc.dev/permc/compiler/diff"
	"permc.dev/permc/compiler/policy"
)

// What a comparison says, for pages.

// ChangedPerson is what a change does to somebody.
type ChangedPerson struct {
	User   *policy.User
	Counts [diff.ReasonChanged + 1]int // by kind
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
	At         []string
}

// ChangedPeople are the first so many whom the change concerns, the gravest first.
func (d *Diff) ChangedPeople(most int) (list []ChangedPerson) {
	for i := range min(len(d.People), most) {
		list = append(list, d.changed(&d.People[i]))
	}
	return list
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

func (d *Diff) changed(p *diff.Person) ChangedPerson {
	c := ChangedPerson{User: p.User(), Counts: p.Counts}
	for _, f := range p.Facts {
		c.Ways = append(c.Ways, ChangedWay{Kind: diff.ReasonChanged, Sign: "~", Word: "is described differently", Why: Safe(factText(&f)), At: d.causeTexts(f.Causes)})
	}
	for _, b := range d.blocks(p) {
		c.Ways = append(c.Ways, ChangedWay{Kind: b.kind, Sign: signs[b.kind], Word: kindWords[b.kind], Items: b.items, Scopes: b.scopes, Why: Safe(b.why), At: d.causeTexts(b.causes)})
	}
	return c
}

func (d *Diff) causeTexts(list []diff.Cause) (out []string) {
	for _, c := range list {
		out = append(out, d.causeText(c))
	}
	return out
}

// FactText is a fact about a scope or a permission in words, and where it is written.
func (d *Diff) FactText(f diff.Fact) (text, at string) {
	return Safe(f.About + " " + f.Name + ": " + factText(&f)), strings.Join(d.causeTexts(f.Causes), ", ")
}

// PolicyText is a change of the policy in words, and where it stands.
func (d *Diff) PolicyText(p diff.PolicyChange) (text, at string) {
	if p.Pos.IsValid() {
		at = d.causeText(diff.Cause{Base: p.Base, Pos: p.Pos})
	}
	return d.policyText(p), at
}
