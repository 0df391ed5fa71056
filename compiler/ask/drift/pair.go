package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// moved is a role or permission that somebody has on some scopes here, and on other ones there.
type moved struct{ extra, missing []int } // indexes of items

// pair makes one item of an entry that is on one scope here and on another one there. It stays an extra where it is on
// a wider scope there.
func (c *comparison) pair() {
	all := map[key]*moved{}
	var order []*moved
	for i := range c.out.Items {
		x := &c.out.Items[i]
		if x.key.scope == nil || x.Seen != "" || x.Class != Extra && x.Class != Missing {
			continue
		}
		k := x.key
		k.scope = nil
		m := all[k]
		if m == nil {
			m = &moved{}
			all[k], order = m, append(order, m)
		}
		if x.Class == Extra {
			m.extra = append(m.extra, i)
		} else {
			m.missing = append(m.missing, i)
		}
	}
	gone := map[int]bool{}
	for _, m := range order {
		if len(m.extra) > 0 && len(m.missing) > 0 {
			c.pairOne(m, gone)
		}
	}
	kept := c.out.Items[:0:0]
	for i := range c.out.Items {
		if !gone[i] {
			kept = append(kept, c.out.Items[i])
		}
	}
	c.out.Items = kept
}

// pairOne pairs wider scopes first, then narrower ones, and then others if as many are here as there.
func (c *comparison) pairOne(m *moved, gone map[int]bool) {
	byScope := func(i, j int) int { return cmp.Compare(c.out.Items[i].Scope, c.out.Items[j].Scope) }
	slices.SortFunc(m.extra, byScope)
	slices.SortFunc(m.missing, byScope)
	scope := func(i int) *policy.Scope { return c.out.Items[i].key.scope }
	done := map[int]bool{}
	for _, e := range m.extra {
		within := c.among(m.missing, done, func(i int) bool { return reaches(scope(e), scope(i)) })
		if len(within) == 0 {
			continue
		}
		done[e] = true
		x := &c.out.Items[e]
		x.Pos, x.Seen = c.out.Items[within[0]].Pos, x.Scope
		x.Message = fmt.Sprintf("%s: %q is on %s here, and on %q there, which is wider", subject(x.key),
			x.Role+x.Permission,
			c.scopes(within), x.Scope)
		x.Help = "narrow it in the system, or declare the wider scope"
		for _, i := range within {
			done[i], gone[i] = true, true
		}
	}
	for _, i := range m.missing {
		if within := c.among(m.extra, done, func(e int) bool { return reaches(scope(i), scope(e)) }); !done[i] &&
			len(within) > 0 {
			c.move(i, within, gone, done)
		}
	}
	not := func(int) bool { return true }
	extra, missing := c.among(m.extra, done, not), c.among(m.missing, done, not)
	if len(extra) != len(missing) {
		return // nobody knows which was moved
	}
	for n, i := range missing {
		c.move(i, extra[n:n+1], gone, done)
	}
}

// reaches reports whether access on a scope reaches another one below it.
func reaches(above, s *policy.Scope) bool {
	for ; s != nil && s != above; s = s.Parent {
		if s.Apart {
			return false
		}
	}
	return s != nil
}

// among returns the items of a list that are not done and fit.
func (c *comparison) among(list []int, done map[int]bool, fits func(int) bool) (found []int) {
	for _, i := range list {
		if !done[i] && fits(i) {
			found = append(found, i)
		}
	}
	return found
}

// move makes a missing entry one that differs, and drops what is there in its place.
func (c *comparison) move(i int, there []int, gone, done map[int]bool) {
	x := &c.out.Items[i]
	var paths []string
	for _, e := range there {
		gone[e], done[e] = true, true
		paths = append(paths, c.out.Items[e].Scope)
		x.There = append(x.There, c.out.Items[e].key.scope)
	}
	done[i] = true
	x.Class, x.By, x.Seen, x.Place = Differs, ByScope, strings.Join(paths, ", "), c.out.Items[there[0]].Place
	x.Message = fmt.Sprintf("%s: %q is on %q here, and on %s there", subject(x.key), x.Role+x.Permission, x.Scope,
		c.scopes(there))
	x.Help = "move it in the system, or in the declaration"
}

func (c *comparison) scopes(list []int) string {
	var quoted []string
	for _, i := range list {
		quoted = append(quoted, fmt.Sprintf("%q", c.out.Items[i].Scope))
	}
	return strings.Join(quoted, ", ")
}
