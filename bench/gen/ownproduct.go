package gen

import "fmt"

// The sizes of our own product.
const (
	ownRoles     = 40
	ownShared    = 8  // permissions that several roles give
	ownGrantable = 10 // permissions that no role gives
)

func uniqueID(i int) string    { return fmt.Sprintf("unique-%02d", i) }
func sharedID(i int) string    { return fmt.Sprintf("shared-%02d", i%ownShared) }
func grantableID(i int) string { return fmt.Sprintf("grantable-%02d", i%ownGrantable) }
func ownRole(i int) string     { return fmt.Sprintf("role-%02d", i) }

// own makes users of companies of 200 users each, with four divisions of three teams: up to two roles, three grants
// and two groups each, of groups in groups that begin and end.
func (d *dealer) own(n int) {
	companies := names("company", max(1, n/200))
	scopes, groups := object{}, object{}
	for _, c := range companies {
		divisions := object{}
		for i := range 4 {
			divisions[fmt.Sprintf("division-%d", i)] = object{"scopes": object{
				"team-0": object{"labels": []string{"first"}}, "team-1": object{}, "team-2": object{}}}
		}
		scopes[c] = object{"scopes": divisions}
		d.ownGroups(groups, c)
	}
	d.p.Access = object{"catalog": ownCatalog(), "scopes": scopes, "groups": groups, "rules": ownRules()}
	for i := range n {
		d.p.Users = append(d.p.Users, d.ownUser(i, companies[i%len(companies)], i < len(companies)*4))
	}
}

// ownGroups adds the groups of a company: a desk in each division, two sections around them, and the staff.
func (d *dealer) ownGroups(groups object, c string) {
	add := func(id, role, scope string, members ...object) {
		g := object{"roles": []object{{"role": role, "scope": scope}}}
		if members != nil {
			g["members"] = members
		}
		groups[id] = g
	}
	for i := range 4 {
		add(deskOf(c, i), ownRole(20+i), fmt.Sprintf("%s/division-%d/team-1", c, i))
	}
	for i := range 2 {
		second := object{"group": deskOf(c, 2*i+1), "starts": "2026-01-01", "expires": "2027-06-30"}
		if d.oneIn(5) {
			second["starts"], second["expires"] = "2027-02-01", "2027-12-31"
		}
		add(fmt.Sprintf("%s-section-%d", c, i), ownRole(24+i), fmt.Sprintf("%s/division-%d", c, 2*i),
			object{"group": deskOf(c, 2*i)}, second)
	}
	add(c+"-staff", ownRole(30), c, object{"group": c + "-section-0"},
		object{"group": c + "-section-1", "expires": "2027-09-30"})
}

func deskOf(company string, i int) string { return fmt.Sprintf("%s-desk-%d", company, i) }

func (d *dealer) ownUser(i int, c string, founder bool) User {
	u := User{ID: fmt.Sprintf("user-%07d@%s.example", i, c), Affiliation: "staff"}
	team := func() string { return fmt.Sprintf("%s/division-%d/team-%d", c, d.rand.IntN(4), d.rand.IntN(3)) }
	if founder {
		u.Groups = []Entry{{Name: deskOf(c, i*4/(len(d.p.Users)+1)%4)}}
	}
	fault := d.fault("expired", "expires-soon", "duplicate-assignment", "two-offices", "trained", "not-grantable",
		"denied-action", "user-without-access", "invalid-period")
	if fault == "user-without-access" {
		u.Groups = nil
		return u
	}
	if d.oneIn(10) || fault == "denied-action" {
		u.Affiliation = "contractor"
	}
	first := d.rand.IntN(18)
	for k := range 1 + d.rand.IntN(2) {
		u.Roles = append(u.Roles, Entry{Name: ownRole((first + 2*k) % 18), Scope: team(), Expires: d.later()})
	}
	if d.oneIn(25) {
		u.Roles = append(u.Roles, Entry{Name: ownRole(18), Scope: fmt.Sprintf("%s/division-%d", c, d.rand.IntN(4))})
	}
	d.ownGrants(&u, team)
	if !founder {
		for _, k := range d.rand.Perm(4)[:d.rand.IntN(3)] {
			u.Groups = append(u.Groups, Entry{Name: deskOf(c, k), Expires: d.later()})
		}
	}
	d.ownAttributes(&u, fault)
	d.spoilOwn(&u, fault, team())
	return u
}

func (d *dealer) ownGrants(u *User, team func() string) {
	first := d.rand.IntN(ownGrantable)
	for k := range d.rand.IntN(4) {
		e := Entry{Name: grantableID(first + k), Scope: team(), Expires: d.later()}
		if u.Affiliation == "contractor" || d.oneIn(2) {
			e.Actions = []string{"view"}
		}
		u.Grants = append(u.Grants, e)
	}
}

// ownAttributes trains those who need it, and some others.
func (d *dealer) ownAttributes(u *User, fault string) {
	trained := d.oneIn(3)
	for _, e := range u.Roles {
		trained = trained || e.Name == ownRole(2)
	}
	if trained && fault != "trained" {
		u.Attributes = append(u.Attributes, OneOf{"training", []string{"safety"}})
	}
	if u.Affiliation == "staff" && d.oneIn(10) {
		u.Attributes = append(u.Attributes, OneOf{"clearance", []string{"edit", "audit"}})
	}
}

func (d *dealer) spoilOwn(u *User, fault, team string) {
	switch fault {
	case "two-offices":
		u.Roles = append(u.Roles, Entry{Name: ownRole(38), Scope: team}, Entry{Name: ownRole(39), Scope: team})
	case "trained":
		u.Roles = append([]Entry{{Name: ownRole(2), Scope: team}}, withoutRole(u.Roles, ownRole(2))...)
	case "not-grantable":
		u.Grants = append(u.Grants, Entry{Name: uniqueID(37), Scope: team})
	case "denied-action":
		u.Grants = []Entry{{Name: grantableID(0), Scope: team, Actions: []string{"view", "edit"}}}
	case "invalid-period":
		u.Roles = append(u.Roles, Entry{Name: ownRole(19), Scope: team, Starts: "2027-02-01", Expires: "2027-01-01"})
	}
	if fault == "expired" { // of a role of its own, so that nobody loses what others need
		u.Roles = append([]Entry{{Name: ownRole(19), Scope: team}}, u.Roles...)
	}
	expire(&u.Roles, fault)
}

func withoutRole(list []Entry, role string) (rest []Entry) {
	for _, e := range list {
		if e.Name != role {
			rest = append(rest, e)
		}
	}
	return rest
}
