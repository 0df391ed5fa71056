package diff

import (
	"strings"

	"permc.dev/permc/compiler/policy"
)

// members says where the members of a group are in its list.
type members struct {
	named map[string][]int // by the key of a user, or by group:ID
	inner []int            // groups
}

// membersOf returns where the members of a group are, which it looks for once.
func (m *Memory) membersOf(p *policy.Policy, g *policy.Group) *members {
	x := m.members[g]
	if x == nil {
		x = &members{named: map[string][]int{}}
		for i := range g.Members {
			name := g.Members[i].Name
			if isGroup(name) {
				x.inner = append(x.inner, i)
			}
			x.named[memberKey(p, name)] = append(x.named[memberKey(p, name)], i)
		}
		if m.members == nil {
			m.members = map[*policy.Group]*members{}
		}
		m.members[g] = x
	}
	return x
}

func isGroup(member string) bool { return strings.HasPrefix(member, "group:") }

// memberKey returns what names of one user or group have in common.
func memberKey(p *policy.Policy, name string) string {
	if isGroup(name) {
		return name
	}
	return p.Catalog.UserKey(name)
}
