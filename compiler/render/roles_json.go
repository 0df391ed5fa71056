package render

import (
	"math"

	"permc.dev/permc/compiler/ask/roles"
	"permc.dev/permc/compiler/policy"
)

type jsonRoles struct {
	Version string           `json:"version"`
	AsOf    string           `json:"asOf"`
	Same    [][]jsonHeldRole `json:"same"`
	Inside  []jsonRolePair   `json:"inside"`
	Near    []jsonRolePair   `json:"near"`
	Unused  []jsonHeldRole   `json:"unused"`
	ByOne   []jsonHeldRole   `json:"heldByOne"`
	People  []jsonFewer      `json:"people"`
	New     []jsonNewRole    `json:"newRoles"`
	Groups  []jsonGroupsAre  `json:"groups"`
}

type jsonHeldRole struct {
	Role    string   `json:"role"`
	Custom  bool     `json:"custom"`
	Holders int      `json:"holders"`
	Holder  string   `json:"holder,omitempty"` // the only one
	Named   []string `json:"named"`            // what asks for the role by name
	Sure    string   `json:"confidence"`
}

type jsonRolePair struct {
	Role     string   `json:"role"`
	Other    string   `json:"other"`
	Common   int      `json:"common"`
	Total    int      `json:"total"`
	Likeness float64  `json:"likeness"`
	Includes bool     `json:"includes"` // the other includes the role
	More     []string `json:"more"`     // permissions of which the role has more
	Less     []string `json:"less"`
}

type jsonFewer struct {
	User    string           `json:"user"`
	Now     int              `json:"assignments"`
	Enough  int              `json:"enough"`
	Proved  bool             `json:"proved"`
	Unsure  bool             `json:"unsure,omitempty"`
	Drop    []jsonAssignment `json:"drop"`
	Replace []jsonAssignment `json:"replace"`
	By      []jsonAssignment `json:"by"`
}

type jsonAssignment struct {
	Role     string           `json:"role"`
	Scope    string           `json:"scope"`
	Position *policy.Position `json:"position,omitempty"`
}

type jsonNewRole struct {
	Level  string          `json:"level"`
	Grants []jsonRoleGrant `json:"grants"`
	Users  []string        `json:"users"`
	Places []jsonPlace     `json:"places"`
	Saved  int             `json:"saved"`
}

type jsonPlace struct {
	User  string `json:"user"`
	Scope string `json:"scope"`
}

type jsonRoleGrant struct {
	Permission string   `json:"permission"`
	Actions    []string `json:"actions"`
}

type jsonGroupsAre struct {
	Groups  []string `json:"groups"`
	Members int      `json:"members"`
}

func (t *rolesText) json() jsonRoles {
	out := jsonRoles{
		Version: Version,
		AsOf:    t.Policy.AsOf.String(),
		Same:    [][]jsonHeldRole{},
		Inside:  listJSONPairs(t.Inside),
		Near:    listJSONPairs(t.Near),
		Unused:  listJSONRoles(t.Unused),
		ByOne:   listJSONRoles(t.ByOne),
		People:  []jsonFewer{},
		New:     []jsonNewRole{},
		Groups:  []jsonGroupsAre{},
	}
	for _, x := range t.Same {
		out.Same = append(out.Same, listJSONRoles(x))
	}
	for i := range t.People {
		out.People = append(out.People, t.fewerJSON(&t.People[i]))
	}
	for i := range t.New {
		out.New = append(out.New, t.newRoleJSON(&t.New[i]))
	}
	for _, x := range t.Groups {
		g := jsonGroupsAre{Members: len(x[0].Users)}
		for _, y := range x {
			g.Groups = append(g.Groups, y.ID)
		}
		out.Groups = append(out.Groups, g)
	}
	return out
}

func listJSONRoles(list []*roles.Role) []jsonHeldRole {
	out := []jsonHeldRole{}
	for _, r := range list {
		x := jsonHeldRole{
			Role:    r.ID,
			Custom:  r.Custom,
			Holders: r.Holders,
			Named:   append([]string{}, r.Named...),
			Sure:    r.Sure.String(),
		}
		if r.Holders == 1 {
			x.Holder = r.First.ID
		}
		out = append(out, x)
	}
	return out
}

func listJSONPairs(list []roles.Pair) []jsonRolePair {
	out := []jsonRolePair{}
	for i := range list {
		p := &list[i]
		out = append(out, jsonRolePair{
			Role:     p.Left.ID,
			Other:    p.Right.ID,
			Common:   p.Common,
			Total:    p.Total,
			Likeness: math.Round(p.Likeness()*1000) / 1000,
			Includes: p.Includes,
			More:     permissionIDs(p.LeftOnly),
			Less:     permissionIDs(p.RightOnly),
		})
	}
	return out
}

// permissionIDs returns a list also where there are none: JSON has no null there.
func permissionIDs(list []*policy.Permission) []string {
	return append([]string{}, policy.PermissionIDs(list)...)
}

func (t *rolesText) fewerJSON(p *roles.Person) jsonFewer {
	out := jsonFewer{
		User:    p.User.ID,
		Now:     p.Left + len(p.Drop),
		Enough:  p.Smallest,
		Proved:  p.Proved,
		Unsure:  p.Unsure,
		Drop:    t.assignmentsJSON(p.Drop),
		Replace: t.assignmentsJSON(p.Replace),
		By:      []jsonAssignment{},
	}
	for _, r := range p.By {
		out.By = append(out.By, jsonAssignment{Role: r.Role.ID, Scope: r.Scope.Path})
	}
	return out
}

func (t *rolesText) assignmentsJSON(list []*policy.Entry) []jsonAssignment {
	out := []jsonAssignment{}
	for _, e := range list {
		out = append(out, jsonAssignment{e.Role.ID, e.Scope.Path, positionOf(t.Policy.Files, e.Pos)})
	}
	return out
}

func (t *rolesText) newRoleJSON(c *roles.Candidate) jsonNewRole {
	out := jsonNewRole{Level: t.Policy.Catalog.Levels[c.Level], Users: []string{}, Saved: c.Saved()}
	for _, g := range c.Grants {
		out.Grants = append(out.Grants, jsonRoleGrant{g.Permission.ID, g.Permission.Names(g.Actions)})
	}
	for _, u := range c.Users {
		out.Users = append(out.Users, u.ID)
	}
	for _, at := range c.Places {
		out.Places = append(out.Places, jsonPlace{at.User.ID, at.Scope.Path})
	}
	return out
}
