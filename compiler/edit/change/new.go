package change

import (
	"strings"

	"permc.dev/permc/compiler/edit/source"
	"permc.dev/permc/compiler/policy"
)

// declares returns the ways to declare a new user with a first entry: in the file with the most users of that kind, or
// in the next one. Where nobody is declared yet, the file that names the product gets a list of users.
func (e *editor) declares(s *Step) (list []way) {
	count := e.countUsers(s.User)
	for _, f := range e.now.Files.Own() {
		if f.Shipped {
			continue
		}
		x, err := source.Parse(f.Name, f.Data)
		if err != nil {
			continue
		}
		if edits, err := x.AddUser(s.User.ID, s.value(), s.cells()); err == nil {
			list = append(list, way{edits: map[string][]source.Edit{f.Name: edits}, rank: -count[f.Name]})
		}
	}
	return list
}

// countUsers counts the users of each file that are of the kind of a new one: those with the affiliation, or else with
// the domain. If there are none, all count.
func (e *editor) countUsers(n *policy.User) map[string]int {
	_, domain, _ := strings.Cut(policy.Fold(n.ID), "@")
	kind, all := map[string]int{}, map[string]int{}
	for _, u := range e.now.Policy.Users {
		if u.Invited || !u.Pos.IsValid() {
			continue
		}
		name := e.fileOf(u.Pos)
		all[name]++
		_, other, _ := strings.Cut(policy.Fold(u.ID), "@")
		if n.Affiliation != "" && u.Affiliation == n.Affiliation || n.Affiliation == "" && other == domain {
			kind[name]++
		}
	}
	if len(kind) == 0 {
		return all
	}
	return kind
}

// value returns what a new user is declared with.
func (s *Step) value() (v source.Value) {
	text := func(name, s string) {
		if s != "" {
			v.Fields = append(v.Fields, source.Named{Name: name, Value: source.Value{Text: s}})
		}
	}
	text("name", s.User.Name)
	text("affiliation", s.User.Affiliation)
	list := s.Add.list()
	if s.Add.Group != "" {
		list = "groups"
	}
	return source.Value{Fields: append(v.Fields, source.Named{Name: list,
		Value: source.Value{List: []source.Value{s.Add.value("")}}})}
}

// cells returns the cells of a new user's line of CSV.
func (s *Step) cells() map[string]string {
	cells := s.Add.cells()
	cells["user"], cells["name"], cells["affiliation"] = s.User.ID, s.User.Name, s.User.Affiliation
	return cells
}

// declared reports whether the facts that come are a new user with the entry, and no others.
func (s *Step) declared(come []Fact) bool {
	user := Fact{s.User.ID, "user", s.User.ID, say(policy.DeclaredUser{
		ID:          policy.Ref{Name: s.User.ID},
		Name:        s.User.Name,
		Affiliation: policy.Ref{Name: s.User.Affiliation},
	})}
	if len(come) != 2 {
		return false
	}
	return come[0] == user && s.added(&come[1]) || come[1] == user && s.added(&come[0])
}
