package diag

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Identity is what a finding is about and how far it goes.
type Identity struct {
	Key
	Words  string // those of a finding that is about nothing that has a name
	Extent []string
	Over   int
	From   policy.Date // 0: today
}

// Identity is that of the finding.
func (d *Diagnostic) Identity() Identity {
	id := Identity{Key: d.Key(), Extent: d.Extent, Over: d.Over, From: d.From}
	if id.Key == (Key{Rule: d.Rule}) {
		id.Words = d.Message
	}
	return id
}

// same reports whether two identities, of one key, go equally far.
func (id *Identity) same(o *Identity) bool {
	return id.From == o.From && id.Over == o.Over && slices.Equal(id.Extent, o.Extent)
}

// Covers reports whether another identity of the same key goes no further, and
// holds from no earlier day.
func (id *Identity) Covers(o *Identity) bool {
	return o.From >= id.From && o.Over <= id.Over && !slices.ContainsFunc(o.Extent, func(x string) bool { return !slices.Contains(id.Extent, x) })
}

// Match pairs findings with known ones that cover them, each with one of its
// own: by[i] is the known one of found[i], or -1. What goes exactly as far is
// preferred, and then what goes least far, so that a finding leaves to others
// what they may need.
func Match(known, found []Identity) (by []int) {
	type name struct {
		Key
		words string
	}
	groups := map[name][]int{}
	for i := range known {
		n := name{known[i].Key, known[i].Words}
		groups[n] = append(groups[n], i)
	}
	by = make([]int, len(found))
	take := func(i int, fits func(k, f *Identity) bool) {
		n := name{found[i].Key, found[i].Words}
		left := groups[n]
		if at := slices.IndexFunc(left, func(k int) bool { return fits(&known[k], &found[i]) }); at >= 0 {
			by[i] = left[at]
			groups[n] = slices.Delete(left, at, at+1)
		}
	}
	for i := range found {
		by[i] = -1
		take(i, (*Identity).same)
	}
	for n := range groups {
		slices.SortStableFunc(groups[n], func(a, b int) int {
			return cmp.Or(cmp.Compare(len(known[a].Extent), len(known[b].Extent)), cmp.Compare(known[a].Over, known[b].Over))
		})
	}
	for i := range found {
		if by[i] < 0 {
			take(i, (*Identity).Covers)
		}
	}
	return by
}
