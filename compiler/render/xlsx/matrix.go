package xlsx

import (
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/html"
)

// matrixSheets returns users by permissions, a sheet for each level in use: a row for each user on each scope.
func matrixSheets(in *job, f *facts) (sheets []*sheet) {
	for level, n := range f.places {
		if n > 0 {
			sheets = append(sheets, matrixSheet(in, level, n))
		}
	}
	return sheets
}

func matrixSheet(in *job, level, rows int) *sheet {
	name := in.Policy.Catalog.Levels[level]
	s := &sheet{name: "Matrix " + name, head: true, frozen: 2, review: -1, rows: rows,
		about: "who holds what on each " + name + ", in letters (see Legend)"}
	s.columns = []column{{"User", columnWidth(14, 34, userIDs(in)), header},
		{"Scope", columnWidth(12, 30, scopePaths(in)), header}, {"Affiliation", 12, header}}
	var columns []*policy.Permission
	for _, p := range in.Policy.Catalog.Permissions {
		if p.Levels.Has(level) {
			columns = append(columns, p)
			s.columns = append(s.columns, column{p.ID, markWidth(p), headerTurned})
		}
	}
	s.fill = func(x *stream) error {
		return x.table(func() func(*cells, *policy.Access) {
			return func(c *cells, a *policy.Access) {
				rows := in.Filter.Access(a).Rows // unsplit: one cell for each row
				for len(rows) > 0 {
					n := 1
					for n < len(rows) && rows[n].Scope == rows[0].Scope {
						n++
					}
					if rows[0].Scope.Level == level {
						matrixRow(c, in.Policy, rows[:n], columns)
					}
					rows = rows[n:]
				}
			}
		})
	}
	return s
}

// markWidth leaves room to name some of several actions.
func markWidth(p *policy.Permission) float64 {
	if len(p.Actions) > 1 {
		return 8
	}
	return 5.5
}

// matrixRow writes a user's permissions on one scope. Rows are in order of permission.
func matrixRow(c *cells, p *policy.Policy, rows []policy.Row, columns []*policy.Permission) {
	c.begin()
	c.likeLast(plain, rows[0].User.ID)
	c.text(plain, rows[0].Scope.Path)
	c.text(muted, rows[0].User.Affiliation)
	for _, column := range columns {
		if len(rows) == 0 || rows[0].Permission != column {
			c.empty(centred)
			continue
		}
		mark := html.Mark(p, &rows[0])
		c.text(markStyle(mark), mark)
		rows = rows[1:]
	}
	c.end()
}

// markStyle returns a style that sets letters apart.
func markStyle(mark string) int {
	switch mark[0] {
	case 'G':
		return granted
	case '(':
		return invited
	case 'X', 'D':
		return centred
	}
	return nothing
}

// rolesSheet returns the sheet of what each role gives, like the vendor's documentation, with the number of holders
// of each permission.
func rolesSheet(in *job, f *facts) *sheet {
	all := render.CatalogMatrices(in.Policy.Catalog)
	s := &sheet{
		name:   "Roles",
		head:   true,
		frozen: 2,
		review: -1,
		about:  "what each role gives and what can be granted, and how many people hold it",
	}
	s.columns = []column{{"Permission", columnWidth(14, 40, permissionIDs(in)), header}, {"Level", 18, header},
		{"Sensitivity", 12, header}, {"People", 9, header}, {"Grants only", 10, header}}
	for _, name := range append(in.Policy.Catalog.RoleIDs(), "granted to a user") {
		s.columns = append(s.columns, column{name, 6.5, headerTurned})
	}
	for i := range all {
		s.rows += len(all[i].Rows)
	}
	s.fill = func(x *stream) error {
		return x.rows(func(c *cells) {
			for i := range all {
				for j := range all[i].Rows {
					roleRow(c, f, all[i].Levels, &all[i].Rows[j])
				}
			}
		})
	}
	return s
}

func roleRow(c *cells, f *facts, levels []string, r *render.MatrixRow) {
	holders := f.Permissions[r.Permission.Index]
	c.begin()
	c.text(plain, r.Permission.ID)
	c.text(muted, joinComma(levels))
	c.text(plain, r.Permission.Highest())
	c.number(number, holders.Active)
	c.number(number, holders.Individual)
	for _, text := range r.Cells {
		style := centred
		if text != "" && text[0] == 'G' {
			style = granted
		}
		c.text(style, text)
	}
	c.end()
}
