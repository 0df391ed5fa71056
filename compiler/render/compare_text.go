package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/policy"
)

// CompareFormats are the output formats of compare.
var CompareFormats = []string{"text", "json"}

// Compared compares users, or roles through users who hold only them.
type Compared struct {
	*who.Users
	Roles    [2]*policy.Role    // or nil: users
	Assigned [2][]*policy.Scope // where the roles are
	All      bool               // also list what both have alike
}

// CompareUsers writes what one side has beyond the other.
func CompareUsers(w io.Writer, p *policy.Policy, c *Compared, format string, style Style) error {
	return withExternal(w, externalOf(p), format, style, func(w io.Writer) error {
		return writeCompareUsers(w, p, c, format, style)
	}, c)
}

func writeCompareUsers(w io.Writer, p *policy.Policy, c *Compared, format string, style Style) error {
	x := &usersCompared{Compared: c, Table: &Table{Policy: p, Style: style}, numbers: map[string]int{}}
	b := x.text
	if format == "json" {
		b = func() []byte { return SafeJSON(x.json()) }
	}
	_, err := w.Write(b())
	return err
}

type usersCompared struct {
	*Compared
	*Table
	sources []string       // cells point to these by number, from one
	numbers map[string]int // of the sources
}

// line is one role or permission that the sides may have, in words.
type line struct {
	scope string
	name  string
	has   [2]bool
	cells [2]string // actions and their limits
	until [2]string
	refs  [2]string // numbers of sources
}

// names of the two sides.
var sides = [2]string{"A", "B"}

func (x *usersCompared) text() []byte {
	b := x.headline()
	roles, permissions := x.roleLines(), x.permissionLines()
	b = x.section(b, "Roles", roles)
	b = x.section(b, "Permissions", permissions)
	if x.Apart {
		b = x.anywhere(b)
	}
	if len(x.sources) > 0 {
		b = append(b, "\n"+x.Style.bold("Sources")+"\n"...)
	}
	for i, s := range x.sources {
		b = x.source(b, i+1, s)
	}
	return x.totals(b)
}

// headline says who is A, who is B, and how they compare.
func (x *usersCompared) headline() (b []byte) {
	for i, u := range x.Users.Users {
		b = append(b, x.Style.bold(sides[i])+"  "...)
		if r := x.Compared.Roles[i]; r != nil {
			b, _ = wrapWords(b, 3, 3, strings.Fields(x.assigned(i, r)), leaveUnpainted)
		} else {
			b = append(b, x.Style.bold(Safe(u.ID))+x.Style.dim(describeUser(u))...)
		}
		b = append(b, '\n')
	}
	where := ""
	if x.Users.Scope != nil {
		where = " within " + x.Users.Scope.Path
	}
	words := "they differ" + where
	switch {
	case x.equal() && x.alike() == 0:
		words = "neither holds anything" + where
	case x.equal():
		words = "they hold the same" + where
	case x.Shared == 0 && len(x.rows()) > 0 && x.bothHaveSomething():
		words = "they have no scope in common" + where
	}
	return fmt.Appendf(b, "%s, as of %s\n", words, x.Policy.AsOf)
}

// assigned returns a role with the scopes on which it is assigned.
func (x *usersCompared) assigned(i int, r *policy.Role) string {
	var paths []string
	for _, s := range x.Assigned[i] {
		paths = append(paths, s.Path)
	}
	s := "somebody with role " + r.ID + " on " + strings.Join(paths, ", ")
	if a := x.Users.Users[i].Affiliation; a != "" {
		s += ", " + a
	}
	return s
}

func (x *usersCompared) equal() bool { return x.Users.Roles.Equal() && x.Permissions.Equal() }

func (x *usersCompared) alike() int { return len(x.Users.Roles.Alike) + len(x.Permissions.Alike) }

func (x *usersCompared) rows() []who.Pair[policy.Row] {
	return slices.Concat(x.Permissions.Left, x.Permissions.Right, x.Permissions.Different)
}

func (x *usersCompared) bothHaveSomething() bool {
	return len(x.Permissions.Left) > 0 && len(x.Permissions.Right) > 0
}

// roleLines returns the roles that differ, or all, in order of scope.
func (x *usersCompared) roleLines() (list []line) {
	for _, p := range x.listed(&x.Users.Roles) {
		var l line
		for i, r := range [2]*who.RoleRow{p.Left, p.Right} {
			if r == nil {
				continue
			}
			l.scope, l.name, l.has[i], l.until[i] = r.Scope.Path, r.Role.ID, true, describeExpiry(r.Ends)
			via, more := r.Leading()
			l.refs[i] = x.refs(r.User, via, roleRefWords) + moreRefs(more)
		}
		list = append(list, l)
	}
	return byScope(list)
}

// moreRefs counts further sources without a reference, if any.
func moreRefs(more int) string {
	if more == 0 {
		return ""
	}
	return fmt.Sprintf(" +%d more", more)
}

// roleRefWords names the assigned role with its scope; included roles come from there.
func roleRefWords(u *policy.User, v *policy.Via) string {
	given := *v
	if v.From != nil {
		given.Role, given.From = v.From, nil
	}
	if v.Kind != policy.FromDefaultRole {
		given.Kind = policy.FromRole
	}
	return describeSource(u, &given, " on "+v.Scope.Path)
}

func (x *usersCompared) listed(c *who.Comparison[who.RoleRow]) []who.Pair[who.RoleRow] {
	return listPairs(c, x.All)
}

// listPairs returns the pairs to show.
func listPairs[T any](c *who.Comparison[T], all bool) []who.Pair[T] {
	list := slices.Concat(c.Left, c.Right, c.Different)
	if all {
		list = append(list, c.Alike...)
	}
	return list
}

func byScope(list []line) []line {
	slices.SortStableFunc(list, func(a, b line) int {
		if c := strings.Compare(a.scope, b.scope); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	return list
}

func (x *usersCompared) permissionLines() (list []line) {
	for _, p := range listPairs(&x.Permissions, x.All) {
		var l line
		for i, r := range [2]*policy.Row{p.Left, p.Right} {
			if r == nil {
				continue
			}
			l.scope, l.name, l.has[i], l.until[i] = r.Scope.Path, r.Permission.ID, true, describeExpiry(r.Ends)
			if l.cells[i] = cellOf(r); r.Mixed() { // mixed rows show the expiry of each action
				l.until[i] = ""
			}
			via, more := r.Leading()
			l.refs[i] = x.refs(r.User, via, refWords) + moreRefs(more)
		}
		list = append(list, l)
	}
	return byScope(list)
}

// refWords describes a source below the columns. An included role comes from where the including role is assigned.
func refWords(u *policy.User, v *policy.Via) string {
	on := " on " + v.Scope.Path
	if v.Role != nil && v.Kind != policy.FromDerived {
		return roleRefWords(u, v)
	}
	return describeSource(u, v, on)
}

// cellOf describes a row for a column.
func cellOf(r *policy.Row) string {
	var parts []string
	if len(r.Permission.Actions) > 1 {
		parts = append(parts, describeActions(r))
	}
	var withheld []string
	for _, w := range r.Withheld {
		withheld = append(withheld, w.Action)
	}
	if len(withheld) > 0 {
		parts = append(parts, strings.Join(withheld, ", ")+" withheld")
	}
	switch {
	case r.Mixed():
		parts = append(parts, describeParts(r)...)
	case r.Records != policy.AllRecords:
		parts = append(parts, describeRecords(r.Records))
	}
	return strings.Join(parts, "; ")
}

// refs returns the numbers of sources, each once.
func (x *usersCompared) refs(u *policy.User, via []policy.Via, words func(*policy.User, *policy.Via) string) string {
	var list []string
	for i := range via {
		if n := x.ref(words(u, &via[i]), via[i].Pos); !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return strings.Join(list, " ")
}

// ref returns the number of a source in brackets.
func (x *usersCompared) ref(words string, pos policy.Pos) string {
	s := words + "\n" + x.at(pos)
	n, known := x.numbers[s]
	if !known {
		x.sources = append(x.sources, s)
		n = len(x.sources)
		x.numbers[s] = n
	}
	return fmt.Sprintf("[%d]", n)
}

func (x *usersCompared) source(b []byte, n int, s string) []byte {
	text, at, _ := strings.Cut(s, "\n")
	head := fmt.Sprintf("  [%d] ", n)
	b = append(b, head...)
	b, col := wrapWords(b, len(head), 8, strings.Fields(text), leaveUnpainted)
	return placeBehind(b, col, at, x.Style)
}
