package observe

import (
	"strings"

	"permc.dev/permc/compiler/policy"
)

// accounts find people by the names by which they are known again.
type accounts struct {
	exact  bool
	ids    map[string]int32
	logins map[string]int32
	names  map[string]int32 // for display, of people who have nothing else
}

func newAccounts(exact bool) accounts {
	return accounts{exact, map[string]int32{}, map[string]int32{}, map[string]int32{}}
}

// loginKey returns a text that is equal for the spellings of a login.
func (a *accounts) loginKey(login string) string {
	if a.exact {
		return login
	}
	return policy.Fold(login)
}

// idKey returns a text that is equal for the spellings of an id.
func (a *accounts) idKey(id string) string {
	if a.exact {
		return policy.IdentityKey(id)
	}
	return strings.ToLower(id)
}

// find returns the person who is already there, or None: by the id, or by a name if one of the two has no id. An alias
// that two people with ids share does not make them one.
func (a *accounts) find(people []Person, p *Person) int32 {
	if p.ID != "" {
		if i, ok := a.ids[a.idKey(p.ID)]; ok {
			return i
		}
	}
	for _, l := range p.Logins {
		if i, ok := a.logins[a.loginKey(l)]; ok && (p.ID == "" || people[i].ID == "") {
			return i
		}
	}
	if p.ID == "" && len(p.Logins) == 0 {
		if i, ok := a.names[p.Name]; ok {
			return i
		}
	}
	return None
}

// add notes the names of a person. A name that another person has stays theirs.
func (a *accounts) add(p *Person, at int32) {
	if p.ID != "" {
		addNew(a.ids, a.idKey(p.ID), at)
	}
	for _, l := range p.Logins {
		addNew(a.logins, a.loginKey(l), at)
	}
	if p.ID == "" && len(p.Logins) == 0 {
		addNew(a.names, p.Name, at)
	}
}

func addNew(to map[string]int32, key string, at int32) {
	if _, ok := to[key]; !ok {
		to[key] = at
	}
}
