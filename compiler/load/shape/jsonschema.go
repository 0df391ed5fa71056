package shape

import (
	"strings"

	"cuelang.org/go/cue"

	"permc.dev/permc/compiler/load/tree"
)

// Value is a possible value of a name, and its meaning. A Value without a name says that the list is
// open: any other will do as well.
type Value struct{ Name, Means string }

// JSONSchema writes the type as JSON Schema, in the draft and with the keywords that editors support.
// Names returns the values of a field such as #Grant.permission: those of the field, of each element
// of a list, or of each key of a map; with .* added, those of each value of a map. If it returns none,
// the field takes what its type takes.
func (t *Type) JSONSchema(names func(field string) []Value) map[string]any {
	w := &schemaWriter{names: names, definitions: map[string]any{}}
	out := w.body(t, t.Name)
	out["$schema"] = "http://json-schema.org/draft-07/schema#"
	out["definitions"] = w.definitions
	return out
}

type schemaWriter struct {
	names       func(string) []Value
	definitions map[string]any
}

// of refers to a named type, and writes out any other.
func (w *schemaWriter) of(t *Type, within string) map[string]any {
	if !strings.HasPrefix(t.Name, "#") {
		return w.body(t, within)
	}
	name := strings.TrimPrefix(t.Name, "#")
	if _, done := w.definitions[name]; !done {
		w.definitions[name] = true // recursive types end here
		w.definitions[name] = w.body(t, t.Name)
	}
	return map[string]any{"$ref": "#/definitions/" + name}
}

func (w *schemaWriter) body(t *Type, within string) map[string]any {
	out := map[string]any{}
	if kind := jsonKinds(t); kind != nil {
		out["type"] = kind
	}
	w.scalar(t, out)
	if t.elem != nil {
		out["items"] = w.of(t.elem, within)
	}
	if t.minLen > 0 {
		out["minItems"] = t.minLen
	}
	if t.maxLen >= 0 && t.kinds == kindMask(tree.List) {
		out["maxItems"] = t.maxLen
	}
	if t.kinds == kindMask(tree.Struct) {
		w.structure(t, within, out)
	}
	if len(t.anyOf) > 0 {
		out["anyOf"] = w.all(t.anyOf, within)
	}
	for _, s := range w.all(t.allOf, within) {
		out["allOf"] = append(asList(out["allOf"]), s)
	}
	return out
}

func (w *schemaWriter) all(types []*Type, within string) (list []any) {
	for _, t := range types {
		list = append(list, w.of(t, within))
	}
	return list
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}

// jsonKinds returns the type keyword: one kind or several.
func jsonKinds(t *Type) any {
	names := map[tree.Kind]string{tree.Null: "null", tree.Bool: "boolean", tree.Number: "number", tree.String: "string",
		tree.List: "array", tree.Struct: "object"}
	var list []string
	for kind := tree.Null; kind <= tree.Struct; kind++ {
		if t.kinds&(1<<kind) != 0 {
			list = append(list, names[kind])
		}
	}
	switch {
	case len(list) == 0:
		return nil
	case len(list) > 1:
		return list
	case t.whole:
		return "integer"
	}
	return list[0]
}

func (w *schemaWriter) scalar(t *Type, out map[string]any) {
	for _, x := range t.texts {
		s := map[string]any{}
		switch {
		case x.match != nil:
			s["pattern"] = editorPattern(x.match.expression)
		case x.date != "":
			s["format"], s["pattern"] = "date", `^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`
		case len(x.enum) > 0 && t.kinds == kindMask(tree.Bool):
			s["const"] = x.enum[0] == "true"
		case len(x.enum) > 0:
			s["enum"] = x.enum
		case x.min > 0:
			s["minLength"] = x.min
		}
		if t.says != "" && s["pattern"] != nil {
			s["patternErrorMessage"] = "must be " + t.says
		}
		if x.negate {
			s = map[string]any{"not": s}
		}
		out["allOf"] = append(asList(out["allOf"]), s)
	}
	bounds := map[cue.Op]string{cue.GreaterThanEqualOp: "minimum", cue.LessThanEqualOp: "maximum",
		cue.GreaterThanOp: "exclusiveMinimum", cue.LessThanOp: "exclusiveMaximum"}
	for _, b := range t.bounds {
		out[bounds[b.op]] = b.num
	}
}

// editorPattern translates a regular expression so that both Go and JavaScript understand it.
func editorPattern(s string) string { return strings.ReplaceAll(s, "(?s:.+)", `[\s\S]+`) }

func (w *schemaWriter) structure(t *Type, within string, out map[string]any) {
	properties := map[string]any{}
	var required []string
	for _, f := range t.fields {
		s := w.field(f.Type, within+"."+f.Name)
		if f.Doc != "" {
			s["description"] = f.Doc
		}
		if properties[f.Name] = s; f.Required {
			required = append(required, f.Name)
		}
	}
	if len(properties) > 0 {
		out["properties"] = properties
	}
	if len(required) > 0 {
		out["required"] = required
	}
	if t.closed {
		out["additionalProperties"] = false
	}
	// The schema has single patterns without fields beside them. Anything else stays open here; permc
	// itself checks it.
	if len(t.patterns) == 1 && len(t.fields) == 0 {
		out["propertyNames"] = w.of(t.patterns[0].key, within)
		out["additionalProperties"] = w.field(t.patterns[0].value, within+".*")
	}
}

// field returns a field's type with the names that it may hold.
func (w *schemaWriter) field(t *Type, field string) map[string]any {
	values := w.names(field)
	s := w.of(t, field)
	if len(values) == 0 {
		if s["$ref"] != nil { // editors ignore everything beside it in this draft
			return map[string]any{"allOf": []any{s}}
		}
		return s
	}
	one := enumOf(values)
	switch d := t.Describe(); {
	case len(d.Alternatives) > 0: // a name, or a list of names
		return map[string]any{"anyOf": []any{one, map[string]any{"type": "array", "items": one, "minItems": 1}}}
	case d.Kind == tree.List:
		return map[string]any{"allOf": []any{s}, "type": "array", "items": one}
	case d.Kind == tree.Struct && len(d.Values) == 1:
		return w.keyed(d.Values[0], field, values)
	}
	return one
}

// keyed returns a map with known keys, so that an editor can offer them.
func (w *schemaWriter) keyed(value *Type, field string, values []Value) map[string]any {
	properties := map[string]any{}
	for _, v := range values {
		s := w.field(value, field+"."+v.Name)
		if v.Means != "" {
			s["description"] = v.Means
		}
		properties[v.Name] = s
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
}

func enumOf(values []Value) map[string]any {
	var names, means []string
	open := false
	for _, v := range values {
		if v.Name == "" {
			open = true
			continue
		}
		names, means = append(names, v.Name), append(means, v.Means)
	}
	one := map[string]any{"type": "string", "enum": names, "enumDescriptions": means}
	if open { // editors offer the names, and take others
		return map[string]any{"anyOf": []any{one, map[string]any{"type": "string", "minLength": 1}}}
	}
	return one
}
