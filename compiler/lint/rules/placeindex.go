package rules

import "permc.dev/permc/compiler/policy"

// placeIndex remembers where one user holds items.
type placeIndex struct {
	access *policy.Access
	all    map[policy.Item][]place
	on     map[itemOn][]place // for items with many places
}

// itemOn is an item on a scope.
type itemOn struct {
	item  policy.Item
	scope *policy.Scope
}

// of returns the places of an item, in order.
func (x *placeIndex) of(item policy.Item) []place {
	list, ok := x.all[item]
	if !ok {
		list = findPlaces(x.access, item)
		x.all[item] = list
		if len(list) >= policy.Long {
			x.index(item, list)
		}
	}
	return list
}

// index puts the places of an item in order of their scopes.
func (x *placeIndex) index(item policy.Item, list []place) {
	if x.on == nil {
		x.on = map[itemOn][]place{}
	}
	for _, p := range list {
		k := itemOn{item, p.scope}
		x.on[k] = append(x.on[k], p)
	}
}

// near returns at least the places of an item that are related to a scope, in order.
func (x *placeIndex) near(item policy.Item, s *policy.Scope, at policy.Relation) []place {
	list := x.of(item)
	if at != policy.Same || len(list) < policy.Long {
		return list
	}
	return x.on[itemOn{item, s}]
}
