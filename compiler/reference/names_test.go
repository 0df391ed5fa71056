package reference_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff"
)

// Every name of a role or a permission means the same: the verdict on a change is the same whichever names the rules,
// waivers, gates and entries of its base and of its head use.
func TestNames(t *testing.T) {
	renamed := 0
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "base")
		h := changed(t, d)
		if rapid.Bool().Draw(t, "no rules") {
			h.Rules = nil
		}
		d.Waivers = waivers(t, d)
		base, head := titled(t, d), titled(t, h)
		want := judged(t, loadedText(t, "base.json", compact(base)), loadedText(t, "head.json", compact(head)))
		renamed += callOtherwise(t, base) + callOtherwise(t, head)
		got := judged(t, loadedText(t, "base.json", compact(base)), loadedText(t, "head.json", compact(head)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-by ids +by other names):\n%s\n%s\n%s", diff, compact(base), compact(head))
		}
	})
	if renamed < 100 {
		t.Errorf("only %d references use another name", renamed)
	}
}

// titled is a declaration as JSON whose roles and permissions all have titles.
func titled(t *rapid.T, d *Declaration) (doc map[string]any) {
	if err := json.Unmarshal([]byte(compact(d)), &doc); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"role", "permission"} {
		list, _ := doc["catalog"].(map[string]any)[kind+"s"].(map[string]any)
		for id, x := range list {
			x.(map[string]any)["title"] = "The " + kind + " of " + id
		}
	}
	return doc
}

// judged lists what a change brings, by what it is about.
func judged(t *rapid.T, base, head *compiler.Project) (list []string) {
	v, err := diff.Judge(context.Background(), base, base, head,
		&diff.Comparison{BaseFound: all(t, base), HeadFound: all(t, head)})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.New {
		list = append(list, compact(f.Identity()))
	}
	for _, hit := range v.Unjudged {
		list = append(list, hit.Gate+" is not judged: "+hit.Message)
	}
	slices.Sort(list)
	return list
}

// callOtherwise gives some references outside the catalog's roles and permissions another name of the same thing, and
// counts them.
func callOtherwise(t *rapid.T, doc map[string]any) int {
	c := &otherNames{T: t, names: map[string]map[string][]string{}}
	catalog := doc["catalog"].(map[string]any)
	for _, kind := range []string{"role", "permission"} {
		c.names[kind] = map[string][]string{}
		list, _ := catalog[kind+"s"].(map[string]any)
		for id, x := range list {
			x := x.(map[string]any)
			c.names[kind][id] = []string{id, x["title"].(string)}
			if external, ok := x["external"].(string); ok {
				c.names[kind][id] = append(c.names[kind][id], external)
			}
		}
	}
	for _, part := range []string{"rules", "waivers", "gates", "users", "groups"} {
		c.visit("", doc[part])
	}
	c.visit("", catalog["rules"])
	return c.changed
}

type otherNames struct {
	*rapid.T
	names   map[string]map[string][]string // by kind and id
	changed int
}

// visit changes the names below a field.
func (c *otherNames) visit(field string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range sorted(v) {
			if text, ok := v[name].(string); ok {
				v[name] = c.name(name, text)
			}
			c.visit(name, v[name])
		}
	case []any:
		for i := range v {
			if text, ok := v[i].(string); ok {
				v[i] = c.name(field, text)
			}
			c.visit(field, v[i])
		}
	}
}

// name is a name of what a field refers to, if that is a role or a permission.
func (c *otherNames) name(field, text string) string {
	kinds := map[string][]string{"role": {"role"}, "permission": {"permission"}, "between": {"role", "permission"},
		"and": {"role", "permission"}}[field]
	for _, kind := range kinds {
		if list := c.names[kind][text]; list != nil {
			to := one(c.T, "name", list)
			if to != text {
				c.changed++
			}
			return to
		}
	}
	return text
}
