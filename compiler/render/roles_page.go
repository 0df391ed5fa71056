package render

import (
	"permc.dev/permc/compiler/ask/roles"
	"permc.dev/permc/compiler/policy"
)

// RoleFinding is what a page says about roles of one kind: the first things to look at, and how many more there are.
type RoleFinding struct {
	Title string
	Lines []string
	More  int
}

// mostRoleLines limits the lines of a kind on a page.
const mostRoleLines = 8

// RoleFindings says which roles and assignments to look at, in the words of permc roles, with the names that a page
// gives to roles and people.
func RoleFindings(a *roles.Answer, name func(*policy.Role) string,
	person func(*policy.User) string) (list []RoleFinding) {
	t := &rolesText{Answer: a, name: name, nameUser: person}
	for _, s := range []rolesSection{
		{title: "Roles that give the same", lines: t.same()},
		{title: "Roles inside another", lines: t.inside()},
		t.unused(),
		{title: "Roles that one person holds", lines: t.byOne()},
		{title: "People who need fewer assignments", lines: t.spare()},
	} {
		if len(s.lines) == 0 {
			continue
		}
		f := RoleFinding{Title: s.title}
		for i, l := range s.lines {
			if i == mostRoleLines {
				f.More = len(s.lines) - i
				break
			}
			f.Lines = append(f.Lines, l.what)
		}
		list = append(list, f)
	}
	return list
}

// spare says who needs fewer assignments. It leaves out people for whom nothing is proposed.
func (t *rolesText) spare() (list []rolesLine) {
	for i := range t.People {
		if p := &t.People[i]; !p.Unsure {
			list = append(list, t.person(p))
		}
	}
	return list
}
