package render

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/policy"
)

// section returns the lines under a title, one block for each scope. Scopes with the same lines share a block.
func (x *usersCompared) section(b []byte, title string, lines []line) []byte {
	if len(lines) == 0 {
		return b
	}
	g := newGrid(lines)
	b = g.head(append(b, '\n'), title, x.Style)
	for _, s := range x.blocks(g, lines) {
		b = append(b, "  "...)
		b, _ = wrapWords(b, 2, 4, splitCommas(s.some()), x.Style.cyan)
		b = append(append(b, '\n'), s.body...)
	}
	return b
}

// scopes are scopes that share a block.
type scopes struct {
	paths []string
	body  string
}

// blocks returns the blocks of all scopes, in order of the first scope of each.
func (x *usersCompared) blocks(g *grid, lines []line) (list []scopes) {
	at := map[string]int{}
	for i := 0; i < len(lines); {
		from := i
		for ; i < len(lines) && lines[i].scope == lines[from].scope; i++ {
		}
		body := string(x.block(g, lines[from:i]))
		n, known := at[body]
		if !known {
			n = len(list)
			at[body], list = n, append(list, scopes{body: body})
		}
		list[n].paths = append(list[n].paths, lines[from].scope)
	}
	return list
}

// some returns the first few scopes.
func (s *scopes) some() []string {
	const most = 20
	if len(s.paths) <= most+1 {
		return s.paths
	}
	return append(slices.Clone(s.paths[:most]), fmt.Sprintf("and %d more", len(s.paths)-most))
}

// block returns the block of one scope: in columns, or, if one side has all of a long block, as a list.
func (x *usersCompared) block(g *grid, lines []line) (b []byte) {
	if side := oneSided(lines); side >= 0 && len(lines) > 3 {
		return x.only(lines, side)
	}
	for _, l := range lines {
		b = g.line(b, l)
	}
	return b
}

// oneSided returns the side that has all lines, or -1.
func oneSided(lines []line) int {
	for side := range sides {
		if !slices.ContainsFunc(lines, func(l line) bool { return l.has[1-side] }) {
			return side
		}
	}
	return -1
}

// only lists what only one side has, a paragraph for each source.
func (x *usersCompared) only(lines []line, side int) (b []byte) {
	var refs []string
	names := map[string][]string{}
	for _, l := range lines {
		k := l.refs[side]
		if l.until[side] != "" {
			k += ", " + l.until[side]
		}
		if names[k] == nil {
			refs = append(refs, k)
		}
		name := l.name
		if l.cells[side] != "" {
			name += " (" + l.cells[side] + ")"
		}
		names[k] = append(names[k], name)
	}
	for _, k := range refs {
		var words []string
		for _, name := range splitCommas(names[k]) {
			words = append(words, strings.Fields(name)...)
		}
		head := fmt.Sprintf("    only %s %s: ", sides[side], k)
		b = append(b, head...)
		b, _ = wrapWords(b, len(head), 6, words, leaveUnpainted)
		b = append(b, '\n')
	}
	return b
}

// anywhere compares the two regardless of scope. If they have different scopes, only this shows what one may do that
// the other may not.
func (x *usersCompared) anywhere(b []byte) []byte {
	lines := append(somewhereLines(&x.AnywhereRoles, x.All, "role "),
		somewhereLines(&x.AnywherePermissions, x.All, "")...)
	alike := len(x.AnywhereRoles.Alike) + len(x.AnywherePermissions.Alike)
	title := "On any scope"
	if len(lines) == 0 {
		return fmt.Appendf(b, "\n%s: the same, %s\n", x.Style.bold(title),
			Count(alike, "role or permission", "roles or permissions"))
	}
	g := newGrid(lines)
	b = g.head(append(b, '\n'), title, x.Style)
	for _, l := range lines {
		b = g.line(b, l)
	}
	return b
}

func somewhereLines(c *who.Comparison[who.Somewhere], all bool, kind string) (list []line) {
	for _, p := range listPairs(c, all) {
		var l line
		for i, s := range [2]*who.Somewhere{p.Left, p.Right} {
			if s == nil {
				continue
			}
			l.has[i], l.until[i] = true, describeExpiry(s.Ends)
			if s.Role != nil {
				l.name = kind + s.Role.ID
			} else {
				l.name = kind + s.Permission.ID
			}
			l.cells[i] = somewhereCell(s)
		}
		list = append(list, l)
	}
	return byScope(list)
}

func somewhereCell(s *who.Somewhere) string {
	on := "on " + s.Scopes[0].Path
	if len(s.Scopes) > 1 {
		on = "on " + Plural(len(s.Scopes), "scope")
	}
	if s.Permission != nil && len(s.Permission.Actions) > 1 {
		on = policy.JoinNames(s.Permission.Names(s.Actions), ", ") + " " + on
	}
	if s.Records != 0 {
		on += "; " + describeRecords(s.Records)
	}
	return on
}

// totals returns the last line.
func (x *usersCompared) totals(b []byte) []byte {
	if x.alike()+len(x.rows())+len(x.listed(&x.Users.Roles)) == 0 {
		return b
	}
	count := func(l, r, d, same int) string {
		return fmt.Sprintf("%d only A, %d only B, %d different, %d the same", l, r, d, same)
	}
	r, p := &x.Users.Roles, &x.Permissions
	b = fmt.Appendf(b, "\nroles: %s\n", count(len(r.Left), len(r.Right), len(r.Different), len(r.Alike)))
	b = fmt.Appendf(b, "permissions: %s\n", count(len(p.Left), len(p.Right), len(p.Different), len(p.Alike)))
	if x.alike() > 0 && !x.All {
		b = append(b, "--all also lists what is the same\n"...)
	}
	return b
}
