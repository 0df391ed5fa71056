package who

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Roles is what one role gives beyond another, wherever it is assigned.
type Roles struct {
	Roles       [2]*policy.Role
	Includes    Comparison[Included]
	Permissions Comparison[Given]
}

// Included is a role that another one includes, directly or through others.
type Included struct {
	Role    *policy.Role
	Reaches []string
}

// Given lists the ways in which a role gives a permission.
type Given struct {
	Permission *policy.Permission
	Ways       []Way
}

// Way is one way in which a role gives a permission.
type Way struct {
	Reach   string   // self, subtree, tree or labels; of includes, too
	Levels  []string // of the scopes reached; nil: all levels of the permission
	Own     bool     // only the user's own records
	Actions policy.Actions
	When    *policy.Requirement // only for users who meet it; nil: for all
	Through *policy.Role        // the included role with the cell, or nil
	Implier *policy.Permission  // the permission that implies it, or nil
	Source  string
}

// CompareRoles compares what two roles of a catalog give.
func CompareRoles(c *policy.Catalog, left, right *policy.Role) *Roles {
	order := func(x, y *Given) int { return cmp.Compare(x.Permission.Index, y.Permission.Index) }
	byRole := func(x, y *Included) int { return cmp.Compare(x.Role.Index, y.Role.Index) }
	l, r := gatherRole(c, left), gatherRole(c, right)
	return &Roles{
		Roles:       [2]*policy.Role{left, right},
		Includes:    pairUp(l.includes, r.includes, byRole, includedDiffers),
		Permissions: pairUp(l.given, r.given, order, givenDiffers),
	}
}

func givenDiffers(x, y *Given) []string {
	return pickDiffering(
		difference{"reach", !sameWays(x, y, func(a, b Way) bool {
			return a.Reach == b.Reach && slices.Equal(a.Levels, b.Levels)
		})},
		difference{"actions", !sameWays(x, y, func(a, b Way) bool { return a.Actions == b.Actions })},
		difference{"access", !sameWays(x, y, func(a, b Way) bool { return a.Own == b.Own })},
		difference{"when", !sameWays(x, y, func(a, b Way) bool { return a.When.Equal(b.When) })})
}

func includedDiffers(x, y *Included) []string {
	return pickDiffering(difference{"reach", !slices.Equal(x.Reaches, y.Reaches)})
}

// sameWays reports whether each way on one side has an equal on the other.
func sameWays(x, y *Given, alike func(a, b Way) bool) bool {
	within := func(list, of []Way) bool {
		return !slices.ContainsFunc(list, func(a Way) bool {
			return !slices.ContainsFunc(of, func(b Way) bool { return alike(a, b) })
		})
	}
	return within(x.Ways, y.Ways) && within(y.Ways, x.Ways)
}

// gathering collects what a role gives.
type gathering struct {
	catalog  *policy.Catalog
	includes []Included
	given    []Given
	seen     map[step]bool
}

// step is a role, and how it is reached from the role in question.
type step struct {
	role   *policy.Role
	reach  string
	levels policy.LevelSet
}

// gatherRole collects what a role gives, sorted.
func gatherRole(c *policy.Catalog, r *policy.Role) *gathering {
	g := &gathering{catalog: c, seen: map[step]bool{}}
	g.addRole(step{r, "", r.Levels}, nil)
	slices.SortFunc(g.includes, func(x, y Included) int { return cmp.Compare(x.Role.Index, y.Role.Index) })
	slices.SortFunc(g.given, func(x, y Given) int { return cmp.Compare(x.Permission.Index, y.Permission.Index) })
	for i := range g.includes {
		slices.Sort(g.includes[i].Reaches)
	}
	for i := range g.given {
		g.given[i].Ways = keepWidest(g.given[i].Ways)
	}
	return g
}

// addRole adds everything a role gives when reached in some way.
func (g *gathering) addRole(at step, through *policy.Role) {
	if g.seen[at] {
		return
	}
	g.seen[at] = true
	for i := range at.role.Cells {
		c := &at.role.Cells[i]
		reach, levels := g.composeReach(at, c.Reach, c.Permission.Levels)
		w := Way{
			Reach:   reach,
			Own:     c.Own,
			Actions: c.Actions,
			When:    c.When,
			Through: through,
			Source:  cmp.Or(c.Source, at.role.Source),
		}
		g.addGiven(c.Permission, w, levels)
		for _, q := range listImplied(c.Permission) {
			w.Implier, w.Actions = c.Permission, q.All()
			g.addGiven(q, w, levels&q.Levels)
		}
	}
	for _, inc := range at.role.Includes {
		reach, levels := g.composeReach(at, inc.Reach, inc.Role.Levels)
		g.addIncluded(inc.Role, reach)
		g.addRole(step{inc.Role, reach, levels}, inc.Role)
	}
}

func (g *gathering) addGiven(p *policy.Permission, w Way, levels policy.LevelSet) {
	if levels == 0 {
		return
	}
	if levels != p.Levels {
		w.Levels = g.catalog.LevelNames(levels)
	}
	i := slices.IndexFunc(g.given, func(x Given) bool { return x.Permission == p })
	if i < 0 {
		i = len(g.given)
		g.given = append(g.given, Given{Permission: p})
	}
	g.given[i].Ways = append(g.given[i].Ways, w)
}

func (g *gathering) addIncluded(r *policy.Role, reach string) {
	i := slices.IndexFunc(g.includes, func(x Included) bool { return x.Role == r })
	if i < 0 {
		i = len(g.includes)
		g.includes = append(g.includes, Included{Role: r})
	}
	if !slices.Contains(g.includes[i].Reaches, reach) {
		g.includes[i].Reaches = append(g.includes[i].Reaches, reach)
	}
}

// composeReach returns a reach as seen from where another one leads, and the levels of the scopes reached.
func (g *gathering) composeReach(at step, r policy.Reach, levels policy.LevelSet) (string, policy.LevelSet) {
	under := levels & g.catalog.BelowAny(at.levels)
	switch r.Kind {
	case policy.Self:
		return cmp.Or(at.reach, "self"), levels & at.levels
	case policy.Tree:
		return "tree", levels & g.catalog.SameTree(at.levels)
	case policy.Labelled:
		return joinReaches(at.reach, strings.Join(r.Labels, "+")), under
	}
	return joinReaches(at.reach, "subtree"), under
}

// joinReaches returns one reach after another. A subtree of a subtree is a subtree, and a tree includes its subtrees.
func joinReaches(first, next string) string {
	switch {
	case first == "" || first == "self" || first == "subtree":
		return next
	case first == "tree" && next == "subtree":
		return first
	}
	return first + " > " + next
}

// listImplied returns every permission that p implies, directly or through others.
func listImplied(p *policy.Permission) []*policy.Permission {
	list := slices.Clone(p.Implies)
	for i := 0; i < len(list); i++ {
		for _, q := range list[i].Implies {
			if !slices.Contains(list, q) {
				list = append(list, q)
			}
		}
	}
	return list
}

// keepWidest returns the ways that no other way covers, in order.
func keepWidest(ways []Way) (list []Way) {
	for i, w := range ways {
		covered := false
		for j, v := range ways {
			covered = covered || i != j && v.covers(&w) && (j < i || !w.covers(&v))
		}
		if !covered {
			list = append(list, w)
		}
	}
	slices.SortStableFunc(list, func(x, y Way) int {
		return cmp.Or(strings.Compare(x.Reach, y.Reach), cmp.Compare(x.Actions, y.Actions))
	})
	return list
}

// covers reports whether a way gives everything that another one does.
func (w *Way) covers(o *Way) bool {
	if o.Actions&^w.Actions != 0 || w.Own && !o.Own || w.When != nil && !w.When.Equal(o.When) {
		return false
	}
	if w.Levels != nil && !slices.Equal(w.Levels, o.Levels) {
		return false
	}
	return w.Reach == o.Reach || w.Reach == "tree" || w.Reach == "subtree" && !strings.HasPrefix(o.Reach, "tree")
}
