package resolve

import (
	"path"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/rolexml"
	"permc.dev/permc/compiler/policy"
)

// AddSolutions returns an extension with the roles of its solutions: a new role each or, if the base has a role of that
// name, a correction of it. Privileges that the base does not have become permissions.
func AddSolutions(ext, base *policy.DeclaredCatalog, files *policy.Files) (*policy.DeclaredCatalog, []diag.Finding) {
	if len(ext.SolutionRoles) == 0 {
		return ext, nil
	}
	c := *ext
	c.Roles = append([]policy.DeclaredRole{}, ext.Roles...)
	c.Permissions = append([]policy.DeclaredPermission{}, ext.Permissions...)
	c.Corrections = append([]policy.Correction{}, ext.Corrections...)
	c.SolutionRoles = nil
	s := &solutionAdder{ext: &c, base: base, files: files, roles: policy.Aliases{}, permissions: policy.Aliases{},
		known: map[string]bool{}}
	for i := range base.Roles {
		addNames(s.roles, base.Roles[i].ID, base.Roles[i].Title,
			append([]string{base.Roles[i].ID.Name}, base.Roles[i].Aliases...))
	}
	for _, list := range [][]policy.DeclaredPermission{base.Permissions, ext.Permissions} {
		for i := range list {
			s.known[list[i].ID.Name] = true
			addNames(s.permissions, list[i].ID, list[i].Title, list[i].Aliases)
		}
	}
	for i := range ext.SolutionRoles {
		s.role(&ext.SolutionRoles[i])
	}
	return &c, s.faults
}

type solutionAdder struct {
	binder
	ext, base   *policy.DeclaredCatalog
	files       *policy.Files
	roles       policy.Aliases // of the base
	permissions policy.Aliases
	known       map[string]bool // permissions
}

func (s *solutionAdder) role(x *policy.SolutionRole) {
	cells := s.cells(x.Cells)
	if ids := s.roles.IDs(x.Name.Name); len(ids) == 1 {
		from := path.Base(s.files.File(x.Name.Pos.File).Name)
		inheritance := map[bool]string{true: "group", false: "member"}[x.TeamOnly]
		s.ext.Corrections = append(s.ext.Corrections, policy.Correction{Role: policy.Ref{Name: ids[0], Pos: x.Name.Pos},
			Cells: cells, Replaces: true, NoCell: true, Inheritance: policy.Ref{Name: inheritance, Pos: x.Name.Pos},
			Reason: "As it is in " + from, Source: from, Pos: x.Name.Pos})
		return
	}
	r := policy.DeclaredRole{ID: policy.Ref{Name: rolexml.RoleID(x.Name.Name, x.ID), Pos: x.Name.Pos},
		Title:  x.Name.Name,
		Levels: s.levels(x.Name.Pos), GroupRecords: x.TeamOnly, Cells: cells}
	if x.ID != "" {
		r.Aliases = []string{x.ID}
	}
	for i := range s.ext.Roles {
		if old := &s.ext.Roles[i]; old.ID.Name == r.ID.Name || strings.EqualFold(old.Title, r.Title) {
			s.fail(diag.Stopf("schema", r.ID.Pos, "role %s of a solution is %q here, which is another role already",
				diag.Quote(r.Title), r.ID.Name).WithRelated(old.ID.Pos, "here").
				WithHelp("remove one of them, or rename it: a role of solutions needs no declaration"))
			return
		}
	}
	s.ext.Roles = append(s.ext.Roles, r)
}

// cells returns the cells of a role. Of several privileges that are one permission here, the one that reaches furthest
// counts: it includes the others.
func (s *solutionAdder) cells(list []policy.DeclaredCell) (out []policy.DeclaredCell) {
	at := map[string]int{} // by permission
	for _, c := range list {
		s.permission(&c.Permission)
		if i, ok := at[c.Permission.Name]; !ok {
			at[c.Permission.Name], out = len(out), append(out, c)
		} else if rolexml.Reach(c.Depth.Name) > rolexml.Reach(out[i].Depth.Name) {
			out[i] = c
		}
	}
	return out
}

// levels returns all levels of the base: roles are assigned at each.
func (s *solutionAdder) levels(pos policy.Pos) (list []policy.Ref) {
	for _, l := range s.base.Levels {
		list = append(list, policy.Ref{Name: l.Name, Pos: pos})
	}
	return list
}

// permission gives a privilege the id of its permission, and declares one that is new.
func (s *solutionAdder) permission(r *policy.Ref) {
	canonical(r, s.permissions, func(id string) bool { return s.known[id] })
	if s.known[r.Name] {
		return
	}
	title := r.Name
	if r.Name = rolexml.PermissionID(title); s.known[r.Name] {
		return
	}
	s.known[r.Name] = true
	s.ext.Permissions = append(s.ext.Permissions, policy.DeclaredPermission{ID: *r, Title: title,
		Levels: s.levels(r.Pos)})
}
