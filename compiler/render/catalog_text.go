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
var CatalogFormats = []string{"text", "json", "csv", "markdown"}

// Catalog writes what a product can give, in one of CatalogFormats.
func Catalog(w io.Writer, c *policy.Catalog, format string, style Style) error {
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
	cells   map[[2]string]cell // by permission and role
}

// cell is how a role, or the user alone, has a permission.
type cell struct {
	Permission string   `json:"permission"`
	Role       string   `json:"role"`
	Cell       string   `json:"cell"` // X or G
	Depth      string   `json:"depth,omitempty"`
	Reach      string   `json:"reach,omitempty"`
	Access     string   `json:"access,omitempty"`
	Actions    []string `json:"actions,omitempty"`
	Through    string   `json:"through,omitempty"` // the included role that has it
	To         []string `json:"to,omitempty"`      // affiliations a grant is for
	Source     string   `json:"source,omitempty"`
	Backing    []string `json:"backing,omitempty"` // further sources
	Confidence string   `json:"confidence,omitempty"`
	Derived    string   `json:"derived,omitempty"`
	Inferred   string   `json:"inferred,omitempty"`
	Note       string   `json:"note,omitempty"`
	Corrected  string   `json:"corrected,omitempty"`
}

// everybody is the column of what can be granted to a user.
const everybody = "user"

func newMatrix(c *policy.Catalog) *matrix {
	m := &matrix{c, map[[2]string]cell{}}
	for _, r := range c.Roles {
		m.role(r, r, "", "", map[*policy.Role]bool{})
	}
	for _, p := range c.Permissions {
		if p.Grantable {
			m.cells[[2]string{p.ID, everybody}] = cell{Permission: p.ID, Role: everybody, Cell: "G", Actions: p.Actions, To: p.GrantTo,
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

// role fills the column of a role with the cells of it and of those it includes.
func (m *matrix) role(column, r *policy.Role, through, inferred string, seen map[*policy.Role]bool) {
	if seen[r] {
		return
	}
	seen[r] = true
	for i := range r.Cells {
		c := &r.Cells[i]
		k := [2]string{c.Permission.ID, column.ID}
		if have, ok := m.cells[k]; ok && have.Through == "" {
			continue // the role's own cell is the plainest
		}
		x := cell{Permission: c.Permission.ID, Role: column.ID, Cell: "X", Depth: m.catalog.DepthOf(c), Reach: reachText(c.Reach), Access: "all",
			Actions: c.Permission.Names(c.Actions), Through: through, Source: c.Source,
			Backing: c.Backing, Confidence: c.Confidence.String(), Derived: c.Derived, Inferred: c.Inferred, Note: c.Note}
		if c.Own {
			x.Access = "own"
		}
		if x.Source == "" {
			x.Source = r.Source
		}
		if c.Correction != nil && c.Correction.Replaces {
			x.Corrected, x.Source, x.Backing = c.Correction.Reason, c.Correction.Source, nil
		}
		if inferred != "" {
			x.Inferred, x.Confidence = inferred, policy.Inferred.String()
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

// code returns a cell in few letters, for the matrix.
func (x cell) code() string {
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

// Plain escapes what could steer a terminal, where there is no style that does.
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

// letter names a column: A to Z, then AA.
func letter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return letter(i/26-1) + letter(i%26)
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
		fmt.Fprintf(b, "  %-2s %s  %son %s%s\n", style.cyan(letter(i)), pad(r.ID, names), who, strings.Join(m.catalog.LevelNames(r.Levels), " or "), m.roleNotes(r))
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

// levelSets iterates over the sets of levels that permissions have, outermost
// first.
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
	columns := len(m.catalog.Roles)
	grants := slices.ContainsFunc(m.catalog.Permissions, func(p *policy.Permission) bool { return p.Grantable })
	fmt.Fprintf(b, "\n%s\n  %s", style.bold("Permissions on "+strings.Join(m.catalog.LevelNames(set), " or ")), pad("", names))
	for i := range columns {
		fmt.Fprintf(b, "  %s", style.cyan(pad(letter(i), 4)))
	}
	if grants {
		fmt.Fprintf(b, "  %s", style.cyan("user"))
	}
	b.WriteByte('\n')
	for _, p := range m.catalog.Permissions {
		if p.Levels != set {
			continue
		}
		line := "  " + pad(p.ID, names)
		for _, r := range m.catalog.Roles {
			line += "  " + pad(m.cells[[2]string{p.ID, r.ID}].code(), 4)
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

// confidence counts the cells by how sure they are.
func (m *matrix) confidence() string {
	count := map[string]int{}
	for _, x := range m.cells {
		count[x.Confidence]++
	}
	return fmt.Sprintf("%s: %s", Plural(len(m.cells), "cell"), confidenceText(count))
}

// confidenceText says how many facts are how sure, the surest first.
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

// details writes what the matrix cannot show.
func (m *matrix) details(b *strings.Builder, style Style) {
	section := func(title string) { fmt.Fprintf(b, "\n%s\n", style.bold(title)) }
	section("About the permissions")
	for _, p := range m.catalog.Permissions {
		fmt.Fprintf(b, "  %s  %s\n", style.cyan(p.ID), p.Title)
		for _, line := range permissionNotes(p) {
			fmt.Fprintf(b, "      %s\n", line)
		}
	}
	if h := m.catalog.Home; h != nil {
		section("Homes")
		fmt.Fprintf(b, "  Users and groups are at home on one %s, and hold roles there.\n", strings.Join(m.catalog.LevelNames(h.Levels), " or "))
		if on := elsewhere(m.catalog); on != "" {
			fmt.Fprintf(b, "  Users also hold roles on other scopes with %s.\n", on)
		}
	}
	if len(m.catalog.GroupKinds) > 0 {
		section("Kinds of group")
		for _, k := range m.catalog.GroupKinds {
			fmt.Fprintf(b, "  %s  %s: %s\n", style.cyan(k.ID), k.Title, k.Description)
		}
	}
	if len(m.catalog.Rules) > 0 {
		section("Rules")
		for i := range m.catalog.Rules {
			r := &m.catalog.Rules[i]
			fmt.Fprintf(b, "  %s  %s: %s\n", style.cyan(r.ID.Name), ruleForm(r), r.Message)
		}
	}
	if len(m.catalog.Corrections) > 0 {
		section("Corrections by this project")
		for _, x := range m.catalog.Corrections {
			about, is := x.What()
			fmt.Fprintf(b, "  %s: %s: %s (%s)\n", about, is, x.Reason, x.Source)
		}
	}
	if len(m.catalog.Sources) > 0 {
		section("Sources")
		for _, s := range m.catalog.Sources {
			fmt.Fprintf(b, "  %s  %s, read %s\n", style.cyan(s.ID.Name), strings.TrimSpace(s.Title+" "+s.URL), s.Read)
		}
	}
	for _, list := range []struct {
		title string
		texts []string
	}{{"Not computed", m.catalog.Limits}, {"Notes", m.catalog.Notes}} {
		if len(list.texts) > 0 {
			section(list.title)
		}
		for _, s := range list.texts {
			fmt.Fprintf(b, "  %s\n", s)
		}
	}
	if len(m.catalog.Changes) > 0 {
		section("Changes")
	}
	for _, c := range m.catalog.Changes {
		fmt.Fprintf(b, "  %s  %s\n", c.Date, c.What)
	}
}

func permissionNotes(p *policy.Permission) (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if len(p.Actions) > 1 {
		add("actions: %s", policy.JoinNames(p.Actions, ", "))
	}
	if p.GrantTo != nil {
		add("grantable to: %s", strings.Join(p.GrantTo, ", "))
	}
	if p.Grantors != "" {
		add("granted by: %s", p.Grantors)
	}
	if p.Deprecated != "" {
		add("deprecated: %s", p.Deprecated)
	}
	for _, c := range p.Conditions {
		add("condition %s: %s", c.ID, c.Text)
	}
	for _, c := range p.Capabilities {
		add("can: %s", strings.Join(slices.DeleteFunc([]string{c.Page, c.Tab, c.Text}, func(s string) bool { return s == "" }), " / "))
	}
	for _, q := range p.Implies {
		add("implies: %s", q.ID)
	}
	if p.When != nil {
		add("derived from: %s", p.When)
	}
	if p.Sensitivity != "" || p.Source != "" {
		add("sensitivity %s; source %s", orDash(p.Sensitivity), orDash(p.Source))
	}
	return list
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// ruleForm names the form of a declared rule.
func ruleForm(r *policy.DeclaredRule) string {
	switch {
	case r.Deny != nil:
		return "deny"
	case r.Forbid != nil:
		return "forbid"
	case r.Conflict != nil:
		return "conflict"
	case r.Require != nil:
		return "require"
	case r.Holders != nil:
		return "holders"
	case r.PerUser != nil:
		return "per-user"
	}
	return "labels"
}
