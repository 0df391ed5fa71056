package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
)

// shapes is the schema as compiler/load/shape keeps it: which fields there are, and
// which strings each admits.
type shapes struct {
	Types []struct {
		Name   string
		Kinds  uint8
		Texts  []shapeText
		Elem   int // one more than the index
		Fields []struct {
			Name string
			Type int
		}
		Patterns     []struct{ Key, Value int }
		AnyOf, AllOf []int
	}

	fields map[string]bool // of structs, whether a project has one
}

type shapeText struct {
	Match  string
	Negate bool
	Enum   []string
	Date   string
	Min    int
}

const aList, aStruct = 16, 32

func readShapes(t *testing.T) *shapes {
	t.Helper()
	text, err := os.ReadFile("../../schema/shape.json")
	if err != nil {
		t.Fatal(err)
	}
	s := &shapes{fields: map[string]bool{}}
	if err := json.Unmarshal(text, s); err != nil {
		t.Fatal(err)
	}
	for i := range s.Types {
		for _, f := range s.Types[i].Fields {
			s.fields[s.fieldName(i, f.Name)] = false
		}
	}
	return s
}

// fieldName names a field so that equal types count as one.
func (s *shapes) fieldName(of int, field string) string {
	name := s.Types[of].Name
	if name == "" {
		for _, f := range s.Types[of].Fields {
			name += f.Name + "|"
		}
	}
	return name + "." + field
}

// admits reports whether a string may stand where a type is wanted.
func (s *shapes) admits(of int, text string) bool {
	x := &s.Types[of]
	for _, c := range x.Texts {
		switch {
		case c.Match != "" && regexp.MustCompile(c.Match).MatchString(text) == c.Negate,
			c.Enum != nil && !slices.Contains(c.Enum, text), c.Date != "", len([]rune(text)) < c.Min:
			return false
		}
	}
	for _, i := range x.AllOf {
		if !s.admits(i, text) {
			return false
		}
	}
	return len(x.AnyOf) == 0 || slices.ContainsFunc(x.AnyOf, func(i int) bool { return s.admits(i, text) })
}

// fits reports whether a value looks as if it were of a type.
func (s *shapes) fits(of int, value any) bool {
	x := &s.Types[of]
	switch v := value.(type) {
	case map[string]any:
		if len(x.AnyOf)+len(x.AllOf) > 0 {
			return true
		}
		for key := range v {
			known := len(x.Patterns) > 0
			for _, f := range x.Fields {
				known = known || f.Name == key
			}
			if !known {
				return false
			}
		}
		return x.Kinds&aStruct != 0
	case []any:
		return x.Kinds == 0 || x.Kinds&aList != 0
	}
	return true
}

// walk visits every string of a value and every key that is a name, with its
// type.
func (s *shapes) walk(of int, value any, visit func(text string, of int)) {
	x := &s.Types[of]
	for _, i := range slices.Concat(x.AllOf, x.AnyOf) {
		if _, isText := value.(string); !isText && s.fits(i, value) {
			s.walk(i, value, visit)
		}
	}
	switch v := value.(type) {
	case string:
		visit(v, of)
	case []any:
		for _, e := range v {
			if x.Elem > 0 {
				s.walk(x.Elem-1, e, visit)
			}
		}
	case map[string]any:
		for key, e := range v {
			for _, f := range x.Fields {
				if f.Name == key {
					s.fields[s.fieldName(of, key)] = true
					s.walk(f.Type, e, visit)
				}
			}
			for _, p := range x.Patterns {
				visit(key, p.Key)
				s.walk(p.Value, e, visit)
			}
		}
	}
}

// hostileProject is a project in which every string that the schema and the
// project's own references leave free is a hostile one.
type hostileProject struct {
	value map[string]any
	base  map[string]any    // the fixture
	says  map[string]string // what a string of the fixture has become
}

// makeHostile makes a project of a fixture for each list of payloads: strings
// are renamed, wherever they occur, to the first that is admitted there.
func (s *shapes) makeHostile(t *testing.T, fixture string, lists ...[]string) (out []hostileProject) {
	t.Helper()
	base := readFixture(t, fixture)
	types := map[string][]int{}
	s.walk(0, base, func(text string, of int) { types[text] = append(types[text], of) })
	for range lists {
		out = append(out, hostileProject{base: base, says: map[string]string{}})
	}
	for i, text := range slices.Sorted(maps.Keys(types)) {
		for worst, payload := range lists[0] {
			payload = fmt.Sprintf("%s %d", payload, i)
			if slices.ContainsFunc(types[text], func(of int) bool { return !s.admits(of, payload) }) ||
				!s.free(types[text]) && !evaluates(t, renamed(base, map[string]string{text: payload})) {
				continue
			}
			for j := range lists {
				out[j].says[text] = fmt.Sprintf("%s %d", lists[j][worst], i)
			}
			break
		}
	}
	for j := range out {
		out[j].value = renamed(base, out[j].says).(map[string]any)
	}
	return out
}

// free reports whether a string refers to nothing.
func (s *shapes) free(types []int) bool {
	return !slices.ContainsFunc(types, func(of int) bool { return s.Types[of].Name != "#Text" })
}

// makeBroken gives every reference a name that nothing has.
func (s *shapes) makeBroken(t *testing.T, fixture, payload string) hostileProject {
	t.Helper()
	base := readFixture(t, fixture)
	says := map[string]string{}
	s.walk(0, base, func(text string, of int) {
		if s.Types[of].Name == "#Name" {
			says[text] = fmt.Sprintf("%s %d", payload, len(says))
		}
	})
	var only func(any) any
	only = func(v any) any { // keys stay as they are
		switch v := v.(type) {
		case string:
			if to, ok := says[v]; ok {
				return to
			}
		case []any:
			for i := range v {
				v[i] = only(v[i])
			}
		case map[string]any:
			for k := range v {
				v[k] = only(v[k])
			}
		}
		return v
	}
	return hostileProject{base: readFixture(t, fixture), value: only(base).(map[string]any)}
}

func readFixture(t *testing.T, name string) (v map[string]any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../testdata/hostile", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// renamed is a copy of a value with other strings.
func renamed(value any, says map[string]string) any {
	to := func(s string) string {
		if new, ok := says[s]; ok {
			return new
		}
		return s
	}
	switch v := value.(type) {
	case string:
		return to(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = renamed(v[i], says)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[to(k)] = renamed(e, says)
		}
		return out
	}
	return value
}

func evaluates(t *testing.T, value any) bool {
	t.Helper()
	dir := t.TempDir()
	writeJSON(t, filepath.Join(dir, "a.json"), value)
	p, err := compiler.Load(t.Context(), compiler.Options{Paths: []string{dir}, Limits: load.DefaultLimits})
	return err == nil && p.Policy != nil
}

func writeJSON(t *testing.T, name string, value any) {
	t.Helper()
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, name, string(text))
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
