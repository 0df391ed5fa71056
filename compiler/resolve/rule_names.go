package resolve

import "permc.dev/permc/compiler/policy"

// spellRules writes an id wherever declared rules use another name of a role or a permission, so that a rule means
// the same where its names mean something else, or nothing. It copies rules that it changes: those of a catalog are
// shared.
func spellRules(c *policy.Catalog, list *[]policy.DeclaredRule) {
	rules := *list
	s := ruleSpeller{catalog: c}
	for i := range rules {
		s.rule(&rules[i])
	}
	if !s.wrong {
		return
	}
	s.write = true
	rules = policy.Moved(rules, 0)
	for i := range rules {
		s.rule(&rules[i])
	}
	*list = rules
}

// ruleSpeller finds the references of rules that are no ids, and writes the ids.
type ruleSpeller struct {
	catalog *policy.Catalog
	write   bool
	wrong   bool // something can be written as an id
}

func (s *ruleSpeller) rule(d *policy.DeclaredRule) {
	s.selector(d.Deny)
	s.selector(d.Forbid)
	if x := d.Conflict; x != nil {
		s.items(x.Between.Items)
		s.items(x.And.Items)
	}
	if x := d.Require; x != nil {
		s.selector(&x.Holding)
		s.requirement(x.Needs)
	}
	if x := d.Holders; x != nil {
		s.item(&x.What)
		s.roles(x.Except)
	}
}

func (s *ruleSpeller) selector(x *policy.DeclaredSelector) {
	if x == nil {
		return
	}
	s.roles(x.Roles)
	for i := range x.Permissions {
		s.permission(&x.Permissions[i])
	}
	s.requirement(x.Unless)
}

func (s *ruleSpeller) requirement(x *policy.DeclaredRequirement) {
	if x == nil {
		return
	}
	s.role(&x.Role)
	s.permission(&x.Permission)
	for _, list := range [...][]*policy.DeclaredRequirement{x.AllOf, x.AnyOf, x.NoneOf} {
		for _, one := range list {
			s.requirement(one)
		}
	}
}

func (s *ruleSpeller) items(list []policy.DeclaredItem) {
	for i := range list {
		s.item(&list[i])
	}
}

// item settles whether a bare name is that of a role or of a permission.
func (s *ruleSpeller) item(x *policy.DeclaredItem) {
	if x.Any {
		role, _ := s.catalog.RoleNamed(x.Name.Name)
		permission, _ := s.catalog.PermissionNamed(x.Name.Name)
		if (role == nil) == (permission == nil) {
			return
		}
		s.wrong = true
		if !s.write {
			return
		}
		x.Any, x.Permission = false, permission != nil
	}
	if x.Permission {
		s.permission(&x.Name)
	} else {
		s.role(&x.Name)
	}
}

func (s *ruleSpeller) roles(list []policy.Ref) {
	for i := range list {
		s.role(&list[i])
	}
}

func (s *ruleSpeller) role(r *policy.Ref) {
	if x, _ := s.catalog.RoleNamed(r.Name); x != nil {
		s.spell(r, x.ID)
	}
}

func (s *ruleSpeller) permission(r *policy.Ref) {
	if x, _ := s.catalog.PermissionNamed(r.Name); x != nil {
		s.spell(r, x.ID)
	}
}

func (s *ruleSpeller) spell(r *policy.Ref, id string) {
	if !r.Given() || r.Name == id {
		return
	}
	s.wrong = true
	if s.write {
		r.Name = id
	}
}
