package render

import (
	"fmt"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// rowFact is a fact of the catalog behind the source of a row, with its confidence.
type rowFact struct {
	Kind       string   `json:"kind"` // cell, grantable, include, implies or when
	Role       string   `json:"role,omitempty"`
	Permission string   `json:"permission,omitempty"`
	Includes   string   `json:"includes,omitempty"`
	Depth      string   `json:"depth,omitempty"`
	Way        string   `json:"way,omitempty"` // of a cell with a condition, or beside others of the permission
	Confidence string   `json:"confidence"`
	Sources    []string `json:"sources,omitempty"`
	Derived    string   `json:"derived,omitempty"`
	Inferred   string   `json:"inferred,omitempty"`
	Note       string   `json:"note,omitempty"`
	Corrected  string   `json:"corrected,omitempty"`
}

// factsOf returns the facts behind the sources of rows, each once.
func factsOf(c *policy.Catalog, a *policy.Access, rows []policy.Row) (list []rowFact) {
	var seen policy.Seen
	for i := range rows {
		if seen.Before(&rows[i]) {
			continue
		}
		for j := range rows[i].Via {
			for _, f := range viaFacts(c, a, &rows[i], &rows[i].Via[j]) {
				if !slices.ContainsFunc(list, f.same) {
					list = append(list, f)
				}
			}
		}
	}
	return list
}

func (f rowFact) same(g rowFact) bool {
	return f.Kind == g.Kind && f.Role == g.Role && f.Permission == g.Permission && f.Includes == g.Includes &&
		f.Way == g.Way
}

// viaFacts returns the facts behind one source of a permission: the one that gives it, then the way there.
func viaFacts(c *policy.Catalog, a *policy.Access, row *policy.Row, v *policy.Via) (list []rowFact) {
	p := row.Permission
	switch {
	case v.Kind == policy.FromDerived:
		return append(list, permissionFact("when", p, max(policy.Derived, p.Confidence())))
	case v.Implier != nil:
		f := permissionFact("implies", v.Implier, v.Implier.Confidence())
		f.Includes = p.ID
		list = append(list, f)
	}
	given := p
	if v.Implier != nil {
		given = v.Implier
	}
	if v.Role == nil {
		return append(list, correctedGrant(c, permissionFact("grantable", given, given.Confidence())))
	}
	for i := range v.Role.Cells {
		x := &v.Role.Cells[i]
		if v.ComesFrom(x, row) && (x.When == nil || x.When.Met(a, row.Scope).OK) {
			list = append(list, cellFact(c, v.Role, x))
		}
	}
	if v.From != nil {
		list = append(list, includeFacts(v.From, v.Role)...)
	}
	return list
}

func permissionFact(kind string, p *policy.Permission, sure policy.Confidence) rowFact {
	f := rowFact{Kind: kind, Permission: p.ID, Confidence: sure.String(), Inferred: p.Inferred}
	if p.Source != "" {
		f.Sources = []string{p.Source}
	}
	return f
}

// correctedGrant returns the fact with the project's correction.
func correctedGrant(c *policy.Catalog, f rowFact) rowFact {
	for i := range c.Corrections {
		if x := &c.Corrections[i]; x.Role.Name == everybody && x.Permission.Name == f.Permission {
			f.Corrected, f.Sources = x.Reason, []string{x.Source}
		}
	}
	return f
}

func cellFact(c *policy.Catalog, r *policy.Role, x *policy.Cell) rowFact {
	f := rowFact{Kind: "cell", Role: r.ID, Permission: x.Permission.ID, Depth: c.DepthOf(x),
		Confidence: x.Confidence.String(), Sources: r.SourcesOf(x),
		Derived: x.Derived, Inferred: x.Inferred, Note: x.Note}
	if len(r.CellsOf(x.Permission)) > 1 || x.When != nil {
		f.Way = cellWay(x)
	}
	if x.Correction != nil {
		f.Corrected, f.Sources = x.Correction.Reason, []string{x.Correction.Source}
	}
	return f
}

// cellWay says what tells a cell from others of its role and permission.
func cellWay(x *policy.Cell) string {
	text := policy.JoinNames(x.Permission.Names(x.Actions), ", ") + ", reach " + reachText(x.Reach)
	if x.Own {
		text += ", " + describeRecords(policy.OwnRecords)
	}
	if x.When != nil {
		text += ", only with " + x.When.String()
	}
	return text
}

// includeFacts returns the includes on the shortest way from a role to one it includes.
func includeFacts(from, to *policy.Role) []rowFact {
	type step struct {
		role  *policy.Role
		facts []rowFact
	}
	list := []step{{role: from}}
	seen := map[*policy.Role]bool{from: true}
	for i := 0; i < len(list); i++ {
		for j := range list[i].role.Includes {
			inc := &list[i].role.Includes[j]
			f := rowFact{
				Kind:       "include",
				Role:       list[i].role.ID,
				Includes:   inc.Role.ID,
				Confidence: inc.Confidence().String(),
				Inferred:   inc.Inferred,
			}
			if inc.Source != "" {
				f.Sources = []string{inc.Source}
			}
			facts := append(slices.Clone(list[i].facts), f)
			if inc.Role == to {
				return facts
			}
			if !seen[inc.Role] {
				seen[inc.Role] = true
				list = append(list, step{inc.Role, facts})
			}
		}
	}
	return nil
}

// text describes a fact in one line.
func (f *rowFact) text() (s string) {
	switch f.Kind {
	case "cell":
		s = fmt.Sprintf("role %q gives %q", f.Role, f.Permission)
		if f.Depth != "" {
			s += " at depth " + f.Depth
		}
		if f.Way != "" {
			s += " (" + f.Way + ")"
		}
	case "include":
		s = fmt.Sprintf("role %q includes %q", f.Role, f.Includes)
	case "implies":
		s = fmt.Sprintf("%q implies %q", f.Permission, f.Includes)
	case "when":
		s = fmt.Sprintf("%q follows from what the user has", f.Permission)
	default:
		s = fmt.Sprintf("%q can be granted", f.Permission)
	}
	return s + ": " + f.Confidence
}

// reasons returns the catalog's reasons for a fact, a line each.
func (f *rowFact) reasons(c *policy.Catalog) (list []string) {
	for _, s := range f.Sources {
		list = append(list, "source: "+sourceLine(c, s))
	}
	for _, x := range [...]struct{ head, text string }{{"", f.Derived}, {"", f.Inferred}, {"note: ", f.Note},
		{"corrected by this project: ", f.Corrected}} {
		if x.text != "" {
			list = append(list, x.head+x.text)
		}
	}
	return list
}

// sourceLine names a source with the day on which it was read.
func sourceLine(c *policy.Catalog, id string) string {
	for i := range c.Sources {
		if s := &c.Sources[i]; s.ID.Name == id {
			return fmt.Sprintf("%s, %s, read %s", id, s.Title, s.Read)
		}
	}
	return id
}

// facts writes what the catalog says for the rows.
func (t *explained) facts() {
	list := factsOf(t.Policy.Catalog, &t.Access, t.Rows)
	if !t.whole || len(list) == 0 {
		return
	}
	t.title("Facts of the catalog")
	for i := range list {
		f := &list[i]
		t.hanging("  - ", 4, f.text())
		for _, s := range f.reasons(t.Policy.Catalog) {
			t.hanging("    ", 6, s)
		}
	}
}
