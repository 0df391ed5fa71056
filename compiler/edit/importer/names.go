package importer

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/policy"
)

// canDeclare reports whether a name of the system can be an id here: see #SystemID of the schema. Others are left out,
// and the map file can name them.
func canDeclare(name string) bool {
	return name != "" && strings.TrimSpace(name) == name && strings.IndexFunc(name, policy.IsInvisible) < 0
}

// canDeclarePath reports whether each part of a path can be the id of a scope.
func canDeclarePath(path []string) bool {
	return !slices.ContainsFunc(path, func(part string) bool { return !canDeclare(part) || part == "." || part == ".." })
}

// userIDs finds people who cannot be declared: their ids are no ids here, or several accounts would have one.
type userIDs struct {
	person  map[string]int32 // by id, as it is written
	several map[string]bool
}

// newUserIDs finds the ids that several people of a comparison would have.
func (i *importer) newUserIDs(d *drift.Drift) userIDs {
	ids := userIDs{map[string]int32{}, map[string]bool{}}
	for j := range d.Items {
		x := &d.Items[j]
		if x.Class != drift.Extra || x.User == "" || x.Declared {
			continue
		}
		id := i.userID(x.User)
		if p, ok := ids.person[id]; ok && p != x.Person {
			ids.several[id] = true
		}
		ids.person[id] = x.Person
	}
	return ids
}

// userID returns the id under which somebody new is declared.
func (i *importer) userID(name string) string {
	if i.was.Policy.Catalog.ExactUsers {
		return name
	}
	return policy.Fold(name)
}

// refuse returns what to say of a new user who cannot be declared, or nil.
func (ids *userIDs) refuse(x *drift.Item, id string) *drift.Item {
	if x.User == "" || x.Declared {
		return nil
	}
	left := drift.Item{Class: drift.Ambiguous, Foreign: x.User, Place: x.Place, Person: x.Person,
		Help: "say in a map file, under users, which one is meant"}
	switch {
	case ids.several[id]:
		left.Message = fmt.Sprintf("several accounts would be user %q", id)
	case !canDeclare(id) || strings.HasPrefix(strings.ToLower(id), "group:"):
		left.Class = drift.Unmatched
		left.Message = fmt.Sprintf("%q cannot be the id of a user: no invisible characters, no spaces at either end, "+
			"not starting with group:", x.User)
		left.Help = "map it under users in a map file"
	default:
		return nil
	}
	return &left
}
