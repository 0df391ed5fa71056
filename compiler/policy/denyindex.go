package policy

import "slices"

// DenyIndex finds which of many deny rules may match a user.
type DenyIndex struct {
	byRole  map[*Role][]int
	byGroup map[string][]int
	others  []int // rules that name neither roles nor groups with members
	found   []int
}

// NewDenyIndex returns the index of some rules.
func NewDenyIndex(rules []*Rule) *DenyIndex {
	x := &DenyIndex{byRole: map[*Role][]int{}, byGroup: map[string][]int{}}
	isBuiltIn := func(g Ref) bool {
		_, everyone := CutEveryone(g.Name)
		return everyone
	}
	for i := range rules {
		switch s := rules[i].Deny; {
		case len(s.Roles) > 0:
			for _, r := range s.Roles {
				x.byRole[r] = append(x.byRole[r], i)
			}
		case len(s.GroupNames) > 0 && !slices.ContainsFunc(s.GroupNames, isBuiltIn):
			for _, g := range s.GroupNames {
				x.byGroup[g.Name] = append(x.byGroup[g.Name], i)
			}
		default:
			x.others = append(x.others, i)
		}
	}
	return x
}

// About returns the rules that may match a user, in order. The list is valid until the next call.
func (x *DenyIndex) About(a *Access) []int {
	x.found = append(x.found[:0], x.others...)
	for i := range a.Roles {
		x.found = append(x.found, x.byRole[a.Roles[i].Role]...)
	}
	for i := range a.User.Memberships {
		x.found = append(x.found, x.byGroup[a.User.Memberships[i].Group.ID]...)
	}
	slices.Sort(x.found)
	x.found = slices.Compact(x.found)
	return x.found
}
