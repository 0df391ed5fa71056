package roles

import (
	"math/bits"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// compared is a role with all that it gives, as a sorted list and as bits.
type compared struct {
	*Role
	atoms []int
	bits  []uint64
}

// comparePairs compares roles that have something in common with each other.
func comparePairs(a *Answer, s *study, roles []*Role) {
	x := newAtoms(s)
	var list []compared
	for _, r := range roles {
		if set := x.of(r.Role); len(set) > 0 {
			list = append(list, compared{Role: r, atoms: set})
		}
	}
	for i := range list {
		list[i].bits = make([]uint64, len(x.list)/64+1)
		for _, n := range list[i].atoms {
			list[i].bits[n/64] |= 1 << (n % 64)
		}
	}
	list = a.joinSame(list)
	for i := range list {
		for j := i + 1; j < len(list); j++ {
			a.comparePair(x, &list[i], &list[j])
		}
	}
	a.dropIndirect()
	slices.SortStableFunc(a.Near, func(p, q Pair) int { return q.Common*p.Total - p.Common*q.Total })
}

// joinSame lists the roles that give the same, and returns the first of each with the others.
func (a *Answer) joinSame(list []compared) (first []compared) {
	var same [][]*Role
	for i := range list {
		at := slices.IndexFunc(first, func(x compared) bool {
			return slices.Equal(x.atoms, list[i].atoms) && sameHolders(x.Role.Role, list[i].Role.Role)
		})
		if at < 0 {
			first, same = append(first, list[i]), append(same, []*Role{list[i].Role})
			continue
		}
		same[at] = append(same[at], list[i].Role)
	}
	for _, roles := range same {
		if len(roles) > 1 {
			a.Same = append(a.Same, roles)
		}
	}
	return first
}

// sameHolders reports whether the same people may hold two roles.
func sameHolders(a, b *policy.Role) bool {
	if !a.Limited && !b.Limited {
		return true
	}
	return a.Limited == b.Limited && contains(a.Affiliations, b.Affiliations) &&
		contains(b.Affiliations, a.Affiliations)
}

// comparePair notes whether one role is inside another one or near it.
func (a *Answer) comparePair(x *atoms, l, r *compared) {
	if len(l.atoms) > len(r.atoms) {
		l, r = r, l
	}
	inside := isWithin(l.bits, r.bits)
	if !inside && float64(len(l.atoms)) < a.Question.Near*float64(len(r.atoms)) {
		return
	}
	common := 0
	for i := range l.bits {
		common += bits.OnesCount64(l.bits[i] & r.bits[i])
	}
	p := Pair{Left: l.Role, Right: r.Role, Common: common, Total: len(l.atoms) + len(r.atoms) - common}
	near := p.Likeness() >= a.Question.Near
	if common == 0 || !inside && !near {
		return
	}
	p.LeftOnly, p.RightOnly = x.differing(l.atoms, r.atoms), x.differing(r.atoms, l.atoms)
	if inside {
		p.Includes = includes(r.Role.Role, l.Role.Role)
		a.Inside = append(a.Inside, p)
	}
	if near {
		a.Near = append(a.Near, p)
	}
}

func isWithin(x, y []uint64) bool {
	for i := range x {
		if x[i]&^y[i] != 0 {
			return false
		}
	}
	return true
}

// includes reports whether a role includes another one in the catalog, directly or not.
func includes(r, inner *policy.Role) bool {
	list := []*policy.Role{r}
	for i := 0; i < len(list); i++ {
		for _, inc := range list[i].Includes {
			if inc.Role == inner {
				return true
			}
			if !slices.Contains(list, inc.Role) {
				list = append(list, inc.Role)
			}
		}
	}
	return false
}

// dropIndirect drops the pairs that follow from two others: of a in b in c, a in c.
func (a *Answer) dropIndirect() {
	outer := map[*Role][]*Role{}
	for i := range a.Inside {
		outer[a.Inside[i].Left] = append(outer[a.Inside[i].Left], a.Inside[i].Right)
	}
	a.Inside = slices.DeleteFunc(a.Inside, func(p Pair) bool {
		return p.Left != nil && slices.ContainsFunc(outer[p.Left], func(between *Role) bool {
			return between != p.Right && slices.Contains(outer[between], p.Right)
		})
	})
	slices.SortFunc(a.Inside, func(p, q Pair) int {
		if p.Left != q.Left {
			return p.Left.Index - q.Left.Index
		}
		return p.Right.Index - q.Right.Index
	})
}
