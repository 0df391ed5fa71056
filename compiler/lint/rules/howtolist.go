package rules

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/pattern"
	"permc.dev/permc/compiler/policy"
)

// howToList says which name may have been meant, and what to write so that the catalog lists this one:
// a field with a value, within some structs.
func howToList(p *policy.Policy, r policy.Ref, known *diag.Names, within []string, field string, value any) string {
	said := known.Suggest(r.Name)
	near := strings.HasPrefix(said, "did")
	if !near && said != "" {
		said = "known: " + strings.TrimPrefix(said, "use one of: ")
	}
	for _, name := range slices.Backward(append(slices.Clone(within), field)) {
		value = map[string]any{name: value}
	}
	where, at := "write", p.Catalog.Pos
	if p.Product.Given() {
		where, at = "replace product by", p.Product.Pos
		value.(map[string]any)["extends"] = p.Product.Name
	}
	line := writeLine(map[string]any{"catalog": value}, strings.HasPrefix(path.Ext(p.Files.File(at.File).Name),
		".json"))
	switch {
	case near:
		return fmt.Sprintf("%s If it is right, %s: %s", said, where, line)
	case said != "":
		return fmt.Sprintf("%s. To add this one, %s: %s", said, where, line)
	}
	return fmt.Sprintf("to add it, %s: %s", where, line)
}

// bare is a key that needs no quotes, unless it is one of YAML's booleans.
var (
	bare     = pattern.Lazy(`^[a-zA-Z][a-zA-Z0-9]*$`)
	booleans = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
)

// writeLine writes a value so that CUE and YAML read it or, with all keys quoted, JSON as well. Outer
// braces are left out.
func writeLine(v any, quoted bool) string {
	var b strings.Builder
	writeValue(&b, v, quoted)
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), "{"), "}")
}

func writeValue(b *strings.Builder, v any, quoted bool) {
	fields, isStruct := v.(map[string]any)
	if !isStruct {
		text, _ := json.Marshal(v) // names and lists of names
		b.Write(text)
		return
	}
	b.WriteByte('{')
	keys := sortedFields(fields)
	for i, key := range keys {
		if i > 0 {
			b.WriteString(", ")
		}
		if name, _ := json.Marshal(key); quoted || !bare().MatchString(key) || slices.Contains(booleans, key) {
			b.Write(name)
		} else {
			b.WriteString(key)
		}
		b.WriteString(": ")
		writeValue(b, fields[key], quoted)
	}
	b.WriteByte('}')
}

// sortedFields returns the names of a struct's fields, extends first.
func sortedFields(fields map[string]any) (keys []string) {
	for key := range fields {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if a == "extends" || b == "extends" {
			return map[bool]int{true: -1, false: 1}[a == "extends"]
		}
		return strings.Compare(a, b)
	})
	return keys
}
