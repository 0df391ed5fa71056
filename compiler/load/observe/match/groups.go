package match

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

func (m *Match) matchGroups() {
	claims := map[*policy.Group][]int{}
	for i := range m.o.Groups {
		g := &m.o.Groups[i]
		f := m.matchGroup(g)
		if f.Of != nil {
			claims[f.Of] = append(claims[f.Of], i)
		}
		m.Groups = append(m.Groups, f)
	}
	for g, all := range claims {
		if m.isOneGroup(all) {
			continue
		}
		m.DoubtfulGroups[g] = true
		for _, i := range all {
			m.Groups[i] = Found[policy.Group]{Ambiguous: "several groups fit group \"" + g.ID + "\""}
		}
	}
}

// isOneGroup reports whether observed groups are one: a file may have its id, and another one its name alone.
func (m *Match) isOneGroup(list []int) bool {
	id := ""
	for _, i := range list {
		g := &m.o.Groups[i]
		if g.ID != "" && id != "" && !strings.EqualFold(g.ID, id) {
			return false
		}
		id = cmp.Or(id, g.ID)
	}
	return id != "" || len(list) == 1
}

func (m *Match) matchGroup(g *observe.Group) (f Found[policy.Group]) {
	names := []string{g.ID, g.Name}
	if f.Ignored = m.ignored(func(x *observe.Ignore) bool {
		return x.Group != "" && matchesAny(x.Group, names) && x.User+x.Role+x.Permission+x.Scope == ""
	}); f.Ignored != nil {
		return f
	}
	if g.Clashes {
		f.Ambiguous = "the files contradict each other about group " + cmp.Or(g.Name, g.ID)
	}
	ids := m.idsOf(g.ID, g.Entra)
	native := identified(m.known.groups, ids)
	for _, n := range names {
		if n != "" && len(native) == 0 {
			native = slices.Clone(m.gids[foldName(n)])
			if text := m.contradictGroup(n, native, ids); text != "" {
				f.Ambiguous = text
				return f
			}
		}
	}
	mapped := m.mapped.groups.Find(names...)
	for _, id := range mapped {
		for _, x := range m.gids[foldName(id)] {
			native = appendOnce(native, x)
		}
	}
	switch {
	case g.Clashes:
		for _, x := range native {
			m.DoubtfulGroups[x] = true
		}
	case len(native) == 1 && len(mapped) < 2:
		f.Of = native[0]
	case len(native) > 1 || len(mapped) > 1:
		f.Ambiguous = "several groups are called " + g.Name
		for _, x := range native {
			m.DoubtfulGroups[x] = true
		}
	default:
		f.Near = nearest(names, m.near.groups)
	}
	return f
}

// contradictGroup says which group of a name is declared with another id than the observed one has.
func (m *Match) contradictGroup(name string, groups []*policy.Group, ids []identity) string {
	for _, x := range groups {
		if id := contradicted(x.IDs, ids); id != nil {
			m.DoubtfulGroups[x] = true
			return fmt.Sprintf("the group %q has the id %q in %s, and %q is declared with %s", name, id.key, id.system,
				x.ID, strings.Join(x.IDs[id.system], ", "))
		}
	}
	return ""
}
