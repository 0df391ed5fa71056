package resolve

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

func (b *policyBinder) findDomains() {
	b.domains = map[string]policy.Domain{}
	affiliations := describedIDs(b.catalog.Affiliations)
	for _, d := range b.declared.Domains {
		if len(affiliations) == 0 {
			b.errorf("schema", d.Name.Pos, "this product has no affiliations for a domain to imply")
			continue
		}
		b.oneOf("affiliation", []policy.Ref{d.Affiliation}, affiliations)
		key := fold(d.Name.Name)
		if first, twice := b.domains[key]; twice {
			b.fail(diag.Errorf("schema", d.Name.Pos, "domain %q stands here twice", d.Name.Name).WithRelated(first.Name.Pos, "first here"))
		}
		b.domains[key] = d
	}
}

func (b *policyBinder) bindUsers() {
	users := make([]policy.User, len(b.declared.Users))
	b.policy.Users = make([]*policy.User, 0, len(users))
	for i := range b.declared.Users {
		d, u := &b.declared.Users[i], &users[i]
		*u = policy.User{ID: d.ID.Name, Name: d.Name, Invited: d.Invited, Pos: d.ID.Pos}
		if first := b.users[fold(u.ID)]; first != nil {
			b.twice(first, u)
			continue
		}
		b.users[fold(u.ID)] = u
		b.affiliation(d, u)
		b.attributes(d.Attributes, b.catalog.UserAttributes)
		if len(d.Attributes) > 0 {
			u.Attributes = make(map[string][]string, len(d.Attributes))
		}
		for _, a := range d.Attributes {
			u.Attributes[a.Name.Name] = names(a.Values)
		}
		u.Entries = b.entries(d.Entries, u.ID, "")
		b.policy.Users = append(b.policy.Users, u)
	}
	slices.SortFunc(b.policy.Users, func(x, y *policy.User) int { return strings.Compare(x.ID, y.ID) })
}

func (b *policyBinder) twice(first, u *policy.User) {
	if u.Pos.Before(first.Pos) {
		first, u = u, first
	}
	d := diag.Errorf("schema", u.Pos, "user %s is spelt %s elsewhere: ids compare without regard to case", diag.Quote(u.ID), diag.Quote(first.ID)).
		WithHelp("spell the user one way")
	if first.Invited != u.Invited {
		d = diag.Errorf("schema", u.Pos, "%s stands under both users and invitations", diag.Quote(u.ID)).
			WithHelp("keep the user, and drop the invitation once it has been accepted")
	}
	d.User = u.ID
	b.fail(d.WithRelated(first.Pos, "%s here", diag.Quote(first.ID)))
}

// affiliation takes a user's affiliation from its field or its domain.
func (b *policyBinder) affiliation(d *policy.DeclaredUser, u *policy.User) {
	known := describedIDs(b.catalog.Affiliations)
	if len(known) == 0 {
		if d.Affiliation.Given() {
			b.fail(diag.Errorf("schema", d.Affiliation.Pos, "this product has no affiliations").WithHelp("leave the field out"))
		}
		return
	}
	var implied policy.Domain
	ok := false
	if at := strings.LastIndexByte(u.ID, '@'); at >= 0 {
		implied, ok = b.domains[fold(u.ID[at+1:])]
	}
	switch {
	case d.Affiliation.Given():
		b.oneOf("affiliation", []policy.Ref{d.Affiliation}, known)
		u.Affiliation = d.Affiliation.Name
		if ok && implied.Affiliation.Name != u.Affiliation {
			f := diag.Errorf("schema", d.Affiliation.Pos, "affiliation %s contradicts %s, which the domain implies", diag.Quote(u.Affiliation), diag.Quote(implied.Affiliation.Name)).
				WithRelated(implied.Name.Pos, "the domain here").WithHelp("correct one of them")
			f.User = u.ID
			b.fail(f)
		}
	case ok:
		u.Affiliation = implied.Affiliation.Name
	default:
		f := diag.Errorf("schema", d.ID.Pos, "user %s has no affiliation", diag.Quote(u.ID)).
			WithHelp("say which kind of user this is: %s", strings.Join(known, ", "))
		f.User = u.ID
		b.fail(f)
	}
}

func (b *policyBinder) entries(list []policy.DeclaredEntry, user, group string) []policy.Entry {
	out := make([]policy.Entry, 0, len(list))
	for i := range list {
		before := len(b.faults)
		e, ok := b.entry(&list[i])
		for j := before; j < len(b.faults); j++ {
			b.faults[j].User, b.faults[j].Group = user, group
		}
		if ok {
			out = append(out, e)
		} else if group != "" {
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

func (b *policyBinder) entry(d *policy.DeclaredEntry) (e policy.Entry, ok bool) {
	e = policy.Entry{Starts: d.Starts, Ends: d.Ends, Pos: d.What.Pos, ScopePos: d.Scope.Pos,
		StartsAt: d.StartsAt, EndsAt: d.EndsAt, Reason: d.Reason, Ticket: d.Ticket}
	var levels policy.LevelSet
	switch {
	case d.Grant:
		e.Permission = b.catalog.PermissionByID[d.What.Name]
		if e.Permission == nil {
			b.unknownIn("permission", d.What, b.catalog.PermissionIDs(), b.catalog.RoleByID[d.What.Name] != nil, "it is a role: put it under roles")
			return e, false
		}
		levels = e.Permission.Levels
		b.grantActions(&e, d)
	case d.What.Given():
		e.Role = b.catalog.RoleByID[d.What.Name]
		if e.Role == nil {
			b.unknownIn("role", d.What, b.catalog.RoleIDs(), b.catalog.PermissionByID[d.What.Name] != nil, "it is a permission: put it under grants")
			return e, false
		}
		levels = e.Role.Levels
	default:
		e.Role, e.ByDefault, e.Pos = b.catalog.Default, true, d.Pos
		if e.Role == nil {
			b.fail(diag.Errorf("schema", d.Pos, `field "role" is required: this product has no default role`).WithHelp("%s", diag.Allowed(b.catalog.RoleIDs())))
			return e, false
		}
		levels = e.Role.Levels
	}
	e.Scope = b.scopeFor(d.Scope, levels, e.Pos)
	if e.Scope == nil {
		return e, false
	}
	e.Fault = entryFault(&e, levels)
	return e, true
}

// unknownIn reports an unknown name, and tells one that is of the other kind.
func (b *policyBinder) unknownIn(kind string, r policy.Ref, candidates []string, other bool, help string) {
	d := b.unknown(kind, r, candidates)
	if other {
		d.Help = help
	}
}

func (b *policyBinder) grantActions(e *policy.Entry, d *policy.DeclaredEntry) {
	e.Actions = b.actions(e.Permission, d.Actions)
	for _, a := range d.Actions {
		if i := slices.Index(e.Permission.Actions, a.Name); i >= 0 {
			e.Named = append(e.Named, policy.NamedAction{Action: i, Pos: a.Pos})
		}
	}
}

// entryFault is why an entry gives nothing, whoever holds it.
func entryFault(e *policy.Entry, levels policy.LevelSet) policy.Fault {
	switch {
	case !levels.Has(e.Scope.Level):
		return policy.WrongLevel
	case e.Permission != nil && e.Permission.Deprecated != "":
		return policy.DeprecatedPermission
	case e.Permission != nil && !e.Permission.Grantable:
		return policy.NotGrantable
	case e.Starts > e.Ends.End():
		return policy.InvalidPeriod
	}
	return ""
}

// defaults gives the default role to users without any assignment, where the
// product does so.
func (b *policyBinder) defaults() {
	role := b.catalog.Default
	if role == nil || !b.catalog.DefaultForAll {
		return
	}
	assigned := func(list []policy.Entry) bool {
		return slices.ContainsFunc(list, func(e policy.Entry) bool { return e.Role != nil })
	}
	for _, u := range b.policy.Users {
		if u.Invited || b.broken[u.ID] || assigned(u.Entries) || slices.ContainsFunc(u.Memberships, func(m policy.Membership) bool { return b.broken["group:"+m.Group.ID] || assigned(m.Group.Entries) }) {
			continue
		}
		before := len(b.faults)
		scope := b.scopeFor(policy.Ref{}, role.Levels, u.Pos)
		for i := before; i < len(b.faults); i++ {
			b.faults[i].User = u.ID
			b.faults[i].Message = "user " + diag.Quote(u.ID) + " has no role, so the product gives " + diag.Quote(role.ID) + ": " + b.faults[i].Message
		}
		if scope != nil {
			u.Default = &policy.Entry{Role: role, Scope: scope, ByDefault: true, Pos: u.Pos}
		}
	}
}
