package starter

import (
	"slices"

	"permc.dev/permc/compiler/internal/spreadsheet"
)

// learnRoles notes who has a role in some row: a product may give the others a default role.
func (p *People) learnRoles(rows []spreadsheet.Row) {
	p.assigned = map[string]bool{}
	for i := range rows {
		if p.names(&rows[i], "role")+p.names(&rows[i], "permission")+p.names(&rows[i], "group") != "" ||
			len(p.marked(&rows[i])) > 0 {
			p.assigned[p.keyOf(&rows[i])] = true
		}
	}
}

func (p *People) keyOf(r *spreadsheet.Row) string {
	_, id := splitMailbox(cellOf(r, p.at["user"]))
	return p.catalog.UserKey(id)
}

// isOwed reports whether the product gives the user of a row its default role. A declaration without it would not say
// on which scope.
func (p *People) isOwed(r *spreadsheet.Row) bool {
	c := p.catalog
	return c.Default != nil && c.DefaultForAll && !p.assigned[p.keyOf(r)] && cellOf(r, p.at["user"]) != ""
}

// withDefault returns a line with the default role.
func (p *People) withDefault(fields []string, line int) []string {
	role := p.catalog.Default.ID
	p.noteLine(line, "no role named: %s gives %q to users without one, so that is written", p.catalog.Product, role)
	fields = slices.Clone(fields)
	fields[slices.Index(columns, "role")] = role
	return fields
}
