package diff

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/policy"
)

// asksPaths reports whether new paths are asked for.
func (g *Gates) asksPaths() bool { return g.Paths || len(g.ForbidPath) > 0 }

// findPaths finds the paths that a change makes, and the gates that they do not pass. Now is the comparison with the
// tip of the base, or nil.
func (a *Answer) findPaths(ctx context.Context, s *Sides, g *Gates, c, now *Comparison) (err error) {
	a.ListsPaths = true
	a.Hits = append(a.Hits, lostDelegates(g, s.GatesPolicy(), a.Head)...)
	for _, h := range Unjudged(g.ForbidPath, s.GatesPolicy(), a.Head) {
		h.Gate = "forbid-path" + strings.TrimPrefix(h.Gate, "forbid")
		a.Hits = append(a.Hits, h)
	}
	if !paths.Possible(a.Head) {
		return nil
	}
	var base *policy.Policy
	if s.Base != nil {
		base = s.Base.Policy
	}
	was := formerUsers(base, c)
	users := a.Head.Users
	if base != nil && c.policies.sameWorld {
		users = pathUsers(c, a.Head, was)
	}
	if a.Paths, err = paths.New(ctx, base, a.Head, users, was); err != nil {
		return err
	}
	a.Hits = append(a.Hits, c.policies.pathHits(g, a.Paths, was)...)
	if now == nil || len(g.ForbidPath) == 0 {
		return nil
	}
	hits, err := a.pathHitsOfTip(ctx, s.Gates.Policy, g, c, now)
	a.Hits = append(a.Hits, hits...)
	return err
}

// pathHitsOfTip returns the gates that paths hit only if the change is compared with the tip of its base. As for other
// gates, it looks only at people whom the change is about.
func (a *Answer) pathHitsOfTip(ctx context.Context, tip *policy.Policy, g *Gates, c, now *Comparison) ([]Hit, error) {
	was := formerUsers(tip, now)
	var users []*policy.User
	for _, people := range [][]Person{c.People, now.People} {
		for i := range people {
			if u := people[i].Head; u != nil {
				users = append(users, u)
			}
		}
	}
	for i := range a.Paths {
		users = append(users, a.Paths[i].User)
	}
	slices.SortFunc(users, func(a, b *policy.User) int { return cmp.Compare(a.ID, b.ID) })
	list, err := paths.New(ctx, tip, a.Head, slices.Compact(users), was)
	if err != nil {
		return nil, err
	}
	return onlyOfTip(now.policies.pathHits(g, list, was), a.Hits), nil
}

// formerUsers returns a function that finds a user of the head in the base.
func formerUsers(base *policy.Policy, c *Comparison) func(*policy.User) *policy.User {
	was := map[*policy.User]*policy.User{}
	for i := range c.People {
		if p := &c.People[i]; p.Head != nil {
			was[p.Head] = p.Base
		}
	}
	return func(u *policy.User) *policy.User {
		if old, ok := was[u]; ok || base == nil {
			return old
		}
		if i, ok := base.FindUser(u.ID); ok {
			return base.Users[i]
		}
		return nil
	}
}

// pathUsers returns the users whose paths may change: those for whom anything changes, and those who can give
// something by what no row shows.
func pathUsers(c *Comparison, head *policy.Policy, was func(*policy.User) *policy.User) (list []*policy.User) {
	for i := range c.People {
		if u := c.People[i].Head; u != nil {
			list = append(list, u)
		}
	}
	list = append(list, paths.Owning(head)...)
	for _, u := range head.Users {
		if old := was(u); old == nil || old.Affiliation != u.Affiliation || old.Disabled != u.Disabled ||
			!sameHome(old.Home, u.Home) {
			list = append(list, u)
		}
	}
	slices.SortFunc(list, func(a, b *policy.User) int { return cmp.Compare(a.ID, b.ID) })
	return slices.Compact(list)
}

func sameHome(a, b *policy.Scope) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Path == b.Path)
}

// pathHits returns a hit for each gate that a new path does not pass.
func (p *Policies) pathHits(g *Gates, list []paths.Fresh, was func(*policy.User) *policy.User) (hits []Hit) {
	for _, m := range g.ForbidPath {
		h := Hit{Gate: "forbid-path " + m.String()}
		for i := range list {
			x := &list[i]
			for _, path := range slices.Concat(x.Alone, x.Assisted, x.Others) {
				gain := m.fitsPath(x, &path, was(x.User), p)
				if gain == nil {
					continue
				}
				if h.Rows++; h.Rows == 1 {
					h.First, h.From = describePath(x, gain), x.From
				}
			}
		}
		if h.Rows > 0 {
			h.Message = countText(h.Rows, "forbidden path is new", "forbidden paths are new")
			hits = append(hits, h)
		}
	}
	return hits
}

func describePath(x *paths.Fresh, g *reach.Gain) string {
	what := ""
	switch {
	case g.Role != nil:
		what = "role " + g.Role.ID
	case g.Permission != nil:
		what = g.Permission.ID
	default:
		what = "owner of group " + g.Owned.ID
	}
	if g.Scope != nil {
		what += " on " + g.Scope.Path
	}
	text := fmt.Sprintf("%s, which %s could give", what, x.User.ID)
	if x.From != 0 {
		text += " from " + x.From.String() + " on"
	}
	return text
}

// fitsPath returns what a path reaches that a matcher selects, or nil. Users are those who could give it, affiliations
// those of the people who would hold it.
func (m *Matcher) fitsPath(x *paths.Fresh, path *reach.Path, old *policy.User, p *Policies) *reach.Gain {
	if m.User != "" && p.userKey(m.User) != p.userKey(x.User.ID) {
		return nil
	}
	if m.Affiliation != "" && m.Affiliation != path.For.Affiliation &&
		(path.For.Other || m.Affiliation != x.User.Affiliation && (old == nil || m.Affiliation != old.Affiliation)) {
		return nil
	}
	hasRole := func(g reach.Gain) bool { return g.Role != nil && g.Role.ID == m.Role }
	inGroup := func(a *reach.Act) bool { return a.Group != nil && a.Group.ID == m.Group }
	if m.Role != "" && !slices.ContainsFunc(path.Gains, hasRole) ||
		m.Group != "" && !slices.ContainsFunc(path.Acts, inGroup) {
		return nil
	}
	for i := range path.Gains {
		if g := &path.Gains[i]; m.fitsGain(g, p) {
			return g
		}
	}
	return nil
}

// fitsGain reports whether a matcher selects one thing that a path reaches.
func (m *Matcher) fitsGain(g *reach.Gain, p *Policies) bool {
	if g.Scope == nil {
		return !m.ofRows() && m.Scope == "" && m.Level == "" && m.Role == ""
	}
	if g.Permission != nil {
		r := policy.Row{Permission: g.Permission, Scope: g.Scope}
		return m.fitsRow(&r, g.Permission.Names(g.Actions), p)
	}
	return !m.ofRows() && m.fitsScope(g.Scope.Path, p) && (m.Role == "" || g.Role != nil && g.Role.ID == m.Role)
}

// lostDelegates returns a hit if the change takes out of the catalog that something lets people give something: paths
// through it cannot be judged.
func lostDelegates(g *Gates, base, head *policy.Policy) []Hit {
	if base == nil || len(g.ForbidPath) == 0 {
		return nil
	}
	what := lostDelegate(base.Catalog, head.Catalog)
	if what == "" {
		return nil
	}
	return []Hit{{Gate: "forbid-path",
		Message: "it cannot be judged: the change takes from what " + what + " lets people give"}}
}

// lostDelegate names something in the base whose holders can give less in the head.
func lostDelegate(base, head *policy.Catalog) string {
	for _, x := range base.Permissions {
		h := head.PermissionByID[x.ID]
		if len(x.Delegates) > 0 && (h == nil || !keepsDelegates(x.Delegates, h.Delegates)) {
			return fmt.Sprintf("permission %q", x.ID)
		}
	}
	for _, x := range base.Roles {
		h := head.RoleByID[x.ID]
		if len(x.Delegates) > 0 && (h == nil || !keepsDelegates(x.Delegates, h.Delegates)) {
			return fmt.Sprintf("role %q", x.ID)
		}
	}
	for _, x := range base.DelegatingAttributes {
		at := slices.IndexFunc(head.DelegatingAttributes, func(h policy.DelegatingAttribute) bool {
			return h.ID == x.ID
		})
		if at < 0 || !keepsDelegates(x.Delegates, head.DelegatingAttributes[at].Delegates) {
			return fmt.Sprintf("attribute %q", x.ID)
		}
	}
	return ""
}

// keepsDelegates reports whether each of some delegates is among others, or gives more there.
func keepsDelegates(base, head []policy.Delegate) bool {
	for i := range base {
		if !slices.ContainsFunc(head, func(h policy.Delegate) bool { return givesAsMuch(&h, &base[i]) }) {
			return false
		}
	}
	return true
}

func givesAsMuch(h, b *policy.Delegate) bool {
	return has(h.Users, b.Users) && has(h.Groups, b.Groups) && has(h.Invitations, b.Invitations) &&
		has(b.Others, h.Others) && has(b.Own, h.Own) && sameReach(h.Reach, b.Reach) &&
		(h.Values == nil || b.Values != nil && all(b.Values, h.Values)) &&
		all(policy.RoleIDs(b.Roles), policy.RoleIDs(h.Roles)) &&
		all(policy.PermissionIDs(b.Permissions), policy.PermissionIDs(h.Permissions))
}

func has(more, less bool) bool { return more || !less }

func all(some, list []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(list, s) })
}
