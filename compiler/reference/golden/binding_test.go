package golden_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/resolve"
)

// TestBindKeepsCatalog binds a second policy to a catalog, with fewer groups.
// The first one, which still uses the catalog, must not see them.
func TestBindKeepsCatalog(t *testing.T) {
	p := nightProject(t)
	catalog := p.Policy.Catalog
	before := dump(catalog)
	if !strings.Contains(before, `"night"`) {
		t.Fatal("no permission of the catalog depends on a group")
	}
	d := *p.Declared()
	d.Groups = slices.DeleteFunc(slices.Clone(d.Groups), func(g policy.DeclaredGroup) bool {
		return g.ID.Name != "night"
	})
	binding, faults := resolve.Bind(&d, catalog, resolve.Options{AsOf: p.Policy.AsOf})
	if len(faults) > 0 || len(binding.Policy.Groups) != 1 {
		t.Fatal(faults)
	}
	if dump(catalog) != before {
		t.Error("binding a policy has changed its catalog")
	}
}

// nightProject has two groups, and a permission that depends on one of them.
func nightProject(t *testing.T) *compiler.Project {
	t.Helper()
	dir := t.TempDir()
	text := `catalog: {
	product: "desk", levels: ["desk"]
	permissions: vigil: {level: "desk", when: group: "night"}
	roles: {}
}
scopes: north: {}
users: ana: {}
groups: {crew: {}, night: {}}
`
	if err := os.WriteFile(filepath.Join(dir, "access.cue"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	day, _ := policy.ParseDate(asOf)
	p, err := compiler.Load(t.Context(), compiler.Options{Paths: []string{dir}, AsOf: day, Limits: load.DefaultLimits})
	if err != nil || p.Policy == nil {
		t.Fatal(err, p.Stopped)
	}
	return p
}

// dump writes out all that a value leads to, with addresses: a part that is
// replaced by an equal one shows, too.
func dump(v any) string {
	var b strings.Builder
	seen := map[uintptr]bool{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			fmt.Fprintf(&b, "%x ", v.Pointer())
			if !v.IsNil() && !seen[v.Pointer()] {
				seen[v.Pointer()] = true
				walk(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice:
			fmt.Fprintf(&b, "%x of %d ", v.Pointer(), v.Len())
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Map:
			byName := func(x, y reflect.Value) int { return cmp.Compare(x.String(), y.String()) }
			for _, k := range slices.SortedFunc(slices.Values(v.MapKeys()), byName) {
				fmt.Fprintf(&b, "%s: ", k)
				walk(v.MapIndex(k))
			}
		default:
			fmt.Fprintf(&b, "%#v ", v)
		}
	}
	walk(reflect.ValueOf(v))
	return b.String()
}
