package shape

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/tree"
)

// wrongKind reports a value of another kind than a field has, and the edit that makes it one.
func (c *checker) wrongKind(t *Type, v tree.Tree) {
	// A number may be what CUE has computed of 2026-12-31, so its text counts only if it is a day.
	k, s := v[0].Kind, v[0].Text
	if (k == tree.Bool || k == tree.Number && t.dateOf(s) != "") && t.mayBe(tree.String) && !t.fits(s) {
		before := len(c.faults)
		c.text(t, v[0].Text, v[0].Pos) // quotes would not correct it
		if len(c.faults) > before {
			c.faults[before].Right = "" // which needs quotes in some formats
		}
		return
	}
	help, edit := c.rewrite(t, v)
	if other := c.wrongKindHelp(t, v); other != "" {
		help, edit = other, nil
	}
	found := v[0].Kind.String()
	if v[0].Kind <= tree.String && v[0].Kind != tree.Null {
		found += ", " + diag.Quote(v[0].Text)
	}
	before := len(c.faults)
	c.report(v[0].Pos, help, "expected %s, got %s%s", kindNames(t.kindSet()), found, c.where())
	if len(c.faults) > before {
		c.faults[before].Edit = edit
	}
}

// fits reports whether a text would fit.
func (t *Type) fits(s string) bool {
	_, fault := t.textFault(s)
	return fault == ""
}

// rewrite returns how to write a value in the kind that a field has, and the edit if it is sure.
func (c *checker) rewrite(t *Type, v tree.Tree) (help string, edit *diag.Edit) {
	switch k := v[0].Kind; {
	case k == tree.String:
		return c.rewriteText(t, v[0].Text)
	case k == tree.Number && t.withUnit(v[0].Text) != "":
		return t.withUnit(v[0].Text), nil
	case (k == tree.Number || k == tree.Bool) && t.mayBe(tree.String):
		return fmt.Sprintf("put it in quotes: %q", v[0].Text),
			&diag.Edit{Kind: diag.AddQuotes, Done: "put " + diag.Quote(v[0].Text) + " in quotes"}
	case k == tree.List && len(t.patterns) > 0:
		item := ": …"
		if t.patterns[0].value.mayBe(tree.Struct) {
			item = ": {…}"
		}
		return "write each one under its name: " + firstName(t, v) + item, nil
	case k == tree.List && t.mayBe(tree.Struct):
		return c.rewriteList(t, v), nil
	case k == tree.Struct && t.elem != nil && t.elem.mayBe(tree.Struct):
		return c.rewriteMapping(t.elem, v)
	case k == tree.Struct && t.mayBe(tree.String):
		return c.rewriteName(v), nil
	}
	return "", nil
}

// rewriteText returns how to write a text as a value of another kind.
func (c *checker) rewriteText(t *Type, s string) (help string, edit *diag.Edit) {
	switch plain := strings.ToLower(s); {
	case t.mayBe(tree.Bool) && (plain == "true" || plain == "yes" || plain == "on"):
		return "write true, without quotes", nil
	case t.mayBe(tree.Bool) && (plain == "false" || plain == "no" || plain == "off"):
		return "write false, without quotes", nil
	case t.mayBe(tree.Bool):
		return "write true or false", nil
	case t.mayBe(tree.Number):
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			return "write " + s + ", without quotes", nil
		}
		return "", nil
	case t.mayBe(tree.List) && c.mainField(t) == nil:
		if names := splitNames(s); len(names) > 1 {
			return "write a list: [" + strings.Join(names, ", ") + "]", nil
		}
		return "put it in brackets: [" + diag.Quote(s) + "]",
			&diag.Edit{Kind: diag.AddList, Done: "put " + diag.Quote(s) + " in brackets"}
	}
	field := c.mainField(t)
	if field == nil {
		return rewriteAs(t, s), nil
	}
	names := splitNames(s)
	value := strings.Join(names, ", ")
	if len(names) > 1 && !field.Type.mayBe(tree.List) {
		return "write an item for each: {" + field.Name + ": " + names[0] + "}", nil
	}
	if len(names) > 1 || !field.Type.mayBe(tree.String) {
		value = "[" + value + "]"
	}
	if len(names) == 1 && c.lists(field.Name) {
		edit = &diag.Edit{Kind: diag.AddMapping, Text: field.Name, Done: "wrote " + diag.Quote(s) + " as a mapping"}
	}
	return "write it as a mapping: {" + field.Name + ": " + value + "}", edit
}

// rewriteAs returns how to write a text as a mapping if no single field is meant: it names the first few that take it.
func rewriteAs(t *Type, s string) string {
	if len(t.patterns) > 0 && t.patterns[0].value.mayBe(tree.String) {
		return "write it under a name: {NAME: " + diag.Quote(s) + "}"
	}
	for _, name := range []string{"level", "approvers", "sensitivity"} {
		switch f := t.Field(name); {
		case f == nil:
		case f.Type.mayBe(tree.List):
			return "write it as a mapping: {" + name + ": [" + diag.Quote(s) + "]}"
		case f.Type.fits(s):
			return "write it as a mapping: {" + name + ": " + diag.Quote(s) + "}"
		}
	}
	return ""
}

// withUnit returns the help for a number that lacks its unit, or that goes where one of a few words does, or "".
func (t *Type) withUnit(number string) string {
	if !t.mayBe(tree.String) || t.fits(number) {
		return ""
	}
	for _, unit := range []string{"d", "%"} {
		if t.fits(number + unit) {
			return "write " + number + unit
		}
	}
	_, fault := t.textFault(number)
	if _, words, ok := strings.Cut(fault, " is not one of "); ok {
		return "write one of " + words
	}
	return ""
}

// splitNames returns the names that a text with commas lists, each in quotes.
func splitNames(s string) (names []string) {
	for _, name := range strings.Split(s, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, diag.Quote(name))
		}
	}
	return names
}

// rewriteList returns how to write a list as a mapping with named fields.
func (c *checker) rewriteList(t *Type, v tree.Tree) string {
	n, structs := 0, 0
	var names []string
	for e := range v.Elems() {
		n++
		if e[0].Kind == tree.Struct {
			structs++
		}
		if e[0].Kind == tree.String {
			names = append(names, diag.Quote(e.Text()))
		}
	}
	field := c.mainField(t)
	switch {
	case structs == 1 && n == 1:
		return "write it without brackets: {…}"
	case structs > 0 && t.Field("allOf") != nil:
		return "write {allOf: […]} or {anyOf: […]}"
	case n == 0 || len(names) < n || field == nil:
		return "write one mapping: {…}"
	case field.Type.mayBe(tree.List):
		return "write {" + field.Name + ": [" + strings.Join(names, ", ") + "]}"
	case field.Type.mayBe(tree.String) && n == 1:
		return "write {" + field.Name + ": " + names[0] + "}"
	case field.Type.mayBe(tree.String) && t.Field("anyOf") != nil:
		return "write {anyOf: [{" + field.Name + ": " + names[0] + "}, …]}"
	case len(field.Type.patterns) > 0:
		return "write {" + field.Name + ": {" + strings.Trim(names[0], `"`) + ": {}, …}}"
	}
	return "write one mapping: {" + field.Name + ": …}"
}

// rewriteMapping returns how to write a mapping as a list of what elem says.
func (c *checker) rewriteMapping(elem *Type, v tree.Tree) (help string, edit *diag.Edit) {
	known, first := false, ""
	for k := range v.Fields() {
		for _, a := range flattenAlternatives([]*Type{elem}) {
			known = known || a.Field(k.Text) != nil || otherWord(k.Text, a.FieldNames()) != ""
		}
		if first == "" {
			first = k.Text
		}
	}
	if field := c.keyField(elem, first); !known && first != "" && field != "" {
		return "write a list: [{" + field + ": " + diag.Quote(first) + ", …}]", nil
	}
	return "put it in a list, even if it is the only one: [{…}]",
		&diag.Edit{Kind: diag.AddList, Done: "put " + c.name() + " in a list"}
}

// rewriteName returns how to write a mapping where only a name goes.
func (c *checker) rewriteName(v tree.Tree) string {
	for k, f := range v.Fields() {
		if f[0].Kind == tree.String {
			return "write the name alone: " + diag.Quote(f[0].Text)
		}
		return "write the name alone: " + diag.Quote(k.Text)
	}
	return "write a name alone"
}

// keyField returns the field of a list's items that the keys of a mapping are probably meant for, or "".
func (c *checker) keyField(elem *Type, key string) string {
	var names []string
	for _, a := range flattenAlternatives([]*Type{elem}) {
		names = append(names, a.FieldNames()...)
	}
	for _, name := range []string{"rule", "user", "group", "role", "permission", "path"} {
		isUser := name != "user" || strings.Contains(key, "@") || !slices.Contains(names, "group")
		if isUser && slices.Contains(names, name) {
			return name
		}
	}
	return ""
}

// mainField returns the field that people mean who write its value in place of a mapping, or nil.
func (c *checker) mainField(t *Type) *Field {
	for _, a := range flattenAlternatives([]*Type{t}) {
		order := []string{"members", "between", "levels", "role", "permission", "group"}
		if a.Field("depth") != nil {
			order = []string{"actions"}
		}
		if c.name() == "when" || c.name() == "unless" {
			order = []string{"group"}
		}
		for _, name := range order {
			if f := a.Field(name); f != nil && (name != "role" || a.Field("reason") == nil || c.lists(name)) {
				return f
			}
		}
	}
	return nil
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
func firstName(t *Type, list tree.Tree) string {
	for e := range list.Elems() {
		if e[0].Kind == tree.String {
			return diag.Quote(e[0].Text)
		}
		fields := 0
		for k, v := range e.Fields() {
			fields++
			if v[0].Kind == tree.String && slices.Contains(nameFields, k.Text) {
				return diag.Quote(v[0].Text)
			}
		}
		for k := range e.Fields() {
			if fields == 1 && !isFieldOf(t.patterns[0].value, k.Text) {
				return diag.Quote(k.Text)
			}
		}
		break
	}
	return "NAME"
}

// nameFields are fields under which people write a name that belongs before its fields.
var nameFields = []string{"id", "user", "name", "group", "role", "domain", "rule"}

// isFieldOf reports whether a struct of a type, or of one of its alternatives, has a field.
func isFieldOf(t *Type, name string) bool {
	return slices.ContainsFunc(flattenAlternatives([]*Type{t}), func(a *Type) bool { return a.Field(name) != nil })
}

// kindSet returns the kinds that all constraints allow.
func (t *Type) kindSet() (kinds uint8) {
	for k := tree.Null; k <= tree.Struct; k++ {
		if t.mayBe(k) {
			kinds |= 1 << k
		}
	}
	return kinds
}

// mayBe reports whether all constraints allow a kind.
func (t *Type) mayBe(k tree.Kind) bool {
	if len(t.anyOf) > 0 {
		return slices.ContainsFunc(t.anyOf, func(a *Type) bool { return a.mayBe(k) })
	}
	return t.allows(k) && !slices.ContainsFunc(t.allOf, func(a *Type) bool { return !a.mayBe(k) })
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
