package diff

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler/policy"
)

// TestPairEntries compares pairing many entries at once with looking for one after the other.
func TestPairEntries(t *testing.T) {
	scope := &policy.Scope{Path: "s"}
	entries := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *policy.Entry {
		small := rapid.IntRange(0, 2)
		return &policy.Entry{Scope: scope, Pos: policy.Pos{File: 1, Off: uint32(small.Draw(t, "at"))},
			Ends: policy.Date(small.Draw(t, "ends")), Actions: policy.Actions(small.Draw(t, "actions"))}
	}), 0, 12)
	rapid.Check(t, func(t *rapid.T) {
		here, there := entries.Draw(t, "here"), entries.Draw(t, "there")
		all := pairEntries(here, there)
		for _, e := range slices.Concat(here, there) {
			other, same := counterpartAmong(e, here, there)
			if c := all[entryAt{e.Pos, valueOf(e)}]; c.other != other || c.same != same {
				t.Fatalf("%v: %v, want %v, %v", e, c, other, same)
			}
		}
	})
}

// TestViasOf compares a map of sources with comparing each of them.
func TestViasOf(t *testing.T) {
	permission := rapid.SampledFrom([]*policy.Permission{{Actions: []string{"view", "edit"}},
		{Actions: []string{"edit", "view"}}, {Actions: []string{"view", "edit"}}})
	groups, roles := []*policy.Group{nil, {ID: "a"}, {ID: "b"}}, []*policy.Role{nil, {ID: "r"}, {ID: "r"}, {ID: "q"}}
	scopes := []*policy.Scope{{Path: "s"}, {Path: "s"}, {Path: "t"}}
	vias := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) policy.Via {
		return policy.Via{
			Kind: policy.SourceKind(rapid.IntRange(0, 1).Draw(t, "kind")),
			Role: rapid.SampledFrom(roles).Draw(t, "role"), From: rapid.SampledFrom(roles).Draw(t, "from"),
			Group: rapid.SampledFrom(groups).Draw(t, "group"), Scope: rapid.SampledFrom(scopes).Draw(t, "scope"),
			Actions: policy.Actions(rapid.IntRange(1, 3).Draw(t, "actions")),
			Ends:    policy.Date(rapid.IntRange(0, 1).Draw(t, "ends")),
		}
	}), 0, 60)
	rapid.Check(t, func(t *rapid.T) {
		a := &policy.Row{Permission: permission.Draw(t, "p"), Via: vias.Draw(t, "a")}
		b := &policy.Row{Permission: permission.Draw(t, "q"), Via: vias.Draw(t, "b")}
		same := samePermission(a.Permission, b.Permission)
		has := viasOf(b, a.Permission, same)
		for i := range a.Via {
			v := &a.Via[i]
			want := slices.ContainsFunc(b.Via, func(w policy.Via) bool {
				return sameVia(v, a.Permission, &w, b.Permission, same)
			})
			if has(v) != want {
				t.Fatalf("%v: %v, want %v", v, !want, want)
			}
		}
	})
}

// TestRuns compares joined runs with looking through all runs for each.
func TestRuns(t *testing.T) {
	permission := &policy.Permission{Actions: []string{"a", "b", "c"}}
	row := rapid.Custom(func(t *rapid.T) *policy.Row {
		n := rapid.IntRange(0, 7).Draw(t, "actions")
		return &policy.Row{User: &policy.User{}, Permission: permission, Actions: policy.Actions(n)}
	})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 9).Draw(t, "days")
		own := rapid.SliceOfN(row, n, n).Draw(t, "own")
		other := rapid.SliceOfN(row, n, n).Draw(t, "other")
		got, want := runs(nil, own, other), plainRuns(own, other)
		if !slices.EqualFunc(got, want, func(x, y run) bool {
			return x.from == y.from && x.to == y.to && x.longer == y.longer && slices.Equal(x.actions, y.actions)
		}) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

func plainRuns(own, other []*policy.Row) (list []run) {
	var single []run
	for i := range own {
		for _, a := range beyond(own[i], other[i]) {
			k := slices.IndexFunc(single, func(r run) bool { return r.to == i && r.actions[0] == a })
			if k >= 0 {
				single[k].to++
			} else {
				single = append(single, run{i, i + 1, i > 0 && goesOn(own, other, i, a), []string{a}})
			}
		}
	}
	for _, s := range single {
		k := slices.IndexFunc(list, func(r run) bool {
			return r.from == s.from && r.to == s.to && r.longer == s.longer
		})
		if k >= 0 {
			list[k].actions = append(list[k].actions, s.actions...)
		} else {
			list = append(list, s)
		}
	}
	return list
}

// TestKeepFirst compares short and long lists with a map.
func TestKeepFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(rapid.IntRange(0, 100)).Draw(t, "list")
		from := rapid.IntRange(0, len(list)).Draw(t, "from")
		want := slices.Clone(list[:from])
		for _, x := range list[from:] {
			if !slices.Contains(want[from:], x) {
				want = append(want, x)
			}
		}
		if got := policy.KeepFirst(slices.Clone(list), from); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}
