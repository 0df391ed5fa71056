package policy

import "slices"

// RuleIndex finds which of many rules may concern a user, by what they name: roles, permissions, groups and values of
// attributes.
type RuleIndex struct {
	by     map[any][]int // see anchor
	others []int         // rules that may concern anybody
}

// anchor lists roles, permissions, groups and values of attributes (*Role, *Permission, inGroup, withValue). The rule
// concerns only users who have one of them.
type anchor []any

// inGroup is the id of a group.
type inGroup string

// withValue is a value of an attribute, or "" for having any.
type withValue struct{ attribute, value string }

// NewRuleIndex returns the index of some rules.
func NewRuleIndex(rules []*Rule) *RuleIndex {
	uses := map[any]int{}
	for _, r := range rules {
		for _, a := range r.anchors() {
			for _, thing := range a {
				uses[thing]++
			}
		}
	}
	x := &RuleIndex{by: map[any][]int{}}
	for i, r := range rules {
		anchors := r.anchors()
		if len(anchors) == 0 {
			x.others = append(x.others, i)
			continue
		}
		rarest := slices.MinFunc(anchors, func(a, b anchor) int { return a.count(uses) - b.count(uses) })
		for _, thing := range rarest {
			x.by[thing] = append(x.by[thing], i)
		}
	}
	return x
}

// count adds up how often the things are used.
func (a anchor) count(uses map[any]int) (n int) {
	for _, thing := range a {
		n += uses[thing]
	}
	return n
}

// AppendAbout appends the rules that may concern a user with some permissions, in order.
func (x *RuleIndex) AppendAbout(list []int, a *Access, held []*Permission) []int {
	list = append(list, x.others...)
	for i := range a.Roles {
		list = append(list, x.by[a.Roles[i].Role]...)
	}
	for _, p := range held {
		list = append(list, x.by[p]...)
	}
	for i := range a.User.Memberships {
		list = append(list, x.by[inGroup(a.User.Memberships[i].Group.ID)]...)
	}
	for name, values := range a.User.Attributes {
		list = append(list, x.by[withValue{name, ""}]...)
		for _, v := range values {
			list = append(list, x.by[withValue{name, v}]...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// anchors returns lists of things of each of which a user has one whom the rule concerns.
func (r *Rule) anchors() (list []anchor) {
	switch {
	case r.Deny != nil:
		list = r.Deny.anchors(nil) // rows are not known yet
	case r.Forbid != nil:
		list = r.Forbid.anchors(r.Forbid.Permissions)
	case r.Require != nil:
		list = r.Require.Holding.anchors(r.Require.Holding.Permissions)
	case r.Holders != nil:
		list = appendGroups([]anchor{{r.Holders.thing()}}, r.Holders.Groups)
	case r.Conflict != nil:
		list = append(r.Conflict.Between.anchors(), r.Conflict.And.anchors()...)
	}
	return list
}

// anchors returns those of a selector, given the permissions one of which somebody has whom it selects.
func (s *Selector) anchors(permissions []*Permission) (list []anchor) {
	if len(s.Roles) > 0 {
		list = append(list, listThings(s.Roles))
	}
	if len(permissions) > 0 {
		list = append(list, listThings(permissions))
	}
	for _, x := range s.Attributes {
		values := anchor{}
		for _, v := range x.Values {
			values = append(values, withValue{x.Name.Name, v.Name})
		}
		if len(values) == 0 {
			values = anchor{withValue{x.Name.Name, ""}}
		}
		list = append(list, values)
	}
	return appendGroups(list, s.GroupNames)
}

// appendGroups appends some groups, unless there are none or one is built in and so has no memberships.
func appendGroups(list []anchor, groups []Ref) []anchor {
	var a anchor
	for _, g := range groups {
		if _, everyone := CutEveryone(g.Name); everyone {
			return list
		}
		a = append(a, inGroup(g.Name))
	}
	if len(a) == 0 {
		return list
	}
	return append(list, a)
}

// anchors returns those of one side of a conflict.
func (s *Side) anchors() (list []anchor) {
	var items anchor
	for i := range s.Items {
		items = append(items, s.Items[i].thing())
		list = append(list, anchor{s.Items[i].thing()})
	}
	if s.All {
		return list
	}
	return []anchor{items}
}

// thing returns the role or the permission.
func (i *Item) thing() any {
	if i.Role != nil {
		return i.Role
	}
	return i.Permission
}

func listThings[T any](of []T) (a anchor) {
	for _, x := range of {
		a = append(a, x)
	}
	return a
}
