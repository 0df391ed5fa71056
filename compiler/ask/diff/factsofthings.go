package diff

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Facts lists the changed facts of scopes, groups, roles and permissions, by name.
func (p *Policies) Facts() (list []Fact) {
	if p.base == nil {
		return nil
	}
	for _, h := range p.head.Scopes {
		if b := p.base.ScopeByPath[h.Path]; b != nil {
			list = append(list, p.scopeFacts(b, h)...)
		}
	}
	for _, h := range p.head.Groups {
		if b := groupOf(p.base, h.ID); b != nil {
			list = append(list, groupFacts(b, h)...)
		}
	}
	for _, h := range p.head.Catalog.Roles {
		if b := p.base.Catalog.RoleByID[h.ID]; b != nil {
			list = append(list, roleFacts(b, h)...)
		}
	}
	for _, h := range p.head.Catalog.Permissions {
		if b := p.base.Catalog.PermissionByID[h.ID]; b != nil {
			list = append(list, sensitivityFacts(b, h)...)
			list = append(list, nameFacts(b, h)...)
		}
	}
	return list
}

// factsOf collects the changed facts of one thing.
type factsOf struct {
	about, name string
	pos         policy.Pos
	list        []Fact
}

func (f *factsOf) add(what, before, after string) { f.addAt(f.pos, what, before, after) }

func (f *factsOf) addAt(pos policy.Pos, what, before, after string) {
	if before != after {
		f.list = append(f.list, Fact{f.about, f.name, what, before, after, []Cause{{Pos: pos}}})
	}
}

func (f *factsOf) addAttributes(before, after map[string][]string) {
	for _, name := range attributeNames(before, after) {
		f.add("attribute "+name, strings.Join(before[name], ", "), strings.Join(after[name], ", "))
	}
}

// scopeFacts lists the changed facts of a scope on both sides. The name in the system is that of the scope alone, not
// of those above it.
func (p *Policies) scopeFacts(b, h *policy.Scope) []Fact {
	f := factsOf{about: "scope", name: h.Path, pos: h.Pos}
	add := func(what, before, after string) { f.addAt(scopePos(h, b, what), what, before, after) }
	add("level", p.base.Catalog.LevelOf(b), p.head.Catalog.LevelOf(h))
	add("inherits", inheritsText(b), inheritsText(h))
	add("labels", strings.Join(b.Labels, ", "), strings.Join(h.Labels, ", "))
	f.add("name in the system", b.External, h.External)
	identityFacts(b.IDs, h.IDs, f.add)
	f.addAttributes(b.Attributes, h.Attributes)
	return f.list
}

// groupFacts lists the changed facts of a group on both sides.
func groupFacts(b, h *policy.Group) []Fact {
	f := factsOf{about: "group", name: h.ID, pos: h.Pos}
	f.add("name in the system", groupName(b), groupName(h))
	identityFacts(b.IDs, h.IDs, f.add)
	f.add("kind", kindID(b), kindID(h))
	f.add("home", groupHome(b), groupHome(h))
	f.addAt(ownerPos(b, h), "owners", ownersText(b), ownersText(h))
	f.addAttributes(b.Attributes, h.Attributes)
	return f.list
}

// kindID returns the kind of a group, or "".
func kindID(g *policy.Group) string {
	if g.Kind == nil {
		return ""
	}
	return g.Kind.ID
}

// groupHome returns the path of the scope that a group is at home on, or "".
func groupHome(g *policy.Group) string {
	if g.Home == nil {
		return ""
	}
	return g.Home.Path
}

// ownersText names the owners of a group, sorted.
func ownersText(g *policy.Group) string {
	var names []string
	for _, o := range g.Owners {
		names = append(names, ownerText(o))
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// ownerText names an owner as it is declared.
func ownerText(o policy.Owner) string {
	if o.Group != "" {
		return "group:" + o.Group
	}
	return o.User
}

// ownerPos locates the first owner that the base does not have, or else the group.
func ownerPos(b, h *policy.Group) policy.Pos {
	for _, o := range h.Owners {
		if !slices.ContainsFunc(b.Owners, func(x policy.Owner) bool { return ownerText(x) == ownerText(o) }) {
			return o.Pos
		}
	}
	return h.Pos
}

// roleFacts lists the changed names and ids of a role in the system.
func roleFacts(b, h *policy.Role) []Fact {
	f := factsOf{about: "role", name: h.ID, pos: h.Pos}
	f.add("name in the system", roleName(b), roleName(h))
	identityFacts(b.IDs, h.IDs, f.add)
	return f.list
}

// nameFacts lists the changed names in the system of a permission and of its actions.
func nameFacts(b, h *policy.Permission) []Fact {
	f := factsOf{about: "permission", name: h.ID, pos: h.Pos}
	f.add("name in the system", permissionName(b), permissionName(h))
	was, is := actionNamesOf(b), actionNamesOf(h)
	for _, a := range h.Actions {
		if slices.Contains(b.Actions, a) {
			f.add("name in the system of "+a, cmp.Or(was[a], a), cmp.Or(is[a], a))
		}
	}
	return f.list
}

// sensitivityFacts lists the changed sensitivity of a permission, and of actions that do not just follow it.
func sensitivityFacts(b, h *policy.Permission) (list []Fact) {
	add := func(what, before, after string) {
		list = append(list, Fact{"permission", h.ID, what, before, after, []Cause{{Pos: h.Pos}}})
	}
	if b.Sensitivity != h.Sensitivity {
		add("sensitivity", b.Sensitivity, h.Sensitivity)
	}
	if b.ActionSensitivity == nil && h.ActionSensitivity == nil {
		return list
	}
	for _, a := range h.Actions {
		before, after := sensitivityOf(b, a), sensitivityOf(h, a)
		if slices.Contains(b.Actions, a) && before != after && (before != b.Sensitivity || after != h.Sensitivity) {
			add("sensitivity of "+a, before, after)
		}
	}
	return list
}

// inheritsText says whether a scope inherits from above.
func inheritsText(s *policy.Scope) string { return strconv.FormatBool(!s.Apart) }

// scopePos locates an added label, a level or inherits, or else the scope.
func scopePos(h, b *policy.Scope, what string) policy.Pos {
	if what == "inherits" && h.InheritPos.IsValid() {
		return h.InheritPos
	}
	if what == "level" && h.LevelPos.IsValid() {
		return h.LevelPos
	}
	for i, label := range h.Labels {
		if what == "labels" && !slices.Contains(b.Labels, label) {
			return h.LabelPos[i]
		}
	}
	return h.Pos
}
