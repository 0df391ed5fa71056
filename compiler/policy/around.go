package policy

import (
	"slices"
	"sync"
)

// Around has the groups that a group is in. A chain of groups has as many of these as half the square of its length. So
// they are found when they are first asked for, but for those with dates. Goroutines may share it.
type Around struct {
	direct []*Group     // that name it or, if something in them has a date, are in dated
	dated  []Membership // direct or nested, sorted
	once   sync.Once
	all    []Membership
}

// PutInto puts a group into those around it: direct ones, which name it, and dated ones, in which some membership has a
// date. Of these, all are given, direct or nested, sorted.
func (g *Group) PutInto(direct []*Group, dated []Membership) {
	g.Around = &Around{direct: direct, dated: dated}
	for _, x := range direct {
		x.inside = append(x.inside, g)
	}
}

// Inside returns the groups that the group names, if nothing in it has a date.
func (g *Group) Inside() []*Group { return g.inside }

// Outer returns all groups that the group is in, direct or nested, sorted.
func (g *Group) Outer() []Membership {
	a := g.Around
	if a == nil {
		return nil
	}
	a.once.Do(func() {
		a.all = slices.Clip(a.dated)
		seen := map[*Group]bool{}
		list := slices.Clone(a.direct)
		for i := 0; i < len(list); i++ {
			x := list[i]
			if seen[x] {
				continue
			}
			seen[x] = true
			a.all = append(a.all, Membership{Group: x})
			if x.Around != nil {
				list = append(list, x.Around.direct...)
			}
		}
		slices.SortFunc(a.all, func(x, y Membership) int { return x.Group.Index - y.Group.Index })
	})
	return a.all
}

// EachOuter calls f with groups that the group is in: all those that name it, and perhaps others.
func (g *Group) EachOuter(f func(*Group)) {
	if g.Around == nil {
		return
	}
	for _, x := range g.Around.direct {
		f(x)
	}
	for _, m := range g.Around.dated {
		f(m.Group)
	}
}

// IsNested reports whether the group is in another one.
func (g *Group) IsNested() bool {
	return g.Around != nil && len(g.Around.direct)+len(g.Around.dated) > 0
}

// HasDatedOuter reports whether the group is in another one on some days only.
func (g *Group) HasDatedOuter() bool {
	return g.Around != nil && slices.ContainsFunc(g.Around.dated, func(m Membership) bool { return m.Periods != nil })
}

// outerIn returns how the group is in another one, direct or nested; nil: it is not.
func (g *Group) outerIn(o *Group) *Membership {
	list := g.Outer()
	i, ok := slices.BinarySearchFunc(list, o, func(m Membership, o *Group) int { return m.Group.Index - o.Index })
	if !ok || list[i].Group != o {
		return nil
	}
	return &list[i]
}

// IsWithin reports whether a group is in another one, on any day.
func (g *Group) IsWithin(o *Group) bool { return g.outerIn(o) != nil }

// OrAround returns a function that reports whether something is true of a group, or of one around it. It asks once for
// each group.
func OrAround(is func(*Group) bool) func(*Group) bool {
	known := map[*Group]bool{}
	var ask func(g *Group) bool
	ask = func(g *Group) bool {
		yes, ok := known[g]
		if ok {
			return yes
		}
		if yes = is(g); !yes && g.Around != nil {
			yes = slices.ContainsFunc(g.Around.direct, ask) ||
				slices.ContainsFunc(g.Around.dated, func(m Membership) bool { return is(m.Group) })
		}
		known[g] = yes
		return yes
	}
	return ask
}
