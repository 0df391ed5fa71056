package starter

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/internal/pattern"
	"permc.dev/permc/compiler/internal/spreadsheet"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// findColumns finds the row with the names of the columns, and returns the rows below it. Of several, such as one with
// titles over groups of columns, it is the one that names most.
func (p *People) findColumns(rows []spreadsheet.Row, names map[string]string) ([]spreadsheet.Row, error) {
	at, most, wide := -1, 0, 0
	for i := range rows[:min(load.MostTitles, len(rows))] {
		head := rows[i].Cells
		n := p.countColumns(head, names)
		if n < most || n == most && len(head) <= wide {
			continue // a row of a user is no wider than that of the titles
		}
		at, most, wide = -1, n, len(head)
		if len(findUsers(head, withoutTail(withoutTitles(head, rows[i+1:])), names)) > 0 {
			at = i
		}
	}
	if at < 0 {
		return nil, noUsers(rows)
	}
	head := rows[at].Cells
	rows = withoutTitles(head, rows[at+1:])
	below := withoutTail(rows)
	p.levelColumns(head, below, names)
	if missing := p.columns(head, below, findUsers(head, below, names)[0], names); len(missing) > 0 {
		return nil, fmt.Errorf("no column is called %s; found %s", quoteAll(missing), quoteAll(head))
	}
	p.noteUntitled(head, below)
	p.noteMarks(head)
	return rows, nil
}

// noUsers says that no column has the user, and which may.
func noUsers(rows []spreadsheet.Row) error {
	widest := 0
	for i := range rows[:min(load.MostTitles, len(rows))] {
		if len(rows[i].Cells) > len(rows[widest].Cells) {
			widest = i
		}
	}
	head, example := rows[widest].Cells, ""
	for i, h := range head {
		if example == "" && h != "" && slices.ContainsFunc(rows[widest+1:], func(r spreadsheet.Row) bool {
			return address().MatchString(cellOf(&r, i))
		}) {
			example = fmt.Sprintf(", such as --map %q", h+"=user")
		}
	}
	return fmt.Errorf("no column has the user: call it user, email, upn or user principal name, or name it with "+
		"--map%s; found %s", example, quoteAll(head))
}

// countColumns counts the columns that a row names.
func (p *People) countColumns(head []string, names map[string]string) int {
	seen := map[string]bool{}
	for _, h := range head {
		if names[h] != "" {
			seen["map "+h] = true
		}
		if name := columnOf(h, names); name != "" {
			seen[name] = true
		}
		if slices.ContainsFunc(p.catalog.Levels, func(level string) bool { return p.isLevel(h, level) }) {
			seen["level "+h] = true
		}
	}
	return len(seen)
}

func quoteAll(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = strconv.Quote(s)
	}
	return strings.Join(quoted, ", ")
}

// ignored is what --map calls a column that is left out without a note.
const ignored = "ignore"

// CheckColumns refuses names that are not columns of a declaration, or levels of its catalog.
func CheckColumns(names map[string]string, c *policy.Catalog) error {
	known := slices.Concat(columns, c.Levels, attributeColumns(c), []string{ignored})
	for _, title := range slices.Sorted(maps.Keys(names)) {
		if name := names[title]; !slices.Contains(known, name) {
			return fmt.Errorf("%q is not a column: use one of %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// findUsers returns the columns that may have the user, the likeliest first: a column of addresses comes before one of
// names, which two people may share.
func findUsers(head []string, below []spreadsheet.Row, names map[string]string) (list []int) {
	var named []int
	for i, h := range head {
		column := columnOf(h, names)
		switch {
		case column == "user" && names[h] == "user":
			return []int{i}
		case column == "user" && hasAddresses(below, i):
			list = append(list, i)
		case column == "user":
			named = append(named, i)
		}
	}
	if len(list) > 0 {
		return append(list, named...)
	}
	for i, h := range head { // of another name
		c := columnOf(h, names)
		if h != "" && !address().MatchString(h) && (c == "" || c == "name") && hasAddresses(below, i) {
			return []int{i}
		}
	}
	return named
}

var address = pattern.Lazy(`^[^@\s:,;]+@[^@\s:,;]+\.[^@\s:,;]+$`)

// hasAddresses reports whether a column has addresses, and nothing else.
func hasAddresses(rows []spreadsheet.Row, i int) bool {
	n := 0
	for k := range rows {
		if s := cellOf(&rows[k], i); s != "" {
			if _, id := splitMailbox(s); !address().MatchString(id) {
				return false
			}
			n++
		}
	}
	return n > 0
}

var numbered = pattern.Lazy(`-?[0-9]+$`)

// columnOf returns permc's name of a column, or "".
func columnOf(title string, names map[string]string) string {
	if name, ok := names[title]; ok {
		return name
	}
	for _, name := range spellings(title) {
		if slices.Contains(columns, name) {
			return name
		}
		if known := headers[name]; known != "" {
			return known
		}
	}
	return ""
}

var bracketed = pattern.Lazy(`[(\[].*?[)\]]`)

// spellings returns the names that the title of a column may stand for: without a number, as in Role 2, and without
// what is in brackets, as in Role(s) and Expires (UTC).
func spellings(title string) []string {
	name, short := toKebab(title), toKebab(bracketed().ReplaceAllString(title, " "))
	return []string{name, numbered().ReplaceAllString(name, ""), short, numbered().ReplaceAllString(short, "")}
}

// levelColumns finds columns named after the levels of scopes. Together they make
// the path; one alone is the scope.
func (p *People) levelColumns(head []string, below []spreadsheet.Row, names map[string]string) {
	levels := p.catalog.Levels
	p.company = -1
	for n, level := range levels {
		i := slices.IndexFunc(head, func(h string) bool { return names[h] == level })
		if i < 0 {
			i = slices.IndexFunc(head, func(h string) bool { return names[h] == "" && p.isLevel(h, level) })
		}
		if i < 0 && n == 0 {
			p.company = p.companyColumn(head, names)
			i = p.company
		}
		if i >= 0 {
			p.levels = append(p.levels, i)
		}
		if i >= 0 && n > 0 && len(p.levels) == 1 && !hasPaths(below, i) {
			p.inner = inner{column: i, level: n}
		}
	}
	if len(p.levels) < 2 {
		p.levels = nil
	}
}

// translated are German titles of columns, by the level that they are named after.
var translated = map[string]string{
	"kunde": "customer", "kundenname": "customer", "arbeitsbereich": "workspace", "mandant": "tenant",
	"unternehmenseinheit": "business-unit", "geschaftseinheit": "business-unit", "umgebung": "environment",
}

// isLevel reports whether a column is named after a level, as in Workspace and Workspace Name.
func (p *People) isLevel(title, level string) bool {
	return slices.ContainsFunc(spellings(title), func(s string) bool {
		return s == level || s == level+"-name" || translated[s] == level
	})
}

// companies are what exports call the outermost scopes of products whose levels have other names.
var companies = []string{"company", "company-name", "organization", "organisation", "organization-name",
	"organisation-name", "account", "account-name", "client", "tenant", "firma", "unternehmen", "kunde"}

// companyColumn returns the column with companies, or -1: if other scopes have a column, it must be of a level inside.
func (p *People) companyColumn(head []string, names map[string]string) int {
	if p.catalog.Branching || slices.ContainsFunc(head, func(h string) bool {
		return columnOf(h, names) == "scope" && !slices.ContainsFunc(p.catalog.Levels[1:], func(level string) bool {
			return names[h] == "" && p.isLevel(h, level)
		})
	}) {
		return -1
	}
	at := slices.IndexFunc(head, func(h string) bool {
		return names[h] == "" && slices.ContainsFunc(spellings(h), func(s string) bool {
			return slices.Contains(companies, s)
		})
	})
	if at >= 0 {
		p.note("column %q is read as the %s; if it is not, leave it out with --map %q", head[at],
			p.catalog.Levels[0], head[at]+"="+ignored)
	}
	return at
}

// inner is the outermost column of scopes, at a level inside others that no column has.
type inner struct{ column, level int }

// findOuter makes up the scope around those of an inner column: at the level above, they would reach further than they
// do in the product.
func (p *People) findOuter(head []string) {
	at, isScope := p.at["scope"]
	isOnly := isScope && at == p.inner.column
	if at = p.inner.column; p.inner.level == 0 || !isOnly && len(p.levels) == 0 {
		return
	}
	level, above := p.catalog.Levels[p.inner.level], p.catalog.Levels[p.inner.level-1]
	text := "column %q has scopes at level %s, but no column has the %s above them"
	if !isOnly || p.inner.level > 1 || p.catalog.Branching {
		p.note(text+"; if one has, name it with --map \"TITLE=%[3]s\"", head[at], level, above)
		return
	}
	p.outer = above
	p.note(text+": they are put in one, %[4]q; rename it, or name the column with --map \"TITLE=%[3]s\"",
		head[at], level, above, p.outer)
}

// hasPaths reports whether a cell of a column has the scopes above its own, too, as in Contoso/EMEA.
func hasPaths(rows []spreadsheet.Row, i int) bool {
	return slices.ContainsFunc(rows, func(r spreadsheet.Row) bool { return strings.Contains(cellOf(&r, i), "/") })
}

// columns maps permc's columns to those of the export, and returns the names that no column has.
func (p *People) columns(head []string, below []spreadsheet.Row, user int, names map[string]string) (missing []string) {
	for _, h := range slices.Sorted(maps.Keys(names)) {
		if !slices.Contains(head, h) {
			missing = append(missing, h)
		}
	}
	p.at, p.more = map[string]int{"user": user}, map[string][]int{}
	var unknown []int
	for i, h := range head { // what --map names comes before what has a title like it
		if names[h] != "" {
			unknown = append(unknown, p.column(head, below, i, names)...)
		}
	}
	for i, h := range head {
		if names[h] == "" {
			unknown = append(unknown, p.column(head, below, i, names)...)
		}
	}
	slices.Sort(unknown)
	slices.Sort(p.attributes)
	p.findOuter(head)
	p.noteIgnored(head, below, unknown)
	return missing
}

// several are the columns of which an export may have more than one.
var several = []string{"role", "permission", "group"}

// column takes a column of the export, and returns it if it is unknown.
func (p *People) column(head []string, below []spreadsheet.Row, i int, names map[string]string) (unknown []int) {
	h := head[i]
	if h == "" || i == p.at["user"] || slices.Contains(p.levels, i) {
		return nil
	}
	name := columnOf(h, names)
	if _, taken := p.at["name"]; name == "user" && !taken && !hasAddresses(below, i) {
		name = "name" // another column has the addresses
	}
	if slices.Contains(p.catalog.Levels, name) || name == "" && i == p.company {
		name = "scope"
	}
	if name == "" {
		name = p.attributeColumn(h)
	}
	first, twice := p.at[name]
	switch {
	case name == "" && p.markColumn(h, below, i):
	case name == "":
		return []int{i}
	case name == ignored:
	case twice && slices.Contains(several, name) && (names[h] != "" || names[head[first]] == ""):
		p.more[name] = append(p.more[name], i)
	case twice:
		p.note("column %q ignored: %q is already the %s", h, head[first], name)
	default:
		p.at[name] = i
		if strings.HasPrefix(name, attribute) {
			p.attributes = append(p.attributes, name)
		}
	}
	return nil
}

// names returns the text of a cell with names, in all columns that have some.
func (p *People) names(r *spreadsheet.Row, column string) string {
	at, ok := p.at[column]
	if !ok {
		return ""
	}
	text := cellOf(r, at)
	for _, i := range p.more[column] {
		if s := cellOf(r, i); s != "" && text != "" {
			text += "\n" + s
		} else {
			text += s
		}
	}
	return text
}
