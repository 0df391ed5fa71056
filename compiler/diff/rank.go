package diff

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Sensitivities are how sensitive a permission can be, the least first.
var Sensitivities = []string{"low", "medium", "high", "critical"}

// Gravity is the rank of what a change is about, as it was or as it is: 0 if
// nobody says how sensitive it is.
func (c *Change) Gravity() (rank int) {
	rank = slices.Index(Sensitivities, c.Was) + 1
	for _, r := range []*policy.Row{c.Before, c.After} {
		if r != nil {
			rank = max(rank, slices.Index(Sensitivities, r.Permission.Sensitivity)+1)
		}
	}
	return rank
}

// weight is how much a reader should know of a person before others.
type weight struct {
	gain, rare, gains int // the gravest that comes, how few others come to hold it, how much comes
	loss, losses      int
}

// SortGravest puts people in the order in which they should be read: who comes
// to hold what is most sensitive, then what the fewest others come to hold, then
// the most; then who loses; order of id last. What comes first is what is left
// when a comment is cut.
func SortGravest(people []Person) {
	type gain struct{ permission, action string }
	others := map[gain]int{}
	each := func(x *Person, f func(c *Change, g gain)) {
		for i := range x.Changes {
			for _, a := range x.Changes[i].Actions {
				f(&x.Changes[i], gain{x.Changes[i].Row().Permission.ID, a})
			}
		}
	}
	for i := range people {
		mine := map[gain]bool{}
		each(&people[i], func(c *Change, g gain) {
			if c.Kind.More() && !mine[g] {
				mine[g] = true
				others[g]++
			}
		})
	}
	weights := make(map[*Person]weight, len(people))
	order := make([]*Person, len(people))
	for i := range people {
		x := &people[i]
		w := weight{rare: len(people) + 1}
		each(x, func(c *Change, g gain) {
			rank := c.Gravity()
			switch {
			case c.Kind.More() && rank+1 > w.gain:
				w.gain, w.rare = rank+1, others[g]
			case c.Kind.More() && rank+1 == w.gain:
				w.rare = min(w.rare, others[g])
			case c.Kind.Less():
				w.loss = max(w.loss, rank+1)
			}
			if c.Kind.More() {
				w.gains++
			} else if c.Kind.Less() {
				w.losses++
			}
		})
		if w.gain == 0 && x.More() { // a role alone
			w.gain = 1
		}
		weights[x], order[i] = w, x
	}
	slices.SortStableFunc(order, func(a, b *Person) int {
		x, y := weights[a], weights[b]
		return cmp.Or(y.gain-x.gain, x.rare-y.rare, y.gains-x.gains, y.loss-x.loss, y.losses-x.losses)
	})
	sorted := make([]Person, len(people))
	for i, x := range order {
		sorted[i] = *x
	}
	copy(people, sorted)
}
