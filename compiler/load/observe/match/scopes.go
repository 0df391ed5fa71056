package match

import (
	"path"
	"slices"
	"strings"

	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// matchScope finds a scope by its path, by a path of ids or titles, or by its last part alone if one scope has it.
func (m *Match) matchScope(s *observe.Scope) (f Found[policy.Scope]) {
	names := []string{s.ID, s.Title(), path.Base(s.Title())}
	if f.Ignored = m.ignored(func(x *observe.Ignore) bool {
		return x.Scope != "" && matchesAny(x.Scope, names) && x.User+x.Role+x.Permission+x.Group == ""
	}); f.Ignored != nil {
		return f
	}
	native := m.scopesOf(s)
	mapped := m.mapped.scopes.Find(s.ID, s.Title(), last(s.Path))
	for _, to := range mapped {
		x := m.policy.ScopeByPath[to]
		if x == nil {
			f.Near = nearest([]string{to}, m.near.scopes)
			return f
		}
		native = appendOnce(native, x)
	}
	switch len(native) {
	case 1:
		f.Of = native[0]
	case 0:
		f.Near = nearest([]string{s.Title(), last(s.Path)}, m.near.scopes)
	default:
		f.Ambiguous, f.Among = "several scopes fit \""+s.Title()+"\": "+pathsOf(native), native
	}
	return f
}

// PathOf returns the path of the only declared scope that has a name: its path, its title or the last part of its path.
// It returns any other name as it is.
func PathOf(p *policy.Policy, name string) string {
	if name == "" || p.ScopeByPath[name] != nil {
		return name
	}
	m := &Match{policy: p, ids: map[string][]*policy.Scope{}, gids: map[string][]*policy.Group{}}
	m.index()
	if list := m.ids[foldName(name)]; len(list) == 1 {
		return list[0].Path
	}
	return name
}

func pathsOf(list []*policy.Scope) string {
	var paths []string
	for _, s := range list {
		paths = append(paths, s.Path)
	}
	return strings.Join(paths, ", ")
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// scopesOf returns the scopes that have a declared id of a scope, or else its name.
func (m *Match) scopesOf(s *observe.Scope) []*policy.Scope {
	if list := identified(m.known.scopes, m.idsOf(s.ID, "")); len(list) > 0 {
		return list
	}
	return slices.Clone(m.named(s)) // the index keeps its own
}

func (m *Match) named(s *observe.Scope) []*policy.Scope {
	if x := m.policy.ScopeByPath[s.Title()]; x != nil {
		return []*policy.Scope{x}
	}
	if s.ID != "" {
		if list := m.ids[foldName(s.ID)]; len(list) == 1 {
			return list
		}
	}
	if s.Root && m.root != nil {
		if list := m.below(m.root, s); len(list) > 0 {
			return list
		}
	}
	if len(s.Path) == 1 {
		parts := strings.Split(s.Path[0], "/")
		if list := m.ids[foldName(s.Path[0])]; len(list) > 0 || len(parts) == 1 {
			return list
		}
		return m.walk(parts)
	}
	return m.walk(s.Path)
}

// findRoot returns the scope that a whole export is about: the one that was named for it, or the only outermost one.
func (m *Match) findRoot() (root *policy.Scope) {
	if m.scope != "" {
		if x := m.policy.ScopeByPath[m.scope]; x != nil {
			return x
		}
		if list := m.ids[foldName(m.scope)]; len(list) == 1 {
			return list[0]
		}
		return nil
	}
	for _, s := range m.policy.Scopes {
		if s.Parent == nil {
			if root != nil {
				return nil
			}
			root = s
		}
	}
	return root
}

// below finds a scope in the tree of an export whose outermost scope may have another name.
func (m *Match) below(root *policy.Scope, s *observe.Scope) []*policy.Scope {
	if root == nil || len(s.Path) == 0 {
		return nil
	}
	level := []*policy.Scope{root}
	for _, part := range s.Path[1:] {
		level = m.childrenNamed(level, part)
	}
	return level
}

// walk follows a path of ids or titles from the outermost scopes.
func (m *Match) walk(parts []string) []*policy.Scope {
	var level []*policy.Scope
	for i, part := range parts {
		if i > 0 {
			level = m.childrenNamed(level, part)
			continue
		}
		for _, s := range m.ids[foldName(part)] {
			if s.Parent == nil {
				level = append(level, s)
			}
		}
	}
	return level
}

// namesOf returns what a scope may be called in an export: the last part of its path, its title, and its name in the
// system. The last two may be "".
func namesOf(s *policy.Scope) [3]string {
	return [3]string{policy.ScopeName(s.Path[strings.LastIndexByte(s.Path, '/')+1:]), s.Title, s.External}
}

func (m *Match) childrenNamed(of []*policy.Scope, name string) (list []*policy.Scope) {
	for _, s := range of {
		if m.children[s] == nil {
			m.children[s] = indexChildren(s)
		}
		list = append(list, m.children[s][foldName(name)]...)
	}
	return list
}

// indexChildren returns the scopes in a scope by their names, folded.
func indexChildren(s *policy.Scope) map[string][]*policy.Scope {
	index := make(map[string][]*policy.Scope, len(s.Children))
	for _, c := range s.Children {
		for _, name := range namesOf(c) {
			if name != "" {
				index[foldName(name)] = appendOnce(index[foldName(name)], c)
			}
		}
	}
	return index
}
