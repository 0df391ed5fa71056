package compiler

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/baseline"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/diff"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
)

// PolicyChanges lists what differs between two projects beside users, groups
// and scopes, in a fixed order.
func PolicyChanges(base, head *Project) (list []diff.PolicyChange) {
	var b, h policy.Declared
	var baseRules, headRules []policy.DeclaredRule
	if base != nil {
		b, baseRules = *base.loaded.Declared, projectRules(base)
	}
	h, headRules = *head.loaded.Declared, projectRules(head)
	list = append(list, keyed("rule", baseRules, headRules, func(r policy.DeclaredRule) policy.Ref { return r.ID })...)
	list = append(list, severityChanges(b.Severities, h.Severities)...)
	if base != nil && b.HorizonDays != h.HorizonDays {
		list = append(list, diff.PolicyChange{What: "horizon", How: "changed", Text: days(b.HorizonDays) + " to " + days(h.HorizonDays)})
	}
	if b.FailOn.Name != h.FailOn.Name && base != nil {
		list = append(list, failOnChange(b.FailOn, h.FailOn))
	}
	list = append(list, counted("waiver", b.Waivers, h.Waivers, func(w policy.DeclaredWaiver) (policy.Pos, string) {
		return w.Pos, w.Rule.Name + " of " + w.User.Name + w.Group.Name
	})...)
	list = append(list, counted("suppression", comments(base), comments(head), func(c comment) (policy.Pos, string) { return c.Pos, c.Rules })...)
	list = append(list, reviewChanges(b.Review, h.Review)...)
	list = append(list, counted("ignore", b.Ignore, h.Ignore, func(r policy.Ref) (policy.Pos, string) { return r.Pos, r.Name })...)
	list = append(list, counted("correction", corrections(b), corrections(h), func(c policy.Correction) (policy.Pos, string) {
		return c.Pos, c.Permission.Name + " of " + c.Role.Name + strings.TrimRight(" is "+c.Cell, "is ")
	})...)
	list = append(list, counted("expectation", b.Expects, h.Expects, func(e policy.Expect) (policy.Pos, string) { return e.Pos, expectation(e) })...)
	list = append(list, baselineChanges(known(base), known(head))...)
	if base != nil {
		list = append(list, catalogChange(base, head)...)
	}
	return list
}

// severityChanges say what the severities were and are.
func severityChanges(base, head []policy.Setting) []diff.PolicyChange {
	list := keyed("severity", base, head, setting)
	value := func(of []policy.Setting, name string) string {
		if i := slices.IndexFunc(of, func(s policy.Setting) bool { return setting(s).Name == name }); i >= 0 {
			return of[i].Value.Name
		}
		return ""
	}
	for i := range list {
		b, h := value(base, list[i].Name), value(head, list[i].Name)
		if list[i].Text = b + h; list[i].How == "changed" {
			list[i].Text = b + " to " + h
		}
	}
	return list
}

// setting names a severity by its rule and, if it is not for all, its files.
func setting(s policy.Setting) policy.Ref {
	if s.Files.Given() {
		return policy.Ref{Name: s.Rule.Name + " in " + s.Files.Name, Pos: s.Rule.Pos}
	}
	return s.Rule
}

func failOnChange(b, h policy.Ref) diff.PolicyChange {
	c := diff.PolicyChange{What: "failOn", How: "changed", Text: cmp.Or(b.Name, "error") + " to " + cmp.Or(h.Name, "error"), Pos: h.Pos}
	if !h.Given() {
		c.Base, c.Pos = true, b.Pos
	}
	return c
}

func days(n int) string {
	if n < 0 {
		return "30d"
	}
	return strconv.Itoa(n) + "d"
}

// known returns the findings of a project's baselines, each once. Check
// reports what cannot be read.
func known(p *Project) (list []baseline.Entry) {
	if p == nil {
		return nil
	}
	at := map[diag.Key]int{}
	for _, f := range p.loaded.Baselines {
		b, err := baseline.Read(f.Name, f.Data, rules.Lasting)
		if err != nil {
			continue
		}
		for _, e := range b.Entries {
			if i, ok := at[e.Key]; ok {
				list[i].Count += e.Count
				continue
			}
			at[e.Key] = len(list)
			list = append(list, e)
		}
	}
	return list
}

// baselineChanges lists each finding of which the baselines hold fewer or more
// than before once, however large its count is.
func baselineChanges(base, head []baseline.Entry) (list []diff.PolicyChange) {
	list = appendBeyond(list, "removed", base, head)
	return appendBeyond(list, "added", head, base)
}

// appendBeyond appends the entries of one list by which it exceeds the other.
func appendBeyond(list []diff.PolicyChange, how string, entries, other []baseline.Entry) []diff.PolicyChange {
	count := make(map[diag.Key]int, len(other))
	for i := range other {
		count[other[i].Key] = other[i].Count
	}
	for _, e := range entries {
		n := e.Count - count[e.Key]
		if n <= 0 {
			continue
		}
		c := diff.PolicyChange{What: "baseline", Name: e.Rule + " of " + e.User + e.Group, How: how, Base: how == "removed"}
		if n > 1 {
			c.Text = strconv.Itoa(n) + " times"
		}
		list = append(list, c)
	}
	return list
}

func corrections(d policy.Declared) []policy.Correction {
	if d.Catalog == nil {
		return nil
	}
	return d.Catalog.Corrections
}

func expectation(e policy.Expect) string {
	who := e.User.Name + e.Group.Name + e.Affiliation.Name
	switch {
	case e.IsOnly:
		var names []string
		for _, r := range e.Only {
			names = append(names, r.Name)
		}
		return who + " only " + strings.Join(names, ", ")
	case e.Can.Given():
		return who + " can " + e.Can.Name
	}
	return who + " cannot " + e.Cannot.Name
}

// reviewChanges compares the review blocks.
func reviewChanges(b, h *policy.Review) []diff.PolicyChange {
	switch {
	case b == nil && h == nil || b != nil && h != nil && alike(*b, *h):
		return nil
	case b == nil:
		return []diff.PolicyChange{{What: "review", How: "added", Pos: h.Pos}}
	case h == nil:
		return []diff.PolicyChange{{What: "review", How: "removed", Base: true, Pos: b.Pos}}
	}
	return []diff.PolicyChange{{What: "review", How: "changed", Pos: h.Pos}}
}

// catalogChange says that another product, catalog version or catalog of the
// project's own is meant.
func catalogChange(base, head *Project) []diff.PolicyChange {
	b, h := base.Policy.Catalog, head.Policy.Catalog
	own := func(p *Project) (c policy.DeclaredCatalog) {
		if x := p.loaded.Declared.Catalog; x != nil {
			c = *x
			c.Corrections, c.Rules = nil, nil // listed by themselves
		}
		return c
	}
	if b.Product == h.Product && b.Version == h.Version && alike(own(base), own(head)) {
		return nil
	}
	at := head.loaded.Declared.Product.Pos
	if c := head.loaded.Declared.Catalog; c != nil {
		at = c.Pos
	}
	text := ""
	if b.Product != h.Product {
		text = fmt.Sprintf("%s to %s", b.Product, h.Product)
	}
	return []diff.PolicyChange{{What: "catalog", How: "changed", Text: text, Pos: at}}
}

// keyed compares lists of things with a name each.
func keyed[T any](what string, base, head []T, name func(T) policy.Ref) (list []diff.PolicyChange) {
	find := func(in []T, id string) *T {
		i := slices.IndexFunc(in, func(x T) bool { return name(x).Name == id })
		if i < 0 {
			return nil
		}
		return &in[i]
	}
	for _, x := range base {
		switch y := find(head, name(x).Name); {
		case y == nil:
			list = append(list, diff.PolicyChange{What: what, Name: name(x).Name, How: "removed", Base: true, Pos: name(x).Pos})
		case !alike(x, *y):
			list = append(list, diff.PolicyChange{What: what, Name: name(x).Name, How: "changed", Pos: name(*y).Pos})
		}
	}
	for _, y := range head {
		if find(base, name(y).Name) == nil {
			list = append(list, diff.PolicyChange{What: what, Name: name(y).Name, How: "added", Pos: name(y).Pos})
		}
	}
	return list
}

// counted compares lists of things without a name, as often as each stands
// there.
func counted[T any](what string, base, head []T, about func(T) (policy.Pos, string)) (list []diff.PolicyChange) {
	left := map[string]int{}
	for _, y := range head {
		left[say(reflect.ValueOf(y))]++
	}
	for _, x := range base {
		if key := say(reflect.ValueOf(x)); left[key] > 0 {
			left[key]--
			continue
		}
		pos, name := about(x)
		list = append(list, diff.PolicyChange{What: what, Name: name, How: "removed", Base: true, Pos: pos})
	}
	clear(left)
	for _, x := range base {
		left[say(reflect.ValueOf(x))]++
	}
	for _, y := range head {
		if key := say(reflect.ValueOf(y)); left[key] > 0 {
			left[key]--
			continue
		}
		pos, name := about(y)
		list = append(list, diff.PolicyChange{What: what, Name: name, How: "added", Pos: pos})
	}
	return list
}

// say is a declared value as text without its places.
func say(v reflect.Value) string {
	switch {
	case v.Type() == posType:
		return ""
	case v.Kind() == reflect.Struct:
		var b strings.Builder
		for i := range v.NumField() {
			b.WriteString(say(v.Field(i)))
			b.WriteByte(1)
		}
		return b.String()
	case v.Kind() == reflect.Slice:
		var b strings.Builder
		for i := range v.Len() {
			b.WriteString(say(v.Index(i)))
			b.WriteByte(2)
		}
		return b.String()
	case v.Kind() == reflect.Pointer && v.IsNil():
		return "\x03"
	case v.Kind() == reflect.Pointer:
		return "\x04" + say(v.Elem())
	}
	return fmt.Sprint(v.Interface())
}
