package match

import (
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// identity is an id that something has in a system, in the form in which ids compare.
type identity struct{ system, key string }

// identities are the declared ids, of everything that has some.
type identities struct {
	users  map[identity]*policy.User
	groups map[identity]*policy.Group
	scopes map[identity]*policy.Scope
	roles  map[identity]*policy.Role
}

func newIdentities(p *policy.Policy) (x identities) {
	x = identities{map[identity]*policy.User{}, map[identity]*policy.Group{}, map[identity]*policy.Scope{},
		map[identity]*policy.Role{}}
	for _, u := range p.Users {
		addIdentities(x.users, u.IDs, u)
	}
	for _, g := range p.Groups {
		addIdentities(x.groups, g.IDs, g)
	}
	for _, s := range p.Scopes {
		addIdentities(x.scopes, s.IDs, s)
	}
	for _, r := range p.Catalog.Roles {
		addIdentities(x.roles, r.IDs, r)
	}
	return x
}

func addIdentities[T any](to map[identity]*T, ids policy.Identities, x *T) {
	for system, list := range ids {
		for _, id := range list {
			to[identity{system, policy.IdentityKey(id)}] = x
		}
	}
}

// identified returns what has the ids that an export names. They are one thing's, or nobody knows which.
func identified[T any](in map[identity]*T, ids []identity) (list []*T) {
	if len(in) == 0 {
		return nil
	}
	for _, id := range ids {
		if x := in[id]; x != nil {
			list = appendOnce(list, x)
		}
	}
	return list
}

// contradicted returns an id that an export has, where others are declared for the same system, or nil. The name fits,
// and the account is another one: made anew, or somebody else's who got the name.
func contradicted(declared policy.Identities, ids []identity) *identity {
	for i := range ids {
		if len(declared[ids[i].system]) > 0 {
			return &ids[i]
		}
	}
	return nil
}

// system returns what the declaration calls the system of an observation: a table or SCIM may be of any system, so it
// is the product unless the map names it.
func system(p *policy.Policy, o *observe.Observation, names *observe.Map) string {
	switch {
	case names.System != "":
		return names.System
	case o.Kind == "m365dsc":
		return "services-hub"
	case o.Kind == "table" || o.Kind == "scim":
		return p.Product.Name
	}
	return o.Kind
}

// Values returns what the map calls a value of an attribute: nothing, or several names if it is not clear.
func (m *Match) Values(attribute, text string) []string {
	values := m.mapped.values[attribute]
	if values == nil {
		return nil
	}
	return values.Find(text)
}

// idsOf returns the ids of something in an export: the system's own, and that in Entra.
func (m *Match) idsOf(own, entra string) (list []identity) {
	if own != "" {
		list = append(list, identity{m.system, policy.IdentityKey(own)})
	}
	if entra != "" {
		list = append(list, identity{"entra", policy.IdentityKey(entra)})
	}
	return list
}
