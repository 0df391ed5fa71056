package policy

import "slices"

// Equal reports whether two requirements say the same, of one catalog or of two. Nil is no requirement.
func (r *Requirement) Equal(o *Requirement) bool {
	if r == nil || o == nil {
		return r == o
	}
	equal := func(a, b []*Requirement) bool { return slices.EqualFunc(a, b, (*Requirement).Equal) }
	return equal(r.AllOf, o.AllOf) && equal(r.AnyOf, o.AnyOf) && equal(r.NoneOf, o.NoneOf) && sameHeld(r, o) &&
		r.GroupName.Name == o.GroupName.Name && r.Matching == o.Matching && r.Direct == o.Direct && r.At == o.At &&
		slices.EqualFunc(r.Attributes, o.Attributes, sameAttribute) &&
		slices.EqualFunc(r.ScopeAttributes, o.ScopeAttributes, sameAttribute)
}

// sameHeld reports whether two requirements name the same role, or the same permission with the same actions.
func sameHeld(r, o *Requirement) bool {
	if (r.Role == nil) != (o.Role == nil) || (r.Permission == nil) != (o.Permission == nil) {
		return false
	}
	return (r.Role == nil || r.Role.ID == o.Role.ID) && (r.Permission == nil || r.Permission.ID == o.Permission.ID &&
		slices.Equal(r.Permission.Names(r.Actions), o.Permission.Names(o.Actions)))
}

func sameAttribute(a, b Attribute) bool {
	return a.Name.Name == b.Name.Name && slices.EqualFunc(a.Values, b.Values,
		func(x, y Ref) bool { return x.Name == y.Name })
}

// Conditions calls a function with each condition of a catalog: of a derived permission, and of a role's cell.
func (c *Catalog) Conditions(each func(*Requirement)) {
	for _, p := range c.Permissions {
		if p.When != nil {
			each(p.When)
		}
	}
	for _, r := range c.Roles {
		for i := range r.Cells {
			if r.Cells[i].When != nil {
				each(r.Cells[i].When)
			}
		}
	}
}

// Conditions returns those of the cells from which a source of a row may come, as far as the user meets them.
func (v *Via) Conditions(a *Access, row *Row) (list []*Requirement) {
	if v.Role == nil {
		return nil
	}
	for i := range v.Role.Cells {
		if c := &v.Role.Cells[i]; c.When != nil && v.ComesFrom(c, row) && c.When.Met(a, row.Scope).OK {
			list = append(list, c.When)
		}
	}
	return list
}

// ComesFrom reports whether a source of a row may come from a cell of its role.
func (v *Via) ComesFrom(c *Cell, row *Row) bool {
	switch {
	case c.Own != (v.Records != AllRecords):
		return false
	case v.Implier != nil && c.Permission != v.Implier && !c.Permission.LeadsTo(v.Implier):
		return false
	case v.Implier == nil && (c.Permission != row.Permission || c.Actions != v.Actions):
		return false
	case v.From == nil:
		return c.Reaches(v.Scope, row.Scope)
	}
	return slices.ContainsFunc(RoleOn{v.From, v.Scope}.Closure(), func(x RoleOn) bool {
		return x.Role == v.Role && c.Reaches(x.Scope, row.Scope)
	})
}

// Conditional is a cell of a held role that gives nothing on a scope, because its condition is not met there.
type Conditional struct {
	Held  *Held
	Cell  *Cell
	Scope *Scope
}

// Conditionals returns the cells that would give a permission on a scope, with one of some actions or by implication,
// if the user met their conditions.
func (a *Access) Conditionals(p *Permission, wanted Actions, s *Scope) (list []Conditional) {
	for i := range a.Roles {
		h := &a.Roles[i]
		for j := range h.Role.Cells {
			c := &h.Role.Cells[j]
			gives := c.Permission == p && c.Actions&wanted != 0 || c.Permission.LeadsTo(p)
			if c.When != nil && gives && c.Reaches(h.Scope, s) && !c.When.Met(a, s).OK {
				list = append(list, Conditional{h, c, s})
			}
		}
	}
	return list
}
