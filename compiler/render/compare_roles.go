package render

import (
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/policy"
)

// CompareRoles writes what one role gives beyond the other; with all, also what both give alike.
func CompareRoles(w io.Writer, p *policy.Policy, c *who.Roles, all bool, format string, style Style) error {
	return withExternal(w, externalOf(p), format, style, func(w io.Writer) error {
		return writeCompareRoles(w, p, c, all, format, style)
	}, c)
}

func writeCompareRoles(w io.Writer, p *policy.Policy, c *who.Roles, all bool, format string, style Style) error {
	x := &rolesCompared{c, &Table{Policy: p, Style: style}, all}
	b := x.text
	if format == "json" {
		b = func() []byte { return SafeJSON(x.json()) }
	}
	_, err := w.Write(b())
	return err
}

type rolesCompared struct {
	*who.Roles
	*Table
	all bool
}

func (x *rolesCompared) text() (b []byte) {
	for i, r := range x.Roles.Roles {
		who := ""
		if r.Limited {
			who = "for " + strings.Join(r.Affiliations, ", ") + ", "
		}
		b = append(b, x.Style.bold(sides[i]+"  role "+r.ID)+"  "...)
		b = append(b, x.Style.dim(who+"on "+strings.Join(x.Policy.Catalog.LevelNames(r.Levels), " or "))+"\n"...)
	}
	c := x.Policy.Catalog
	words := "they differ"
	if x.Includes.Equal() && x.Permissions.Equal() {
		words = "they grant the same"
	}
	b, _ = wrapWords(b, 0, 2, strings.Fields(words+", in the catalog of "+c.Product+" "+c.Version), leaveUnpainted)
	b = append(b, '\n')
	b = x.section(b, "Included roles", x.includeLines())
	b = x.section(b, "Permissions", x.permissionLines())
	return x.totals(b)
}

func (x *rolesCompared) section(b []byte, title string, lines []line) []byte {
	if len(lines) == 0 {
		return b
	}
	g := newGrid(lines)
	b = g.head(append(b, '\n'), title, x.Style)
	for _, l := range lines {
		b = g.line(b, l)
	}
	return b
}

func (x *rolesCompared) includeLines() (list []line) {
	for _, p := range listPairs(&x.Includes, x.all) {
		var l line
		for i, inc := range [2]*who.Included{p.Left, p.Right} {
			if inc != nil {
				l.name, l.has[i], l.cells[i] = inc.Role.ID, true, strings.Join(inc.Reaches, "; ")
			}
		}
		list = append(list, l)
	}
	return byScope(list)
}

func (x *rolesCompared) permissionLines() (list []line) {
	for _, p := range listPairs(&x.Permissions, x.all) {
		var l line
		for i, g := range [2]*who.Given{p.Left, p.Right} {
			if g == nil {
				continue
			}
			l.name, l.has[i] = g.Permission.ID, true
			var ways []string
			for j := range g.Ways {
				ways = append(ways, wayWords(g.Permission, &g.Ways[j]))
			}
			l.cells[i] = strings.Join(ways, " + ")
		}
		list = append(list, l)
	}
	return byScope(list)
}

// wayWords describes one way of giving for a column.
func wayWords(p *policy.Permission, w *who.Way) string {
	parts := []string{w.Reach}
	if len(p.Actions) > 1 {
		parts = []string{policy.JoinNames(p.Names(w.Actions), ", "), w.Reach}
	}
	if w.Levels != nil {
		parts = append(parts, "on "+strings.Join(w.Levels, " or ")+" only")
	}
	if w.Own {
		parts = append(parts, describeRecords(policy.OwnRecords))
	}
	if w.When != nil {
		parts = append(parts, "only with "+w.When.String())
	}
	if w.Through != nil {
		parts = append(parts, "by "+w.Through.ID)
	}
	if w.Implier != nil {
		parts = append(parts, "implied by "+w.Implier.ID)
	}
	return strings.Join(parts, "; ")
}

func (x *rolesCompared) totals(b []byte) []byte {
	i, p := &x.Includes, &x.Permissions
	b = append(b, '\n')
	if len(i.Left)+len(i.Right)+len(i.Different)+len(i.Alike) > 0 {
		b = fmt.Appendf(b, "included roles: %d only A, %d only B, %d different, %d the same\n", len(i.Left),
			len(i.Right), len(i.Different), len(i.Alike))
	}
	b = fmt.Appendf(b, "permissions: %d only A, %d only B, %d different, %d the same\n", len(p.Left), len(p.Right),
		len(p.Different), len(p.Alike))
	if len(i.Alike)+len(p.Alike) > 0 && !x.all {
		b = append(b, "--all also lists what is the same\n"...)
	}
	return append(b, reaches...)
}

// reaches explains the words for reaches.
const reaches = `reach: self = the assigned scope; subtree = it and everything under it;
       tree = its whole tree; another word = scopes under it with that label
`

func (x *rolesCompared) json() []byte {
	b := x.opening()
	b = append(b, `,"sides":[`...)
	for i, r := range x.Roles.Roles {
		b = append(appendComma(b, i), `{"role":`...)
		b = appendField(appendQuoted(b, r.ID), "title", r.Title)
		if r.Limited {
			b = appendStrings(b, "affiliations", r.Affiliations)
		}
		b = append(appendStrings(b, "levels", x.Policy.Catalog.LevelNames(r.Levels)), '}')
	}
	b = append(b, ']')
	b = comparisonJSON(b, "includes", &x.Includes, x.all, appendIncluded)
	b = comparisonJSON(b, "permissions", &x.Permissions, x.all, appendGiven)
	return append(b, "}\n"...)
}

func appendIncluded(b []byte, inc *who.Included) []byte {
	b = append(b, `{"role":`...)
	return append(appendStrings(appendQuoted(b, inc.Role.ID), "reach", inc.Reaches), '}')
}

func appendGiven(b []byte, g *who.Given) []byte {
	b = append(b, `{"permission":`...)
	b = append(appendQuoted(b, g.Permission.ID), `,"ways":[`...)
	for i := range g.Ways {
		w := &g.Ways[i]
		b = append(appendComma(b, i), `{"reach":`...)
		b = appendQuoted(b, w.Reach)
		if w.Levels != nil {
			b = appendStrings(b, "levels", w.Levels)
		}
		b = appendStrings(b, "actions", g.Permission.Names(w.Actions))
		b = appendField(b, "access", map[bool]string{true: "own", false: "all"}[w.Own])
		if w.When != nil {
			b = appendField(b, "when", w.When.String())
		}
		if w.Through != nil {
			b = appendField(b, "through", w.Through.ID)
		}
		if w.Implier != nil {
			b = appendField(b, "implied", w.Implier.ID)
		}
		b = append(appendField(b, "source", w.Source), '}')
	}
	return append(b, "]}"...)
}
