package roles

import (
	"fmt"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// alikeGroups returns the groups that have the same members on all days, and are of one kind with one home.
func alikeGroups(p *policy.Policy) (list [][]*policy.Group) {
	members := make([][]byte, len(p.Groups))
	for i, u := range p.Users {
		for j := range u.Memberships {
			m := &u.Memberships[j]
			members[m.Group.Index] = fmt.Appendf(members[m.Group.Index], " %d", i)
			if m.Periods != nil {
				members[m.Group.Index] = fmt.Append(members[m.Group.Index], *m.Periods)
			}
		}
	}
	at := map[string]int{}
	for i, g := range p.Groups {
		if len(members[i]) == 0 || !g.ListsMembers() || g.Undeclared {
			continue
		}
		key := string(members[i])
		if g.Kind != nil {
			key += " of " + g.Kind.ID
		}
		if g.Home != nil {
			key += " at " + g.Home.Path
		}
		n, ok := at[key]
		if !ok {
			n = len(list)
			at[key], list = n, append(list, nil)
		}
		list[n] = append(list[n], g)
	}
	return slices.DeleteFunc(list, func(groups []*policy.Group) bool { return len(groups) < 2 })
}
