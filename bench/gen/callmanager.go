package gen

import "fmt"

// callManager makes portal users of tenants of a hundred users each: one owner and a second one in fifty, one role
// each, and partners who set up several tenants.
func (d *dealer) callManager(product string, n int) {
	tenants := names("tenant", max(1, n/100))
	scopes := object{}
	for _, t := range tenants {
		scopes[t] = object{"title": "Tenant " + t}
	}
	d.p.Access = object{"product": product, "scopes": scopes}
	for i := range n {
		tenant := tenants[i%len(tenants)]
		u := User{ID: fmt.Sprintf("user-%07d@%s.example", i, tenant)}
		u.Roles = []Entry{{Name: d.pick("writer", "writer", "reader", "reader", "reader"), Scope: tenant}}
		if d.oneIn(3) {
			u.Attributes = []OneOf{{"uses", []string{"phone-services"}}, {"licenses", []string{"phone-system"}}}
		}
		switch {
		case i < len(tenants):
			u.Roles[0].Name = "owner" // and no fault, so that each tenant has one
		case d.oneIn(50):
			u.Roles[0].Name = "owner"
		case d.oneIn(50):
			u.Roles = nil
			for _, k := range d.rand.Perm(len(tenants))[:min(3, len(tenants))] {
				u.Roles = append(u.Roles, Entry{Name: "tenant-setup", Scope: tenants[k], Expires: "2027-06-30"})
			}
		default:
			d.spoilPortalUser(&u)
		}
		d.p.Users = append(d.p.Users, u)
	}
}

func (d *dealer) spoilPortalUser(u *User) {
	u.Roles[0].Expires = d.later()
	fault := d.fault("exactly-one-role", "phone-system-license", "expired", "expires-soon", "duplicate-assignment")
	switch fault {
	case "exactly-one-role":
		u.Roles = append(u.Roles, Entry{Name: "tenant-setup", Scope: u.Roles[0].Scope})
	case "phone-system-license":
		u.Attributes = []OneOf{{"uses", []string{"phone-services"}}}
	case "expired":
		// Whoever has none left breaks another rule.
		u.Roles = append([]Entry{{Name: "tenant-setup", Scope: u.Roles[0].Scope}}, u.Roles...)
	}
	expire(&u.Roles, fault)
}
