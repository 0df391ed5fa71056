package rules

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// writer checks where the rows of one user are written.
type writer struct {
	pass *lint.Pass
	rule *policy.Rule
	ways map[*policy.Group][]policy.Pos // the memberships that count, on the ways into groups; filled on first use
}

// writing is a place at which a source of a row is written.
type writing struct {
	policy.Pos
	via     *policy.Via
	actions policy.Actions
	member  bool // it is a membership
}

// check reports a forbidden row once for each file in which it is written, where that counts.
func (w *writer) check(row *policy.Row, hit policy.Actions) {
	for _, at := range w.places(row, hit) {
		path, what := w.pass.Policy.Files.File(at.File).Path(), "an entry"
		if at.member {
			what = "a membership"
		}
		d := declaredFinding(w.rule, at.Pos, "%s holds %q on %q%s, by %s in %s", diag.Quote(row.User.ID),
			row.Permission.ID,
			row.Scope.Path, describeHit(row.Permission, at.actions), what, diag.Quote(path))
		d.User, d.Permission, d.Scope = row.User.ID, row.Permission.ID, row.Scope.Path
		if at.via.Group != nil {
			d.Group = at.via.Group.ID
		}
		if except := w.rule.Forbid.Written.Except; d.Help == "" && len(except) > 0 {
			d.Help = "write it in " + strings.Join(except, " or ") + ", or remove it"
		}
		d.Extent = forbiddenExtent(row, at.actions, w.rule.Forbid.Roles)
		d.Extent = append(d.Extent, "file:"+path)
		slices.Sort(d.Extent)
		w.pass.Report(d)
	}
}

// places returns the first place in each file at which a row is written and that counts, with all actions that come
// from there.
func (w *writer) places(row *policy.Row, hit policy.Actions) (list []writing) {
	for i := range row.Via {
		v := &row.Via[i]
		if v.Actions&hit != 0 && throughAny(v, row, w.rule.Forbid.Roles) {
			list = w.source(list, row, v, v.Actions&hit)
		}
	}
	slices.SortStableFunc(list, func(a, b writing) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Off, b.Off))
	})
	kept := list[:0]
	for _, x := range list {
		if n := len(kept); n > 0 && kept[n-1].File == x.File {
			kept[n-1].actions |= x.actions
			continue
		}
		kept = append(kept, x)
	}
	return kept
}

// source adds the places of one source: of the entry and the memberships, or for a derived permission of all those
// that meet its requirement.
func (w *writer) source(list []writing, row *policy.Row, v *policy.Via, actions policy.Actions) []writing {
	held := false
	add := func(pos policy.Pos, g *policy.Group) {
		held = true
		for _, p := range w.pass.Policy.Elsewhere.Of(row.User, g, pos) {
			if w.rule.Forbid.Written.At(p) {
				list = append(list, writing{p, v, actions, false})
			}
		}
		for _, p := range w.into(g) {
			list = append(list, writing{p, v, actions, true})
		}
	}
	if v.Kind == policy.FromDerived {
		row.Permission.When.Support(w.pass.Access, row.Scope, add)
	}
	if !held {
		add(v.Pos, v.Group)
	}
	for _, when := range v.Conditions(w.pass.Access, row) {
		when.Support(w.pass.Access, row.Scope, add)
	}
	return list
}

// into returns the memberships on the ways into a group, which may be nil, that count.
func (w *writer) into(g *policy.Group) []policy.Pos {
	if g == nil {
		return nil
	}
	if w.ways == nil {
		a := w.pass.Access
		w.ways = w.pass.Policy.Ways.Through(a.User, a.On, w.rule.Forbid.Written.At)
	}
	return w.ways[g]
}

// throughAny reports whether a source comes through one of the roles, or none is named.
func throughAny(v *policy.Via, row *policy.Row, roles []*policy.Role) bool {
	return len(roles) == 0 || slices.ContainsFunc(roles, func(r *policy.Role) bool { return v.Through(row, r) })
}
