package policy

import (
	"cmp"
	"slices"
	"strings"
)

// External is what a thing is called in its own system, if its id is another name.
type External struct {
	Kind string // scope, group, role, permission or action
	Of   string // the permission of an action
	ID   string
	Name string // of a scope, its path of such names
}

// ListExternal returns all things of a policy whose ids are not their names in the system, sorted.
func (p *Policy) ListExternal() (list []External) {
	for _, s := range p.Scopes {
		if s.SystemPath != "" {
			list = append(list, External{Kind: "scope", ID: s.Path, Name: s.SystemPath})
		}
	}
	for _, g := range p.Groups {
		if g.External != "" {
			list = append(list, External{Kind: "group", ID: g.ID, Name: g.External})
		}
	}
	list = append(list, p.Catalog.ListExternal()...)
	slices.SortFunc(list, CompareExternal)
	return list
}

// ListExternal returns the roles, permissions and actions of a catalog whose ids are not their names in the system.
func (c *Catalog) ListExternal() (list []External) {
	for _, r := range c.Roles {
		if r.External != "" {
			list = append(list, External{Kind: "role", ID: r.ID, Name: r.External})
		}
	}
	for _, p := range c.Permissions {
		if p.External != "" {
			list = append(list, External{Kind: "permission", ID: p.ID, Name: p.External})
		}
		for i, name := range p.ActionExternal {
			if name != "" {
				list = append(list, External{Kind: "action", Of: p.ID, ID: p.Actions[i], Name: name})
			}
		}
	}
	return list
}

// CompareExternal orders names by what they are of.
func CompareExternal(x, y External) int {
	return cmp.Or(strings.Compare(x.Kind, y.Kind), strings.Compare(x.Of, y.Of), strings.Compare(x.ID, y.ID))
}

// SystemName returns the name of the scope in the system: External, or the name that its id stands for.
func (s *Scope) SystemName(levels []string) string {
	if s.External != "" {
		return s.External
	}
	part := s.Path[strings.LastIndexByte(s.Path, '/')+1:]
	if rest, ok := strings.CutPrefix(part, levels[s.Level]+":"); ok && rest != "" {
		part = rest
	}
	return ScopeName(part)
}

// External returns what the things that a row names are called in the system, sorted.
func (r *Row) External() (list []External) {
	add := func(kind, of, id, name string) {
		x := External{Kind: kind, Of: of, ID: id, Name: name}
		if name != "" && !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	addScope := func(s *Scope) { add("scope", "", s.Path, s.SystemPath) }
	addRole := func(x *Role) {
		if x != nil {
			add("role", "", x.ID, x.External)
		}
	}
	addScope(r.Scope)
	add("permission", "", r.Permission.ID, r.Permission.External)
	shown := r.Actions
	for _, w := range r.Withheld {
		shown |= r.Permission.Set(w.Action)
	}
	for i, name := range r.Permission.ActionExternal {
		if shown>>i&1 != 0 {
			add("action", r.Permission.ID, r.Permission.Actions[i], name)
		}
	}
	via, _ := r.Leading()
	for i := range via {
		v := &via[i]
		addScope(v.Scope)
		addRole(v.Role)
		addRole(v.From)
		if v.Group != nil {
			add("group", "", v.Group.ID, v.Group.External)
		}
		if v.Implier != nil {
			add("permission", "", v.Implier.ID, v.Implier.External)
		}
	}
	slices.SortFunc(list, CompareExternal)
	return list
}

// IsCalled reports whether a name is that of the thing in the system: of a scope the path, or its last part.
func (x *External) IsCalled(name string) bool {
	if x.Name == name {
		return true
	}
	last := x.Name[strings.LastIndexByte(x.Name, '/')+1:]
	return x.Kind == "scope" && (last == name || ScopeName(last) == name)
}

// IDsCalled returns the ids of the things of a kind that have a name in the system. Of scopes, those with the whole
// path come before those with its last part.
func IDsCalled(list []External, kind, name string) (ids []string) {
	for i := range list {
		x := &list[i]
		if x.Kind == kind && x.Name == name && kind == "scope" {
			return []string{x.ID}
		}
		if x.Kind == kind && x.IsCalled(name) && !slices.Contains(ids, x.ID) {
			ids = append(ids, x.ID)
		}
	}
	return ids
}
