package main

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// about is what a question is about. A finding belongs to the answer if it is about one of the names of each kind that
// the question names.
type about struct {
	policy                            *policy.Policy
	users, roles, permissions, groups []string
	scope                             *policy.Scope // and its subtree
	affiliation                       string
}

// aboutFilter returns what the rows of a table are about.
func aboutFilter(p *policy.Policy, f *render.Filter) *about {
	a := &about{policy: p, scope: f.Scope, affiliation: f.Affiliation}
	if f.User != "" {
		a.users = []string{f.User}
	}
	if f.Role != nil {
		a.roles = []string{f.Role.ID}
	}
	if f.Permission != nil {
		a.permissions = []string{f.Permission.ID}
	}
	if f.Group != "" {
		a.groups = []string{f.Group}
	}
	return a
}

// narrow reports whether the question is about less than the whole project.
func (a *about) narrow() bool {
	return len(a.users)+len(a.roles)+len(a.permissions)+len(a.groups) > 0 || a.scope != nil || a.affiliation != ""
}

// split returns the findings that belong to the answer, and the others.
func (a *about) split(all []diag.Finding) (own, others []diag.Finding) {
	affiliations := map[string]string{}
	if a.affiliation != "" {
		for _, u := range a.policy.Users {
			affiliations[a.policy.Catalog.UserKey(u.ID)] = u.Affiliation
		}
	}
	for i := range all {
		d := &all[i]
		if a.names(d) && (a.affiliation == "" || affiliations[d.UserKey(d.User)] == a.affiliation) {
			own = append(own, *d)
		} else {
			others = append(others, *d)
		}
	}
	return own, others
}

func (a *about) names(d *diag.Finding) bool {
	named := len(a.users)+len(a.roles)+len(a.permissions)+len(a.groups) > 0
	things := append([]diag.Thing{{Role: d.Role, Permission: d.Permission, Scope: d.Scope}}, d.Things...)
	fits := func(t diag.Thing) bool {
		return (len(a.roles) == 0 || slices.Contains(a.roles, t.Role)) &&
			(len(a.permissions) == 0 || slices.Contains(a.permissions, t.Permission)) &&
			(a.scope == nil || a.within(t.Scope) || t.Scope == "" && named)
	}
	user := func(id string) bool { return d.UserKey(id) == d.UserKey(d.User) }
	return (len(a.users) == 0 || slices.ContainsFunc(a.users, user)) &&
		(len(a.groups) == 0 || slices.Contains(a.groups, d.Group)) && slices.ContainsFunc(things, fits)
}

func (a *about) within(path string) bool {
	s := a.policy.ScopeByPath[path]
	return s != nil && s.Within(a.scope)
}
