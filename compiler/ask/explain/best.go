package explain

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// best are the proposals in order: of the least privilege first. One that
// differs from a better one by nothing but a wider scope or another change is
// left out.
func best(list []Proposal, at *policy.Scope) (out []Proposal) {
	slices.SortStableFunc(list, func(x, y Proposal) int {
		return cmp.Or(cmp.Compare(x.Rows, y.Rows), cmp.Compare(len(x.Changes), len(y.Changes)), cmp.Compare(x.Actions, y.Actions),
			cmp.Compare(y.depth(), x.depth()), cmp.Compare(x.elsewhere(at), y.elsewhere(at)), strings.Compare(Words(x.Changes), Words(y.Changes)))
	})
	for _, p := range list {
		if !slices.ContainsFunc(out, func(b Proposal) bool { return subset(b.Changes, p.Changes) || strays(&p, &b) }) {
			if k := slices.IndexFunc(out, func(b Proposal) bool { return otherValue(&p, &b) >= 0 }); k >= 0 {
				out[k].addValue(&p)
			} else if len(out) < mostProposals {
				out = append(out, p)
			}
		}
	}
	return out
}

// depth is how far down roles are assigned: one wide assignment may give no
// more today than a narrow one, and more tomorrow.
func (p *Proposal) depth() (n int) {
	for _, c := range p.Changes {
		for t := c.Scope; t != nil; t = t.Parent {
			n++
		}
	}
	return n
}

// elsewhere is how many changes are on another scope than the one where least is
// missing.
func (p *Proposal) elsewhere(at *policy.Scope) (n int) {
	for _, c := range p.Changes {
		if c.Scope != nil && c.Scope != at {
			n++
		}
	}
	return n
}

// strays reports whether one proposal is a better one with roles on wider scopes
// than the one that is looked at, or with something on a scope beside or under it.
func strays(p, b *Proposal) bool {
	return pairwise(p, b, func(c, d Change) bool {
		same := c.Scope != nil && d.Scope != nil && c.Role == d.Role && c.Permission == d.Permission
		onPath := p.Scope.Within(c.Scope)
		switch {
		case !same:
			return false
		case p.Scope != b.Scope:
			return c.Role != nil && d.Scope.Within(c.Scope)
		case onPath:
			return c.Role != nil && c.Scope != p.Scope && d.Scope.Within(c.Scope)
		}
		return true
	})
}

// pairwise reports whether the changes of two proposals are the same, or fit.
func pairwise(p, b *Proposal, fit func(c, d Change) bool) bool {
	if len(p.Changes) != len(b.Changes) {
		return false
	}
	for i, c := range p.Changes {
		if d := b.Changes[i]; c != d && !fit(c, d) {
			return false
		}
	}
	return true
}

// otherValue returns which change differs, by the value of an attribute alone,
// between two proposals that give as much; or -1.
func otherValue(p, b *Proposal) (at int) {
	at = -1
	if p.Rows != b.Rows || p.Actions != b.Actions || p.Scope != b.Scope {
		return -1
	}
	n := 0
	same := pairwise(p, b, func(c, d Change) bool {
		n++
		at = slices.Index(b.Changes, d)
		return c.Attribute != "" && c.Attribute == d.Attribute
	})
	if !same || n != 1 {
		return -1
	}
	return at
}

// addValue notes that a proposal does with another value of an attribute, too.
func (p *Proposal) addValue(other *Proposal) {
	if p.or == nil {
		p.or = make([][]string, len(p.Changes))
	}
	at := otherValue(other, p)
	p.or[at] = append(p.or[at], other.Changes[at].Value)
}

// sayOthers puts the other values into the changes.
func (p *Proposal) sayOthers() {
	for i, values := range p.or {
		if len(values) > 0 {
			p.Changes[i].Or = some(values)
		}
	}
}
