package resolve

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// delegates binds what holders of permissions, roles and attributes can give.
func (b *catalogBinder) delegates() {
	for i := range b.declared.Permissions {
		if d := &b.declared.Permissions[i]; len(d.Delegates) > 0 {
			p := b.catalog.PermissionByID[d.ID.Name]
			p.Delegates = b.delegatesOf(d.Delegates, p.Levels)
		}
	}
	for i := range b.declared.Roles {
		if d := &b.declared.Roles[i]; len(d.Delegates) > 0 {
			r := b.catalog.RoleByID[d.ID.Name]
			r.Delegates = b.delegatesOf(d.Delegates, r.Levels)
		}
	}
	for i := range b.declared.UserAttributes {
		if d := &b.declared.UserAttributes[i]; len(d.Delegates) > 0 {
			b.catalog.DelegatingAttributes = append(b.catalog.DelegatingAttributes, policy.DelegatingAttribute{
				ID: d.ID.Name, Delegates: b.delegatesOfAttribute(d),
			})
		}
	}
	for _, list := range [][]policy.DeclaredAttribute{b.declared.ScopeAttributes, b.declared.GroupAttributes} {
		for i := range list {
			if d := &list[i]; len(d.Delegates) > 0 {
				b.fail(diag.Stopf("schema", d.Delegates[0].Pos,
					"attribute %q is not of users, so nobody can give by it", d.ID.Name).
					WithHelp("move delegates to a user attribute, a permission or a role"))
			}
		}
	}
}

// delegatesOf binds what can be given by somebody who holds something at some levels.
func (b *catalogBinder) delegatesOf(declared []policy.DeclaredDelegate, from policy.LevelSet) (list []policy.Delegate) {
	for i := range declared {
		d := &declared[i]
		if len(d.Values) > 0 {
			b.fail(diag.Stopf("schema", d.Values[0].Pos, "values are of an attribute").WithHelp("remove values"))
		}
		x := b.delegate(d)
		fits := func(levels policy.LevelSet) bool { return b.canReach(from, x.Reach, levels) }
		if len(x.Roles)+len(x.Permissions) > 0 && !d.AllRoles && !d.Grantable &&
			!slices.ContainsFunc(x.Roles, func(r *policy.Role) bool { return fits(r.Levels) }) &&
			!slices.ContainsFunc(x.Permissions, func(p *policy.Permission) bool { return fits(p.Levels) }) {
			b.fail(diag.Stopf("schema", d.Pos, "nothing here can be given: the reach never includes a scope at its "+
				"level").
				WithHelp("change the reach, for example to subtree"))
		}
		list = append(list, x)
	}
	return list
}

// delegatesOfAttribute binds what can be given, everywhere, by users who have an attribute.
func (b *catalogBinder) delegatesOfAttribute(a *policy.DeclaredAttribute) (list []policy.Delegate) {
	for i := range a.Delegates {
		d := &a.Delegates[i]
		if d.Reach.Kind != "self" {
			b.fail(diag.Stopf("schema", d.Pos, "an attribute is held on no scope, so its delegates have no reach").
				WithHelp("remove reach: they count everywhere"))
		}
		x := b.delegate(d)
		for _, v := range d.Values {
			if !a.Lists(v.Name) {
				b.fail(diag.Stopf("schema", v.Pos, "unknown value %s of %q", diag.Quote(v.Name), a.ID.Name).
					WithHelp("%s", diag.Suggest(v.Name, refNames(a.Values))))
			}
			x.Values = append(x.Values, v.Name)
		}
		list = append(list, x)
	}
	return list
}

// delegate binds what can be given.
func (b *catalogBinder) delegate(d *policy.DeclaredDelegate) policy.Delegate {
	b.source(d.Source)
	x := policy.Delegate{
		Reach:       b.reach(d.Reach),
		Users:       slices.Contains(d.To, "users"),
		Groups:      slices.Contains(d.To, "groups"),
		Invitations: slices.Contains(d.To, "invitations"),
		Others:      d.Others,
		Own:         d.Own,
		Source:      d.Source.Name,
		Confidence:  b.delegateConfidence(d),
		Derived:     d.Derived,
		Inferred:    d.Inferred,
		Pos:         d.Pos,
	}
	named := map[*policy.Permission]bool{}
	for _, r := range d.Permissions {
		p := b.permission(r)
		if p == nil {
			continue
		}
		named[p] = true
		if !p.Grantable && b.catalog.Extends == "" { // a project may correct a shipped permission
			b.fail(diag.Stopf("schema", r.Pos, "nobody can give %q: it cannot be granted individually", p.ID).
				WithHelp("name a role that gives it, or a permission that is grantable"))
		}
	}
	for _, p := range b.catalog.Permissions {
		if named[p] || d.Grantable && p.Grantable {
			x.Permissions = append(x.Permissions, p)
		}
	}
	roles := map[*policy.Role]bool{}
	for _, r := range d.Roles {
		roles[b.role(r)] = true
	}
	for _, r := range b.catalog.Roles {
		if d.AllRoles || roles[r] {
			x.Roles = append(x.Roles, r)
		}
	}
	if !d.Grantable && !d.AllRoles && len(d.Permissions) == 0 && len(d.Roles) == 0 {
		b.fail(diag.Stopf("schema", d.Pos, "gives is empty").WithHelp("say grantable: true, permissions or roles"))
	}
	return x
}

// delegateConfidence returns how sure it is that something can be given.
func (b *catalogBinder) delegateConfidence(d *policy.DeclaredDelegate) policy.Confidence {
	says := policy.Stated
	switch {
	case d.Derived != "" && d.Inferred != "":
		b.fail(diag.Stopf("schema", d.Pos, "this is both derived and inferred").
			WithHelp("keep derived if it follows from what sources state, inferred if no source has it"))
	case d.Derived != "":
		says = policy.Derived
	case d.Inferred != "":
		says = policy.Inferred
	}
	if d.Confidence != "" && d.Confidence != says.String() {
		b.fail(diag.Stopf("schema", d.ConfidencePos, "this is %s, but its reason says %s", d.Confidence, says).
			WithHelp("confidence: %q; derived or inferred say how", says))
	}
	return says
}
