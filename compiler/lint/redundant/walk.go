package redundant

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// edge is the membership of a group in another.
type edge struct{ inner, outer *policy.Group }

// walk is the groups that some lead to. It uses its memory again.
type walk struct {
	*finder
	in      []bool          // by the group's index
	list    []*policy.Group // likewise, in the order in which they were found
	lasting bool            // memberships with a period do not count
}

func newWalk(f *finder) walk { return walk{finder: f, in: make([]bool, len(f.policy.Groups))} }

func (w *walk) has(g *policy.Group) bool { return w.in[g.Index] }

func (w *walk) clear() {
	for _, g := range w.list {
		w.in[g.Index] = false
	}
	w.list = w.list[:0]
}

// reach finds the groups that a user is in without a group, or without the membership of one.
func (w *walk) reach(u *policy.User, but *policy.Group, cut edge) {
	w.clear()
	for i := range u.Memberships {
		m := &u.Memberships[i]
		if m.Direct > 0 && (len(w.quits) == 0 || !w.quits[stay{u, m.Group}]) && (!w.lasting || w.isLasting(u, m)) {
			w.visit(m.Group, but, cut)
		}
	}
}

// isLasting reports whether a user is named in a group without a period.
func (w *walk) isLasting(u *policy.User, m *policy.Membership) bool {
	special := w.specials[stay{u, m.Group}]
	return int(m.Direct) > len(special) ||
		slices.ContainsFunc(special, func(s *policy.Member) bool { return !s.Terms.IsDated() })
}

// visit adds a group, and those that it leads to.
func (w *walk) visit(g, but *policy.Group, cut edge) {
	w.around(g)
	from := len(w.list)
	w.enter(g, but)
	for ; from < len(w.list); from++ {
		w.step(w.list[from], but, cut)
	}
}

// detours reports whether the inner group of a membership is in the outer one without it, too.
func (w *walk) detours(cut edge) bool {
	if !w.mayDetour(cut) {
		return false
	}
	w.clear()
	w.enter(cut.inner, nil)
	for i := 0; i < len(w.list) && !w.has(cut.outer); i++ {
		w.step(w.list[i], nil, cut)
	}
	return w.has(cut.outer)
}

// step adds the groups around one.
func (w *walk) step(inner, but *policy.Group, cut edge) {
	for _, o := range w.edges[inner.Index] {
		if e := (edge{inner, o}); e != cut && !(w.lasting && w.brief[e]) {
			w.enter(o, but)
		}
	}
}

// enter adds a group that is not removed.
func (w *walk) enter(g, but *policy.Group) {
	if g != but && !w.in[g.Index] && !w.groups[g] {
		w.in[g.Index] = true
		w.list = append(w.list, g)
	}
}

// mayDetour reports whether another group that is in the outer one, or was, has the inner one as a member.
func (f *finder) mayDetour(cut edge) bool {
	around, inside := f.edges[cut.inner.Index], f.inner[cut.outer.Index]
	if len(around) <= len(inside) {
		return slices.ContainsFunc(around, func(g *policy.Group) bool { return g != cut.outer && g.IsWithin(cut.outer) })
	}
	return slices.ContainsFunc(inside, func(g *policy.Group) bool { return g != cut.inner && cut.inner.IsWithin(g) })
}
