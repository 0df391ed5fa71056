package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// CatalogFormats are the formats of catalogs.
var CatalogFormats = []string{"text", "json", "csv", "markdown", "html"}

// Catalog writes what a product can give, in one of CatalogFormats but the page.
func Catalog(w io.Writer, c *policy.Catalog, format string, style Style) error {
	return withExternal(w, c.ListExternal(), format, style, func(w io.Writer) error {
		return writeCatalog(w, c, format, style)
	})
}

func writeCatalog(w io.Writer, c *policy.Catalog, format string, style Style) error {
	m := newMatrix(c)
	switch format {
	case "json":
		return m.json(w)
	case "csv":
		return m.csv(w)
	case "markdown":
		return m.markdown(w)
	}
	return m.text(w, style)
}

// matrix is a catalog as cells of permission and role.
type matrix struct {
	catalog *policy.Catalog
	cells   map[[2]string]Cell // by permission and role; the first of several
}

// Cell is how a role, or the user alone, has a permission.
type Cell struct {
	Permission string   `json:"permission"`
	Role       string   `json:"role"`
	Cell       string   `json:"cell"` // X or G
	Depth      string   `json:"depth,omitempty"`
	Reach      string   `json:"reach,omitempty"`
	Access     string   `json:"access,omitempty"`
	Actions    []string `json:"actions,omitempty"`
	When       string   `json:"when,omitempty"`
	Through    string   `json:"through,omitempty"` // the included role that has it
	To         []string `json:"to,omitempty"`      // affiliations a grant is for
	Source     string   `json:"source,omitempty"`
	Backing    []string `json:"backing,omitempty"` // further sources
	Confidence string   `json:"confidence,omitempty"`
	Derived    string   `json:"derived,omitempty"`
	Inferred   string   `json:"inferred,omitempty"`
	Note       string   `json:"note,omitempty"`
	Corrected  string   `json:"corrected,omitempty"`

	more []Cell // further cells of the permission and the role
}

// all returns the cell and those beside it.
func (x Cell) all() []Cell { return append([]Cell{x}, x.more...) }

// everybody is the column for permissions that can be granted to a user.
const everybody = "user"

func newMatrix(c *policy.Catalog) *matrix {
	m := &matrix{c, map[[2]string]Cell{}}
	for _, r := range c.Roles {
		m.role(r, r, "", "", map[*policy.Role]bool{})
	}
	for _, p := range c.Permissions {
		if p.Grantable {
			m.cells[[2]string{p.ID, everybody}] = Cell{Permission: p.ID, Role: everybody, Cell: "G", Actions: p.Actions,
				To:     p.GrantTo,
				Source: p.Source, Confidence: p.Confidence().String(), Inferred: p.Inferred}
		}
	}
	for i := range c.Corrections {
		x := &c.Corrections[i]
		if k := [2]string{x.Permission.Name, x.Role.Name}; m.cells[k].Cell != "" {
			at := m.cells[k]
			at.Corrected, at.Source, at.Backing, at.Derived, at.Inferred = x.Reason, x.Source, nil, "", ""
			at.Confidence = policy.Stated.String()
			m.cells[k] = at
		}
	}
	return m
}

// role fills the column of a role with its cells and those of the roles it includes.
func (m *matrix) role(column, r *policy.Role, through, inferred string, seen map[*policy.Role]bool) {
	if seen[r] {
		return
	}
	seen[r] = true
	for i := range r.Cells {
		c, further := &r.Cells[i], i > 0 && r.Cells[i-1].Permission == r.Cells[i].Permission
		k := [2]string{c.Permission.ID, column.ID}
		if have, ok := m.cells[k]; ok && have.Through == "" && (!further || through != "") {
			continue // the role's own cell comes first
		}
		x := m.newCell(r, c)
		x.Role, x.Through = column.ID, through
		if inferred != "" {
			x.Inferred, x.Confidence = inferred, policy.Inferred.String()
		}
		if further {
			first := m.cells[k]
			first.more = append(first.more, x)
			x = first
		}
		m.cells[k] = x
	}
	for _, inc := range r.Includes {
		words := inc.Role.ID + " on " + reachText(inc.Reach)
		if through != "" {
			words = through + ", " + words
		}
		m.role(column, inc.Role, words, cmp.Or(inferred, inc.Inferred), seen)
	}
}

// newCell returns what a role says in a cell of its own.
func (m *matrix) newCell(r *policy.Role, c *policy.Cell) Cell {
	x := Cell{
		Permission: c.Permission.ID,
		Cell:       "X",
		Depth:      m.catalog.DepthOf(c),
		Reach:      reachText(c.Reach),
		Access:     "all",
		Actions:    c.Permission.Names(c.Actions),
		Confidence: c.Confidence.String(),
		Derived:    c.Derived,
		Inferred:   c.Inferred,
		Note:       c.Note,
	}
	if c.Own {
		x.Access = "own"
	}
	if c.When != nil {
		x.When = c.When.String()
	}
	if sources := r.SourcesOf(c); len(sources) > 0 {
		x.Source, x.Backing = sources[0], sources[1:]
	}
	if c.Correction != nil && c.Correction.Replaces {
		x.Corrected, x.Source, x.Backing = c.Correction.Reason, c.Correction.Source, nil
	}
	return x
}

func reachText(r policy.Reach) string {
	switch r.Kind {
	case policy.Subtree:
		return "subtree"
	case policy.Tree:
		return "tree"
	case policy.Labelled:
		return strings.Join(r.Labels, "+")
	}
	return "self"
}

// code returns a cell as letters for the matrix, and those beside it.
func (x Cell) code() string {
	s := x.letters()
	for _, y := range x.more {
		s += "," + y.letters()
	}
	return s
}

func (x Cell) letters() string {
	s := x.Cell
	if s == "" {
		return "."
	}
	switch {
	case x.Through != "":
		s += "i"
	case x.Reach == "subtree":
		s += "s"
	case x.Reach == "tree":
		s += "t"
	case x.Reach != "" && x.Reach != "self":
		s += "l"
	}
	if x.Access == "own" {
		s += "o"
	}
	if x.When != "" {
		s += "?"
	}
	switch x.Confidence {
	case policy.Derived.String():
		s += "~"
	case policy.Inferred.String():
		s += "*"
	}
	if x.Corrected != "" {
		s += "!"
	}
	return s
}

var legend = []struct{ mark, means string }{
	{"X", "held through the role"},
	{"G", "can be granted to a user individually"},
	{"i", "through an included role"},
	{"s", "in the whole subtree of the scope"},
	{"t", "in the whole tree of the scope"},
	{"l", "on labelled scopes under it"},
	{"o", "own records only"},
	{"?", "only for users who meet a condition"},
	{"~", "derived: follows from what the sources state"},
	{"*", "inferred: the source does not state it"},
	{"!", "corrected by this project"},
}

func (m *matrix) text(w io.Writer, style Style) error {
	var b strings.Builder
	c := m.catalog
	fmt.Fprintf(&b, "%s  %s %s\n", style.bold(c.Product), c.Title, style.dim(c.Version))
	fmt.Fprintf(&b, "levels: %s\n", c.WriteLevels())
	for _, level := range c.SelfNested() {
		fmt.Fprintf(&b, "        %s can contain another %[1]s\n", level)
	}
	m.head(&b, style)
	for set := range levelSets(c) {
		m.grid(&b, set, style)
	}
	used := m.marks()
	b.WriteString("\n")
	for _, l := range legend {
		if strings.Contains(used, l.mark) {
			fmt.Fprintf(&b, "  %s  %s\n", l.mark, l.means)
		}
	}
	fmt.Fprintf(&b, "  %s\n", m.confidence())
	m.details(&b, style)
	_, err := io.WriteString(w, Plain(b.String(), style))
	return err
}

// Plain escapes characters that could steer a terminal, unless a style paints the text.
func Plain(s string, style Style) string {
	if style {
		return s
	}
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = Safe(lines[i])
	}
	return strings.Join(lines, "\n")
}

// columnLetter names a column: A to Z, then AA.
func columnLetter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return columnLetter(i/26-1) + columnLetter(i%26)
}

func (m *matrix) head(b *strings.Builder, style Style) {
	fmt.Fprintf(b, "\n%s\n", style.bold("Roles"))
	names := 0
	for _, r := range m.catalog.Roles {
		names = max(names, len(r.ID))
	}
	for i, r := range m.catalog.Roles {
		who := "everyone"
		if r.Limited {
			who = strings.Join(r.Affiliations, ", ")
		}
		if len(m.catalog.Affiliations) == 0 {
			who = ""
		} else {
			who = "for " + who + ", "
		}
		fmt.Fprintf(b, "  %-2s %s  %son %s%s\n", style.cyan(columnLetter(i)), padTo(r.ID, names), who,
			strings.Join(m.catalog.LevelNames(r.Levels), " or "), m.roleNotes(r))
	}
}

func (m *matrix) roleNotes(r *policy.Role) (s string) {
	for _, inc := range r.Includes {
		s += fmt.Sprintf("; includes %s on %s", inc.Role.ID, reachText(inc.Reach))
	}
	if m.catalog.Default == r {
		s += "; default role"
	}
	if r.Custom {
		s += "; added by this project"
	}
	return s
}

// levelSets yields the sets of levels that permissions have, outermost first.
func levelSets(c *policy.Catalog) func(yield func(policy.LevelSet) bool) {
	var sets []policy.LevelSet
	for _, p := range c.Permissions {
		if !slices.Contains(sets, p.Levels) {
			sets = append(sets, p.Levels)
		}
	}
	slices.Sort(sets)
	return slices.Values(sets)
}

// grid writes the matrix of the permissions of some levels.
func (m *matrix) grid(b *strings.Builder, set policy.LevelSet, style Style) {
	names := 0
	for _, p := range m.catalog.Permissions {
		if p.Levels == set {
			names = max(names, len(p.ID))
		}
	}
	widths := m.widths(set)
	grants := slices.ContainsFunc(m.catalog.Permissions, func(p *policy.Permission) bool { return p.Grantable })
	fmt.Fprintf(b, "\n%s\n  %s", style.bold("Permissions on "+strings.Join(m.catalog.LevelNames(set), " or ")),
		padTo("", names))
	for i, width := range widths {
		fmt.Fprintf(b, "  %s", style.cyan(padTo(columnLetter(i), width)))
	}
	if grants {
		fmt.Fprintf(b, "  %s", style.cyan("user"))
	}
	b.WriteByte('\n')
	for _, p := range m.catalog.Permissions {
		if p.Levels != set {
			continue
		}
		line := "  " + padTo(p.ID, names)
		for i, r := range m.catalog.Roles {
			line += "  " + padTo(m.cells[[2]string{p.ID, r.ID}].code(), widths[i])
		}
		if grants {
			line += "  " + m.cells[[2]string{p.ID, everybody}].code()
		}
		switch {
		case p.Deprecated != "":
			line += "  deprecated"
		case p.When != nil:
			line += "  derived"
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// widths returns those of the columns of roles, in a matrix of some levels.
func (m *matrix) widths(set policy.LevelSet) (list []int) {
	for _, r := range m.catalog.Roles {
		width := 4
		for _, p := range m.catalog.Permissions {
			if p.Levels == set {
				width = max(width, len(m.cells[[2]string{p.ID, r.ID}].code()))
			}
		}
		list = append(list, width)
	}
	return list
}

// confidence counts the cells by confidence.
func (m *matrix) confidence() string {
	count, cells := map[string]int{}, 0
	for _, first := range m.cells {
		for _, x := range first.all() {
			count[x.Confidence]++
			cells++
		}
	}
	return fmt.Sprintf("%s: %s", Plural(cells, "cell"), confidenceText(count))
}

// confidenceText counts facts by confidence, the surest first.
func confidenceText(count map[string]int) string {
	var parts []string
	for _, word := range policy.Confidences() {
		if n := count[word]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	return strings.Join(parts, ", ")
}

// marks returns all letters that cells use.
func (m *matrix) marks() (s string) {
	for _, x := range m.cells {
		s += x.code()
	}
	return s
}
