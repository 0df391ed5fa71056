package policy

// Support calls a function for everything held that meets a part of a requirement which is met: with the place of its
// entry and its group, of which either may be missing.
func (r *Requirement) Support(a *Access, s *Scope, found func(Pos, *Group)) {
	r.support(a, s, found, map[*Row]bool{})
}

func (r *Requirement) support(a *Access, s *Scope, found func(Pos, *Group), seen map[*Row]bool) {
	for i := range a.Roles {
		h := &a.Roles[i]
		if r.Role != nil && h.Role == r.Role && r.Sees(a.User, s, h.Scope) && !(r.Direct && h.Group != nil) {
			found(h.Entry.Pos, h.Group)
		}
	}
	for i := range a.Rows {
		row := &a.Rows[i]
		if r.Permission != nil && row.Permission == r.Permission && r.Sees(a.User, s, row.Scope) &&
			rowMeets(row, r).OK {
			r.supportRow(a, row, found, seen)
		}
	}
	for _, m := range a.User.Memberships {
		if r.GroupName.Given() && m.Group.ID == r.GroupName.Name && m.In(a.On) {
			found(Pos{}, m.Group)
		}
	}
	for _, x := range r.AllOf {
		x.support(a, s, found, seen)
	}
	for _, x := range r.AnyOf {
		if x.Met(a, s).OK {
			x.support(a, s, found, seen)
		}
	}
}

// supportRow does the same for the sources of a row that a requirement needs.
func (r *Requirement) supportRow(a *Access, row *Row, found func(Pos, *Group), seen map[*Row]bool) {
	wanted := r.Actions
	if wanted == 0 {
		wanted = row.Permission.All()
	}
	for i := range row.Via {
		switch v := &row.Via[i]; {
		case v.Actions&row.Actions&wanted == 0 || r.Direct && v.Group != nil:
		case v.Kind == FromDerived && seen[row]: // what meets it does not depend on who asks
		case v.Kind == FromDerived:
			seen[row] = true
			row.Permission.When.support(a, row.Scope, found, seen)
		default:
			found(v.Pos, v.Group)
		}
	}
}
