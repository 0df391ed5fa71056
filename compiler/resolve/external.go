package resolve

import (
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// systemName is what a thing is called in its system: by its field external, or by its id.
type systemName struct {
	within   string // names differ only within this, such as the scope around it
	name, of string
	external bool
	pos      policy.Pos
	about    diag.Finding // says what the thing is
}

// sameName reports things of one kind that have the same name in their system. If no name is written as external, ids
// are the names, and differ.
func (b *binder) sameName(kind string, list []systemName) {
	type key struct{ within, name string }
	first := map[key]*systemName{}
	for i := range list {
		x := &list[i]
		at := key{x.within, x.name}
		y := first[at]
		if y == nil {
			first[at] = x
			continue
		}
		if !x.external && y.external {
			x, y = y, x
		}
		if !x.external {
			continue
		}
		d := diag.Stopf("schema", x.pos, "%s %s has the external name %s of %s %s", kind, diag.Quote(x.of),
			diag.Quote(x.name),
			kind, diag.Quote(y.of)).WithRelated(y.pos, "%s %s is here", kind, diag.Quote(y.of)).
			WithHelp("correct one of them, or keep one %s", kind)
		d.User, d.Group, d.Role = x.about.User, x.about.Group, x.about.Role
		d.Permission, d.Action, d.Scope = x.about.Permission, x.about.Action, x.about.Scope
		b.fail(d)
	}
}

// nameOf returns the name of a thing in its system, with the place of external or else of the id.
func nameOf(id, external policy.Ref) systemName {
	if external.Given() {
		return systemName{name: external.Name, of: id.Name, external: true, pos: external.Pos}
	}
	return systemName{name: id.Name, of: id.Name, pos: id.Pos}
}

// externalRoles checks the names of roles in the system, which are among their aliases.
func (b *catalogBinder) externalRoles() {
	var list []systemName
	for _, d := range b.declared.Roles {
		n := nameOf(d.ID, d.External)
		n.about.Role = d.ID.Name
		list = append(list, n)
	}
	b.sameName("role", list)
}

// externalPermissions checks the names of permissions and of their actions in the system.
func (b *catalogBinder) externalPermissions() {
	list := make([]systemName, 0, len(b.declared.Permissions))
	for i := range b.declared.Permissions {
		d := &b.declared.Permissions[i]
		n := nameOf(d.ID, d.External)
		n.about.Permission = d.ID.Name
		list = append(list, n)
		b.externalActions(d)
	}
	b.sameName("permission", list)
}

func (b *catalogBinder) externalActions(d *policy.DeclaredPermission) {
	if d.ActionExternal == nil {
		return
	}
	var list []systemName
	for i, id := range d.Actions {
		n := nameOf(id, d.ActionExternal[i])
		n.about.Permission, n.about.Action = d.ID.Name, id.Name
		list = append(list, n)
	}
	b.sameName("action", list)
}

// actionExternal returns the names of the first n actions in the system, or nil if no action has another one.
func actionExternal(d *policy.DeclaredPermission, n int) (list []string) {
	if d.ActionExternal == nil {
		return nil
	}
	return refNames(d.ActionExternal)[:n]
}

// externalGroups checks the names of groups in the system.
func (b *policyBinder) externalGroups() {
	var list []systemName
	some := false
	for i := range b.declared.Groups {
		d := &b.declared.Groups[i]
		n := nameOf(d.ID, d.External)
		n.about.Group = d.ID.Name
		some = some || n.external
		list = append(list, n)
	}
	if some {
		b.sameName("group", list)
	}
}

// externalScopes checks the names of scopes in the system: those of one level differ within a scope.
func (b *policyBinder) externalScopes(external map[*policy.Scope]policy.Ref) {
	if len(external) == 0 {
		return
	}
	list := make([]systemName, 0, len(b.policy.Scopes))
	for _, s := range b.policy.Scopes {
		n := nameOf(policy.Ref{Name: s.Path, Pos: s.Pos}, external[s])
		n.name = s.SystemName(b.catalog.Levels)
		n.within = b.catalog.Levels[s.Level]
		if s.Parent != nil {
			n.within += "\x00" + s.Parent.Path
		}
		n.about.Scope = s.Path
		list = append(list, n)
	}
	b.sameName("scope", list)
}

// systemPath returns the path of a scope's names in the system, or "" if it is the path of its ids.
func systemPath(s *policy.Scope) string {
	if s.External == "" && (s.Parent == nil || s.Parent.SystemPath == "") {
		return ""
	}
	part := policy.ScopePart(s.External)
	if s.External == "" {
		part = s.Path[strings.LastIndexByte(s.Path, '/')+1:]
	}
	switch {
	case s.Parent == nil:
		return part
	case s.Parent.SystemPath != "":
		return s.Parent.SystemPath + "/" + part
	}
	return s.Parent.Path + "/" + part
}

// suggestExternal suggests the id of what has an unknown name in the system.
func suggestExternal(d *diag.Finding, kind string, list []policy.External) {
	switch ids := policy.IDsCalled(list, kind, d.Wrong); len(ids) {
	case 0:
	case 1:
		d.Help, d.Right, d.Same = "write "+diag.Quote(ids[0])+", the id of the "+kind, ids[0], true
	default:
		d.Help, d.Right = diag.Allowed(ids), ""
	}
}
