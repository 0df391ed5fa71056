package roles

import (
	"math/bits"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// mostOthers bounds the assignments that are tried in place of a person's own.
const mostOthers = 2000

// addOthers adds the assignments that the user could have instead, and reports whether these are all.
// If rules count roles, something with a date may add to the number on its days: then it adds none.
func (w *worker) addOthers(base *policy.User) (complete bool) {
	if w.held < 2 {
		return true
	}
	if len(w.counted) > 0 && w.dated {
		return false
	}
	w.noteHeld()
	access := w.flatten.User(base)
	held := map[*policy.Scope][]uint64{}
	var order []*policy.Scope
	for i := range access.Rows {
		r := &access.Rows[i]
		if held[r.Scope] == nil {
			held[r.Scope] = make([]uint64, len(w.policy.Catalog.Permissions)/64+1)
			order = append(order, r.Scope)
		}
		held[r.Scope][r.Permission.Index/64] |= 1 << (r.Permission.Index % 64)
	}
	for _, s := range w.around(order) {
		for _, r := range w.policy.Catalog.Roles {
			if !w.fits(base, r, s, held[s]) {
				continue
			}
			if len(w.sources) == w.held+mostOthers {
				return false
			}
			w.sources = append(w.sources, source{RoleOn: policy.RoleOn{Role: r, Scope: s}, number: -1})
		}
	}
	return true
}

// noteHeld notes the user's assignments, and each of their scopes without a role.
func (w *worker) noteHeld() {
	w.has = emptied(w.has)
	for i := range w.held {
		w.has[w.sources[i].RoleOn], w.has[policy.RoleOn{Scope: w.sources[i].Scope}] = true, true
	}
}

// around returns some scopes and all from which roles can reach them, in order.
func (w *worker) around(list []*policy.Scope) (all []*policy.Scope) {
	seen := map[*policy.Scope]bool{}
	add := func(s *policy.Scope) {
		if !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	for _, s := range list {
		root := s.Root()
		if w.wide && seen[root] {
			continue
		}
		if w.wide {
			policy.Reach{Kind: policy.Subtree}.Each(root, ^policy.LevelSet(0), add)
			continue
		}
		for at := s; ; at = at.Parent {
			if add(at); at == root {
				break
			}
		}
	}
	slices.SortFunc(all, func(a, b *policy.Scope) int { return a.Index - b.Index })
	return all
}

// fits reports whether a role can be assigned to the user on a scope, and gives nothing more there, at a first look.
func (w *worker) fits(base *policy.User, r *policy.Role, s *policy.Scope, held []uint64) bool {
	if !r.Levels.Has(s.Level) || len(w.named[r]) > 0 {
		return false
	}
	for i, word := range w.given[r.Index][s.Level] {
		if word != 0 && (held == nil || word&^held[i] != 0) {
			return false
		}
	}
	if w.has[policy.RoleOn{Role: r, Scope: s}] || w.anyRole && !w.has[policy.RoleOn{Scope: s}] {
		return false
	}
	e := policy.Entry{Role: r, Scope: s}
	e.Judge()
	w.policy.Catalog.Home.Judge(&e, base.Home, false)
	return e.FaultFor(base) == 0
}

// weigh notes, for each thing that the user has, which sources give it, and marks the sources that give more.
func (w *worker) weigh(base *policy.User, sources []source) {
	v := base
	if w.held < len(sources) {
		w.tried = append(w.tried[:0], base.Entries...)
		for i := w.held; i < len(sources); i++ {
			w.tried = append(w.tried, policy.Entry{Role: sources[i].Role, Scope: sources[i].Scope, Pos: placeOf(i)})
		}
		more := *base
		v, more.Entries = &more, w.tried
	}
	access := w.flatten.User(v)
	w.weighRoles(&access)
	w.weighTrees(&access)
	w.weighed.Reset()
	for i := range access.Rows {
		r := &access.Rows[i]
		if w.weighed.Before(r) {
			continue
		}
		w.weighRow(r, nil)
		for _, rule := range w.excepted {
			if h := rule.Holders; h.Permission == r.Permission && r.Scope.Level == h.Level {
				w.weighRow(r, func(v *policy.Via) bool {
					return !slices.ContainsFunc(h.Except, func(x *policy.Role) bool { return v.Through(r, x) })
				})
			}
		}
	}
}

// isBase reports whether a source is part of what the user has now.
func (w *worker) isBase(source int) bool { return source < w.held }

// weighRow looks at the sources of a row, or at some of them.
func (w *worker) weighRow(r *policy.Row, counts func(*policy.Via) bool) {
	some := w.sets.vias[:0]
	for i := range r.Via {
		v := &r.Via[i]
		if v.Kind == policy.FromDerived || counts != nil && !counts(v) {
			continue
		}
		some = append(some, v)
	}
	w.sets.vias = some
	if len(some) == 1 && some[0].Actions != 0 {
		w.weighOnly(ownerOf(some[0]))
		return
	}
	x := rowNow{needed: w.needed[r.Permission]}
	for _, v := range some {
		if w.isBase(ownerOf(v)) {
			x.left |= v.Actions & r.Actions // not what only another source would leave
			x.add(v)
		}
	}
	w.settle(&x)
	for _, v := range some {
		if from := ownerOf(v); !w.isBase(from) && !x.has(v) {
			w.sources[from].extra = true
		}
	}
	if x.sources > 0 {
		w.noteRow(&x, some)
	}
}

// weighOnly does that for the only source of a row: all that the row says is from there. Most rows are such rows.
func (w *worker) weighOnly(source int) {
	if !w.isBase(source) {
		w.sources[source].extra = true
		return
	}
	w.sets.begin()
	w.sets.put(source)
	w.sets.end()
}

// settle notes how sure each action is of those of a row that are left. The table has one line for the actions with the
// same records, as sure as the least sure source of any of them. Something with a date may split a line on its days:
// then each action must stay as sure as it is.
func (w *worker) settle(x *rowNow) {
	x.lines = x.least
	x.each(func(i int) {
		x.each(func(j int) {
			if x.of[i] == x.of[j] {
				x.lines[i] = max(x.lines[i], x.least[j])
			}
		})
		w.rough = w.rough || w.dated && x.lines[i] > x.least[i]
	})
	if x.eachAlone = w.dated; w.dated {
		x.lines = x.least
	}
}

// noteRow notes which sources of a row give what it has now: each action, its records, and how sure that is.
func (w *worker) noteRow(x *rowNow, some []*policy.Via) {
	given := x.given
	for action := policy.Actions(1); given != 0; action <<= 1 {
		if given&action != 0 {
			given &^= action
			w.note(some, func(v *policy.Via) bool { return x.gives(v, action) })
			if x.needed && x.left&action != 0 {
				w.note(some, func(v *policy.Via) bool { return x.givesSurest(v, action) })
				less := func(v *policy.Via) bool { return x.gives(v, action) && !x.givesSurest(v, action) }
				w.rough = w.rough || slices.ContainsFunc(some, less) // nothing may depend on how sure it is
			}
		}
	}
	if x.left&x.given == 0 {
		w.note(some, func(v *policy.Via) bool { return v.Confidence == x.sure })
		w.note(some, func(v *policy.Via) bool { return v.Records == x.records })
		return
	}
	x.each(func(i int) {
		w.note(some, func(v *policy.Via) bool { return v.Actions&x.lineOf(i) != 0 && v.Confidence == x.lines[i] })
	})
}

// note notes the sources among some that give one thing.
func (w *worker) note(some []*policy.Via, gives func(*policy.Via) bool) {
	w.sets.begin()
	for _, v := range some {
		if gives(v) {
			w.sets.put(ownerOf(v))
		}
	}
	w.sets.end()
}

// ownerOf returns which source a row has it from: -1 is one that stays.
func ownerOf(v *policy.Via) int { return sourceAt(v.Pos) }

// rowNow is what a row says now.
type rowNow struct {
	left, given policy.Actions
	sources     int
	sure        policy.Confidence     // of the least sure source, if nothing is left
	needed      bool                  // something asks for the permission, and takes the surest source
	surest      [64]policy.Confidence // then, of each action
	least       [64]policy.Confidence // of the least sure source of each action
	lines       [64]policy.Confidence // of the line of the table that each action is in
	eachAlone   bool                  // as if each action had a line of its own
	records     policy.Records        // of all
	of          [64]policy.Records    // of each action
}

// add adds a source of the row as it is now.
func (x *rowNow) add(v *policy.Via) {
	for i, rest := 0, v.Actions; rest != 0; i, rest = i+1, rest>>1 {
		if rest&1 == 0 {
			continue
		}
		if x.given>>i&1 == 0 || v.Records < x.of[i] {
			x.of[i] = v.Records
		}
		if x.given>>i&1 == 0 || v.Confidence < x.surest[i] {
			x.surest[i] = v.Confidence
		}
		x.least[i] = max(x.least[i], v.Confidence)
	}
	if x.sources == 0 || v.Records < x.records {
		x.records = v.Records
	}
	x.given |= v.Actions
	x.sources++
	x.sure = max(x.sure, v.Confidence)
}

// each calls f with each action that is left.
func (x *rowNow) each(f func(action int)) {
	for rest := x.left; rest != 0; rest &= rest - 1 {
		f(bits.TrailingZeros64(uint64(rest)))
	}
}

// lineOf returns the actions that are on one line of the table with an action.
func (x *rowNow) lineOf(action int) (line policy.Actions) {
	if x.eachAlone {
		return 1 << action
	}
	x.each(func(i int) {
		if x.of[i] == x.of[action] {
			line |= 1 << i
		}
	})
	return line
}

// gives reports whether a source gives an action as the row has it.
func (x *rowNow) gives(v *policy.Via, action policy.Actions) bool {
	if v.Actions&action == 0 {
		return false
	}
	return x.left&action == 0 || v.Records == x.recordsOf(action)
}

// givesSurest reports whether no source of an action is surer than this one.
func (x *rowNow) givesSurest(v *policy.Via, action policy.Actions) bool {
	return v.Actions&action != 0 && v.Confidence == x.surest[bits.TrailingZeros64(uint64(action))]
}

func (x *rowNow) recordsOf(action policy.Actions) policy.Records {
	for i := range x.of {
		if action>>i&1 != 0 {
			return x.of[i]
		}
	}
	return policy.AllRecords
}

// has reports whether the row stays the same with one more source.
func (x *rowNow) has(v *policy.Via) bool {
	if v.Actions&^x.given != 0 || x.left == 0 && (v.Confidence > x.sure || v.Records < x.records) {
		return false
	}
	for i, rest := 0, v.Actions&x.left; rest != 0; i, rest = i+1, rest>>1 {
		if rest&1 != 0 && (v.Records < x.of[i] || v.Confidence > x.lines[i] ||
			x.needed && v.Confidence < x.surest[i]) {
			return false
		}
	}
	return true
}

// weighRoles does the same for roles that something asks for by name. If a rule asks for a role on a scope, whichever,
// one must stay there. If it asks for several, all must.
func (w *worker) weighRoles(a *policy.Access) {
	if len(w.named) == 0 && w.least == 0 {
		return
	}
	type key struct {
		policy.RoleOn
		assigned bool
	}
	list := map[key][]*policy.Held{}
	var order []key
	add := func(k key, h *policy.Held) {
		if list[k] == nil {
			order = append(order, k)
		}
		list[k] = append(list[k], h)
	}
	for i := range a.Roles {
		h := &a.Roles[i]
		on := policy.RoleOn{Role: h.Role, Scope: h.Scope}
		named, assigned := len(w.named[h.Role]) > 0, h.From == nil
		if named {
			add(key{on, false}, h)
		}
		if assigned && (named || w.least > 1) {
			add(key{on, true}, h)
		}
		if assigned && w.least == 1 {
			add(key{policy.RoleOn{Scope: h.Scope}, true}, h)
		}
	}
	for _, k := range order {
		w.weighRole(list[k])
	}
}

// weighRole looks at the ways in which somebody holds a role on a scope.
func (w *worker) weighRole(list []*policy.Held) {
	sure, held := policy.Inferred, false
	for _, h := range list {
		if w.isBase(sourceAt(h.Entry.Pos)) {
			sure, held = min(sure, h.Confidence), true
		}
	}
	for _, h := range list {
		if from := sourceAt(h.Entry.Pos); !w.isBase(from) && (!held || h.Confidence < sure) {
			w.sources[from].extra = true
		}
	}
	if !held {
		return
	}
	w.sets.begin()
	for _, h := range list {
		if h.Confidence == sure {
			w.sets.put(sourceAt(h.Entry.Pos))
		}
	}
	w.sets.end()
}
