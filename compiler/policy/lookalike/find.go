package lookalike

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Pair is a user whose id looks like another user's.
type Pair struct{ User, Like *policy.User }

// Find returns the users whose id looks like that of another one of the list:
// of two, the one that is not plain ASCII, or else the one that is declared
// later. Two ids of ASCII alone, such as user1 and userl, are no pair.
func Find(users []*policy.User) (pairs []Pair) {
	odd := slices.DeleteFunc(slices.Clone(users), func(u *policy.User) bool { return IsASCII(u.ID) })
	if len(odd) == 0 {
		return nil
	}
	slices.SortStableFunc(odd, func(a, b *policy.User) int {
		if a.Pos.Before(b.Pos) {
			return -1
		}
		return 1
	})
	looks := make([]Forms, len(odd))
	wanted, plain, seen := newIndex(), newIndex(), newIndex()
	for i, u := range odd {
		looks[i] = FormsOf(u.ID)
		wanted.add(u, looks[i])
	}
	for _, u := range users {
		if IsASCII(u.ID) {
			if forms := FormsOf(u.ID); wanted.has(forms) {
				plain.add(u, forms)
			}
		}
	}
	for i, u := range odd {
		like := plain.find(u, looks[i])
		if like == nil {
			like = seen.find(u, looks[i])
		}
		if like != nil {
			pairs = append(pairs, Pair{u, like})
		}
		seen.add(u, looks[i])
	}
	return pairs
}

// Across returns the users whose id looks like one of a second list.
func Across(users, others []*policy.User) (pairs []Pair) {
	if len(users) == 0 || len(others) == 0 ||
		!slices.ContainsFunc(users, isOdd) && !slices.ContainsFunc(others, isOdd) {
		return nil
	}
	known := newIndex()
	for _, u := range others {
		known.add(u, FormsOf(u.ID))
	}
	for _, u := range users {
		if like := known.find(u, FormsOf(u.ID)); like != nil {
			pairs = append(pairs, Pair{u, like})
		}
	}
	return pairs
}

func isOdd(u *policy.User) bool { return !IsASCII(u.ID) }

// index holds users by each form of their ids.
type index [len(Forms{})]map[string][]*policy.User

func newIndex() (x index) {
	for i := range x {
		x[i] = map[string][]*policy.User{}
	}
	return x
}

// most is how many users of one form are kept: where so many look alike, each
// further one looks like one of them.
const most = 8

func (x *index) add(u *policy.User, forms Forms) {
	for i, form := range forms {
		if list := x[i][form]; len(list) < most {
			x[i][form] = append(list, u)
		}
	}
}

func (x *index) has(forms Forms) bool {
	for i, form := range forms {
		if len(x[i][form]) > 0 {
			return true
		}
	}
	return false
}

// find returns a user whose id looks like u's by something outside of ASCII.
func (x *index) find(u *policy.User, forms Forms) *policy.User {
	own := foreignRunes(u.ID)
	for i, form := range forms {
		for _, other := range x[i][form] {
			if own != foreignRunes(other.ID) && policy.Fold(u.ID) != policy.Fold(other.ID) {
				return other
			}
		}
	}
	return nil
}
