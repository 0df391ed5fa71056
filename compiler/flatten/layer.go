package flatten

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// layer is what a role gives with one reach, itself or through an included role. It is the same from
// every scope, so nothing is stored for each scope.
type layer struct {
	reach    policy.Reach
	included *policy.Role // also held there; or nil
	levels   policy.LevelSet
	cells    [][]cell          // by level of the scope, sorted by permission; the keys lack the scope
	sure     policy.Confidence // of the include
	same     bool              // see isSame
}

// layersOf returns the layers of a role, or nil if an included role reaches further or includes
// others: such a role is expanded on each scope.
func (f *Flattener) layersOf(r *policy.Role) (list []layer) {
	levels := len(f.policy.Catalog.Levels)
	list = []layer{}
	for i := range r.Cells {
		if !f.looksAt(r.Cells[i].Permission) {
			continue
		}
		reach := r.Cells[i].Reach
		n := slices.IndexFunc(list, func(l layer) bool {
			return l.reach.Kind == reach.Kind &&
				slices.Equal(l.reach.Labels, reach.Labels)
		})
		if n < 0 {
			n = len(list)
			list = append(list, layer{reach: reach, levels: 1<<levels - 1, cells: make([][]cell, levels)})
		}
		f.addCell(&list[n], r, &r.Cells[i])
	}
	for _, inc := range r.Includes {
		reachesOn := slices.ContainsFunc(inc.Role.Cells, func(c policy.Cell) bool {
			return c.Reach.Kind != policy.Self
		})
		twice := slices.ContainsFunc(list, func(l layer) bool { return l.included == inc.Role })
		if len(inc.Role.Includes) > 0 || reachesOn || twice {
			return nil
		}
		l := layer{reach: inc.Reach, included: inc.Role, levels: inc.Role.Levels, cells: make([][]cell, levels),
			sure: inc.Confidence()}
		for i := range inc.Role.Cells {
			f.addCell(&l, inc.Role, &inc.Role.Cells[i])
		}
		list = append(list, l)
	}
	for n := range list {
		l := &list[n]
		l.same = f.isSame(l)
		for _, cells := range l.cells {
			slices.SortStableFunc(cells, func(a, b cell) int { return cmp.Compare(a.key, b.key) })
		}
	}
	return list
}

// addCell adds what a cell of a role gives to a layer.
func (f *Flattener) addCell(l *layer, r *policy.Role, c *policy.Cell) {
	if !f.looksAt(c.Permission) {
		return
	}
	for level := range l.cells {
		if c.Permission.Levels.Has(level) {
			l.cells[level] = append(l.cells[level], cell{uint64(c.Permission.Index), c.Actions, c.Records(),
				max(c.Confidence, l.sure), r, c.When})
		}
	}
}

// sureOf returns how sure the includes are that lead to each role of a closure, on the surest way.
func sureOf(closure []policy.RoleOn) []policy.Confidence {
	list := make([]policy.Confidence, len(closure))
	guessed := func(x policy.RoleOn) bool {
		return slices.ContainsFunc(x.Role.Includes, func(i policy.Include) bool {
			return i.Confidence() != policy.Stated
		})
	}
	if !slices.ContainsFunc(closure, guessed) {
		return list
	}
	at := map[policy.RoleOn]int{}
	for i, x := range closure {
		at[x] = i
		if i > 0 {
			list[i] = policy.Inferred
		}
	}
	for again := true; again; {
		again = false
		for i, x := range closure {
			for _, inc := range x.Role.Includes {
				sure := max(list[i], inc.Confidence())
				inc.Reach.Each(x.Scope, inc.Role.Levels, func(s *policy.Scope) {
					if n := at[policy.RoleOn{Role: inc.Role, Scope: s}]; sure < list[n] {
						list[n], again = sure, true
					}
				})
			}
		}
	}
	return list
}

// giveLayer adds the sources that an entry gives by one layer.
func (f *Flattener) giveLayer(a *policy.Access, l *layer, from *source, n int32) {
	e := from.entry
	if f.spreads.on && l.same {
		f.spreads.list = append(f.spreads.list, spread{e.Scope.Root(), l, n})
		return
	}
	l.reach.Each(e.Scope, l.levels, func(s *policy.Scope) {
		if l.included != nil {
			a.Roles = append(a.Roles, policy.Held{Role: l.included, From: e.Role, Scope: s, Group: from.group, Entry: e,
				Ends: from.ends, Confidence: l.sure})
		}
		base := uint64(s.Index) << 32
		if f.blocks.on && !f.conditional {
			f.blocks.add(block{base, l.cells[s.Level], n, l.included != nil})
			return
		}
		f.give(a, l.cells[s.Level], base, n)
	})
}
