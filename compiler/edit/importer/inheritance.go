package importer

import (
	"path"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/load/observe/match"
)

// teamOnly are the roles that an export has with team privileges only, each with the file that says so.
type teamOnly struct{ role, file string }

// addTeamOnly writes that a role gives the members of a team the team's privileges only, as a correction of the
// catalog. It reports false where that is not for certain, or where the project has no catalog that could be corrected.
func (i *importer) addTeamOnly(d *drift.Drift, x *drift.Item) bool {
	if x.By != drift.ByInheritance || x.Seen != "group" || i.contradicted(d, x.Role) {
		return false
	}
	if i.opts.Project != nil && i.was.Policy.Catalog.Extends == "" {
		return false
	}
	if !slices.ContainsFunc(i.doc.teamOnly, func(t teamOnly) bool { return t.role == x.Role }) {
		file := strings.ReplaceAll(i.o.Files[x.Place.File].Name, "\\", "/")
		i.doc.teamOnly = append(i.doc.teamOnly, teamOnly{x.Role, path.Base(file)})
	}
	return true
}

// contradicted reports whether the export has a role in the other way, too: each business unit has its own copy.
func (i *importer) contradicted(d *drift.Drift, role string) bool {
	if i.members == nil {
		i.members = map[string]bool{}
		m := match.New(d.Policy, i.o, i.opts.Map, i.opts.Scope)
		for j := range i.o.Entries {
			if e := &i.o.Entries[j]; e.Inherit == observe.InheritMember {
				if r, _ := m.Thing(e.Thing); r.Of != nil {
					i.members[r.Of.ID] = true
				}
			}
		}
	}
	return i.members[role]
}

// catalog returns the corrections of the catalog. A new project extends its product to have some.
func (d *document) catalog() fields {
	var list []value
	for _, t := range d.teamOnly {
		list = append(list, fields{}.with("role", t.role).with("inheritance", "group").
			with("reason", "As it is in "+t.file).with("source", t.file))
	}
	if len(list) == 0 {
		return nil
	}
	return fields{}.with("extends", d.product).with("corrections", list)
}
