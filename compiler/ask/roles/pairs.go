package roles

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// compared is a role with all that it gives, as a sorted list and, if that is long, as bits.
type compared struct {
	*Role
	atoms []int
	bits  []uint64
}

// pair is two roles that are compared, the one that gives less first.
type pair struct {
	Pair
	left, right *compared
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
	list = a.joinSame(list)
	for i := range list {
		list[i].listBits(len(x.list)/64 + 1)
	}
	var inside, near []pair
	for _, p := range candidates(list, len(x.list), a.Question.Near) {
		p, isInside, isNear := comparePair(&list[p[0]], &list[p[1]], a.Question.Near)
		if isInside {
			p.Includes = s.includes(p.Right.Role, p.Left.Role)
			inside = append(inside, p)
		}
		if isNear {
			near = append(near, p)
		}
	}
	slices.SortStableFunc(near, func(p, q pair) int { return q.Common*p.Total - p.Common*q.Total })
	a.Inside, a.Near = x.explain(dropIndirect(inside, s.policy)), x.explain(near)
}

// listBits makes bits of a role that gives much: for others there are more words than things that they give.
func (c *compared) listBits(words int) {
	if len(c.atoms) < words/4 {
		return
	}
	c.bits = make([]uint64, words)
	for _, n := range c.atoms {
		c.bits[n/64] |= 1 << (n % 64)
	}
}

// candidates returns pairs of numbers of roles, in order: all those of which one is inside the other, or near it. The
// one that gives less has at least so much in common with the other that this is one of the few that give the rarest
// of its things. Where these are not few, all others are candidates.
func candidates(list []compared, atoms int, share float64) (pairs [][2]int) {
	givers := make([][]int, atoms)
	for i := range list {
		for _, n := range list[i].atoms {
			givers[n] = append(givers[n], i)
		}
	}
	seen := make([]int, len(list))
	for i := range list {
		try := func(j int) {
			n, m := len(list[i].atoms), len(list[j].atoms)
			if seen[j] != i+1 && (n < m || n == m && i < j) {
				seen[j] = i + 1
				pairs = append(pairs, [2]int{min(i, j), max(i, j)})
			}
		}
		rare, sum := rarest(list[i].atoms, givers, share)
		if sum >= len(list) {
			for j := range list {
				try(j)
			}
			continue
		}
		for _, n := range rare {
			for _, j := range givers[n] {
				try(j)
			}
		}
	}
	slices.SortFunc(pairs, func(p, q [2]int) int { return cmp.Or(p[0]-q[0], p[1]-q[1]) })
	return pairs
}

// rarest returns the things of a role that fewest roles give: so many that whoever has the given share of all its
// things has one of these. It counts the roles that give each.
func rarest(all []int, givers [][]int, share float64) (rare []int, sum int) {
	rare = slices.Clone(all)
	slices.SortStableFunc(rare, func(m, n int) int { return len(givers[m]) - len(givers[n]) })
	common := max(1, int(share*float64(len(all)))) // or one more
	rare = rare[:len(rare)-common+1]
	for _, n := range rare {
		sum += len(givers[n])
	}
	return rare, sum
}

// joinSame lists the roles that give the same, and returns the first of each with the others.
func (a *Answer) joinSame(list []compared) (first []compared) {
	var same [][]*Role
	alike := map[string][]int{} // by what they give
	var key []byte
	for i := range list {
		key = key[:0]
		for _, n := range list[i].atoms {
			key = binary.AppendUvarint(key, uint64(n))
		}
		known := alike[string(key)]
		at := slices.IndexFunc(known, func(j int) bool { return sameHolders(first[j].Role.Role, list[i].Role.Role) })
		if at < 0 {
			alike[string(key)] = append(known, len(first))
			first, same = append(first, list[i]), append(same, []*Role{list[i].Role})
			continue
		}
		same[known[at]] = append(same[known[at]], list[i].Role)
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

// comparePair compares two roles, and reports whether one is inside the other, and near it.
func comparePair(l, r *compared, share float64) (p pair, inside, near bool) {
	if len(l.atoms) > len(r.atoms) {
		l, r = r, l
	}
	common := l.countIn(r)
	p = pair{Pair{Left: l.Role, Right: r.Role, Common: common, Total: len(l.atoms) + len(r.atoms) - common}, l, r}
	inside = common == len(l.atoms)
	isClose := inside || float64(len(l.atoms)) >= share*float64(len(r.atoms))
	return p, inside, common > 0 && isClose && p.Likeness() >= share
}

// countIn counts what another role gives as well, which gives no less.
func (c *compared) countIn(r *compared) (n int) {
	switch {
	case c.bits != nil:
		for i, w := range c.bits {
			n += bits.OnesCount64(w & r.bits[i])
		}
		return n
	case r.bits != nil:
		for _, a := range c.atoms {
			n += int(r.bits[a/64] >> (a % 64) & 1)
		}
		return n
	}
	rest := r.atoms
	for _, a := range c.atoms {
		for len(rest) > 0 && rest[0] < a {
			rest = rest[1:]
		}
		if len(rest) > 0 && rest[0] == a {
			n++
		}
	}
	return n
}

// beyond returns what another role does not give.
func (c *compared) beyond(o *compared) (list []int) {
	if c.bits != nil && o.bits != nil {
		for i, w := range c.bits {
			for w &^= o.bits[i]; w != 0; w &= w - 1 {
				list = append(list, 64*i+bits.TrailingZeros64(w))
			}
		}
		return list
	}
	rest := o.atoms
	for _, a := range c.atoms {
		for len(rest) > 0 && rest[0] < a {
			rest = rest[1:]
		}
		if len(rest) == 0 || rest[0] != a {
			list = append(list, a)
		}
	}
	return list
}

// explain adds what each role of a pair gives beyond the other.
func (x *atoms) explain(pairs []pair) (list []Pair) {
	for _, p := range pairs {
		p.LeftOnly = x.permissionsOf(p.left.beyond(p.right))
		p.RightOnly = x.permissionsOf(p.right.beyond(p.left))
		list = append(list, p.Pair)
	}
	return list
}

// includesOf returns the roles that a role includes in the catalog, directly or not, as bits.
func (s *study) includesOf(r *policy.Role) []uint64 {
	if known, ok := s.included[r]; ok || len(r.Includes) == 0 {
		return known
	}
	set := make([]uint64, len(s.policy.Catalog.Roles)/64+1)
	for _, inc := range r.Includes {
		set[inc.Role.Index/64] |= 1 << (inc.Role.Index % 64)
		for i, w := range s.includesOf(inc.Role) {
			set[i] |= w
		}
	}
	s.included[r] = set
	return set
}

// includes reports whether a role includes another one.
func (s *study) includes(r, inner *policy.Role) bool {
	set := s.includesOf(r)
	return set != nil && set[inner.Index/64]>>(inner.Index%64)&1 != 0
}

// dropIndirect drops the pairs that follow from two others: of a in b in c, a in c.
func dropIndirect(inside []pair, p *policy.Policy) []pair {
	words := len(p.Catalog.Roles)/64 + 1
	outer, inner := map[*Role][]uint64{}, map[*Role][]uint64{} // by role, the roles that it is in, and those in it
	add := func(sets map[*Role][]uint64, of, r *Role) {
		if sets[of] == nil {
			sets[of] = make([]uint64, words)
		}
		sets[of][r.Index/64] |= 1 << (r.Index % 64)
	}
	for i := range inside {
		add(outer, inside[i].Left, inside[i].Right)
		add(inner, inside[i].Right, inside[i].Left)
	}
	inside = slices.DeleteFunc(inside, func(p pair) bool { return meet(outer[p.Left], inner[p.Right]) })
	slices.SortFunc(inside, func(p, q pair) int {
		if p.Left != q.Left {
			return p.Left.Index - q.Left.Index
		}
		return p.Right.Index - q.Right.Index
	})
	return inside
}

// meet reports whether two sets of bits have one in common.
func meet(x, y []uint64) bool {
	for i := range x {
		if x[i]&y[i] != 0 {
			return true
		}
	}
	return false
}
