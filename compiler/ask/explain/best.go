package explain

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// rankProposals sorts proposals by least privilege, and drops those that differ from a better one only by a wider
// scope or another change.
func rankProposals(list []Proposal, at *policy.Scope) (out []Proposal) {
	slices.SortStableFunc(list, func(x, y Proposal) int {
		return cmp.Or(cmp.Compare(x.Rows, y.Rows), cmp.Compare(len(x.Changes), len(y.Changes)),
			cmp.Compare(x.Actions, y.Actions),
			cmp.Compare(y.depth(), x.depth()), cmp.Compare(x.elsewhere(at), y.elsewhere(at)),
			strings.Compare(Words(x.Changes), Words(y.Changes)))
	})
	for _, p := range list {
		if !slices.ContainsFunc(out, func(b Proposal) bool {
			return isSubset(b.Changes, p.Changes) || isWider(&p, &b)
		}) {
			if k := slices.IndexFunc(out, func(b Proposal) bool { return otherValue(&p, &b) >= 0 }); k >= 0 {
				out[k].addValue(&p)
			} else if len(out) < mostProposals {
				out = append(out, p)
			}
		}
	}
	return out
}

// depth returns how far down roles are assigned: a wide assignment may give no more today than a narrow one, but more
// tomorrow.
func (p *Proposal) depth() (n int) {
	for _, c := range p.Changes {
		for t := c.Scope; t != nil; t = t.Parent {
			n++
		}
	}
	return n
}

// elsewhere counts the changes on another scope than the one that lacks least.
func (p *Proposal) elsewhere(at *policy.Scope) (n int) {
	for _, c := range p.Changes {
		if c.Scope != nil && c.Scope != at {
			n++
		}
	}
	return n
}

// isWider reports whether p differs from the better b only by roles on wider scopes than the one in question, or by
// something on a scope beside or below it.
func isWider(p, b *Proposal) bool {
	return matchPairwise(p, b, func(c, d Change) bool {
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

// matchPairwise reports whether the changes of two proposals are equal or fit, one by one.
func matchPairwise(p, b *Proposal, fit func(c, d Change) bool) bool {
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

// otherValue returns the index of the only change that differs, in an attribute's value alone, between two proposals
// that give the same amount; or -1.
func otherValue(p, b *Proposal) (at int) {
	at = -1
	if p.Rows != b.Rows || p.Actions != b.Actions || p.Scope != b.Scope {
		return -1
	}
	n := 0
	same := matchPairwise(p, b, func(c, d Change) bool {
		n++
		at = slices.Index(b.Changes, d)
		return c.Attribute != "" && c.Attribute == d.Attribute
	})
	if !same || n != 1 {
		return -1
	}
	return at
}

// addValue notes another value of an attribute that works as well.
func (p *Proposal) addValue(other *Proposal) {
	if p.or == nil {
		p.or = make([][]string, len(p.Changes))
	}
	at := otherValue(other, p)
	p.or[at] = append(p.or[at], other.Changes[at].Value)
}

// addOthers writes the other values into the changes.
func (p *Proposal) addOthers() {
	for i, values := range p.or {
		if len(values) > 0 {
			p.Changes[i].Or = shortenList(values)
		}
	}
}
