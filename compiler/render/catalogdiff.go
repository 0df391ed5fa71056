package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/catalogdiff"
	"permc.dev/permc/compiler/policy"
)

// CatalogDiffFormats are the formats of a comparison of two catalogs.
var CatalogDiffFormats = []string{"text", "json", "markdown", "csv"}

// CatalogDiff is what differs between two catalogs.
type CatalogDiff struct {
	*catalogdiff.Diff
	OldName, NewName string
	Verbose          bool // name everything
}

// WriteCatalogDiff writes a comparison in one of CatalogDiffFormats.
func WriteCatalogDiff(w io.Writer, d *CatalogDiff, format string, style Style) error {
	switch format {
	case "json":
		return d.json(w)
	case "csv":
		return d.csv(w)
	case "markdown":
		return d.markdown(w)
	}
	return d.text(w, style)
}

// catalogSection is what changes of one role, or of one kind of item.
type catalogSection struct {
	title string
	lines []catalogLine
	rank  int // of the gravest line that gives more, then of any
}

// catalogLine is what happens alike to several items.
type catalogLine struct {
	how   catalogdiff.How
	tag   string   // critical, high or ""
	names []string // ids of permissions, or of other items
	why   string   // what it was and is
	sure  map[string]int
	cells bool
}

// sections groups the changes: roles first, the gravest before the others.
func (d *CatalogDiff) sections() []catalogSection {
	roles := map[string]*catalogSection{}
	var order, rest []*catalogSection
	kinds := map[catalogdiff.Kind]*catalogSection{}
	for i := range d.Changes {
		c := &d.Changes[i]
		var s *catalogSection
		if c.Role != "" {
			if s = roles[c.Role]; s == nil {
				s = &catalogSection{title: "role " + c.Role}
				roles[c.Role], order = s, append(order, s)
			}
		} else if s = kinds[c.Kind]; s == nil {
			s = &catalogSection{title: catalogKinds[c.Kind]}
			kinds[c.Kind], rest = s, append(rest, s)
		}
		s.add(d, c)
	}
	for _, s := range append(order, rest...) {
		s.sort()
	}
	slices.SortStableFunc(order, func(a, b *catalogSection) int { return cmp.Compare(b.rank, a.rank) })
	var out []catalogSection
	for _, s := range append(order, rest...) {
		out = append(out, *s)
	}
	return out
}

var catalogKinds = map[catalogdiff.Kind]string{
	catalogdiff.Permission: "permissions", catalogdiff.Condition: "conditions", catalogdiff.Rule: "rules",
	catalogdiff.UserAttribute: "attributes of users", catalogdiff.ScopeAttribute: "attributes of scopes",
	catalogdiff.GroupAttribute: "attributes of groups",
	catalogdiff.Label:          "labels", catalogdiff.Affiliation: "affiliations", catalogdiff.Depth: "depths",
	catalogdiff.Source: "sources", catalogdiff.Whole: "the catalog",
}

// add adds a change to the line of those that are alike.
func (s *catalogSection) add(d *CatalogDiff, c *catalogdiff.Change) {
	x := catalogLine{
		how:   c.How,
		tag:   d.tag(c),
		why:   d.whyChanged(c),
		cells: c.Kind == catalogdiff.Cell,
		sure:  map[string]int{},
	}
	if c.Kind == catalogdiff.Role || c.Kind == catalogdiff.Include {
		x.tag = ""
	}
	at := slices.IndexFunc(s.lines, func(y catalogLine) bool {
		return y.how == x.how && y.tag == x.tag && y.why == x.why && y.cells == x.cells && c.Kind != catalogdiff.Role &&
			c.Kind != catalogdiff.Include
	})
	if at < 0 {
		at = len(s.lines)
		s.lines = append(s.lines, x)
	}
	y := &s.lines[at]
	y.names = append(y.names, nameOfItem(c))
	if text := confidenceChange(c); text != "" {
		y.sure[text]++
	}
}

func nameOfItem(c *catalogdiff.Change) string {
	switch c.Kind {
	case catalogdiff.Role:
		return "" // it is above
	case catalogdiff.Include:
		return "include " + c.Name
	case catalogdiff.Cell, catalogdiff.Permission:
		return c.Permission
	case catalogdiff.Condition:
		return c.Name + " of " + c.Permission
	case catalogdiff.Whole:
		return ""
	}
	return c.Name
}

func (s *catalogSection) sort() {
	weigh := func(x *catalogLine) int {
		n := 2 * (slices.Index(policy.Sensitivities, x.tag) + 1)
		if x.cells && x.how <= catalogdiff.Changed {
			n++
		}
		if x.how > catalogdiff.Removed {
			n -= 10 // nobody can do more or less
		}
		return n
	}
	slices.SortStableFunc(s.lines, func(a, b catalogLine) int {
		if a.cells != b.cells {
			return cmp.Compare(btoi(a.cells), btoi(b.cells))
		}
		return cmp.Or(cmp.Compare(weigh(&b), weigh(&a)), cmp.Compare(a.how, b.how),
			cmp.Compare(len(b.names), len(a.names)))
	})
	for i := range s.lines {
		s.rank = max(s.rank, 1000*weigh(&s.lines[i])+min(999, len(s.lines[i].names)))
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// tag returns how sensitive the permission of a change was or is, if that is grave.
func (d *CatalogDiff) tag(c *catalogdiff.Change) string {
	if c.Permission == "" {
		return ""
	}
	if s := d.sensitivity(c); s == "critical" || s == "high" {
		return s
	}
	return ""
}

// sensitivity returns how sensitive the permission of a change was or is, whichever
// is graver.
func (d *CatalogDiff) sensitivity(c *catalogdiff.Change) string {
	rank := -1
	for _, x := range [...]*policy.Catalog{d.Old, d.New} {
		if p := x.PermissionByID[c.Permission]; p != nil {
			rank = max(rank, slices.Index(policy.Sensitivities, p.Highest()))
		}
	}
	if rank < 0 {
		return ""
	}
	return policy.Sensitivities[rank]
}

// confidenceChange says how sure a cell is now, and was if that differs.
func confidenceChange(c *catalogdiff.Change) string {
	if c.Kind != catalogdiff.Cell {
		return ""
	}
	for _, f := range c.Fields {
		switch {
		case f.Name != "confidence":
		case f.Before == nil:
			return f.After[0]
		case f.After == nil:
			return f.Before[0]
		default:
			return f.Before[0] + " -> " + f.After[0]
		}
	}
	return ""
}

// CatalogDiffSum counts what differs, in a line.
func (d *CatalogDiff) sum() string {
	if d.Equal() {
		return "The catalogs are equal"
	}
	n := map[catalogdiff.Kind][]int{}
	for i := range d.Changes {
		c := &d.Changes[i]
		if n[c.Kind] == nil {
			n[c.Kind] = make([]int, len(catalogdiff.Hows()))
		}
		n[c.Kind][c.How]++
	}
	var parts []string
	for _, kind := range []catalogdiff.Kind{catalogdiff.Role, catalogdiff.Cell, catalogdiff.Permission,
		catalogdiff.Rule, catalogdiff.Source} {
		var words []string
		for how, count := range n[kind] {
			if count > 0 {
				words = append(words, Thousands(count)+" "+sumWords[how])
			}
		}
		if len(words) > 0 {
			parts = append(parts, kind.String()+"s: "+strings.Join(words, ", "))
		}
	}
	if len(parts) == 0 {
		return fmt.Sprintf("%s, none of roles, cells, permissions, rules or sources", Plural(len(d.Changes), "change"))
	}
	return strings.Join(parts, "; ")
}

var sumWords = [...]string{"added", "widened", "changed", "narrowed", "removed", "now surer", "now less sure",
	"renamed", "with other sources", "in other words"}

// news returns what the new catalog says it changed, and the old one does not say.
func (d *CatalogDiff) news() (list []policy.CatalogChange) {
	for _, x := range d.New.Changes {
		if !slices.ContainsFunc(d.Old.Changes, func(y policy.CatalogChange) bool {
			return x.Date == y.Date && x.What == y.What
		}) && x.Date != d.Old.Version {
			list = append(list, x)
		}
	}
	return list
}
