package shape

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cuelang.org/go/cue"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// Check returns all findings about a value, as schema errors with their places.
func (t *Type) Check(v tree.Tree) []diag.Finding {
	if t.ok(v) {
		return nil
	}
	c := checker{}
	c.check(t, v)
	return c.faults
}

type checker struct {
	faults []diag.Finding
	path   []string
	formOf string // the rule for which an example of its form was shown last
}

// full reports whether there are as many findings as anybody reads.
func (c *checker) full() bool { return len(c.faults) >= diag.Most }

func (c *checker) report(pos policy.Pos, help, format string, args ...any) {
	if c.full() {
		return
	}
	d := diag.Stopf("schema", pos, format, args...)
	d.Help = help
	c.addForm(&d)
	c.faults = append(c.faults, d)
}

// tooFew reports a fault that more content of the same value corrects.
func (c *checker) tooFew(pos policy.Pos, help, format string, args ...any) {
	n := len(c.faults)
	if c.report(pos, help, format, args...); len(c.faults) > n {
		c.faults[n].TooFew = true
	}
}

// where names the place in the declaration, for a message.
func (c *checker) where() string {
	if len(c.path) == 0 {
		return ""
	}
	parts := make([]string, 0, len(c.path))
	for _, p := range c.path {
		if len(p) > 60 {
			p = p[:strings.LastIndexFunc(p[:60], func(r rune) bool { return r != utf8.RuneError })] + "…"
		}
		if strings.ContainsAny(p, ". \"") {
			p = strconv.Quote(p)
		}
		parts = append(parts, p)
	}
	return " in " + strings.Join(parts, ".")
}

func (c *checker) check(t *Type, v tree.Tree) {
	if len(t.anyOf) > 0 {
		c.alternatives(t, v)
		return
	}
	if !t.allows(v[0].Kind) {
		c.wrongKind(t, v)
		return
	}
	switch v[0].Kind {
	case tree.String, tree.Bool:
		if !c.text(t, v[0].Text, v[0].Pos) {
			return // what it consists of would be reported again
		}
	case tree.Number:
		c.number(t, v)
	case tree.List:
		c.list(t, v)
	case tree.Struct:
		c.structure(t, v)
	}
	for _, a := range t.allOf {
		if n := len(c.faults); n == 0 || a.opaque == nil {
			c.check(a, v)
			if len(c.faults) > n && len(c.path) > 0 {
				return // one finding for each value is enough
			}
		}
	}
	if t.opaque != nil {
		c.opaque(t, v)
	}
}

// wrongKind reports a value of another kind than a field has, and the edit that makes it one.
func (c *checker) wrongKind(t *Type, v tree.Tree) {
	help, edit := "", (*diag.Edit)(nil)
	want := kindNames(t.kinds)
	if v[0].Kind == tree.Number && t.allows(tree.String) || v[0].Kind == tree.Bool && t.allows(tree.String) {
		help = fmt.Sprintf("put it in quotes: %q", v[0].Text)
		edit = &diag.Edit{Kind: diag.AddQuotes, Done: "put " + diag.Quote(v[0].Text) + " in quotes"}
	}
	if v[0].Kind == tree.String && t.allows(tree.List) {
		help = "put it in brackets: [" + diag.Quote(v[0].Text) + "]"
		edit = &diag.Edit{Kind: diag.AddList, Done: "put " + diag.Quote(v[0].Text) + " in brackets"}
	}
	if v[0].Kind == tree.String && t.kinds == kindMask(tree.Struct) && len(t.fields) > 0 && len(t.patterns) == 0 &&
		t.fields[0].Type.allows(tree.String) {
		help = "write it as a mapping: {" + t.fields[0].Name + ": " + diag.Quote(v[0].Text) + "}"
		if c.lists(t.fields[0].Name) {
			edit = &diag.Edit{Kind: diag.AddMapping, Text: t.fields[0].Name,
				Done: "wrote " + diag.Quote(v[0].Text) + " as a mapping"}
		}
	}
	if v[0].Kind == tree.List && len(t.patterns) > 0 {
		help = "write each one under its name: " + firstName(v) + ": {…}"
	}
	if v[0].Kind == tree.Struct && t.elem != nil && t.elem.allows(tree.Struct) {
		help = "put it in a list, even if it is the only one: [{…}]"
		edit = &diag.Edit{Kind: diag.AddList, Done: "put " + c.name() + " in a list"}
	}
	if other := c.wrongKindHelp(t, v); other != "" {
		help, edit = other, nil
	}
	found := v[0].Kind.String()
	if v[0].Kind <= tree.String && v[0].Kind != tree.Null {
		found += ", " + diag.Quote(v[0].Text)
	}
	before := len(c.faults)
	if c.report(v[0].Pos, help, "expected %s, got %s%s", want, found, c.where()); len(c.faults) > before {
		c.faults[before].Edit = edit
	}
}

// lists reports whether the list that is checked is plainly one of what a field names: a role of roles.
func (c *checker) lists(field string) bool {
	if len(c.path) < 2 {
		return false
	}
	list := c.path[len(c.path)-2]
	return list == field+"s" || list == "grants" && field == "permission"
}

// name returns the name of the field that is checked, for what an edit says.
func (c *checker) name() string {
	if len(c.path) == 0 {
		return "it"
	}
	return c.path[len(c.path)-1]
}

// firstName returns what the first item of a list is probably called.
func firstName(list tree.Tree) string {
	for e := range list.Elems() {
		for k, v := range e.Fields() {
			if v[0].Kind == tree.String && slices.Contains([]string{"id", "user", "name", "group", "role"}, k.Text) {
				return diag.Quote(v[0].Text)
			}
		}
		for k := range e.Fields() {
			return diag.Quote(k.Text)
		}
		if e[0].Kind == tree.String {
			return diag.Quote(e[0].Text)
		}
		break
	}
	return "NAME"
}

func kindNames(kinds uint8) string {
	var list []string
	for k := tree.Null; k <= tree.Struct; k++ {
		if kinds&(1<<k) != 0 {
			list = append(list, k.String())
		}
	}
	return strings.Join(list, " or ")
}

func (c *checker) number(t *Type, v tree.Tree) {
	s := v[0].Text
	if _, err := strconv.Atoi(s); t.whole && err != nil {
		c.report(v[0].Pos, "", "expected a whole number, got %s%s", diag.Quote(s), c.where())
		return
	}
	n, err := strconv.ParseFloat(s, 64)
	for _, b := range t.bounds {
		ok := err == nil
		switch b.op {
		case cue.GreaterThanOp:
			ok = ok && n > b.num
		case cue.GreaterThanEqualOp:
			ok = ok && n >= b.num
		case cue.LessThanOp:
			ok = ok && n < b.num
		case cue.LessThanEqualOp:
			ok = ok && n <= b.num
		}
		if !ok {
			c.report(v[0].Pos, "", "expected a number %s %v, got %s%s", b.op, b.num, diag.Quote(s), c.where())
			return
		}
	}
}

func countable(n int) string {
	if n == 1 {
		return "item"
	}
	return "items"
}

func (c *checker) list(t *Type, v tree.Tree) {
	n := 0
	for e := range v.Elems() {
		if c.full() {
			return
		}
		if t.elem != nil && !(n > 0 && v[1].Kind == tree.String && isPathText(t.elem, e)) { // the first says it for all
			c.path = append(c.path, strconv.Itoa(n))
			c.check(t.elem, e)
			c.path = c.path[:len(c.path)-1]
		}
		n++
	}
	if n < t.minLen {
		c.tooFew(v[0].Pos, "", "expected at least %d %s, got %d%s", t.minLen, countable(t.minLen), n, c.where())
	}
	if t.maxLen >= 0 && n > t.maxLen {
		c.report(v[0].Pos, "", "expected at most %d %s, got %d%s", t.maxLen, countable(t.maxLen), n, c.where())
	}
}

func (c *checker) structure(t *Type, v tree.Tree) {
	if t.index == nil && len(t.patterns) == 0 {
		return
	}
	before := len(c.faults)
	seen := c.fields(t, v)
	misspelt := func(name string) bool {
		return slices.ContainsFunc(c.faults[before:], func(d diag.Finding) bool {
			return d.Right == name &&
				v.Get(d.Wrong) != nil
		})
	}
	for i := range t.fields {
		f := &t.fields[i]
		if f.Required && (i < 64 && seen&(1<<i) == 0 || i >= 64 && v.Get(f.Name) == nil) && !misspelt(f.Name) {
			c.tooFew(v[0].Pos, f.Help, "field %q is required%s", f.Name, c.where())
		}
	}
}

// fields checks the fields of a value, and returns which ones it has.
func (c *checker) fields(t *Type, v tree.Tree) (seen uint64) {
	for k, f := range v.Fields() {
		if c.full() {
			break
		}
		i, known := t.index[k.Text]
		if known && i < 64 {
			seen |= 1 << i
		}
		c.path = append(c.path, k.Text)
		if known {
			c.check(t.fields[i].Type, f)
		}
		matched := c.patterns(t, k, f)
		c.path = c.path[:len(c.path)-1]
		if !known && !matched && t.closed {
			c.unknown(t, k, f, v)
		}
	}
	return seen
}

// patterns checks a value against every pattern that its key matches.
func (c *checker) patterns(t *Type, k *tree.Node, v tree.Tree) (matched bool) {
	for _, p := range t.patterns {
		if _, fault := p.key.textFault(k.Text); fault == "" {
			matched = true
			c.check(p.value, v)
		}
	}
	return matched
}
