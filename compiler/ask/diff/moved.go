package diff

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// moved says how a change moves something out of a matcher whose names all remain, and adds something of the kind
// that may be the same.
func (c *Vocabularies) moved(m *Matcher, base, head *policy.Policy) string {
	if from, to := c.movedScope(m.Scope); m.Scope != "" && from != "" {
		return fmt.Sprintf("removed or renamed scope %q, and adds %q, which may be the same", from, to)
	}
	if m.Level != "" {
		if why := c.movedLevel(m.Level, base, head); why != "" {
			return why
		}
	}
	if m.Action != "" || m.Sensitivity != "" {
		if why := c.renamed(m, base, head); why != "" {
			return why
		}
	}
	if m.Role != "" {
		if why := givenBy(m.Role, base, head); why != "" {
			return why
		}
	}
	if m.Group != "" {
		return takenOver(groupOf(base, m.Group), groupOf(head, m.Group), base, head)
	}
	return ""
}

// takenOver finds a group that now has something that another one had in the base and has no longer.
func takenOver(was, is *policy.Group, base, head *policy.Policy) string {
	if was == nil {
		return ""
	}
	for i := range was.Entries {
		e := &was.Entries[i]
		if hasEntry(is, e) {
			continue
		}
		for _, g := range head.Groups {
			if g.ID != was.ID && hasEntry(g, e) && !hasEntry(groupOf(base, g.ID), e) {
				return fmt.Sprintf("gives group %q something that group %q had", g.ID, was.ID)
			}
		}
	}
	return ""
}

// hasEntry reports whether a group, which may be nil, has the role or the permission of an entry on its scope.
func hasEntry(g *policy.Group, e *policy.Entry) bool {
	return g != nil && slices.ContainsFunc(g.Entries, func(x policy.Entry) bool {
		return sameEntryItem(&x, e)
	})
}

// sameEntryItem reports whether two entries, maybe of two catalogs, give the same on the same scope.
func sameEntryItem(a, b *policy.Entry) bool {
	if (a.Role == nil) != (b.Role == nil) || a.Scope.Path != b.Scope.Path {
		return false
	}
	if a.Role != nil {
		return a.Role.ID == b.Role.ID
	}
	return a.Permission.ID == b.Permission.ID
}

// movedScope finds a removed scope that was below another one, and a scope that the head adds elsewhere. Both are ""
// if there are no such scopes.
func (c *Vocabularies) movedScope(above string) (from, to string) {
	below := func(path string) bool { return strings.HasPrefix(path, above+"/") }
	for path := range c.Base[aScope] {
		if below(path) && !c.Head.has(aScope, path) && (from == "" || path < from) {
			from = path
		}
	}
	if from == "" {
		return "", ""
	}
	if to = c.added(aScope, []policy.Ref{{Name: above}}); to == "" {
		return "", ""
	}
	return from, to
}

// movedLevel says how a scope of a level may have become one of another level.
func (c *Vocabularies) movedLevel(level string, base, head *policy.Policy) string {
	for _, b := range base.Scopes {
		if base.Catalog.LevelOf(b) != level || head.ScopeByPath[b.Path] != nil {
			continue
		}
		for _, h := range head.Scopes {
			if base.ScopeByPath[h.Path] == nil && head.Catalog.LevelOf(h) != level {
				return fmt.Sprintf("removed or renamed scope %q, and adds %q at level %q, which may be the same",
					b.Path, h.Path, head.Catalog.LevelOf(h))
			}
		}
		return ""
	}
	return ""
}

// renamed finds a permission that the matcher fits in the base by its action or sensitivity, and that may have a new
// name in the head: the permission is gone and the head adds one, or its action is and the head gives it another.
func (c *Vocabularies) renamed(m *Matcher, base, head *policy.Policy) string {
	for _, b := range base.Catalog.Permissions {
		fitting := m.actionsOf(b)
		if m.Permission != "" && m.Permission != b.ID || len(fitting) == 0 {
			continue
		}
		h := head.Catalog.PermissionByID[b.ID]
		if fresh := c.added(aPermission, nil); h == nil && fresh != "" {
			return fmt.Sprintf("removed or renamed permission %q, and adds %q, which may be the same", b.ID, fresh)
		}
		if h == nil || m.Action == "" && b.ActionSensitivity == nil || !lacksAny(b.Actions, h.Actions) {
			continue
		}
		for _, a := range fitting {
			if !slices.Contains(h.Actions, a) {
				return fmt.Sprintf("removed or renamed action %q of %q, and adds another one", a, b.ID)
			}
		}
	}
	return ""
}

// actionsOf returns the actions of a permission that the matcher fits.
func (m *Matcher) actionsOf(p *policy.Permission) (list []string) {
	for _, a := range p.Actions {
		if (m.Action == "" || m.Action == a) && (m.Sensitivity == "" || m.Sensitivity == sensitivityOf(p, a)) {
			list = append(list, a)
		}
	}
	return list
}

// givenBy finds a role that now gives everything that another one gave in the base: two roles swap names, or a second
// role appears beside the first.
func givenBy(id string, base, head *policy.Policy) string {
	was := base.Catalog.RoleByID[id]
	if was == nil || len(was.Cells)+len(was.Includes) == 0 {
		return ""
	}
	for _, r := range head.Catalog.Roles {
		if r.ID == id || !givesAll(r, was) {
			continue
		}
		if b := base.Catalog.RoleByID[r.ID]; b == nil || !givesAll(b, was) {
			return fmt.Sprintf("makes role %q give all that %q gave", r.ID, id)
		}
	}
	return ""
}

// givesAll reports whether a role gives by itself everything that another one gives.
func givesAll(r, all *policy.Role) bool {
	cell := func(x policy.Cell) bool {
		return slices.ContainsFunc(r.Cells, func(y policy.Cell) bool {
			return x.Permission.ID == y.Permission.ID && (x.Own || !y.Own) && sameReach(x.Reach, y.Reach) &&
				(y.When == nil || x.When.Equal(y.When)) &&
				!lacksAny(y.Permission.Names(y.Actions), x.Permission.Names(x.Actions))
		})
	}
	include := func(x policy.Include) bool {
		return slices.ContainsFunc(r.Includes, func(y policy.Include) bool {
			return x.Role.ID == y.Role.ID && sameReach(x.Reach, y.Reach)
		})
	}
	return !slices.ContainsFunc(all.Cells, func(x policy.Cell) bool { return !cell(x) }) &&
		!slices.ContainsFunc(all.Includes, func(x policy.Include) bool { return !include(x) })
}
