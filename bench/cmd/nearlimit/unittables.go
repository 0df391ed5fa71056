package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"permc.dev/permc/bench/gen"
)

// unitTree holds a scope and the scopes inside it.
type unitTree struct {
	Attributes map[string][]string
	Scopes     map[string]unitTree
}

// unitGroup is a group, with its roles and the groups in it.
type unitGroup struct {
	Members []struct{ Group, Starts, Expires string }
	Roles   []struct{ Role, Scope string }
}

// tables reads the catalog, the scopes and the groups.
func (m *units) tables(dir string) error {
	var c gen.Reduced
	if err := read(filepath.Join(dir, "catalog.json"), &c); err != nil {
		return err
	}
	var access struct {
		Scopes map[string]unitTree
		Groups map[string]unitGroup
	}
	if err := read(filepath.Join(dir, "access.json"), &access); err != nil {
		return err
	}
	m.asOf = c.AsOf
	m.byPath, m.attributes = map[string]int{}, map[string]map[string]uint64{}
	for _, name := range slices.Sorted(maps.Keys(access.Scopes)) {
		m.addScope(name, access.Scopes[name], -1, 0, len(c.Levels))
	}
	m.addPermissions(&c)
	roles := m.addRoles(&c)
	for _, i := range c.Derived {
		p := c.Permissions[i]
		m.derived = append(m.derived, derivation{m.permissions[p.ID], m.compile(p.When, roles)})
	}
	m.addDenies(&c, roles)
	m.addGroups(access.Groups)
	m.held = make([]uint64, len(m.scopes)*m.stride)
	m.here = [2][]uint64{make([]uint64, len(m.scopes)), make([]uint64, len(m.scopes))}
	m.isIn = make([]bool, len(m.scopes))
	m.nothing, m.stripped = make(set, m.stride), make(set, m.stride)
	return nil
}

func (m *units) addScope(path string, t unitTree, up, depth, levels int) {
	at := len(m.scopes)
	s := scope{path: path, prefix: "," + path, level: min(depth, levels-1), up: up, root: at}
	if up >= 0 {
		s.root = m.scopes[up].root
		s.must = slices.Clone(m.scopes[up].must)
	}
	if values := t.Attributes["security-groups"]; values != nil {
		s.must = append(s.must, values)
	}
	m.byPath[path] = at
	m.scopes = append(m.scopes, s)
	for _, name := range slices.Sorted(maps.Keys(t.Scopes)) {
		m.addScope(path+"/"+name, t.Scopes[name], at, depth+1, levels)
	}
	m.scopes[at].end = len(m.scopes)
}

// bits returns the bits of values of an attribute, of which new ones get the next. Affiliations are those of "".
func (m *units) bits(name string, values []string) (list uint64) {
	if m.attributes[name] == nil {
		m.attributes[name] = map[string]uint64{}
	}
	for _, v := range values {
		if m.attributes[name][v] == 0 {
			n := 0
			for _, list := range m.attributes {
				n += len(list)
			}
			m.attributes[name][v] = 1 << n
		}
		list |= m.attributes[name][v]
	}
	return list
}

func (m *units) attributeBits(list []gen.OneOf) (all []uint64) {
	for _, a := range list {
		all = append(all, m.bits(a.Name, a.Values))
	}
	return all
}

func (m *units) addPermissions(c *gen.Reduced) {
	m.words, m.stride = (len(c.Permissions)+63)/64, (len(c.Permissions)+63)/64
	m.permissions, m.grantable, m.actions = map[string]set{}, map[string]set{}, map[string]int{}
	for _, p := range c.Permissions {
		if len(p.Actions) > 1 {
			m.stride = 2 * m.words
			for i, a := range p.Actions {
				m.actions[a] = i
			}
		}
	}
	for range c.Levels {
		m.levels = append(m.levels, make(set, m.stride))
	}
	for i, p := range c.Permissions {
		all := m.cell(i, 1<<len(p.Actions)-1)
		if m.permissions[p.ID] = all; p.Grantable {
			m.grantable[p.ID] = all
		}
		for l, name := range c.Levels {
			if slices.Contains(p.Levels, name) {
				m.levels[l].add(all)
			}
		}
		t := [4]string{1: tail(p, p.Actions[0])}
		if len(p.Actions) > 1 {
			t[2], t[3] = tail(p, p.Actions[1]), tail(p, p.Actions...)
		}
		m.tails = append(m.tails, t)
	}
	for _, i := range c.Implying {
		p := c.Permissions[i]
		then := make(set, m.stride)
		for _, k := range p.Implies {
			then.add(m.permissions[c.Permissions[k].ID])
		}
		m.implying = append(m.implying, implication{m.permissions[p.ID], then})
	}
}

// cell returns the set of some actions of a permission.
func (m *units) cell(permission int, actions uint64) set {
	s := make(set, m.stride)
	for a := range m.stride / m.words {
		s[a*m.words+permission/64] = actions >> a & 1 << (permission % 64)
	}
	return s
}

// addRoles adds the roles, and returns their numbers.
func (m *units) addRoles(c *gen.Reduced) map[string]int {
	number := map[string]int{}
	for i, r := range c.Roles {
		number[r.ID] = i
	}
	m.roles = map[string]*unitRole{}
	for _, r := range c.Roles {
		x := &unitRole{holds: roleBits(number, r.Holds...)}
		for _, cell := range r.Cells {
			to := map[string]*set{"self": &x.self, "subtree": &x.subtree, "tree": &x.tree}[cell.Reach]
			if *to == nil {
				*to = make(set, m.stride)
			}
			to.add(m.cell(cell.Permission, cell.Actions))
		}
		m.roles[r.ID] = x
	}
	return number
}

func roleBits(number map[string]int, roles ...string) (list uint64) {
	for _, r := range roles {
		list |= 1 << number[r]
	}
	return list
}

// compile makes a requirement quick to check. Those of which all are needed become one.
func (m *units) compile(n *gen.Need, roles map[string]int) *need {
	if n == nil {
		return nil
	}
	x := &need{permissions: make(set, m.words), attributes: m.attributeBits(n.Attributes), matching: n.Matching != ""}
	if n.Role != "" {
		at := map[string]int{"same": same, "above": above, "tree": tree, "any": anywhere}[n.At]
		how := 1
		if n.Direct {
			how = 0
		}
		x.roles[at][how] = roleBits(roles, n.Role)
	}
	if n.Permission != nil {
		x.permissions[*n.Permission/64] = 1 << (*n.Permission % 64)
	}
	for _, part := range n.AllOf {
		x.join(m.compile(part, roles))
	}
	for _, part := range n.NoneOf {
		x.noneOf = append(x.noneOf, m.compile(part, roles))
	}
	for _, part := range n.AnyOf {
		x.anyOf = append(x.anyOf, m.compile(part, roles))
	}
	return x
}

// join asks for all of another requirement, too.
func (n *need) join(x *need) {
	for i := range n.roles {
		n.roles[i][0] |= x.roles[i][0]
		n.roles[i][1] |= x.roles[i][1]
	}
	n.permissions.add(x.permissions)
	n.attributes = append(n.attributes, x.attributes...)
	n.matching = n.matching || x.matching
	n.noneOf = append(n.noneOf, x.noneOf...)
	if len(x.anyOf) > 0 {
		n.allOf = append(n.allOf, &need{permissions: make(set, len(n.permissions)), anyOf: x.anyOf})
	}
	n.allOf = append(n.allOf, x.allOf...)
}

func (m *units) addDenies(c *gen.Reduced, roles map[string]int) {
	for _, d := range c.Denies {
		x := deny{affiliations: m.bits("", d.Affiliations), roles: roleBits(roles, d.Roles...),
			attributes: m.attributeBits(d.Attributes), to: len(m.scopes), take: make(set, m.stride),
			unless: m.compile(d.Unless, roles)}
		for i, p := range c.Permissions {
			if d.Permissions != nil && !slices.Contains(d.Permissions, i) {
				continue
			}
			for a, name := range p.Actions {
				if d.Actions == nil || slices.Contains(d.Actions, name) {
					x.take.add(m.cell(i, 1<<a))
				}
			}
		}
		if len(d.Scopes) > 0 {
			s := m.byPath[d.Scopes[0]]
			x.from, x.to = s, m.scopes[s].end
		}
		m.denies = append(m.denies, x)
	}
}

// addGroups adds what each group gives, with what the groups around it give.
func (m *units) addGroups(groups map[string]unitGroup) {
	around := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		for _, inner := range groups[id].Members {
			if inner.Starts <= m.asOf && (inner.Expires == "" || inner.Expires >= m.asOf) {
				around[inner.Group] = append(around[inner.Group], id)
			}
		}
	}
	m.groups = map[string][]given{}
	for id := range groups {
		m.groups[id] = m.gives(groups, around, id)
	}
}

func (m *units) gives(groups map[string]unitGroup, around map[string][]string, id string) (list []given) {
	for _, r := range groups[id].Roles {
		list = append(list, given{role: m.roles[r.Role], scope: m.byPath[r.Scope]})
	}
	for _, outer := range around[id] {
		list = append(list, m.gives(groups, around, outer)...)
	}
	return list
}

// tail returns the rest of a row.
func tail(p gen.Held, actions ...string) string {
	return "," + p.ID + "," + strings.Join(actions, ";") + "\n"
}
