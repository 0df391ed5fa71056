package lint

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Few is how many entries of one holder rules compare with each other. More are looked up in a Listing.
const Few = 32

// Listing finds entries among many of one holder.
type Listing struct {
	first  map[sameness]int
	roles  map[*policy.Scope][]int // assignments of roles that give something there or below alone
	beside []int                   // the other assignments
}

// sameness is what two entries that say the same have in common.
type sameness struct {
	role         *policy.Role
	permission   *policy.Permission
	scope        *policy.Scope
	actions      policy.Actions
	starts, ends policy.Date
}

func samenessOf(e *policy.Entry) sameness {
	return sameness{e.Role, e.Permission, e.Scope, e.Actions, e.Starts, e.Ends}
}

// First returns the index of the first entry that says the same.
func (l *Listing) First(e *policy.Entry) int { return l.first[samenessOf(e)] }

// Above returns the indexes of the assignments that may give something on a scope, in order.
func (l *Listing) Above(s *policy.Scope) []int {
	list := slices.Clone(l.beside)
	for ; s != nil; s = s.Parent {
		list = append(list, l.roles[s]...)
	}
	slices.Sort(list)
	return list
}

// mostListings bounds the listings in memory.
const mostListings = 1 << 10

// Listing returns a listing of the entries of one holder.
func (p *Pass) Listing(entries []policy.Entry) *Listing {
	if l := p.listings[&entries[0]]; l != nil {
		return l
	}
	if p.listings == nil || len(p.listings) == mostListings {
		p.listings = map[*policy.Entry]*Listing{}
	}
	l := &Listing{map[sameness]int{}, map[*policy.Scope][]int{}, nil}
	for i := range entries {
		e := &entries[i]
		if _, ok := l.first[samenessOf(e)]; !ok {
			l.first[samenessOf(e)] = i
		}
		switch {
		case e.Role == nil:
		case givesBeside(e.Role):
			l.beside = append(l.beside, i)
		default:
			l.roles[e.Scope] = append(l.roles[e.Scope], i)
		}
	}
	p.listings[&entries[0]] = l
	return l
}

// givesBeside reports whether a role gives anything on scopes beside or above its own.
func givesBeside(r *policy.Role) bool {
	return slices.ContainsFunc(r.Cells, func(c policy.Cell) bool { return c.Reach.Kind == policy.Tree }) ||
		slices.ContainsFunc(r.Includes, func(i policy.Include) bool {
			return i.Reach.Kind == policy.Tree || givesBeside(i.Role)
		})
}
