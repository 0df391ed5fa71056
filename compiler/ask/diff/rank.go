package diff

import (
	"cmp"
	"math/bits"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Gravity ranks the sensitivity of what changes, before or after, whichever is higher; 0 if it has none.
func (c *Change) Gravity() (rank int) {
	rank = slices.Index(policy.Sensitivities, c.Was) + 1
	for _, r := range []*policy.Row{c.Before, c.After} {
		if r != nil {
			rank = max(rank, slices.Index(policy.Sensitivities, c.sensitivityBy(r.Permission))+1)
		}
	}
	return rank
}

// sensitivityBy returns how sensitive the changed actions are, by what one side says of the permission.
func (c *Change) sensitivityBy(p *policy.Permission) string {
	if p.ActionSensitivity == nil {
		return p.Sensitivity
	}
	actions := c.Actions
	if len(actions) == 0 { // held for another reason
		actions = actionNames(c.Row())
	}
	set := setOf(p, actions)
	if set == 0 && len(actions) > 0 {
		return "" // this side has none of these actions
	}
	return p.SensitivityOf(set)
}

// weight orders people for a reader, the most important first.
type weight struct {
	gain, rare, gains int // the gravest that comes, how few others come to hold it, how much comes
	loss, losses      int
}

// SortGravest puts people in the order in which they should be read: who comes
// to hold what is most sensitive, then what the fewest others come to hold, then
// the most; then who loses; order of id last. What comes first is what is left
// when a comment is cut.
func SortGravest(people []Person) {
	others := holdersOf(people)
	weights := make([]weight, len(people))
	order := make([]int32, len(people))
	for i := range people {
		weights[i], order[i] = people[i].weight(others, len(people)+1), int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		x, y := &weights[a], &weights[b]
		return cmp.Or(y.gain-x.gain, x.rare-y.rare, y.gains-x.gains, y.loss-x.loss, y.losses-x.losses)
	})
	reorderPeople(people, order)
}

// reorderPeople puts people in the order of the indexes, without a copy. It uses the indexes up.
func reorderPeople(people []Person, order []int32) {
	for i := range order {
		first := people[i]
		to := int32(i)
		for order[to] >= 0 {
			from := order[to]
			order[to] = -1
			if from == int32(i) {
				people[to] = first
				break
			}
			people[to], to = people[from], from
		}
	}
}

// EachEffects calls f with each list of effects of some people, and with how many
// of them share it, in the order of the first of them.
func EachEffects(people []Person, f func(effects []Effect, n int)) {
	var lists [][]Effect
	var counts []int
	at := map[*Effect]int{}
	for i := range people {
		list := people[i].Effects
		if len(list) == 0 {
			continue
		}
		n, known := at[&list[0]]
		if !known {
			n = len(lists)
			at[&list[0]], lists, counts = n, append(lists, list), append(counts, 0)
		}
		counts[n]++
	}
	for i, list := range lists {
		f(list, counts[i])
	}
}

// holders counts the people who gain each action of a permission.
type holders map[*policy.Permission]*[64]int

func holdersOf(people []Person) holders {
	all := holders{}
	EachEffects(people, func(effects []Effect, n int) {
		for j, e := range effects {
			fresh := e.Actions
			for _, before := range effects[:j] { // of another gravity
				if before.More && before.Permission == e.Permission {
					fresh &^= before.Actions
				}
			}
			if fresh != 0 && all[e.Permission] == nil {
				all[e.Permission] = &[64]int{}
			}
			for ; fresh != 0; fresh &= fresh - 1 {
				all[e.Permission][bits.TrailingZeros64(uint64(fresh))] += n
			}
		}
	})
	return all
}

// weight weighs a person; rare is the value where nothing is gained.
func (x *Person) weight(others holders, rare int) weight {
	w := weight{rare: rare, gains: x.gains, losses: x.losses}
	for _, e := range x.Effects {
		rank := int(e.Gravity) + 1
		if !e.More {
			w.loss = max(w.loss, rank)
			continue
		}
		if rank > w.gain {
			w.gain, w.rare = rank, rare
		}
		for left := e.Actions; rank == w.gain && left != 0; left &= left - 1 {
			w.rare = min(w.rare, others[e.Permission][bits.TrailingZeros64(uint64(left))])
		}
	}
	if x.Renamed() { // all that the person has is somebody else's
		w.gain = len(policy.Sensitivities) + 1
	}
	if w.gain == 0 && x.More() { // a role alone
		w.gain = 1
	}
	return w
}
