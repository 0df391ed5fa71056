package diff

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

type object = map[string]any

// sweptCatalog covers the ways in which one entry gives something: included roles, reach and implication.
var sweptCatalog = object{
	"product": "desk", "levels": []string{"org", "team"}, "nested": true,
	"permissions": object{
		"read":  object{"level": []string{"org", "team"}, "actions": []string{"use", "see"}, "grantable": true},
		"write": object{"level": []string{"org", "team"}, "grantable": true, "implies": []string{"read"}},
		"admin": object{"level": []string{"org", "team"}, "actions": []string{"use", "see"}, "grantable": true,
			"implies": []string{"write"}},
	},
	"roles": object{
		"reader": object{"level": []string{"org", "team"}, "permissions": object{"read": object{"reach": "subtree"}}},
		"writer": object{"level": []string{"org", "team"}, "includes": object{"reader": object{}},
			"permissions": object{"write": object{"reach": "subtree", "access": "own"}}},
		"owner": object{"level": "org", "includes": object{"writer": object{"reach": "subtree"}},
			"permissions": object{"admin": object{"actions": []string{"see"}}}},
	},
}

// drawSwept draws a project in which one person has many entries that begin and end.
func drawSwept(t *rapid.T) object {
	day := func(name string) string {
		return fmt.Sprintf("2026-12-%02d", rapid.IntRange(1, 28).Draw(t, name))
	}
	scopes := rapid.SampledFrom([]string{"o", "o/a", "o/a/c", "o/b", "p"})
	roles, grants := []object{}, []object{}
	for range rapid.IntRange(10, 40).Draw(t, "entries") {
		e := object{"scope": scopes.Draw(t, "scope")}
		if rapid.Bool().Draw(t, "begins") {
			e["starts"] = day("starts")
		}
		if rapid.IntRange(0, 3).Draw(t, "ends") > 0 {
			e["expires"] = day("expires")
		}
		if rapid.Bool().Draw(t, "role") {
			e["role"] = rapid.SampledFrom([]string{"reader", "writer", "owner"}).Draw(t, "name")
			roles = append(roles, e)
		} else {
			e["permission"] = rapid.SampledFrom([]string{"read", "write", "admin"}).Draw(t, "name")
			grants = append(grants, e)
		}
	}
	p := object{
		"catalog": sweptCatalog,
		"scopes": object{"p": object{},
			"o": object{"scopes": object{"a": object{"scopes": object{"c": object{}}}, "b": object{}}}},
		"users": object{"ann": object{"roles": roles, "grants": grants}},
		"groups": object{"g": object{"members": []string{"ann"}, "roles": []object{{"role": "reader", "scope": "o"}},
			"grants": []object{{"permission": "write", "scope": "o/b"}}}},
	}
	if rapid.Bool().Draw(t, "denies") {
		p["rules"] = object{"no": object{"deny": object{"action": "see", "scope": "o/a", "group": "g"}}}
	}
	return p
}

// TestSweep compares flattening what changes on a day with flattening everything.
func TestSweep(t *testing.T) {
	load := func(t *rapid.T) *compiler.Project {
		text, err := json.Marshal(drawSwept(t))
		if err != nil {
			t.Fatal(err)
		}
		day, _ := policy.ParseDate("2026-12-03")
		p, err := compiler.Load(t.Context(), compiler.Options{Paths: []string{"."}, AsOf: day,
			FS: load.InMemory(map[string]string{"access.json": string(text)})})
		if err != nil || p.Policy == nil {
			t.Fatal(err, p.Stopped)
		}
		return p
	}
	swept := 0
	rapid.Check(t, func(t *rapid.T) {
		base, head := load(t), load(t)
		users := [2]*policy.User{base.Policy.Users[0], head.Policy.Users[0]}
		policies := New(base.Policy, head.Policy, false, Facts{})
		pair := newFlattenWorker(base, head).start(users)
		got := policies.timeline(pair)
		if got.sweepSides() != nil {
			swept++
		}
		pair = newFlattenWorker(base, head).start(users)
		pair.workers = [2]*sideWorker{}
		sameTimelines(t, got, policies.timeline(pair))
	})
	if swept == 0 {
		t.Error("nothing was swept")
	}
}

func sameTimelines(t *rapid.T, got, want *timeline) {
	nothing := track{newSteps[policy.Row]()}
	for k, x := range got.rows {
		y := want.rows[k]
		if y == nil {
			y = &nothing
		}
		same := func(a, b *policy.Row) bool {
			return (a == nil) == (b == nil) && (a == nil || a.User.ID == b.User.ID && isUnchanged(a, b))
		}
		if !slices.Equal(x.days, y.days) || !slices.EqualFunc(x.base, y.base, same) ||
			!slices.EqualFunc(x.head, y.head, same) {
			t.Fatalf("%v: got %v, want %v", k, x, y)
		}
	}
	for k, x := range got.roles {
		y := want.roles[k]
		if y == nil {
			y = &roleTrack{steps: newSteps[policy.Held]()}
		}
		same := func(a, b *policy.Held) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
		if !slices.Equal(x.days, y.days) || !slices.EqualFunc(x.base, y.base, same) ||
			!slices.EqualFunc(x.head, y.head, same) {
			t.Fatalf("%v: got %v, want %v", k, x, y)
		}
	}
	for _, k := range slices.Collect(maps.Keys(want.rows)) {
		if got.rows[k] == nil {
			t.Fatalf("%v is missing", k)
		}
	}
	for _, k := range slices.Collect(maps.Keys(want.roles)) {
		if got.roles[k] == nil {
			t.Fatalf("%v is missing", k)
		}
	}
}
