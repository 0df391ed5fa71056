package policy

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// newNested returns groups of which each is in some of those after it. Those from a number on have dates in them.
func newNested(r *rand.Rand, n, dated int) (list []*Group, in func(i, j int) bool) {
	for i := range n {
		list = append(list, &Group{Index: i})
	}
	names, within := make([][]bool, n), make([][]bool, n)
	for i := n - 1; i >= 0; i-- {
		names[i], within[i] = make([]bool, n), make([]bool, n)
		var direct []*Group
		var outer []Membership
		for j := i + 1; j < n; j++ {
			if names[i][j] = r.IntN(n) < 3; !names[i][j] {
				continue
			}
			within[i][j] = true
			for k := range n {
				within[i][k] = within[i][k] || within[j][k]
			}
			if j < dated {
				direct = append(direct, list[j])
			}
		}
		for j := dated; j < n; j++ {
			if within[i][j] {
				outer = append(outer, Membership{Group: list[j], Periods: &Periods{}})
			}
		}
		if len(direct)+len(outer) > 0 {
			list[i].PutInto(direct, outer)
		}
	}
	return list, func(i, j int) bool { return within[i][j] }
}

// A group is in those that name it, in those that name these, and so on, and in no others.
func TestOuter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		n := 1 + r.IntN(20)
		dated := r.IntN(n + 1)
		list, in := newNested(r, n, dated)
		marked := func(g *Group) bool { return g.Index%5 == 4 }
		orAround := OrAround(marked)
		for i, g := range list {
			var want, got []int
			any := marked(g)
			for j := range list {
				if in(i, j) {
					want, any = append(want, j), any || marked(list[j])
				}
				if g.IsWithin(list[j]) != in(i, j) {
					t.Fatalf("group %d is in %d: %v", i, j, !in(i, j))
				}
			}
			for _, m := range g.Outer() {
				got = append(got, m.Group.Index)
				if (m.Periods != nil) != (m.Group.Index >= dated) {
					t.Fatalf("group %d is in %d on other days", i, m.Group.Index)
				}
			}
			if !slices.Equal(got, want) || g.IsNested() != (len(want) > 0) || orAround(g) != any {
				t.Fatalf("group %d is in %v, want %v", i, got, want)
			}
		}
	}
}

// The ways into groups that are found step by step are those that are found by looking at all that is around a group.
func TestWays(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		n := 2 + r.IntN(70)
		list, in := newNested(r, n, n)
		twins := make([]*Group, n)
		for i := range twins {
			twins[i] = &Group{Index: i, Nests: true}
			list[i].Nests = true
		}
		for i := range twins {
			var outer []Membership
			for j := range twins {
				if in(i, j) {
					outer = append(outer, Membership{Group: twins[j]})
				}
			}
			twins[i].PutInto(nil, outer)
			twins[i].Dated = true
		}
		u, twin := newMember(r, list, in), &User{}
		for _, m := range u.Memberships {
			m.Group = twins[m.Group.Index]
			twin.Memberships = append(twin.Memberships, m)
		}
		for _, m := range u.Memberships {
			got, gotAt := u.PathTo(m.Group)
			want, wantAt := twin.PathTo(twins[m.Group.Index])
			if gotAt != wantAt || !slices.EqualFunc(got, want, func(x, y *Group) bool { return x.Index == y.Index }) {
				t.Fatalf("way into %d: got %d, want %d groups", m.Group.Index, len(got), len(want))
			}
		}
	}
}

// newMember returns a user whom some groups name, each at a place.
func newMember(r *rand.Rand, list []*Group, in func(i, j int) bool) *User {
	u := &User{}
	first := make([]Pos, len(list))
	direct := make([]int32, len(list))
	for place := range 1 + r.IntN(4) {
		at := r.IntN(len(list))
		direct[at]++
		for i := range list {
			if (i == at || in(at, i)) && !first[i].IsValid() {
				first[i] = Pos{File: 1, Off: uint32(place)}
			}
		}
	}
	for i, g := range list {
		if first[i].IsValid() {
			u.Memberships = append(u.Memberships, Membership{Group: g, Pos: first[i], Direct: direct[i]})
		}
	}
	return u
}
