package resolve

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/policy"
)

func (b *policyBinder) entries(list []policy.DeclaredEntry, user, group string) []policy.Entry {
	if len(list) == 0 {
		return nil
	}
	if len(b.room) < len(list) {
		b.room = hugepage.Make[policy.Entry](max(b.roomy, len(list)))
	}
	out := b.room[:0:len(list)]
	b.room = b.room[len(list):]
	for i := range list {
		before := len(b.faults)
		out = append(out, policy.Entry{})
		ok := b.entry(&out[len(out)-1], &list[i])
		for j := before; j < len(b.faults); j++ {
			b.faults[j].User, b.faults[j].Group = user, group
		}
		if ok {
			continue
		}
		out = out[:len(out)-1]
		if group != "" {
			b.broken["group:"+group] = true
		} else {
			b.broken[user] = true
		}
	}
	if !slices.IsSortedFunc(out, func(x, y policy.Entry) int { return comparePos(x.Pos, y.Pos) }) {
		slices.SortStableFunc(out, func(x, y policy.Entry) int { return comparePos(x.Pos, y.Pos) })
	}
	return out
}

func (b *policyBinder) entry(e *policy.Entry, d *policy.DeclaredEntry) (ok bool) {
	e.Starts, e.Ends, e.Pos, e.ScopePos = d.Starts, d.Ends, d.What.Pos, d.Scope.Pos
	if d.StartsAt.IsValid() || d.EndsAt.IsValid() || d.Reason != "" || d.Ticket != "" || len(d.Actions) > 0 {
		e.Detail = b.detail()
		e.Detail.StartsAt, e.Detail.EndsAt, e.Detail.Reason, e.Detail.Ticket = d.StartsAt, d.EndsAt, d.Reason, d.Ticket
	}
	levels, ok := b.what(e, d)
	if !ok {
		return false
	}
	if d.TwoScopes {
		b.fail(diag.Stopf("schema", d.Scope.Pos, "scope and path both say where").WithHelp("keep one of them"))
		return false
	}
	e.Scope = b.scopeFor(d.Scope, levels, e.Pos)
	if e.Scope == nil {
		return false
	}
	e.Judge()
	return true
}

// what binds the role or permission of an entry, and returns the levels on which it can be given.
func (b *policyBinder) what(e *policy.Entry, d *policy.DeclaredEntry) (levels policy.LevelSet, ok bool) {
	var several []string
	switch {
	case d.Grant:
		e.Permission, several = b.catalog.PermissionNamed(d.What.Name)
		if e.Permission == nil {
			b.unknownIn("permission", d.What, b.permissionIDs(), several,
				b.catalog.RoleByID[d.What.Name] != nil, "it is a role: put it under roles")
			return levels, false
		}
		b.grantActions(e, d)
		return e.Permission.Levels, true
	case d.What.Given():
		e.Role, several = b.catalog.RoleNamed(d.What.Name)
		if e.Role == nil {
			b.unknownIn("role", d.What, b.roleIDs(), several, b.catalog.PermissionByID[d.What.Name] != nil,
				"it is a permission: put it under grants")
			return levels, false
		}
	default:
		e.Role, e.ByDefault, e.Pos = b.catalog.Default, true, d.Pos
		if e.Role == nil {
			b.fail(diag.Stopf("schema", d.Pos,
				`field "role" is required: this product has no default role`).WithHelp("%s",
				diag.Allowed(b.roleIDs())))
			return levels, false
		}
	}
	return e.Role.Levels, true
}

// unknownIn reports an unknown name, or one that means several things, and tells
// one that is of the other kind.
func (b *policyBinder) unknownIn(kind string, r policy.Ref, candidates, several []string, other bool, help string) {
	if len(several) > 1 {
		b.ambiguous(kind, r, several)
		return
	}
	d := b.unknown(kind, r, candidates)
	if names := splitKnown(r.Name, candidates); names != nil {
		d.Help, d.Right = "write an entry for each: "+strings.Join(names, ", "), ""
		return
	}
	if other {
		d.Help, d.Right = help, ""
		return
	}
	b.nearAlias(d, r, map[string]policy.Aliases{"role": b.catalog.RoleAliases,
		"permission": b.catalog.PermissionAliases}[kind])
}

func (b *policyBinder) grantActions(e *policy.Entry, d *policy.DeclaredEntry) {
	e.Actions = b.actions(e.Permission, d.Actions)
	if len(d.Actions) == 0 {
		return
	}
	named := b.named(len(d.Actions))
	for _, a := range d.Actions {
		if i := slices.Index(e.Permission.Actions, a.Name); i >= 0 {
			named = append(named, policy.NamedAction{Action: i, Pos: a.Pos})
		}
	}
	e.Detail.Named = named
}

// several is how many small parts of entries are allocated at a time.
const several = 256

// detail returns an empty detail.
func (b *policyBinder) detail() *policy.Detail {
	if len(b.details) == 0 {
		b.details = make([]policy.Detail, min(several, max(b.roomy, 1)))
	}
	d := &b.details[0]
	b.details = b.details[1:]
	return d
}

// named returns room for n named actions.
func (b *policyBinder) named(n int) []policy.NamedAction {
	if len(b.actionRoom) < n {
		b.actionRoom = make([]policy.NamedAction, max(n, min(several, b.roomy)))
	}
	list := b.actionRoom[:0:n]
	b.actionRoom = b.actionRoom[n:]
	return list
}

// splitKnown returns the names in a text that lists several known ones, or nil.
func splitKnown(text string, known []string) []string {
	names := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '|' })
	for i := range names {
		if names[i] = strings.TrimSpace(names[i]); !slices.Contains(known, names[i]) {
			return nil
		}
	}
	if len(names) < 2 {
		return nil
	}
	return names
}
