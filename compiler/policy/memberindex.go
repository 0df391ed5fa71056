package policy

import "strings"

// MemberIndex finds where members are in the lists of groups. It looks through each list once. The zero value is ready
// to use.
type MemberIndex struct{ of map[*Group]*ListedMembers }

// ListedMembers says where the members of a group are in its list.
type ListedMembers struct {
	Named map[string][]int // by the key of the member, see Catalog.MemberKey
	Inner []int            // groups
}

// Of returns where the members of a group are.
func (x *MemberIndex) Of(c *Catalog, g *Group) *ListedMembers {
	list := x.of[g]
	if list != nil {
		return list
	}
	list = &ListedMembers{Named: map[string][]int{}}
	for i := range g.Members {
		key := c.MemberKey(g.Members[i].Name)
		list.Named[key] = append(list.Named[key], i)
		if namesGroup(g.Members[i].Name) {
			list.Inner = append(list.Inner, i)
		}
	}
	if x.of == nil {
		x.of = map[*Group]*ListedMembers{}
	}
	x.of[g] = list
	return list
}

// MemberKey returns what all names of one member have in common: those of users as UserKey does, of groups as they are.
func (c *Catalog) MemberKey(name string) string {
	if namesGroup(name) {
		return name
	}
	return c.UserKey(name)
}

func namesGroup(member string) bool { return strings.HasPrefix(member, "group:") }
