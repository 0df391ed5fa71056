package roles

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// study holds what does not depend on a user.
type study struct {
	policy *policy.Policy
	q      Question
	named  map[*policy.Role][]string   // what asks for a role by name
	needed map[*policy.Permission]bool // something asks for it, and is as sure as its surest source
	shared map[*policy.Permission]bool // its cells count for another one
	given  [][][]uint64                // by role and level: the permissions that it gives on the scope itself

	wide     bool           // a role reaches scopes beside and above its own
	direct   bool           // something asks whether access is held directly
	anyRole  bool           // something asks whether somebody has any role on a scope
	counted  []*policy.Rule // count the roles of a person on a scope
	least    int            // so many must there be, by the rule that asks for most
	facts    bool           // a role gives something only to those whom facts let have it
	byMember bool           // a membership is such a fact
	byDay    bool           // deny rules may count on some days only, by what has a date
	excepted []*policy.Rule // holders of a permission that is not held through some roles

	sure     map[*policy.Role]policy.Confidence // see sureOf
	included map[*policy.Role][]uint64          // see includesOf

	profiles profiles
}

func newStudy(p *policy.Policy, q Question) *study {
	s := &study{
		policy:   p,
		q:        q,
		named:    map[*policy.Role][]string{},
		needed:   map[*policy.Permission]bool{},
		sure:     map[*policy.Role]policy.Confidence{},
		included: map[*policy.Role][]uint64{},
		shared:   map[*policy.Permission]bool{},
		profiles: profiles{found: map[string]*finding{}},
	}
	s.nameInCatalog()
	for _, r := range p.Rules {
		s.nameInRule(r)
	}
	for i := range p.Expects {
		e := &p.Expects[i]
		for _, ref := range append([]policy.Ref{e.Role, e.Can, e.Cannot}, e.Only...) {
			s.name(p.Catalog.RoleByID[strings.TrimPrefix(ref.Name, "role:")], "expect")
		}
	}
	for _, w := range p.Waivers {
		s.name(p.Catalog.RoleByID[w.Role.Name], "a waiver")
	}
	s.readGiven()
	return s
}

// name notes that something asks for a role by name.
func (s *study) name(r *policy.Role, by string) {
	if r != nil && !slices.Contains(s.named[r], by) {
		s.named[r] = append(s.named[r], by)
	}
}

// nameInCatalog notes the roles that permissions need, that let people give something, and that come by default.
func (s *study) nameInCatalog() {
	c := s.policy.Catalog
	for _, p := range c.Permissions {
		s.shared[p.SharedWith] = true
		s.nameNeeded(p.When, "permission "+p.ID)
	}
	for _, r := range c.Roles {
		for i := range r.Cells {
			s.facts = s.facts || r.Cells[i].When != nil
			s.byMember = s.byMember || asksForGroup(r.Cells[i].When)
		}
		if len(r.Delegates) > 0 {
			s.name(r, "its own delegates")
		}
	}
	s.name(c.Default, "the catalog's default")
}

// nameInRule notes the roles that a rule names, and what else it can tell of how somebody holds something.
func (s *study) nameInRule(r *policy.Rule) {
	by := "rule " + r.ID
	for _, x := range []*policy.Selector{r.Deny, r.Forbid} {
		if x != nil {
			s.nameSelected(x, by)
		}
	}
	if x := r.Deny; x != nil && (len(x.Roles) > 0 || len(x.GroupNames) > 0 || x.Unless != nil) {
		s.byDay = true
	}
	if x := r.Require; x != nil {
		s.nameSelected(&x.Holding, by)
		s.nameNeeded(x.Needs, by)
		s.anyRole = s.anyRole || x.AnyRole
	}
	if x := r.Conflict; x != nil {
		for _, item := range slices.Concat(x.Between.Items, x.And.Items) {
			s.name(item.Role, by)
		}
	}
	if x := r.Holders; x != nil {
		s.direct = s.direct || x.Direct
		s.name(x.Role, by)
		for _, except := range x.Except {
			s.name(except, by)
		}
		if len(x.Except) > 0 {
			s.excepted = append(s.excepted, r)
		}
	}
	if x := r.PerUser; x != nil {
		s.counted, s.least = append(s.counted, r), max(s.least, x.Min)
	}
}

func (s *study) nameSelected(x *policy.Selector, by string) {
	for _, r := range x.Roles {
		s.name(r, by)
	}
	s.direct = s.direct || x.Direct
	s.nameNeeded(x.Unless, by)
}

func (s *study) nameNeeded(r *policy.Requirement, by string) {
	if r == nil {
		return
	}
	s.name(r.Role, by)
	if r.Permission != nil {
		s.needed[r.Permission] = true
	}
	s.direct = s.direct || r.Direct
	for _, x := range slices.Concat(r.AllOf, r.AnyOf, r.NoneOf) {
		s.nameNeeded(x, by)
	}
}

// asksForGroup reports whether a requirement asks for a membership.
func asksForGroup(r *policy.Requirement) bool {
	return r != nil && (r.GroupName.Given() || slices.ContainsFunc(slices.Concat(r.AllOf, r.AnyOf, r.NoneOf),
		asksForGroup))
}

// readGiven notes which permissions each role surely gives on the scope itself where it is assigned, by level.
func (s *study) readGiven() {
	c := s.policy.Catalog
	for _, r := range c.Roles {
		levels := make([][]uint64, len(c.Levels))
		for l := range levels {
			levels[l] = make([]uint64, len(c.Permissions)/64+1)
		}
		for i := range r.Cells {
			x := &r.Cells[i]
			s.wide = s.wide || x.Reach.Kind == policy.Tree
			for l := range levels {
				if x.When == nil && x.Permission.Levels.Has(l) && x.Reach.Kind != policy.Labelled {
					levels[l][x.Permission.Index/64] |= 1 << (x.Permission.Index % 64)
				}
			}
		}
		s.given = append(s.given, levels)
		s.wide = s.wide ||
			slices.ContainsFunc(r.Includes, func(i policy.Include) bool { return i.Reach.Kind == policy.Tree })
	}
}
