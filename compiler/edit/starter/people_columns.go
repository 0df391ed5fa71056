package starter

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/internal/spreadsheet"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// findColumns finds the row with the names of the columns, and returns the rows below it.
func (p *People) findColumns(rows []spreadsheet.Row, names map[string]string) ([]spreadsheet.Row, error) {
	for i := range rows[:min(load.MostTitles, len(rows))] {
		head, below := rows[i].Cells, rows[i+1:]
		users := findUsers(head, below, names)
		if len(users) == 0 {
			continue
		}
		p.levelColumns(head, names)
		if missing := p.columns(head, below, users[0], names); len(missing) > 0 {
			return nil, fmt.Errorf("no column is called %s; found %s", quoteAll(missing), quoteAll(head))
		}
		return below, nil
	}
	return nil, fmt.Errorf("no column has the user: call it user, email, upn or user principal name, or name it with "+
		"--map; found %s", quoteAll(rows[0].Cells))
}

func quoteAll(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = strconv.Quote(s)
	}
	return strings.Join(quoted, ", ")
}

// CheckColumns refuses names that are not columns of a declaration, or levels of its catalog.
func CheckColumns(names map[string]string, c *policy.Catalog) error {
	known := slices.Concat(columns, c.Levels)
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
		if h != "" && !address.MatchString(h) && (c == "" || c == "name") && hasAddresses(below, i) {
			return []int{i}
		}
	}
	return named
}

var address = regexp.MustCompile(`^[^@\s:,;]+@[^@\s:,;]+\.[^@\s:,;]+$`)

// hasAddresses reports whether a column has addresses, and nothing else.
func hasAddresses(rows []spreadsheet.Row, i int) bool {
	n := 0
	for k := range rows {
		if s := cellOf(&rows[k], i); s != "" {
			if !address.MatchString(s) {
				return false
			}
			n++
		}
	}
	return n > 0
}

// columnOf returns permc's name of a column, or "".
func columnOf(title string, names map[string]string) string {
	if name, ok := names[title]; ok {
		return name
	}
	name := toKebab(title)
	if slices.Contains(columns, name) {
		return name
	}
	return headers[name]
}

// levelColumns finds columns named after the levels of scopes. Together they make
// the path; one alone is the scope.
func (p *People) levelColumns(head []string, names map[string]string) {
	levels := p.catalog.Levels
	for n, level := range levels {
		i := slices.IndexFunc(head, func(h string) bool { return names[h] == level })
		if i < 0 {
			i = slices.IndexFunc(head, func(h string) bool { return names[h] == "" && toKebab(h) == level })
		}
		if i >= 0 {
			p.levels = append(p.levels, i)
		}
		if i >= 0 && n > 0 && len(p.levels) == 1 {
			p.note("column %q has scopes at level %s, but no column has the %s above them", head[i], level, levels[n-1])
		}
	}
	if len(p.levels) < 2 {
		p.levels = nil
	}
}

// columns maps permc's columns to those of the export, and returns the names that no column has.
func (p *People) columns(head []string, below []spreadsheet.Row, user int, names map[string]string) (missing []string) {
	for _, h := range slices.Sorted(maps.Keys(names)) {
		if !slices.Contains(head, h) {
			missing = append(missing, h)
		}
	}
	p.at = map[string]int{"user": user}
	var ignored []int
	defer func() { p.noteIgnored(head, below, ignored) }()
	for i, h := range head {
		if h == "" || i == user || slices.Contains(p.levels, i) {
			continue
		}
		name := columnOf(h, names)
		if _, taken := p.at["name"]; name == "user" && !taken && !hasAddresses(below, i) {
			name = "name" // another column has the addresses
		}
		if slices.Contains(p.catalog.Levels, name) {
			name = "scope"
		}
		if name == "" {
			ignored = append(ignored, i)
			continue
		}
		if first, twice := p.at[name]; twice {
			p.note("column %q ignored: %q is already the %s", h, head[first], name)
			continue
		}
		p.at[name] = i
	}
	return missing
}
