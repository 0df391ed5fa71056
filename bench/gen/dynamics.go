package gen

import (
	"fmt"
	"slices"
)

// The business units of an environment, the first one in the environment's own unit.
var units = []string{"/service", "/service/desk", "/field"}

// dynamics makes users of environments of forty users each. An environment lets in members of its security group, and
// has nested units with a team each. One in four has matrix business units, where users hold roles in several units.
// A version without homes has such units everywhere, and no access modes.
func (d *dealer) dynamics(product string, homes bool, n int) {
	scopes, groups := object{}, object{}
	list := names("production", max(1, n/40))
	for i, env := range list {
		attributes := object{"security-groups": []string{env + "-users"}}
		if homes && i%4 == 0 {
			attributes["business-units"] = []string{"matrix"}
		}
		scopes[env] = object{"attributes": attributes, "scopes": object{
			"service": object{"scopes": object{"desk": object{}}}, "field": object{}}}
		for k, unit := range units {
			team := object{"roles": []object{{"role": []string{"omnichannel-agent", "productivity-tools-user",
				"app-profile-user"}[k], "scope": env + unit}}}
			if homes {
				team["kind"], team["home"] = "owner", env+unit
			}
			groups[teamOf(env, k)] = team
		}
	}
	d.p.Access = object{"product": product, "scopes": scopes, "groups": groups}
	for i := range n {
		e := i % len(list)
		d.p.Users = append(d.p.Users, d.dynamicsUser(i, list[e], homes, !homes || e%4 == 0))
	}
}

func teamOf(env string, unit int) string { return fmt.Sprintf("%s-team-%d", env, unit) }

// dynamicsUser returns a user of an environment: an agent or, one in ten, a manager.
func (d *dealer) dynamicsUser(i int, env string, homes, matrix bool) User {
	unit := d.rand.IntN(len(units))
	at := env + units[unit]
	u := User{ID: fmt.Sprintf("user-%07d@contoso.example", i), Attributes: []OneOf{
		{"security-groups", []string{env + "-users"}},
		{"licenses", []string{d.pick("dynamics-365-customer-service-enterprise",
			"dynamics-365-customer-service-premium")}},
	}}
	if homes {
		u.Home = at
	}
	fault := d.fault("expired", "expires-soon", "duplicate-assignment", "basic-user-required", "user-without-access")
	if fault == "user-without-access" {
		return u
	}
	if fault == "basic-user-required" { // once for each role
		u.Roles = []Entry{{Name: "customer-service-representative", Scope: at}}
		return u
	}
	d.addDynamicsRoles(&u, env, unit, fault == "" && matrix)
	if d.oneIn(2) || fault == "expired" {
		u.Groups = []Entry{{Name: teamOf(env, unit)}}
		if d.oneIn(20) {
			u.Groups[0].Expires = "2027-08-31"
		}
	}
	if unit != 2 || u.Groups == nil {
		u.Roles = append(u.Roles, Entry{Name: "app-profile-user", Scope: at})
	}
	if d.oneIn(3) {
		u.Attributes = append(u.Attributes, OneOf{"app-profiles", []string{"customer-service-workspace"}})
	}
	if homes {
		d.restrict(&u)
	}
	expire(&u.Roles, fault)
	return u
}

// addDynamicsRoles adds the roles of an agent, a manager or an administrator, in several units where that may be.
func (d *dealer) addDynamicsRoles(u *User, env string, unit int, several bool) {
	at := env + units[unit]
	role := func(name, scope string) { u.Roles = append(u.Roles, Entry{Name: name, Scope: scope}) }
	switch {
	case d.oneIn(10):
		role("customer-service-manager", at)
		role("omnichannel-supervisor", at)
	case d.oneIn(100):
		role("system-administrator", at)
	default:
		role("customer-service-representative", at)
		u.Roles[0].Expires = d.later()
	}
	if several && d.oneIn(2) {
		role("customer-service-representative", env+units[(unit+1)%len(units)])
	}
	role("basic-user", at)
}

// restrict takes access away from few users, as the product does.
func (d *dealer) restrict(u *User) {
	switch d.rand.IntN(200) {
	case 0:
		u.Attributes = append(u.Attributes, OneOf{"access-mode", []string{"administrative"}})
	case 1:
		u.Attributes = append(u.Attributes, OneOf{"access-mode", []string{"non-interactive"}})
	case 2:
		u.Attributes[0].Values = slices.Concat(u.Attributes[0].Values, []string{"everybody"})
	}
}
