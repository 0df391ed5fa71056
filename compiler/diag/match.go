package diag

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Identity is what a finding is about and how far it goes.
type Identity struct {
	Key
	Words  string // the message of a finding that names nothing
	Extent []string
	Over   int
	From   policy.Date // 0: today
}

// Identity returns the finding's identity.
func (d *Finding) Identity() Identity {
	id := Identity{Key: d.Key(), Extent: d.Extent, Over: d.Over, From: d.From}
	if id.Key == (Key{Rule: d.Rule}) {
		id.Words = d.Message
	}
	return id
}

// same reports whether two identities with one key go equally far.
func (id *Identity) same(o *Identity) bool {
	return id.From == o.From && id.Over == o.Over && slices.Equal(id.Extent, o.Extent)
}

// Covers reports whether another identity with the same key goes no further, and begins no earlier.
func (id *Identity) Covers(o *Identity) bool {
	return o.From >= id.From && o.Over <= id.Over && !slices.ContainsFunc(o.Extent,
		func(x string) bool { return !slices.Contains(id.Extent, x) })
}

// Match pairs each finding with a known one that covers it; no known one is used twice. by[i] is the
// index of the known one for found[i], or -1. It prefers a known one that goes exactly as far, then
// the one that goes least far, to leave the others for findings that need them.
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
			return cmp.Or(cmp.Compare(len(known[a].Extent), len(known[b].Extent)),
				cmp.Compare(known[a].Over, known[b].Over))
		})
	}
	for i := range found {
		if by[i] < 0 {
			take(i, (*Identity).Covers)
		}
	}
	return by
}
