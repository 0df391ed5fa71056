package signer

import (
	"slices"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/lookalike"
)

// Crowd finds who of many users signed.
type Crowd struct {
	users []*policy.User
	by    map[string][]int // by what a signature of the user has, as readers see it: see keysOf
}

// NewCrowd returns the crowd of some users.
func NewCrowd(users []*policy.User) *Crowd {
	c := &Crowd{users, map[string][]int{}}
	for i, u := range users {
		for _, key := range keysOf(u) {
			c.by[key] = append(c.by[key], i)
		}
	}
	return c
}

// keysOf returns texts of which a signature of the user has one as a whole, as a word or as an address.
func keysOf(u *policy.User) []string {
	id := visibleText(u.ID)
	keys := []string{look(id), look(dropTag(id))}
	for _, a := range Read(u.ID).addresses {
		keys = append(keys, look(dropTag(a)))
	}
	if name := Read(u.Name).words; len(name) > 0 {
		keys = append(keys, look(name[len(name)-1]))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// look returns what a text is to a reader: texts that look like each other have the same.
func look(text string) string { return lookalike.FormsOf(text)[0] }

// Signed reports whether one of the users signed.
func (c *Crowd) Signed(s Signer) bool {
	has := func(text string) bool {
		return slices.ContainsFunc(c.by[look(text)], func(i int) bool { return s.Is(c.users[i]) })
	}
	return has(s.whole) || slices.ContainsFunc(s.words, has) || slices.ContainsFunc(s.addresses, func(a string) bool {
		return has(a) || has(dropTag(a))
	})
}
