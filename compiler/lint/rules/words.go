package rules

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// itemID returns the id of the role or permission that an entry gives.
func itemID(e *policy.Entry) string {
	if e.Role != nil {
		return e.Role.ID
	}
	return e.Permission.ID
}

// describeEntry fills in what a finding on an entry is about.
func describeEntry(e *lint.Subject, d diag.Finding) diag.Finding {
	if e.User != nil {
		d.User = e.User.ID
	}
	if e.Group != nil {
		d.Group = e.Group.ID
	}
	if e.Role != nil {
		d.Role = e.Role.ID
	} else {
		d.Permission = e.Permission.ID
	}
	d.Scope = e.Scope.Path
	if e.Member.IsValid() {
		d = d.WithRelated(e.Member, "%s is a member of group %q here", diag.Quote(e.User.ID), e.Group.ID)
	}
	return d
}

// describeMember fills in what a finding on a membership is about.
func describeMember(m *lint.Member, d diag.Finding) diag.Finding {
	if d.Group = m.Group.ID; m.User != nil {
		d.User = m.User.ID
	}
	return d
}

// levelsOf returns the levels at which an entry's role or permission can be given.
func levelsOf(p *policy.Policy, e *policy.Entry) []string {
	if e.Role != nil {
		return p.Catalog.LevelNames(e.Role.Levels)
	}
	return p.Catalog.LevelNames(e.Permission.Levels)
}

func orNobody(list []string) string {
	if len(list) == 0 {
		return "no"
	}
	return strings.Join(list, " or ")
}

// rolesGiving returns the roles that give a permission, themselves or through roles they include.
func rolesGiving(c *policy.Catalog, p *policy.Permission) (ids []string) {
	for _, r := range c.Roles {
		if roleGives(r, p) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// includedRoles returns a role and those it includes, each once.
func includedRoles(r *policy.Role) []*policy.Role {
	list := []*policy.Role{r}
	for i := 0; i < len(list); i++ {
		for _, inc := range list[i].Includes {
			if !slices.Contains(list, inc.Role) {
				list = append(list, inc.Role)
			}
		}
	}
	return list
}

// countCells counts the cells of a role and of the roles it includes.
func countCells(r *policy.Role) (n int) {
	for _, x := range includedRoles(r) {
		n += len(x.Cells)
	}
	return n
}

func roleGives(r *policy.Role, p *policy.Permission) bool {
	return slices.ContainsFunc(includedRoles(r), func(x *policy.Role) bool {
		return slices.ContainsFunc(x.Cells, func(c policy.Cell) bool { return c.Permission == p })
	})
}

// giverFor suggests a role and a scope that would give what a grant asks for, for a holder who may
// have the role: on the narrowest scope, the role that gives least.
func giverFor(c *policy.Catalog, e *lint.Subject) string {
	for scope := e.Scope; scope != nil; scope = scope.Parent {
		var least *policy.Role
		for _, r := range c.Roles {
			if r.Levels.Has(scope.Level) && (e.User == nil || r.Admits(e.User.Affiliation)) &&
				roleCovers(r, scope, e.Entry) &&
				(least == nil || countCells(r) < countCells(least)) {
				least = r
			}
		}
		if least != nil {
			return fmt.Sprintf("%s on %s", least.ID, scope.Path)
		}
	}
	return ""
}

// rolesFor names the roles that users of an affiliation may hold at a level.
func rolesFor(c *policy.Catalog, affiliation string, level int) string {
	var ids []string
	for _, r := range c.Roles {
		if r.Admits(affiliation) && r.Levels.Has(level) {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return "no role at this level is for " + affiliation + " users: correct the affiliation, or remove the entry"
	}
	return "roles for " + affiliation + " users here: " + strings.Join(ids, ", ")
}

// ruleText returns a declared rule's message, to follow its id.
func ruleText(r *policy.Rule) string {
	if r.Message == "" {
		return ""
	}
	return ": " + r.Message
}
