package gen

import (
	"context"
	"fmt"
	"os"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// Reduced is a catalog and its deny rules for the near limit, with everything that it takes to compute rows and nothing
// else. Permissions are numbered by their place in the list.
type Reduced struct {
	Product     string        `json:"product"`
	AsOf        string        `json:"asOf"`
	Levels      []string      `json:"levels"` // outermost first; the last one goes on as deep as scopes do
	Permissions []Held        `json:"permissions"`
	Implying    []int         `json:"implying,omitempty"` // in an order in which each comes before what it implies
	Derived     []int         `json:"derived,omitempty"`  // in an order in which each comes after what it needs
	Roles       []ReducedRole `json:"roles"`
	Denies      []ReducedDeny `json:"denies,omitempty"`
}

// Held is a permission with what comes with it and what it follows from.
type Held struct {
	ID        string   `json:"id"`
	Levels    []string `json:"levels"`
	Actions   []string `json:"actions"`
	Grantable bool     `json:"grantable,omitempty"`
	Implies   []int    `json:"implies,omitempty"`
	When      *Need    `json:"when,omitempty"`
}

// ReducedRole is a role with its own cells and those of the roles that it includes.
type ReducedRole struct {
	ID    string   `json:"id"`
	Holds []string `json:"holds"` // itself and all roles that it includes
	Cells []Cell   `json:"cells"`
}

// Cell gives actions, by bit, of a permission on the scopes in reach: "self", "subtree" or "tree".
type Cell struct {
	Permission int    `json:"permission"`
	Actions    uint64 `json:"actions"`
	Reach      string `json:"reach"`
}

// ReducedDeny takes actions away from the users whom all selectors match, on the scopes that match.
type ReducedDeny struct {
	Affiliations []string `json:"affiliations,omitempty"`
	Roles        []string `json:"roles,omitempty"`
	Permissions  []int    `json:"permissions,omitempty"`
	Actions      []string `json:"actions,omitempty"`
	Scopes       []string `json:"scopes,omitempty"`
	Attributes   []OneOf  `json:"attributes,omitempty"`
	Unless       *Need    `json:"unless,omitempty"`
}

// OneOf asks for one of some values of an attribute.
type OneOf struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Need is a requirement; everything that is set must be true. A permission is meant on the same scope.
type Need struct {
	Role       string  `json:"role,omitempty"`
	At         string  `json:"at,omitempty"`     // of the role: "same", "above", "tree" or "any"
	Direct     bool    `json:"direct,omitempty"` // the role does not count through groups
	Permission *int    `json:"permission,omitempty"`
	Attributes []OneOf `json:"attributes,omitempty"`
	Matching   string  `json:"matching,omitempty"`
	AllOf      []*Need `json:"allOf,omitempty"`
	AnyOf      []*Need `json:"anyOf,omitempty"`
	NoneOf     []*Need `json:"noneOf,omitempty"`
}

// Reduce compiles the project without its users, and reduces its catalog.
func (p *Project) Reduce() (*Reduced, error) {
	dir, err := os.MkdirTemp("", "permc-gen-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	bare := Project{Access: p.Access}
	if err := bare.Write(dir, "json", 0); err != nil {
		return nil, err
	}
	day, err := policy.ParseDate(AsOf)
	if err != nil {
		return nil, err
	}
	project, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir}, AsOf: day,
		Limits: load.DefaultLimits})
	if err != nil {
		return nil, err
	}
	if project.Policy == nil {
		return nil, fmt.Errorf("gen: the project is broken: %v", project.Stopped)
	}
	return reducePolicy(project.Policy)
}

func reducePolicy(p *policy.Policy) (*Reduced, error) {
	c := p.Catalog
	r := &Reduced{Product: c.Product, AsOf: AsOf, Levels: c.Levels}
	for _, x := range c.Permissions {
		h := Held{ID: x.ID, Levels: c.LevelNames(x.Levels), Actions: x.Actions, Grantable: x.Grantable}
		for _, i := range x.Implies {
			h.Implies = append(h.Implies, i.Index)
		}
		var err error
		if h.When, err = reduceNeed(x.When); err != nil {
			return nil, err
		}
		r.Permissions = append(r.Permissions, h)
	}
	for _, x := range c.Implying {
		r.Implying = append(r.Implying, x.Index)
	}
	for _, x := range c.Derived {
		r.Derived = append(r.Derived, x.Index)
	}
	for _, x := range c.Roles {
		role := ReducedRole{ID: x.ID}
		if err := role.add(x); err != nil {
			return nil, err
		}
		r.Roles = append(r.Roles, role)
	}
	return r, r.addDenies(p.Rules)
}

// add adds what a role gives, and the roles that it includes.
func (r *ReducedRole) add(x *policy.Role) error {
	if x.Limited {
		return fmt.Errorf("gen: the near limit knows nothing of who may hold %s", x.ID)
	}
	r.Holds = append(r.Holds, x.ID)
	for _, c := range x.Cells {
		reach := map[policy.ReachKind]string{policy.Self: "self", policy.Subtree: "subtree",
			policy.Tree: "tree"}[c.Reach.Kind]
		if reach == "" || c.When != nil {
			return fmt.Errorf("gen: the near limit knows nothing of a cell of %s", x.ID)
		}
		r.Cells = append(r.Cells, Cell{c.Permission.Index, uint64(c.Actions), reach})
	}
	for _, i := range x.Includes {
		if i.Reach.Kind != policy.Self {
			return fmt.Errorf("gen: the near limit knows nothing of what %s includes elsewhere", x.ID)
		}
		if err := r.add(i.Role); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reduced) addDenies(rules []*policy.Rule) error {
	for _, rule := range rules {
		s := rule.Deny
		if s == nil {
			continue
		}
		if s.Levels != 0 || s.GroupNames != nil {
			return fmt.Errorf("gen: the near limit knows nothing of levels and groups in %s", rule.ID)
		}
		d := ReducedDeny{Affiliations: s.Affiliations, Roles: policy.RoleIDs(s.Roles), Actions: s.Actions,
			Attributes: reduceAttributes(s.Attributes)}
		for _, x := range s.Permissions {
			d.Permissions = append(d.Permissions, x.Index)
		}
		for _, x := range s.Scopes {
			d.Scopes = append(d.Scopes, x.Path)
		}
		var err error
		if d.Unless, err = reduceNeed(s.Unless); err != nil {
			return err
		}
		r.Denies = append(r.Denies, d)
	}
	return nil
}

func reduceAttributes(list []policy.Attribute) (short []OneOf) {
	for _, a := range list {
		x := OneOf{Name: a.Name.Name}
		for _, v := range a.Values {
			x.Values = append(x.Values, v.Name)
		}
		short = append(short, x)
	}
	return short
}

var relations = map[policy.Relation]string{policy.Same: "same", policy.Above: "above", policy.InTree: "tree",
	policy.Anywhere: "any"}

func reduceNeed(r *policy.Requirement) (*Need, error) {
	if r == nil {
		return nil, nil
	}
	n := &Need{Attributes: reduceAttributes(r.Attributes), Matching: r.Matching}
	if r.Role != nil {
		n.Role, n.At, n.Direct = r.Role.ID, relations[r.At], r.Direct
	}
	if r.Permission != nil {
		n.Permission = &r.Permission.Index
	}
	if r.Role != nil && n.At == "" || r.Permission != nil && (r.At != policy.Same || r.Actions != 0) ||
		r.GroupName.Given() || r.ScopeAttributes != nil || r.Direct && r.Role == nil {
		return nil, fmt.Errorf("gen: the near limit knows nothing of a requirement: %+v", *r)
	}
	for _, list := range []struct {
		from []*policy.Requirement
		to   *[]*Need
	}{{r.AllOf, &n.AllOf}, {r.AnyOf, &n.AnyOf}, {r.NoneOf, &n.NoneOf}} {
		for _, x := range list.from {
			part, err := reduceNeed(x)
			if err != nil {
				return nil, err
			}
			*list.to = append(*list.to, part)
		}
	}
	return n, nil
}
