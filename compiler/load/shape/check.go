package shape

import (
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
	items  tree.Tree // the list that is checked
	formOf string    // the rule for which an example of its form was shown last
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
	if !t.mayBe(v[0].Kind) {
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
	n, wrong := 0, uint8(0)
	around := c.items
	c.items = v
	defer func() { c.items = around }()
	for e := range v.Elems() {
		if c.full() {
			return
		}
		if t.elem != nil && wrong&(1<<e[0].Kind) == 0 {
			before := len(c.faults)
			c.path = append(c.path, strconv.Itoa(n))
			c.check(t.elem, e)
			c.path = c.path[:len(c.path)-1]
			if len(c.faults) > before && !t.elem.mayBe(e[0].Kind) && c.faults[before].Edit == nil {
				wrong |= 1 << e[0].Kind // the first says it for all
			}
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
	var missing []*Field
	for i := range t.fields {
		f := &t.fields[i]
		if f.Required && (i < 64 && seen&(1<<i) == 0 || i >= 64 && v.Get(f.Name) == nil) && !misspelt(f.Name) {
			missing = append(missing, f)
		}
	}
	if len(missing) == 1 && c.nameless(t, missing[0], v, before) {
		return
	}
	for _, f := range missing {
		c.tooFew(v[0].Pos, f.Help, "field %q is required%s", f.Name, c.where())
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
