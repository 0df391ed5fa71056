package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"permc.dev/permc/bench/gen"
)

// write writes the projects: one user in a hundred changes, everybody changes in a way of their own, and everybody
// changes in one of two ways.
func write(dir string, users int) ([]change, error) {
	catalog, err := gen.ServicesHub()
	if err != nil {
		return nil, err
	}
	p := gen.New(users, 1, catalog)
	few, all := *p, *p
	few.Users, all.Users = slices.Clone(p.Users), slices.Clone(p.Users)
	for i, u := range p.Users {
		all.Users[i] = changed(u, i)
		if i%100 == 0 {
			few.Users[i] = all.Users[i]
		}
	}
	for name, x := range map[string]*gen.Project{
		"base": p, "few": &few, "all": &all, "here": moved(users, 0), "there": moved(users, 1),
	} {
		if err := x.Write(filepath.Join(dir, name), "jsonl", 1); err != nil {
			return nil, err
		}
	}
	return []change{
		{fmt.Sprintf("1 %% of %d users change", users), "base", "few"},
		{fmt.Sprintf("all of %d users change, each differently", users), "base", "all"},
		{fmt.Sprintf("all of %d users move to another workspace", users), "here", "there"},
	}, nil
}

// changed returns a user who gains or loses a grant, and every other one loses a role.
func changed(u gen.User, i int) gen.User {
	scope := gen.Customer(0)
	for _, e := range slices.Concat(u.Grants, u.Roles) {
		scope = e.Scope
	}
	customer, _, _ := strings.Cut(scope, "/")
	e := gen.Entry{Name: "learning", Scope: customer + "/" + gen.Workspace(4)}
	same := func(x gen.Entry) bool { return x.Name == e.Name && x.Scope == e.Scope }
	if slices.ContainsFunc(u.Grants, same) {
		u.Grants = slices.DeleteFunc(slices.Clone(u.Grants), same)
	} else {
		u.Grants = append(slices.Clip(u.Grants), e)
	}
	if n := len(u.Roles); n > 0 && i%2 == 0 {
		u.Roles = u.Roles[:n-1]
	}
	return u
}

// moved returns a project in which each user has a role or a grant on one of two workspaces: the other one is the other
// project's.
func moved(users, to int) *gen.Project {
	p := &gen.Project{Customers: 1}
	for i := range users {
		on := gen.Customer(0) + "/" + gen.Workspace((i+to)%2)
		u := gen.User{ID: fmt.Sprintf("user-%07d@%s.example", i, gen.Customer(0)), Affiliation: "customer"}
		if i%3 == 0 {
			u.Grants = []gen.Entry{{Name: "health", Scope: on}}
		} else {
			u.Roles = []gen.Entry{{Name: "workspace-administrator", Scope: on}}
		}
		p.Users = append(p.Users, u)
	}
	return p
}
