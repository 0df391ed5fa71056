package match

import (
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// mapped are the lists of a map file.
type mapped struct {
	users, groups, scopes, roles, permissions *observe.Lookup
	values                                    map[string]*observe.Lookup // by attribute
}

func newMapped(m *observe.Map, userKey func(string) string) mapped {
	to := mapped{
		users:       observe.NewLookup(m.Users, userKey),
		groups:      observe.NewLookup(m.Groups, policy.Fold),
		scopes:      observe.NewLookup(m.Scopes, policy.Fold),
		roles:       observe.NewLookup(m.Roles, policy.Fold),
		permissions: observe.NewLookup(m.Permissions, policy.Fold),
		values:      map[string]*observe.Lookup{},
	}
	for attribute, list := range m.Values {
		to.values[attribute] = observe.NewLookup(list, policy.Fold)
	}
	return to
}
