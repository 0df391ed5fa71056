package policy

// Sight checks requirements of one user, seen from many scopes. For each role or permission that is required it goes
// through all that the user has only once.
type Sight struct {
	access             *Access
	found              func(*Permission) []Row
	roles, permissions map[*Requirement]*part // nil: each scope is checked by itself
}

// part is what meets a part of a requirement, by where it is held.
type part struct {
	all   first
	on    map[*Scope]first
	below map[*Scope]first // in the tree of the scope
	in    map[*Scope]first // a tree, by its root
}

// first is what several things amount to, and the number of the first among them: that of a role, or of the scope of a
// row.
type first struct {
	Met
	at int
}

// NewSight returns the sight of what a user has, which must stay as it is, from about so many scopes.
func NewSight(a *Access, scopes int) *Sight {
	const many = 32
	if scopes <= many {
		return &Sight{access: a}
	}
	return &Sight{access: a, roles: map[*Requirement]*part{}, permissions: map[*Requirement]*part{}}
}

// Add adds rows that the access does not have yet: found returns those of a permission, sorted by scope.
func (x *Sight) Add(found func(*Permission) []Row) { x.found = found }

// foundOf returns the rows of a permission that the access does not have yet.
func (x *Sight) foundOf(p *Permission) []Row {
	if x.found == nil {
		return nil
	}
	return x.found(p)
}

// row returns the row of a permission on a scope, or nil.
func (x *Sight) row(s *Scope, p *Permission) *Row {
	if r := FindRow(x.access.Rows, s, p); r != nil {
		return r
	}
	return FindRow(x.foundOf(p), s, p)
}

// Met reports whether the user meets a requirement, seen from a scope.
func (x *Sight) Met(r *Requirement, s *Scope) Met { return r.met(s, x) }

// MetFrom does the same for a user whose attributes are as required.
func (x *Sight) MetFrom(r *Requirement, s *Scope) Met { return r.metFrom(s, x) }

// meetsRole does what the function does.
func (x *Sight) meetsRole(r *Requirement, s *Scope) Met {
	if x.roles == nil || s == nil {
		return meetsRole(x.access, r, s)
	}
	p := x.roles[r]
	if p == nil {
		p = newPart(r.At)
		for i := range x.access.Roles {
			if h := &x.access.Roles[i]; h.Role == r.Role && !(r.Direct && h.Group != nil) {
				p.add(h.Scope, first{Met{true, h.Ends, h.Entry.Pos, h.Confidence}, i})
			}
		}
		x.roles[r] = p
	}
	return p.seen(r.At, x.access.User, s)
}

// meetsPermission does what the function does, which finds the rows of one scope and of those above it quickly.
func (x *Sight) meetsPermission(r *Requirement, s *Scope) Met {
	if x.permissions == nil || s == nil || r.At < Nearby {
		return meetsPermission(x, r, s)
	}
	p := x.permissions[r]
	if p == nil {
		p = newPart(r.At)
		for i := range x.access.Rows {
			if row := &x.access.Rows[i]; row.Permission == r.Permission {
				p.add(row.Scope, first{rowMeets(row, r), row.Scope.Index})
			}
		}
		found := x.foundOf(r.Permission)
		for i := range found {
			p.add(found[i].Scope, first{rowMeets(&found[i], r), found[i].Scope.Index})
		}
		x.permissions[r] = p
	}
	return p.seen(r.At, x.access.User, s)
}

// newPart returns a part that nothing meets yet, with the maps that a relation needs.
func newPart(at Relation) *part {
	p := &part{}
	switch at {
	case Nearby:
		p.on, p.below = map[*Scope]first{}, map[*Scope]first{}
	case InTree:
		p.in = map[*Scope]first{}
	case Same, Above, AtHome:
		p.on = map[*Scope]first{}
	}
	return p
}

// add adds something that is held on a scope.
func (p *part) add(s *Scope, x first) {
	if !x.OK {
		return
	}
	p.all = p.all.or(x)
	if p.on != nil {
		p.on[s] = p.on[s].or(x)
	}
	if p.in != nil {
		p.in[s.Root()] = p.in[s.Root()].or(x)
	}
	for ; p.below != nil && s.Parent != nil && !s.Apart; s = s.Parent {
		p.below[s.Parent] = p.below[s.Parent].or(x)
	}
}

// seen returns what counts, seen from a scope.
func (p *part) seen(at Relation, u *User, s *Scope) Met {
	switch {
	case at == InTree:
		return p.in[s.Root()].Met
	case at == Same:
		return p.on[s].Met
	case at == AtHome && u.Home != nil:
		return p.on[u.Home].Met
	case at == Anywhere || at == AtHome:
		return p.all.Met
	}
	x := p.below[s] // none, unless what is below counts
	for ; s != nil; s = s.Parent {
		if x = x.or(p.on[s]); s.Apart {
			break
		}
	}
	return x.Met
}

// or returns what two of them amount to together.
func (x first) or(y first) first {
	switch {
	case !y.OK:
		return x
	case x.OK && x.at < y.at:
		return first{x.Met.or(y.Met), x.at}
	}
	return first{y.Met.or(x.Met), y.at}
}
