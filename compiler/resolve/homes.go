package resolve

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// homes binds where users and groups can be at home, and the kinds of group.
func (b *catalogBinder) homes() {
	if h := b.declared.Home; h != nil {
		b.source(h.Source)
		b.catalog.Home = &policy.Home{Levels: b.levelSet(h.Levels, b.catalog.Levels), Source: h.Source.Name,
			Elsewhere: b.attributes(h.Elsewhere, b.catalog.ScopeAttributes)}
	}
	for _, k := range b.declared.GroupKinds {
		b.source(k.Source)
		if k.AllAtHome && b.catalog.Home == nil {
			b.fail(diag.Stopf("schema", k.ID.Pos, "groups of kind %q have members by home, but the catalog has no "+
				"homes", k.ID.Name).
				WithHelp("add home, with the levels on which users can be at home"))
		}
		b.catalog.GroupKinds = append(b.catalog.GroupKinds, policy.GroupKind{ID: k.ID.Name, Title: k.Title,
			Description: k.Description, Source: k.Source.Name, NoRoles: k.NoRoles, NoGrants: k.NoGrants,
			AllAtHome: k.AllAtHome})
	}
	slices.SortFunc(b.catalog.GroupKinds, func(x, y policy.GroupKind) int { return strings.Compare(x.ID, y.ID) })
}

// home returns the scope that a user or group is at home on, or nil.
func (b *policyBinder) home(r policy.Ref) *policy.Scope {
	if !r.Given() {
		return nil
	}
	h := b.catalog.Home
	if h == nil {
		b.fail(diag.Stopf("schema", r.Pos, "this product has no homes").WithHelp("remove the field").
			WithEdit(diag.DropField, "removed home"))
		return nil
	}
	s := b.policy.ScopeByPath[r.Name]
	switch {
	case s == nil:
		b.unknown("scope", r, b.paths())
	case !h.Levels.Has(s.Level) && !b.full():
		homes := b.listedNames.Of(h.Levels, func() []string { return scopePaths(b.scopesOf(h.Levels)) })
		b.fail(diag.Stopf("schema", r.Pos, "nobody can be at home on %q, which is at level %s", s.Path,
			b.catalog.Levels[s.Level]).
			WithHelp("%s", homes.Suggest(r.Name)))
	}
	return s
}

// bindToHome rejects roles that are not assigned at the home of their holder.
func (b *policyBinder) bindToHome(home *policy.Scope, list []policy.Entry, isGroup bool) {
	for i := range list {
		b.catalog.Home.Judge(&list[i], home, isGroup)
	}
}

// kind binds the kind of a group, and rejects what such groups cannot have.
func (b *policyBinder) kind(g *policy.Group, d *policy.DeclaredGroup) {
	if !d.Kind.Given() {
		return
	}
	i := slices.IndexFunc(b.catalog.GroupKinds, func(k policy.GroupKind) bool { return k.ID == d.Kind.Name })
	if i < 0 {
		ids := mapIDs(b.catalog.GroupKinds, func(k policy.GroupKind) string { return k.ID })
		f := diag.Stopf("schema", d.Kind.Pos, "unknown kind of group %s", diag.Quote(d.Kind.Name)).
			WithHelp("%s", diag.Suggest(d.Kind.Name, ids))
		if len(ids) == 0 {
			f = diag.Stopf("schema", d.Kind.Pos, "this product has no kinds of group").WithHelp("remove the field").
				WithEdit(diag.DropField, "removed kind")
		}
		f.Group = g.ID
		b.fail(f)
		return
	}
	g.Kind = &b.catalog.GroupKinds[i]
	for i := range g.Entries {
		if e := &g.Entries[i]; e.Role != nil && g.Kind.NoRoles || e.Permission != nil && g.Kind.NoGrants {
			e.Reject(policy.WrongGroupKind)
		}
	}
	if g.Kind.AllAtHome {
		b.checkAllAtHome(g, d)
	}
}

// checkAllAtHome checks a group whose members are those at home where it is: its home is known, and
// so is everybody's.
func (b *policyBinder) checkAllAtHome(g *policy.Group, d *policy.DeclaredGroup) {
	switch {
	case len(d.Members) > 0:
		b.fail(noMembers(g, d.Members[0].Pos).WithHelp("remove members, and say home: of the users"))
	case !d.Home.Given():
		f := diag.Stopf("schema", d.Kind.Pos, "a group of kind %q needs a home, whose users it has", g.Kind.ID).
			WithHelp("add home, such as %s", b.allowedOf(b.catalog.Home.Levels))
		f.Group = g.ID
		b.fail(f)
	}
	b.byHome = true
}

// noMembers starts the finding about a member of a group that lists none.
func noMembers(g *policy.Group, pos policy.Pos) diag.Finding {
	f := diag.Stopf("schema", pos, "a group of kind %q has no listed members: it has all users at home where it is",
		g.Kind.ID)
	f.Group = g.ID
	return f
}

// homeless reports users of whom nobody knows which groups they are in.
func (b *policyBinder) homeless() {
	for _, u := range b.policy.Users {
		if u.Home == nil && !b.full() {
			f := diag.Stopf("schema", u.Pos, "user %s needs a home: a group has all users who are at home where it is",
				diag.Quote(u.ID)).
				WithHelp("add home: %s", b.allowedOf(b.catalog.Home.Levels))
			f.User = u.ID
			b.fail(f)
		}
	}
}

// atHome makes everybody at home where a group is its member.
func (b *policyBinder) atHome(n *nesting) {
	for _, u := range b.policy.Users {
		if u.Home != nil && u.Home == n.group.Home {
			n.add(member{u, u.Pos, nil})
		}
	}
}
