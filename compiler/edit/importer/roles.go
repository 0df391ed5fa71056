package importer

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/internal/rolexml"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// Roles writes the security roles of solutions as roles of a catalog that extends the product's.
func Roles(ctx context.Context, roles []observe.SolutionRole, files []observe.Input, opts Options) (*Result, error) {
	i := &importer{ctx: ctx, opts: opts, doc: &document{scopes: &node{}}}
	base, err := i.base()
	if err != nil {
		return nil, err
	}
	i.doc.product = ""
	r := &roleWriter{catalog: base.Policy.Catalog, permissions: fields{}, files: files, known: map[string]string{}}
	for j := range roles {
		r.role(&roles[j])
	}
	r.permissions.sort()
	r.roles.sort()
	tree := fields{{"catalog", r.tree(base)}}
	out := &Result{Entries: len(roles)}
	out.Text = tree.encode(opts.Format)
	p, err := i.withRoles(tree, base)
	if err != nil {
		return nil, err
	}
	out.Project = p
	out.Findings, err = p.Findings(ctx)
	return out, err
}

// withRoles checks the project with the roles: on its own files, or as a new project.
func (i *importer) withRoles(tree fields, base *compiler.Project) (*compiler.Project, error) {
	text := tree.encode("yaml")
	if i.opts.Project == nil {
		return i.load(map[string][]byte{"access.yaml": text})
	}
	return i.with(text)
}

func (f fields) sort() {
	slices.SortFunc(f, func(a, b field) int { return strings.Compare(a.key, b.key) })
}

func (f fields) encode(format string) []byte {
	if format == "cue" {
		return writeCUE(f)
	}
	var b strings.Builder
	writeYAML(&b, f, 0)
	return []byte(b.String())
}

type roleWriter struct {
	catalog     *policy.Catalog
	roles       fields
	corrections []value
	permissions fields // that the catalog does not have
	files       []observe.Input
	known       map[string]string
}

func (r *roleWriter) tree(base *compiler.Project) fields {
	f := fields{}
	if base.Policy.Catalog.Extends == "" { // else the project extends it already
		f = f.with("extends", r.catalog.Product)
	}
	return f.with("permissions", r.permissions).with("roles", r.roles).with("corrections", r.corrections)
}

// cells returns what a role gives. Of several privileges that are one permission here, the one that reaches furthest
// counts, as in solutions that a catalog reads: it includes the others.
func (r *roleWriter) cells(x *observe.SolutionRole) (cells fields) {
	level := map[string]string{} // by permission
	for _, p := range x.Privileges {
		id := r.permission(p.Name)
		if have, ok := level[id]; !ok || rolexml.Reach(p.Level) > rolexml.Reach(have) {
			level[id] = p.Level
		}
	}
	for id, l := range level {
		cells = append(cells, field{id, fields{{"depth", strings.ToLower(l)}}})
	}
	cells.sort()
	return cells
}

// role adds a role, or what a role of the product has here.
func (r *roleWriter) role(x *observe.SolutionRole) {
	cells := r.cells(x)
	inheritance := "member"
	if x.TeamOnly {
		inheritance = "group"
	}
	from := path.Base(strings.ReplaceAll(r.files[x.File].Name, "\\", "/"))
	if have, _ := r.catalog.RoleNamed(x.Name); have != nil {
		r.corrections = append(r.corrections, fields{}.with("role", have.ID).with("permissions",
			cells).with("inheritance", inheritance).
			with("reason", "As it is in "+from).with("source", from))
		return
	}
	f := fields{}.with("title", x.Name)
	if x.ID != "" {
		f = f.with("aliases", []value{x.ID})
	}
	f = f.with("level", texts(r.catalog.Levels)).with("inheritance", inheritance).with("permissions", cells)
	r.roles = append(r.roles, field{r.idFor(x.Name, x.ID), f})
}

// idFor returns an id for a title that no other role has.
func (r *roleWriter) idFor(title, guid string) string {
	id := rolexml.RoleID(title, guid)
	for base, n := id, 2; r.known[id] != "" || r.catalog.RoleByID[id] != nil; n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	r.known[id] = title
	return id
}

// permission returns the id of a privilege. One of a table that the catalog does not have becomes a permission.
func (r *roleWriter) permission(privilege string) string {
	if p, _ := r.catalog.PermissionNamed(privilege); p != nil {
		return p.ID
	}
	id := rolexml.PermissionID(privilege)
	if p := r.catalog.PermissionByID[id]; p != nil {
		return p.ID
	}
	if !slices.ContainsFunc(r.permissions, func(f field) bool { return f.key == id }) {
		f := fields{}.with("title", privilege).with("level", texts(r.catalog.Levels))
		r.permissions = append(r.permissions, field{id, f})
	}
	return id
}
