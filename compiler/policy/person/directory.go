package person

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Directory holds the people and the teams of a declaration.
type Directory struct {
	people []*Person
	by     map[string]*Person // by folded login, id or address
	teams  map[string][]string
	users  Users
}

// Users finds the users of a project.
type Users interface {
	// Find returns the user with an id, or nil.
	Find(id string) *policy.User
	// UserKey returns a text that is equal for ids of one user.
	UserKey(id string) string
	// IsExact reports whether ids that differ in case are those of different users.
	IsExact() bool
}

// NewDirectory returns the directory of some declared people.
func NewDirectory(list []policy.People, users Users) *Directory {
	d := &Directory{by: map[string]*Person{}, teams: map[string][]string{}, users: users}
	for i := range list {
		if list[i].IsTeam() {
			d.teams[policy.Fold(list[i].Name.Name)] = namesOf(list[i].Are)
		}
	}
	for i := range list {
		if !list[i].IsTeam() {
			d.link(append([]string{list[i].Name.Name}, namesOf(list[i].Are)...))
		}
	}
	return d
}

func namesOf(refs []policy.Ref) (list []string) {
	for _, r := range refs {
		list = append(list, r.Name)
	}
	return list
}

// key returns a text that is equal for spellings that are the same for sure.
func (d *Directory) key(spelling string) string {
	if policy.IsLogin(spelling) || isAddress(spelling) {
		return policy.Fold(spelling)
	}
	return d.users.UserKey(spelling)
}

// link makes one person of some spellings, and of whoever has one of them already. A name alone links nobody.
func (d *Directory) link(spellings []string) *Person {
	var p *Person
	for _, s := range spellings {
		other := d.by[d.key(s)]
		switch {
		case other == nil || other == p:
		case p == nil:
			p = other
		default:
			p = d.merge(p, other)
		}
	}
	if p == nil {
		p = &Person{}
		d.people = append(d.people, p)
	}
	for _, s := range spellings {
		if d.by[d.key(s)] == p {
			continue
		}
		u := d.users.Find(s)
		id := u != nil || isAddress(s)
		if p.add(s, id, u != nil && d.users.IsExact()); u != nil {
			p.addUser(u)
		}
		if id || policy.IsLogin(s) {
			d.by[d.key(s)] = p
		}
	}
	return p
}

// merge makes one person of two.
func (d *Directory) merge(p, other *Person) *Person {
	both := p.With(other)
	*p = *both
	for key, x := range d.by {
		if x == other {
			d.by[key] = p
		}
	}
	d.people = slices.DeleteFunc(d.people, func(x *Person) bool { return x == other })
	return p
}

// isAddress reports whether a text is an address and nothing else.
func isAddress(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && domain != "" && !strings.ContainsAny(s, " \t<>,;") && !strings.Contains(domain, "@")
}

// Find returns the person with a login, an id or an address as written, or nil.
func (d *Directory) Find(spelling string) *Person { return d.by[d.key(spelling)] }

// FindLogin returns the person with a login of any system, or nil if there is none or more than one.
func (d *Directory) FindLogin(login string) (found *Person) {
	for _, p := range d.people {
		for _, l := range p.Logins {
			if _, name, _ := strings.Cut(l, ":"); policy.Fold(name) == policy.Fold(login) {
				if found != nil && found != p {
					return nil
				}
				found = p
			}
		}
	}
	return found
}

// Named returns the person with a spelling, as people declare it or not.
func (d *Directory) Named(spelling string) *Person {
	if p := d.Find(spelling); p != nil {
		return p
	}
	return d.link([]string{spelling})
}

// Team returns the names of the members of a team.
func (d *Directory) Team(name string) ([]string, bool) {
	list, ok := d.teams[policy.Fold(name)]
	return list, ok
}

// Approvers returns the people whom the approvers of an entry name, each once.
func (d *Directory) Approvers(refs []policy.Ref) (list []*Person) {
	add := func(name string) {
		if p := d.Named(name); !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	for _, r := range refs {
		if !policy.IsTeam(r.Name) {
			add(r.Name)
			continue
		}
		members, _ := d.Team(r.Name)
		for _, m := range members {
			add(m)
		}
	}
	return list
}
