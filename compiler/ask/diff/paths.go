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

// needsPaths reports whether owners must agree to what people could newly give.
func (q *OwnersQuestion) needsPaths() bool {
	return q != nil && slices.ContainsFunc(q.owners, func(o policy.Ownership) bool { return o.Is("gain") })
}

// newPaths holds the paths that a change makes, compared with one base.
type newPaths struct {
	list []paths.Fresh
	was  func(*policy.User) *policy.User
	of   *Policies
}

// findPaths finds the paths that a change makes, and the gates that they do not pass. Now is the comparison with the
// tip of the base, or nil.
func (a *Answer) findPaths(ctx context.Context, s *Sides, g *Gates, c, now *Comparison) error {
	if a.ListsPaths = g.asksPaths(); a.ListsPaths {
		a.Hits = append(a.Hits, lostDelegates(g, s.GatesPolicy(), a.Head)...)
		for _, h := range Unjudged(g.ForbidPath, s.GatesPolicy(), a.Head) {
			h.Gate = "forbid-path" + strings.TrimPrefix(h.Gate, "forbid")
			a.Hits = append(a.Hits, h)
		}
	}
	if !paths.Possible(a.Head) {
		return nil
	}
	var err error
	if a.fresh, err = a.comparePaths(ctx, s, c); err != nil {
		return err
	}
	if a.ListsPaths {
		a.Paths = a.fresh.list
	}
	a.Hits = append(a.Hits, a.fresh.hits(g)...)
	if now == nil || len(g.ForbidPath) == 0 && !g.Owners.needsPaths() {
		return nil
	}
	if a.freshNow, err = a.comparePathsNow(ctx, s.Gates.Policy, c, now); err != nil {
		return err
	}
	a.Hits = append(a.Hits, onlyOfTip(a.freshNow.hits(g), a.Hits)...)
	return nil
}

// comparePaths finds the paths that the base has not.
func (a *Answer) comparePaths(ctx context.Context, s *Sides, c *Comparison) (x newPaths, err error) {
	var base *policy.Policy
	if s.Base != nil {
		base = s.Base.Policy
	}
	x.was, x.of = formerUsers(base, c), c.policies
	users := a.Head.Users
	if base != nil && c.policies.sameWorld {
		users = pathUsers(c, a.Head, x.was)
	}
	x.list, err = paths.New(ctx, base, a.Head, users, x.was)
	return x, err
}

// comparePathsNow finds the paths that the tip of the base has not. As for other gates, it looks only at people whom
// the change is about.
func (a *Answer) comparePathsNow(ctx context.Context, tip *policy.Policy, c, now *Comparison) (x newPaths, err error) {
	x.was, x.of = formerUsers(tip, now), now.policies
	var users []*policy.User
	for _, people := range [][]Person{c.People, now.People} {
		for i := range people {
			if u := people[i].Head; u != nil {
				users = append(users, u)
			}
		}
	}
	for i := range a.fresh.list {
		users = append(users, a.fresh.list[i].User)
	}
	slices.SortFunc(users, func(a, b *policy.User) int { return cmp.Compare(a.ID, b.ID) })
	x.list, err = paths.New(ctx, tip, a.Head, slices.Compact(users), x.was)
	return x, err
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

// hits returns a hit for each gate that a new path does not pass.
func (x *newPaths) hits(g *Gates) (hits []Hit) {
	for _, m := range g.ForbidPath {
		if found := x.find(func(*policy.User) *Matcher { return &m }); found.count > 0 {
			hits = append(hits, Hit{Gate: "forbid-path " + m.String(), Rows: found.count, First: found.text(),
				From:    found.by.From,
				Message: countText(found.count, "forbidden path is new", "forbidden paths are new")})
		}
	}
	return hits
}

// foundPaths counts the new paths that a matcher selects.
type foundPaths struct {
	count int
	by    *paths.Fresh // the first
	path  *reach.Path
	gain  *reach.Gain

	takers []taker // who could give something
}

// taker names somebody who could use new paths, and counts those.
type taker struct {
	user  *policy.User
	first string // what the first one is to
	count int
}

// find returns the new paths that a matcher selects, given the one for each user.
func (x *newPaths) find(matcherFor func(*policy.User) *Matcher) (found foundPaths) {
	for i := range x.list {
		by, before := &x.list[i], found.count
		m := matcherFor(by.User)
		first := ""
		for _, path := range slices.Concat(by.Alone, by.Assisted, by.Others) {
			gain := m.fitsPath(by, &path, x.was(by.User), x.of)
			if gain == nil {
				continue
			}
			if found.count++; found.count == 1 {
				found.by, found.path, found.gain = by, &path, gain
			}
			if first == "" {
				first = describePath(by, gain)
			}
		}
		if found.count > before {
			found.add(by.User, first, found.count-before)
		}
	}
	return found
}

// add notes that somebody could take new paths. The paths of later days follow those of the first.
func (f *foundPaths) add(u *policy.User, first string, count int) {
	if n := len(f.takers); n > 0 && f.takers[n-1].user == u {
		f.takers[n-1].count += count
		return
	}
	f.takers = append(f.takers, taker{u, first, count})
}

// text names the first of the paths.
func (f *foundPaths) text() string { return describePath(f.by, f.gain) }

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
