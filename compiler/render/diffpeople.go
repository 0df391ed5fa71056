package render

import (
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

// ChangedPeople are all whom the change concerns, in order of id.
func (d *Diff) ChangedPeople() (list []ChangedPerson) {
	for _, p := range d.people() {
		c := ChangedPerson{User: p.user, Counts: p.counts()}
		for _, b := range p.blocks() {
			w := ChangedWay{Kind: b.kind, Sign: signs[b.kind], Word: kindWords[b.kind], Items: b.items, Scopes: b.scopes, Why: Safe(b.why)}
			for _, x := range b.causes {
				w.At = append(w.At, d.causeText(x))
			}
			c.Ways = append(c.Ways, w)
		}
		list = append(list, c)
	}
	return list
}

// PolicyText is a change of the policy in words, and where it stands.
func (d *Diff) PolicyText(p diff.PolicyChange) (text, at string) {
	if p.Pos.IsValid() {
		at = d.causeText(diff.Cause{Base: p.Base, Pos: p.Pos})
	}
	return d.policyText(p), at
}
