package gen

import (
	"fmt"
	"slices"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/policy"
)

// Catalog is what a peer must know of the product, in a form that is quick to
// write a program against: every role with all it gives, included roles too.
type Catalog struct {
	AsOf        string                `json:"asOf"`
	Permissions map[string]Permission `json:"permissions"`
	Roles       map[string]Role       `json:"roles"`
	Deny        Deny                  `json:"deny"`
}

// Permission is something that can be held on a scope of a level.
type Permission struct {
	Levels     []string `json:"levels"`
	Actions    []string `json:"actions"`
	Grantable  bool     `json:"grantable"`
	Deprecated bool     `json:"deprecated"`
}

// Role is what a role gives to whom.
type Role struct {
	Level        string   `json:"level"`
	Affiliations []string `json:"affiliations"`
	Gives        []Give   `json:"gives"`
}

// Give is a permission on the scopes of its levels that are in reach: the scope
// of assignment ("self"), that and what is under it ("subtree"), or the
// workspaces under it that bear the label "first" ("first").
type Give struct {
	Permission string   `json:"permission"`
	Actions    []string `json:"actions"`
	Reach      string   `json:"reach"`
}

// Deny is an action that nobody of an affiliation has.
type Deny struct {
	Affiliation string `json:"affiliation"`
	Action      string `json:"action"`
}

// ServicesHub reads the shipped catalog.
func ServicesHub() (*Catalog, error) {
	shipped, err := compiler.Catalog(&policy.Files{}, "services-hub")
	if err != nil {
		return nil, err
	}
	c := &Catalog{AsOf: AsOf, Permissions: map[string]Permission{}, Roles: map[string]Role{},
		Deny: Deny{Affiliation: "microsoft", Action: "export"}}
	for _, p := range shipped.Permissions {
		if len(p.Implies) > 0 || p.When != nil || p.GrantTo != nil {
			return nil, fmt.Errorf("gen: the peers know nothing of what %s asks for", p.ID)
		}
		c.Permissions[p.ID] = Permission{shipped.LevelNames(p.Levels), p.Actions, p.Grantable, p.Deprecated != ""}
	}
	for _, r := range shipped.Roles {
		role := Role{Level: shipped.LevelNames(r.Levels)[0], Affiliations: r.Affiliations}
		if len(shipped.LevelNames(r.Levels)) > 1 || !r.Limited {
			return nil, fmt.Errorf("gen: the peers know of one level and some affiliations for %s", r.ID)
		}
		role.Gives, err = gives(r, policy.Reach{})
		if err != nil {
			return nil, err
		}
		c.Roles[r.ID] = role
	}
	return c, nil
}

// gives are the cells of a role that counts from some reach, with those of the
// roles it includes.
func gives(r *policy.Role, from policy.Reach) (list []Give, err error) {
	for _, cell := range r.Cells {
		reach, err := reachName(from)
		if from.Kind == policy.Self {
			reach, err = reachName(cell.Reach)
		} else if cell.Reach.Kind != policy.Self {
			err = fmt.Errorf("gen: %s reaches on from where it is included", r.ID)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, Give{cell.Permission.ID, cell.Permission.Names(cell.Actions), reach})
	}
	for _, inc := range r.Includes {
		more, err := gives(inc.Role, inc.Reach)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

func reachName(r policy.Reach) (string, error) {
	switch {
	case r.Kind == policy.Self:
		return "self", nil
	case r.Kind == policy.Subtree:
		return "subtree", nil
	case r.Kind == policy.Labelled && slices.Equal(r.Labels, []string{"first"}):
		return "first", nil
	}
	return "", fmt.Errorf("gen: the peers know nothing of a reach by %v", r.Labels)
}
