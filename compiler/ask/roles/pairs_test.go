package roles

import (
	"math/rand/v2"
	"slices"
	"testing"

	"permc.dev/permc/compiler/policy"
)

// newCompared returns roles of which each gives some of so many things. No two give the same.
func newCompared(r *rand.Rand, roles, atoms int) (list []compared) {
	for len(list) < roles {
		c := compared{Role: &Role{Role: &policy.Role{Index: len(list)}}}
		most := 1 + r.IntN(atoms)
		for n := range atoms {
			if r.IntN(atoms) < most {
				c.atoms = append(c.atoms, n)
			}
		}
		if len(c.atoms) > 0 && !slices.ContainsFunc(list, func(x compared) bool { return slices.Equal(x.atoms, c.atoms) }) {
			list = append(list, c)
		}
	}
	return list
}

// What few roles are compared for is what comparing all of them finds.
func TestCandidates(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		atoms := 4 + r.IntN(100)
		list, share := newCompared(r, r.IntN(12), atoms), float64(r.IntN(11))/10
		words := atoms/64 + 1 + r.IntN(2*atoms) // so that some have bits, or none
		for i := range list {
			list[i].listBits(words)
		}
		var want, got [][2]int
		note := func(pairs [][2]int, i, j int) [][2]int {
			if _, inside, near := comparePair(&list[i], &list[j], share); inside || near {
				return append(pairs, [2]int{i, j})
			}
			return pairs
		}
		for i := range list {
			for j := i + 1; j < len(list); j++ {
				want = note(want, i, j)
			}
		}
		for _, p := range candidates(list, atoms, share) {
			got = note(got, p[0], p[1])
		}
		if !slices.Equal(got, want) {
			t.Fatalf("share %v of %v: got %v, want %v", share, list, got, want)
		}
	}
}

// Two roles have in common what is in both lists, and give the rest beyond each other, whether these have bits or not.
func TestCountIn(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		list := newCompared(r, 2, 4+r.IntN(100))
		l, m := &list[0], &list[1]
		if len(l.atoms) > len(m.atoms) {
			l, m = m, l
		}
		want := 0
		for _, n := range l.atoms {
			if slices.Contains(m.atoms, n) {
				want++
			}
		}
		for range 2 { // without bits, then with those that fit
			if got := l.countIn(m); got != want {
				t.Fatalf("%v and %v: got %d, want %d", l.atoms, m.atoms, got, want)
			}
			for _, p := range [][2]*compared{{l, m}, {m, l}} {
				beyond := slices.DeleteFunc(slices.Clone(p[0].atoms), func(n int) bool {
					return slices.Contains(p[1].atoms, n)
				})
				if got := p[0].beyond(p[1]); !slices.Equal(got, beyond) {
					t.Fatalf("%v beyond %v: got %v, want %v", p[0].atoms, p[1].atoms, got, beyond)
				}
			}
			l.listBits(2)
			m.listBits(2)
		}
	}
}

// A pair is dropped if a third role is between the two.
func TestDropIndirect(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		list := newCompared(r, 2+r.IntN(80), 12)
		catalog := &policy.Catalog{}
		for i := range list {
			catalog.Roles = append(catalog.Roles, list[i].Role.Role)
		}
		within := func(i, j int) bool { return i != j && list[i].isWithin(&list[j]) }
		var inside []pair
		var want [][2]*Role
		for i := range list {
			for j := range list {
				if !within(i, j) {
					continue
				}
				inside = append(inside, pair{Pair{Left: list[i].Role, Right: list[j].Role}, &list[i], &list[j]})
				between := false
				for k := range list {
					between = between || within(i, k) && within(k, j)
				}
				if !between {
					want = append(want, [2]*Role{list[i].Role, list[j].Role})
				}
			}
		}
		var got [][2]*Role
		for _, p := range dropIndirect(inside, &policy.Policy{Catalog: catalog}) {
			got = append(got, [2]*Role{p.Left, p.Right})
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %d pairs, want %d", len(got), len(want))
		}
	}
}

// isWithin reports whether a role gives nothing beyond another one.
func (c *compared) isWithin(o *compared) bool {
	return !slices.ContainsFunc(c.atoms, func(n int) bool { return !slices.Contains(o.atoms, n) })
}
