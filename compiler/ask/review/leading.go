package review

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// leading finds the memberships through which users have something. It keeps those of the last user, so each goroutine
// needs its own.
type leading struct {
	*Survey
	user    *policy.User
	members []*Item                   // of the user
	into    map[*policy.Group][]int   // their numbers, by the group that they are into
	leading map[*policy.Group][]*Item // those that lead into a group, once it was asked for
}

// sourcesOf calls f with each item that a source of a row needs.
func (l *leading) sourcesOf(u *policy.User, v *policy.Via, f func(*Item)) {
	if Lineless(u, v) {
		return
	}
	holder := entryOf{v.Pos, u, nil}
	if v.Group != nil {
		holder = entryOf{v.Pos, nil, v.Group}
	}
	if x := l.entries[holder]; x != nil {
		f(x)
	}
	if v.Group == nil {
		return
	}
	for _, x := range l.leadingTo(u, v.Group) {
		f(x)
	}
}

// leadingTo returns the memberships of a user that lead into a group.
func (l *leading) leadingTo(u *policy.User, g *policy.Group) []*Item {
	if l.user != u {
		l.user, l.members = u, l.members[:0]
		l.into, l.leading = map[*policy.Group][]int{}, map[*policy.Group][]*Item{}
		l.eachMembership(u, func(x *Item) {
			l.into[x.Into] = append(l.into[x.Into], len(l.members))
			l.members = append(l.members, x)
		})
	}
	list, known := l.leading[g]
	if !known {
		list = l.findLeading(g)
		l.leading[g] = list
	}
	return list
}

// findLeading finds the memberships that lead into a group, in order: among those into the group and the groups inside
// it or, if there are more of these, among all.
func (l *leading) findLeading(g *policy.Group) (list []*Item) {
	if numbers, ok := l.insideOf(g); ok {
		for _, i := range numbers {
			list = append(list, l.members[i])
		}
		return list
	}
	for _, x := range l.members {
		if leadsTo(x.Into, g) {
			list = append(list, x)
		}
	}
	return list
}

// insideOf returns the numbers of the memberships that are into a group, or into one inside it, unless there are too
// many groups inside, or something in them has a date.
func (l *leading) insideOf(g *policy.Group) (numbers []int, ok bool) {
	if g.Dated {
		return nil, false
	}
	seen := map[*policy.Group]bool{g: true}
	for list := []*policy.Group{g}; len(list) > 0; list = list[1:] {
		numbers = append(numbers, l.into[list[0]]...)
		if len(seen)+len(list[0].Inside()) > len(l.members) {
			return nil, false
		}
		for _, x := range list[0].Inside() {
			if !seen[x] {
				seen[x] = true
				list = append(list, x)
			}
		}
	}
	slices.Sort(numbers)
	return numbers, true
}
