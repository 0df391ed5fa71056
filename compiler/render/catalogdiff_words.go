package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/ask/catalogdiff"
	"permc.dev/permc/compiler/policy"
)

// whyChanged says what an item was and is, for those that change alike.
func (d *CatalogDiff) whyChanged(c *catalogdiff.Change) string {
	switch {
	case c.Kind == catalogdiff.Cell:
		return d.cellChange(c)
	case c.How == catalogdiff.Added || c.How == catalogdiff.Removed:
		return d.whole(c)
	}
	var parts []string
	for _, f := range c.Fields {
		if text := d.fieldText(c, &f); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "; ")
}

// whole describes an item that comes or goes.
func (d *CatalogDiff) whole(c *catalogdiff.Change) string {
	get := func(name string) string {
		for _, f := range c.Fields {
			if f.Name == name {
				return strings.Join(slices.Concat(f.Before, f.After), ", ")
			}
		}
		return ""
	}
	switch c.Kind {
	case catalogdiff.Rule:
		return get("message")
	case catalogdiff.Condition:
		return get("text")
	case catalogdiff.Role:
		return strings.TrimPrefix(get("title")+": "+d.cellsOf(c), ": ")
	case catalogdiff.Include:
		return "on " + get("reach")
	case catalogdiff.UserAttribute, catalogdiff.ScopeAttribute, catalogdiff.GroupAttribute:
		return get("values")
	}
	return ""
}

// cellsOf counts the cells of a role that comes or goes.
func (d *CatalogDiff) cellsOf(c *catalogdiff.Change) string {
	from := d.New
	if c.How == catalogdiff.Removed {
		from = d.Old
	}
	return Plural(len(from.RoleByID[c.Role].Cells), "cell")
}

// cellChange says how far a cell reached and reaches, in the words of the catalogs.
func (d *CatalogDiff) cellChange(c *catalogdiff.Change) string {
	was, is := d.reachOf(d.Old, c), d.reachOf(d.New, c)
	var parts []string
	switch {
	case c.How == catalogdiff.Added:
		parts = append(parts, is)
	case c.How == catalogdiff.Removed:
		parts = append(parts, "was "+was)
	case was != is:
		parts = append(parts, was+" -> "+is)
	default:
		parts = append(parts, is)
	}
	for _, f := range c.Fields {
		if f.Name == "actions" && c.How != catalogdiff.Removed && (f.Before != nil || !d.allActions(c)) {
			parts = append(parts, "actions "+beforeAndAfter(f.Before, f.After))
		}
		if !strings.HasPrefix(f.Name, "when.") {
			continue
		}
		if text := d.whenText(c, &f); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

// allActions reports whether the new cell gives all actions of its permission.
func (d *CatalogDiff) allActions(c *catalogdiff.Change) bool {
	x := cellIn(d.New, c)
	return x == nil || x.Actions == x.Permission.All()
}

func cellIn(in *policy.Catalog, c *catalogdiff.Change) *policy.Cell {
	r, p := in.RoleByID[c.Role], in.PermissionByID[c.Permission]
	if r == nil || p == nil {
		return nil
	}
	cells, n := r.CellsOf(p), 0
	if c.Name != "" {
		n, _ = strconv.Atoi(c.Name)
		n--
	}
	if n >= len(cells) {
		return nil
	}
	return &cells[n]
}

// reachOf says how far a cell reaches: by a depth of either catalog, or by reach and
// access.
func (d *CatalogDiff) reachOf(in *policy.Catalog, c *catalogdiff.Change) string {
	x := cellIn(in, c)
	if x == nil {
		return ""
	}
	for _, words := range [...]*policy.Catalog{d.New, d.Old} {
		id := words.DepthOf(x)
		for _, depth := range words.Depths {
			if depth.ID == id {
				return cmp.Or(depth.Title, depth.ID)
			}
		}
	}
	text := catalogdiff.ReachText(x.Reach)
	if x.Own {
		text += ", " + describeRecords(policy.OwnRecords)
	}
	return text
}

// fieldText says what a field was and is. Long texts and lists are counted.
func (d *CatalogDiff) fieldText(c *catalogdiff.Change, f *catalogdiff.FieldChange) string {
	switch {
	case c.Kind == catalogdiff.Whole && f.Name == "changes":
		return "" // listed first
	case !d.Verbose && !c.Matters(f.Name):
		return ""
	case strings.HasPrefix(f.Name, "when."):
		return d.whenText(c, f)
	case !d.Verbose && (len(f.Before)+len(f.After) > 6 || longest(f.Before, f.After) > 60):
		return f.Name + ": " + countValues(f)
	}
	return f.Name + ": " + beforeAndAfter(f.Before, f.After)
}

// whenText says what a derived permission requires, once for all parts of it.
func (d *CatalogDiff) whenText(c *catalogdiff.Change, f *catalogdiff.FieldChange) string {
	first := slices.IndexFunc(c.Fields, func(x catalogdiff.FieldChange) bool {
		return strings.HasPrefix(x.Name, "when.")
	})
	if c.Fields[first].Name != f.Name {
		return ""
	}
	when := func(in *policy.Catalog) string {
		if x := cellIn(in, c); c.Kind == catalogdiff.Cell && x != nil && x.When != nil {
			return x.When.String()
		}
		if p := in.PermissionByID[c.Permission]; c.Kind != catalogdiff.Cell && p != nil && p.When != nil {
			return p.When.String()
		}
		return "none"
	}
	was, is := when(d.Old), when(d.New)
	switch {
	case c.How == catalogdiff.Added:
		return "only with " + is
	case c.How == catalogdiff.Removed:
		return "only with " + was
	case was != is:
		return "requirement: " + was + " -> " + is
	}
	if c.How == catalogdiff.TextChanged {
		return "requirement: reworded"
	}
	return "requirement: the same, counted on other scopes"
}

func longest(lists ...[]string) (n int) {
	for _, s := range slices.Concat(lists...) {
		n = max(n, len(s))
	}
	return n
}

// countValues says how many values come and go.
func countValues(f *catalogdiff.FieldChange) string {
	if len(f.Before) <= 1 && len(f.After) <= 1 {
		switch {
		case f.Before == nil:
			return "added"
		case f.After == nil:
			return "removed"
		}
		return "reworded"
	}
	missing := func(list, from []string) (n int) {
		for _, s := range list {
			if !slices.Contains(from, s) {
				n++
			}
		}
		return n
	}
	var parts []string
	if n := missing(f.After, f.Before); n > 0 {
		parts = append(parts, fmt.Sprintf("%d added", n))
	}
	if n := missing(f.Before, f.After); n > 0 {
		parts = append(parts, fmt.Sprintf("%d removed", n))
	}
	return cmp.Or(strings.Join(parts, ", "), "in another order")
}

func beforeAndAfter(before, after []string) string {
	switch {
	case before == nil:
		return strings.Join(after, ", ")
	case after == nil:
		return strings.Join(before, ", ") + " -> none"
	}
	return strings.Join(before, ", ") + " -> " + strings.Join(after, ", ")
}

// catalogVerbs say what happens to cells, and to other items.
var catalogVerbs = [...][2]string{
	catalogdiff.Added: {"gives", "added"}, catalogdiff.Widened: {"gives more of", "gives more"},
	catalogdiff.Changed:  {"gives otherwise", "changed"},
	catalogdiff.Narrowed: {"gives less of", "gives less"}, catalogdiff.Removed: {"no longer gives", "removed"},
	catalogdiff.Surer:    {"surer of", "surer"},
	catalogdiff.LessSure: {"less sure of", "less sure"}, catalogdiff.Renamed: {"renamed", "renamed"},
	catalogdiff.SourceChanged: {"other sources for", "other sources"},
	catalogdiff.TextChanged:   {"other words for", "other words"},
}

var catalogSigns = [...]string{"+", ">", "~", "<", "-", "~", "~", "~", "~", "~"}

// verb says what a line is about.
func (x *catalogLine) verb() string {
	if x.cells {
		return catalogVerbs[x.how][0]
	}
	return catalogVerbs[x.how][1]
}

// sureText counts how sure the cells of a line are.
func (x *catalogLine) sureText() string {
	if x.how == catalogdiff.Removed {
		return ""
	}
	var parts []string
	for _, text := range sortedKeys(x.sure) {
		parts = append(parts, fmt.Sprintf("%s %s", Thousands(x.sure[text]), text))
	}
	return strings.Join(parts, ", ")
}

// mostNames is how many names a line lists.
const mostNames = 6

// items lists the names of a line: of ids of the form THING:PRIVILEGE, those with the
// same privileges together.
func (x *catalogLine) items(all bool) []string {
	if !x.cells && !slices.ContainsFunc(x.names, func(s string) bool { return strings.Contains(s, ":") }) {
		return []string{fewNames(x.names, all)}
	}
	var plain, things, order []string
	privileges := map[string][]string{}
	for _, name := range x.names {
		i := strings.LastIndexByte(name, ':')
		if i < 0 {
			plain = append(plain, name)
			continue
		}
		if privileges[name[:i]] == nil {
			things = append(things, name[:i])
		}
		privileges[name[:i]] = append(privileges[name[:i]], name[i+1:])
	}
	alike := map[string][]string{}
	for _, thing := range things {
		key := strings.Join(privileges[thing], ", ")
		if alike[key] == nil {
			order = append(order, key)
		}
		alike[key] = append(alike[key], thing)
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(len(alike[b]), len(alike[a])) })
	var out []string
	for _, key := range order {
		on := fewNames(alike[key], all)
		if n := len(alike[key]); n > mostNames && !all {
			on = fmt.Sprintf("%d entities: %s", n, on)
		}
		out = append(out, key+" on "+on)
	}
	if len(plain) > 0 {
		out = append(out, fewNames(plain, all))
	}
	return out
}

func fewNames(names []string, all bool) string {
	if len(names) > mostNames && !all {
		return strings.Join(names[:mostNames-1], ", ") + fmt.Sprintf(" and %s more", Thousands(len(names)-mostNames+1))
	}
	return strings.Join(names, ", ")
}
