package approval

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// object is a JSON object whose fields may have any form.
type object map[string]json.RawMessage

// has reports whether there are all of some fields.
func (o object) has(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return o[name] == nil })
}

// text returns a field that is a string, or "".
func (o object) text(name string) (s string) {
	if json.Unmarshal(o[name], &s) != nil {
		return ""
	}
	return s
}

// in returns a field that is an object, or an empty one.
func (o object) in(name string) (x object) {
	if json.Unmarshal(o[name], &x) != nil {
		return nil
	}
	return x
}

// fields lists the names of the fields.
func (o object) fields() string { return strings.Join(slices.Sorted(maps.Keys(o)), ", ") }
