package reference_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/load/shape"
)

// TestDrawn: the generators write every field, every word and every alternative of the schema that means something to
// the table or to a finding. What they never write, no property looks at.
func TestDrawn(t *testing.T) {
	s := readSchema(t)
	parts := s.parts()
	written := map[string]bool{}
	for i := range 2000 {
		s.note("Declaration", s.top, projects().Example(i), written)
	}
	left := maps.Clone(notDrawn)
	for _, part := range parts {
		but := exception(part)
		delete(left, but)
		switch {
		case !written[part] && but == "":
			t.Errorf("no project has %s: teach the twin what it means, and then the generators", part)
		case written[part] && but != "":
			t.Errorf("%s is drawn now: take %s out of the list of exceptions", part, but)
		}
	}
	for part := range left {
		t.Errorf("the schema has no %s, which is an exception here", part)
	}
	for part := range written {
		if !slices.Contains(parts, part) {
			t.Errorf("%s was written and is not part of the schema", part)
		}
	}
}

// projects draws what any of the properties writes.
func projects() *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		g := &gen{T: t, Declaration: &Declaration{Catalog: &Catalog{}}}
		g.everything()
		d := g.Declaration
		switch one(t, "with", []string{"expectations", "files", "delegates", "words", "reviews", "gates", "settings",
			"waivers"}) {
		case "expectations":
			g.expectations()
			d.Settings = &Settings{Horizon: "20d"}
		case "files":
			g.elsewhere()
		case "delegates":
			d = delegations(t, true)
		case "words":
			return generic(inOtherWords(t, d))
		case "reviews":
			pr := remembering(d, today)
			return parsed(t, withReviews(t, d, someReviews(t, pr, pr.toReview()), 30))
		case "gates":
			return withGates(t, d, matcher(t, d, d))
		case "waivers":
			return parsed(t, withWaivers(t, d, someWaivers(t, remembering(d, today), g.near())))
		case "settings":
			found := []weighed{{Rule: "expired"}, {Rule: "redundant-grant"}, {Rule: "default-role"}}
			return merge(parsed(t, withAge(d, "2026-06-01", 30)), parsed(t, g.severities(found).text()))
		}
		return generic(d)
	})
}

// near draws what findings may be about, without looking for any.
func (g *gen) near() (list []excusable) {
	for _, row := range Flatten(g.Declaration, today) {
		list = append(list, excusable{Judged: Judged{Rule: "expired", User: row.User, Scope: row.Scope,
			Permission: row.Permission, Role: one(g.T, "role", append(sorted(g.Catalog.Roles), "")),
			Group: one(g.T, "group", append(sorted(g.Groups), ""))}})
		if len(list) == 3 {
			break
		}
	}
	return list
}

func parsed(t *rapid.T, text string) (doc map[string]any) {
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// grammar is the schema of a declaration as JSON Schema has it, which permc derives from CUE.
type grammar struct {
	top         map[string]any
	definitions map[string]any
}

func readSchema(t *testing.T) *grammar {
	pkg, err := load.Schema()
	if err != nil {
		t.Fatal(err)
	}
	declaration, err := shape.Derive(pkg, "#Declaration")
	if err != nil {
		t.Fatal(err)
	}
	top := generic(declaration.JSONSchema(func(string) []shape.Value { return nil })).(map[string]any)
	return &grammar{top, top["definitions"].(map[string]any)}
}

// parts lists what can be written: each field as "Grant.scope", also of structs without a name
// ("Catalog.default.role"), each word as "Cell.access=own", and each alternative as "Names|array".
func (s *grammar) parts() (list []string) {
	known := map[string]bool{}
	var walk func(name string, x map[string]any)
	walk = func(name string, x map[string]any) {
		name, x = s.resolve(name, x)
		if known[name] {
			return
		}
		known[name] = true
		for _, field := range sorted(object(x["properties"])) {
			list = append(list, name+"."+field)
			walk(name+"."+field, object(object(x["properties"])[field]))
		}
		for _, word := range wordsOf(x) {
			list = append(list, name+"="+word)
		}
		for _, a := range anyOf(x) {
			list = append(list, name+"|"+s.kindOf(a))
			walk(name+"|"+s.kindOf(a), a)
		}
		for _, inner := range inside(x) {
			walk(name+".*", inner)
		}
	}
	walk("Declaration", s.top)
	slices.Sort(list)
	return slices.Compact(list)
}

// note adds the parts that a value has.
func (s *grammar) note(name string, x map[string]any, value any, written map[string]bool) {
	name, x = s.resolve(name, x)
	if text, ok := value.(string); ok && slices.Contains(wordsOf(x), text) {
		written[name+"="+text] = true
	}
	for _, a := range anyOf(x) {
		if s.fits(a, value) {
			written[name+"|"+s.kindOf(a)] = true
			s.note(name+"|"+s.kindOf(a), a, value, written)
		}
	}
	switch value := value.(type) {
	case map[string]any:
		for key, v := range value {
			if field := object(object(x["properties"])[key]); field != nil {
				written[name+"."+key] = true
				s.note(name+"."+key, field, v, written)
			} else if pattern := object(x["additionalProperties"]); pattern != nil {
				s.note(name+".*", pattern, v, written)
			}
		}
	case []any:
		for _, v := range value {
			for _, items := range lists(x) {
				s.note(name+".*", items, v, written)
			}
		}
	}
}

// resolve follows references to definitions, which have names.
func (s *grammar) resolve(name string, x map[string]any) (string, map[string]any) {
	if all, ok := x["allOf"].([]any); ok && len(all) == 1 && x["properties"] == nil && x["items"] == nil {
		if ref := object(all[0])["$ref"]; ref != nil {
			return s.resolve(name, object(all[0]))
		}
	}
	if ref, ok := x["$ref"].(string); ok {
		name = strings.TrimPrefix(ref, "#/definitions/")
		return s.resolve(name, object(s.definitions[name]))
	}
	return name, x
}

// kindOf names an alternative: by its definition, by its word or by what it is.
func (s *grammar) kindOf(x map[string]any) string {
	name, x := s.resolve("", x)
	if list := wordsOf(x); name == "" && len(list) == 1 {
		return list[0]
	}
	return cmp.Or(name, s.typeOf(x))
}

// typeOf is the kind of value that a type is of, such as "array".
func (s *grammar) typeOf(x map[string]any) string {
	kind, _ := x["type"].(string)
	for _, all := range anyList(x["allOf"]) {
		_, inner := s.resolve("", object(all))
		kind = cmp.Or(kind, s.typeOf(inner))
	}
	if kind == "" && len(lists(x)) > 0 {
		return "array"
	}
	return strings.Replace(kind, "integer", "number", 1)
}

// fits reports whether a value can be an alternative, by its kind, its word and its fields.
func (s *grammar) fits(x map[string]any, value any) bool {
	_, x = s.resolve("", x)
	if list := anyOf(x); list != nil {
		return slices.ContainsFunc(list, func(a map[string]any) bool { return s.fits(a, value) })
	}
	switch value := value.(type) {
	case map[string]any:
		return s.typeOf(x) == "object" && s.fitsFields(x, value)
	case []any:
		items := lists(x)
		return s.typeOf(x) == "array" && !slices.ContainsFunc(value, func(v any) bool { return !s.fits(items[0], v) })
	case string:
		return s.typeOf(x) == "string" && (len(wordsOf(x)) == 0 || slices.Contains(wordsOf(x), value))
	case bool:
		return s.typeOf(x) == "boolean"
	}
	return s.typeOf(x) == "number"
}

func (s *grammar) fitsFields(x, value map[string]any) bool {
	for _, field := range anyList(x["required"]) {
		if value[field.(string)] == nil {
			return false
		}
	}
	for key, v := range value {
		field := object(object(x["properties"])[key])
		if field == nil {
			field = object(x["additionalProperties"])
		}
		if field == nil || !s.fits(field, v) {
			return false
		}
	}
	return true
}

func object(v any) map[string]any {
	x, _ := v.(map[string]any)
	return x
}

func anyList(v any) []any {
	list, _ := v.([]any)
	return list
}

func anyOf(x map[string]any) (list []map[string]any) {
	for _, a := range anyList(x["anyOf"]) {
		list = append(list, object(a))
	}
	return list
}

// wordsOf are those that a text can be.
func wordsOf(x map[string]any) (list []string) {
	for _, c := range anyList(x["allOf"]) {
		for _, word := range anyList(object(c)["enum"]) {
			list = append(list, word.(string))
		}
	}
	return list
}

// inside are the types of what a list or a struct with any keys holds.
func inside(x map[string]any) []map[string]any {
	if pattern := object(x["additionalProperties"]); pattern != nil {
		return []map[string]any{pattern}
	}
	return lists(x)
}

func lists(x map[string]any) (list []map[string]any) {
	if items := object(x["items"]); items != nil {
		list = append(list, items)
	}
	for _, c := range anyList(x["allOf"]) {
		list = append(list, lists(object(c))...)
	}
	return list
}

const (
	whyRefused = "a deny rule has none: setting it is an error"
	whyText    = "people read it; no row and no finding has it"
	whyShipped = "projects here have a catalog of their own; TestRolesShipped and testdata/compile use shipped ones"
	whyOwners  = "only permc diff --owners asks for it: testdata/owners"
)

// notDrawn are the parts that no property needs to write, or whole definitions, each with why.
var notDrawn = map[string]string{
	"Declaration.product":       whyShipped,
	"OwnCatalog|Extension":      whyShipped,
	"Extension":                 whyShipped,
	"Correction":                whyShipped,
	"SystemName":                whyShipped,
	"SystemNames":               whyShipped,
	"Declaration.owners":        whyOwners,
	"Declaration.people":        whyOwners,
	"Ownership":                 whyOwners,
	"DenyRule.severity":         whyRefused,
	"DenyRule.severity=error":   whyRefused,
	"DenyRule.severity=warning": whyRefused,
	"Delegate.confidence":       whyText,
	"Delegate.derived":          whyText,
	"Delegate.inferred":         whyText,
	"Delegate.source":           whyText,
	"Role.inferred":             whyText,
	"ReportSettings.logo":       "a picture on a page",
	"Delegate.bound=none":       "the default, which the others leave out",
	"Declaration.review":        "the old name of gates, with a finding of its own: testdata/rules/renamed-field",
	"Settings.escalation":       "of self-escalation, which asks permc paths: testdata/script/escalation",
}

// exception is the entry of notDrawn that a part falls under, or "".
func exception(part string) string {
	if _, ok := notDrawn[part]; ok {
		return part
	}
	definition, _, _ := strings.Cut(strings.NewReplacer("|", ".", "=", ".").Replace(part), ".")
	if _, ok := notDrawn[definition]; ok {
		return definition
	}
	return ""
}
