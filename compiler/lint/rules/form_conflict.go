package rules

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// checkConflict reports items that nobody may hold together: each choice of items once for each place
// of its first item, or once if places do not matter.
func checkConflict(p *lint.Pass, r *policy.Rule) {
	c := r.Conflict
	if !holdsSide(p, &c.Between) || !holdsSide(p, &c.And) {
		return
	}
	listed := 0
	var done [][2]policy.Item // pairs, so that none is reported again the other way round
	lefts, rights := heldChoices(p, c.Between), heldChoices(p, c.And)
	places := &placeIndex{access: p.Access, all: map[policy.Item][]place{}}
	for _, left := range lefts {
		for _, right := range rights {
			if shareItem(left, right) || slices.Contains(done, [2]policy.Item{right[0], left[0]}) {
				continue
			}
			if len(left)+len(right) == 2 {
				done = append(done, [2]policy.Item{left[0], right[0]})
			}
			if listed += reportTogether(p, r, places, left, right); listed > mostConflicts {
				u := p.Access.User
				d := declaredFinding(r, u.Pos, "%s holds more than %d conflicting pairs; the first %[2]d are listed",
					diag.Quote(u.ID), mostConflicts)
				d.User, d.Extent = u.ID, heldItems(lefts, rights)
				p.Report(d)
				return
			}
		}
	}
}

// heldChoices returns the choices of a side whose items the user holds, every one. They are sorted, and so are their
// items: the order in which a rule names them, in several files perhaps, must not decide where a conflict is.
func heldChoices(p *lint.Pass, s policy.Side) [][]policy.Item {
	lacks := func(i policy.Item) bool {
		return !p.Holds(i) || i.Levels != 0 && len(findPlaces(p.Access, i)) == 0
	}
	var held [][]policy.Item
	for _, items := range s.Choices() {
		named := func(before []policy.Item) bool { return slices.Equal(before, items) } // in another file, perhaps
		if slices.ContainsFunc(items, lacks) {
			continue
		}
		if items = sortItems(p.Policy.Catalog, items); !slices.ContainsFunc(held, named) {
			held = append(held, items)
		}
	}
	slices.SortFunc(held, func(x, y []policy.Item) int {
		return slices.CompareFunc(x, y, func(x, y policy.Item) int { return compareItems(p.Policy.Catalog, x, y) })
	})
	return held
}

// holdsSide reports whether the user holds all items of a choice of a side, each at any level.
func holdsSide(p *lint.Pass, s *policy.Side) bool {
	if s.All {
		return !slices.ContainsFunc(s.Items, func(i policy.Item) bool { return !p.Holds(i) })
	}
	return slices.ContainsFunc(s.Items, p.Holds)
}

// heldItems returns the names of all items in the choices. Pairs that are not listed may consist of
// any of them.
func heldItems(sides ...[][]policy.Item) (list []string) {
	for _, items := range slices.Concat(slices.Concat(sides...)...) {
		list = append(list, (&place{id: items.ID(), item: items}).name())
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func shareItem(left, right []policy.Item) bool {
	for _, a := range left {
		for _, b := range right {
			if a.Overlaps(b) {
				return true
			}
		}
	}
	return false
}

// mostConflicts limits how many conflicts of one rule are listed for one user.
const mostConflicts = 100

// reportTogether reports the places where two choices are held together, and returns how many.
func reportTogether(p *lint.Pass, r *policy.Rule, places *placeIndex, left, right []policy.Item) (n int) {
	for _, list := range [][]policy.Item{left, right} {
		for _, item := range list {
			if len(places.of(item)) == 0 {
				return 0
			}
		}
	}
	seen := map[*policy.Scope]bool{}
	for _, first := range places.of(left[0]) {
		s := &choice{at: r.Conflict.At, places: places, left: []place{first}}
		if seen[first.scope] || !s.fill(left[1:], right) {
			continue
		}
		seen[first.scope] = true
		reportConflict(p, r, places, append(s.left, s.right...))
		n++
		if r.Conflict.At == policy.Anywhere {
			break
		}
	}
	return n
}

// sortItems returns items by id, each once.
func sortItems(c *policy.Catalog, items []policy.Item) []policy.Item {
	if len(items) == 1 {
		return items
	}
	list := slices.Clone(items)
	slices.SortFunc(list, func(a, b policy.Item) int { return compareItems(c, a, b) })
	return slices.Compact(list)
}

// compareItems compares by id, then by kind, then by the name of the level.
func compareItems(c *policy.Catalog, a, b policy.Item) int {
	if n := strings.Compare(a.ID(), b.ID()); n != 0 {
		return n
	}
	if (a.Role == nil) != (b.Role == nil) {
		return strings.Compare((&place{item: a}).name(), (&place{item: b}).name())
	}
	return slices.Compare(c.LevelNames(a.Levels), c.LevelNames(b.Levels))
}

// choice picks one place for each item, so that every place on one side is related to every place on
// the other as the rule says.
type choice struct {
	at          policy.Relation
	places      *placeIndex
	left, right []place
}

func (c *choice) fill(left, right []policy.Item) bool {
	switch {
	case len(right) > 0:
		return c.try(right[0], &c.right, c.left, func() bool { return c.fill(left, right[1:]) })
	case len(left) > 0:
		return c.try(left[0], &c.left, c.right, func() bool { return c.fill(left[1:], right) })
	}
	return true
}

func (c *choice) try(item policy.Item, side *[]place, others []place, rest func() bool) bool {
	candidates := c.places.of(item)
	if len(others) > 0 {
		candidates = c.places.near(item, others[0].scope, c.at)
	}
	for _, x := range candidates {
		fits := true
		for _, o := range others {
			fits = fits && c.at.Holds(o.scope, x.scope)
		}
		if !fits {
			continue
		}
		*side = append(*side, x)
		if rest() {
			return true
		}
		*side = (*side)[:len(*side)-1]
	}
	return false
}

func reportConflict(p *lint.Pass, r *policy.Rule, places *placeIndex, found []place) {
	last := 0
	var words []string
	for i, x := range found {
		if found[last].pos.Before(x.pos) {
			last = i
		}
		words = append(words, fmt.Sprintf("%q on %q", x.id, x.scope.Path))
	}
	d := declaredFinding(r, found[last].pos, "%s holds %s together", diag.Quote(p.Access.User.ID),
		strings.Join(words, " and "))
	for i, x := range found {
		if i != last {
			d = d.WithRelated(x.pos, "%q here", x.id)
			d.Beside = append(d.Beside, x.pos) // either entry may be the one that is meant to stay
		}
	}
	if d.Help == "" {
		d.Help = "remove one of them"
	}
	d = aboutPlaces(d, p.Access.User, found)
	d.Extent = conflictExtent(places, r.Conflict.At, found)
	p.Report(d)
}

// aboutPlaces says what a finding is about. That must not depend on which side comes later in the files.
func aboutPlaces(d diag.Finding, u *policy.User, found []place) diag.Finding {
	d = found[0].at(d, u)
	for i, x := range found {
		d.Things = append(d.Things, x.thing())
		if i == 0 {
			continue
		}
		if x.item.Role != nil && d.Role == "" {
			d.Role = x.id
		}
		if x.item.Permission != nil && d.Permission == "" {
			d.Permission = x.id
		}
		d.With = append(d.With, x.name())
	}
	slices.Sort(d.With)
	return d
}

// conflictExtent returns all places of the items that are related to the first place as the rule says.
func conflictExtent(places *placeIndex, at policy.Relation, found []place) (list []string) {
	for _, x := range found {
		for _, p := range places.near(x.item, found[0].scope, at) {
			if at.Holds(found[0].scope, p.scope) {
				list = append(list, policy.QuoteIn(p.name(), "@")+"@"+p.scope.Path)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
