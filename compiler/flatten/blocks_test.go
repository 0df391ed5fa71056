package flatten

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler/policy"
)

// TestGiveBlocks compares items in the order of blocks with the same items, sorted.
func TestGiveBlocks(t *testing.T) {
	roles := []*policy.Role{{}, {Index: 1}, {Index: 2}}
	p := &policy.Policy{Catalog: &policy.Catalog{}}
	for i := range 4 {
		p.Scopes = append(p.Scopes, &policy.Scope{Index: i})
		p.Catalog.Permissions = append(p.Catalog.Permissions, &policy.Permission{Index: i})
	}
	f := &Flattener{policy: p}
	rapid.Check(t, func(t *rapid.T) {
		entries := make([]policy.Entry, rapid.IntRange(1, 5).Draw(t, "entries"))
		f.sources, f.items = nil, f.items[:0]
		for i := range entries {
			entries[i] = policy.Entry{Role: rapid.SampledFrom(roles).Draw(t, "role"), Scope: p.Scopes[0],
				Pos: policy.Pos{Off: uint32(rapid.IntRange(0, 9).Draw(t, "place"))}}
			f.sources = append(f.sources, source{entry: &entries[i]})
		}
		var want []item
		for range rapid.IntRange(0, 20).Draw(t, "blocks") {
			from := rapid.IntRange(0, len(entries)-1).Draw(t, "from")
			x := block{base: uint64(rapid.IntRange(0, 3).Draw(t, "scope")) << 32, source: int32(from)}
			role := entries[from].Role
			if x.included = rapid.Bool().Draw(t, "included"); x.included {
				role = roles[(role.Index+1)%3]
			}
			for k := range 4 {
				if rapid.Bool().Draw(t, "has") {
					x.cells = append(x.cells, cell{key: uint64(k), role: role,
						actions: policy.Actions(rapid.IntRange(1, 2).Draw(t, "actions"))})
				}
			}
			for i := range x.cells {
				want = append(want, item{x.base | x.cells[i].key, &x.cells[i], x.source, noImplier})
			}
			f.blocks.add(x)
		}
		slices.SortStableFunc(want, f.compare)
		again := slices.Clone(f.blocks.list)
		for range 2 { // the second time, the orders are known
			f.giveBlocks()
			f.sort()
			if !slices.EqualFunc(f.items, want, func(x, y item) bool { return f.compare(x, y) == 0 }) {
				t.Fatalf("%v, want %v", f.items, want)
			}
			f.items = f.items[:0]
			for _, x := range again {
				f.blocks.add(x)
			}
		}
		f.blocks.reset()
	})
}
