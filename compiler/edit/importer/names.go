package importer

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// refuseName says why a name of the system cannot be an id here, or returns "": see #SystemID of the schema. Such names
// are left out, and the map file can name them.
func refuseName(name string) string {
	switch n := utf8.RuneCountInString(name); {
	case name == "":
		return "it is empty"
	case n > policy.LongestName:
		return fmt.Sprintf("it has %d characters, at most %d allowed", n, policy.LongestName)
	case strings.TrimSpace(name) != name || strings.ContainsFunc(name, policy.IsInvisible):
		return "no invisible characters, no spaces at either end"
	}
	return ""
}

// refusePath says why a part of a path cannot be the id of a scope, or returns "".
func refusePath(path []string) string {
	for _, part := range path {
		if why := refuseName(part); why != "" {
			return why
		}
		if part == "." || part == ".." {
			return fmt.Sprintf("%q is no name", part)
		}
	}
	return ""
}

// isDomain reports whether a text can be a domain here: see #Domain of the schema.
func isDomain(s string) bool { return refuseName(s) == "" && !strings.ContainsFunc(s, unicode.IsSpace) }

// explain says of a group or scope that nobody declares why its name cannot be declared, if so.
func (i *importer) explain(x drift.Item) drift.Item {
	if why := i.refused[x.Foreign]; why != "" && x.Class == drift.Unmatched && x.User == "" {
		x.Message += ", and its name cannot be declared: " + why
	}
	return x
}

// nameOf returns the name of a person, which is cut if it is longer than names can be.
func (i *importer) nameOf(p *observe.Person, id string) string {
	name := []rune(strings.TrimSpace(p.Name))
	if len(name) <= policy.LongestName {
		return string(name)
	}
	i.notes = append(i.notes, fmt.Sprintf("the name of %s has %d characters and is cut to %d", id, len(name),
		policy.LongestName))
	return strings.TrimSpace(string(name[:policy.LongestName-1])) + "…"
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
	case refuseUser(id) != "":
		left.Class = drift.Unmatched
		left.Message = fmt.Sprintf("%s cannot be the id of a user: %s", diag.Quote(x.User), refuseUser(id))
		left.Help = "map it under users in a map file"
	default:
		return nil
	}
	return &left
}

// refuseUser says why a name cannot be the id of a user, or returns "".
func refuseUser(id string) string {
	if strings.HasPrefix(strings.ToLower(id), "group:") {
		return "it starts with group:"
	}
	return refuseName(id)
}
