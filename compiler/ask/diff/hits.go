package diff

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Hit is a gate that blocks a change.
type Hit struct {
	Gate    string // as on the command line
	Message string
	Rows    int         // changes of rows that it does not let pass
	Roles   int         // changes of roles, likewise
	First   string      // the first of them in words, or ""
	From    policy.Date // the first day on which it is hit; 0: the day of the comparison
	Tip     bool        // compared with the base as it is now
	handed  int         // of both, those that are under another id or name in the system
}

// Watch makes a comparison count what gates need. It comes before the first user.
func (p *Policies) Watch(g *Gates) {
	if g.MaxLost >= 0 {
		p.tally = &Tally{held: map[policy.Date]int{}, lost: map[policy.Date]int{}}
	}
	p.forAnybody, p.forUser = nil, map[string][]int{}
	for j := range g.Forbid {
		if u := g.Forbid[j].User; u == "" {
			p.forAnybody = append(p.forAnybody, j)
		} else {
			p.forUser[p.userKey(u)] = append(p.forUser[p.userKey(u)], j)
		}
	}
	all := g.matchers()
	p.wantRoles = g.Owners != nil || slices.ContainsFunc(all, func(m Matcher) bool { return m.Role != "" })
	p.wantGroups = slices.ContainsFunc(all, func(m Matcher) bool { return m.Group != "" })
	p.wantGives = slices.ContainsFunc(all, func(m Matcher) bool {
		return m.Scope != "" || m.Level != "" || m.Role != "" && m.ofRows()
	})
}

// gateHit is a gate that the changes of one person hit.
type gateHit struct {
	rows, roles int
	handed      int         // of both, those that are under another id or name in the system
	from        policy.Date // the first day
	first       string      // of the gravest
	gravity     int
}

func (h *gateHit) add(from policy.Date, gravity int, first func() string) {
	if h.rows+h.roles == 0 || from < h.from {
		h.from = from
	}
	if h.first == "" || gravity > h.gravity {
		h.first, h.gravity = first(), gravity
	}
}

func (h *gateHit) row(c *Change) {
	h.add(c.From, c.Gravity(), func() string {
		return c.Row().Permission.ID + " on " + c.Row().Scope.Path + " of " + c.User.ID
	})
	h.rows++
}

func (h *gateHit) role(c *RoleChange) {
	h.add(c.From, 0, func() string { return "role " + c.Role.ID + " on " + c.Scope.Path + " of " + c.User.ID })
	h.roles++
}

// Judge notes which gates the changes of a person hit, and whose owners they are about.
func (p *Policies) Judge(g *Gates, x *Person) {
	if g.Owners != nil {
		p.judgeOwners(g.Owners, x)
	}
	if !x.More() || !g.FailOnGain && len(g.Forbid) == 0 {
		return
	}
	x.hits = nil
	about := p.forbidAbout(g, x)
	for i := range x.Changes {
		c := &x.Changes[i]
		if c.Kind.More() {
			x.hit(g, about, func(h *gateHit) { h.row(c) }, func(m *Matcher) bool { return m.fits(x, c, p) })
		}
	}
	for i := range x.Roles {
		c := &x.Roles[i]
		if c.Kind.More() {
			x.hit(g, about, func(h *gateHit) { h.role(c) }, func(m *Matcher) bool { return m.fitsRole(x, c, p) })
		}
	}
}

// hit adds one gain of the person to the gates that it hits.
func (x *Person) hit(g *Gates, about []int, add func(*gateHit), fits func(*Matcher) bool) {
	add(x.hitOf(0))
	for _, j := range about {
		if fits(&g.Forbid[j]) {
			add(x.hitOf(1 + j))
		}
	}
}

// hitOf returns what the person hits of a gate: 0 is that nothing may be gained, others are those of matchers.
func (x *Person) hitOf(gate int) *gateHit {
	if x.hits == nil {
		x.hits = map[int]*gateHit{}
	}
	if x.hits[gate] == nil {
		x.hits[gate] = &gateHit{}
	}
	return x.hits[gate]
}

// forbidAbout returns the matchers of forbidden gains that may be about a person, by their indexes in order.
func (p *Policies) forbidAbout(g *Gates, x *Person) []int {
	about := slices.Concat(p.forAnybody, p.forUser[p.userKey(x.User().ID)])
	slices.Sort(about)
	return about
}

// More reports whether the person comes to hold something, or has more of it.
func (x *Person) More() bool {
	return x.Counts[Gained]+x.Counts[Widened] > 0 ||
		slices.ContainsFunc(x.Roles, func(c RoleChange) bool { return c.Kind.More() })
}

// Less reports whether the person loses something, or has less of it.
func (x *Person) Less() bool {
	return x.Counts[Lost]+x.Counts[Narrowed] > 0 ||
		slices.ContainsFunc(x.Roles, func(c RoleChange) bool { return c.Kind.Less() })
}

// Hits returns the gates that block the changes of all people.
func (p *Policies) Hits(g *Gates, people []Person) (list []Hit) {
	hits := sumHits(people, 1+len(g.Forbid))
	if g.FailOnGain {
		if h := hits[0]; h.any() {
			list = append(list, h.hit("fail-on-gain", h.words("", "gained or widened")+", and none may be"))
		}
	}
	for j, m := range g.Forbid {
		if h := hits[1+j]; h.any() {
			list = append(list, h.hit("forbid "+m.String(), h.words("forbidden ", "gained or widened")))
		}
	}
	if p.tally != nil {
		list = append(list, p.tally.hits(g.MaxLost)...)
	}
	return list
}

// sumHits adds up what all people hit, by gate.
func sumHits(people []Person, gates int) []gateHit {
	all := make([]gateHit, gates)
	for i := range people {
		for gate, h := range people[i].hits {
			all[gate].join(h)
		}
	}
	return all
}

func (h *gateHit) hit(gate, message string) Hit {
	return Hit{Gate: gate, Message: message, Rows: h.rows, Roles: h.roles, First: h.first, From: h.from,
		handed: h.handed}
}

// words say how many rows, or else roles, and from which day on if not yet.
func (h *gateHit) words(kind, what string) string {
	const renamed = "under another id or name in the system"
	n, one, many := h.rows, "permission", "permissions"
	if n == 0 {
		n, one, many, what = h.roles, "role", "roles", "gained"
	}
	switch h.handed {
	case 0:
	case h.rows + h.roles:
		what = renamed
	default:
		what += ", or " + renamed
	}
	s := countText(n, kind+one+" is", kind+many+" are") + " " + what
	if h.from != 0 {
		s += " from " + h.from.String() + " on"
	}
	return s
}

// countText writes a number with its noun.
func countText(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// ofRows reports whether the matcher names something that only rows have.
func (m *Matcher) ofRows() bool { return m.Permission != "" || m.Action != "" || m.Sensitivity != "" }

// fits reports whether the matcher selects what somebody gains. Facts fit as
// they were or as they are: a change cannot relabel whom it is about.
func (m *Matcher) fits(x *Person, c *Change, p *Policies) bool {
	r := c.Row()
	return m.fitsUser(x, p) && m.fitsRow(r, c.Actions, p) && (m.Role == "" || slices.Contains(c.Roles, m.Role)) &&
		(m.Group == "" || slices.Contains(c.Groups, m.Group))
}

// fitsRole reports whether a matcher fits a gained role, with or without changed rows. If the matcher names the role
// and things of rows, or a scope below the role's, it looks at the rows that come through the role; if it names no
// role, it must name nothing of rows.
func (m *Matcher) fitsRole(x *Person, c *RoleChange, p *Policies) bool {
	switch {
	case !m.fitsUser(x, p) || m.Role != "" && m.Role != c.Role.ID:
		return false
	case m.Role == "" && m.ofRows(), m.Group != "" && !slices.Contains(c.Groups, m.Group):
		return false
	case !m.ofRows() && m.fitsScope(c.Scope.Path, p):
		return true
	}
	return slices.ContainsFunc(c.Gives, func(r *policy.Row) bool { return m.fitsRow(r, actionNames(r), p) })
}

func (m *Matcher) fitsUser(x *Person, p *Policies) bool {
	return (m.User == "" || p.userKey(m.User) == p.userKey(x.User().ID)) &&
		(m.Affiliation == "" || x.Base != nil && m.Affiliation == x.Base.Affiliation ||
			x.Head != nil && m.Affiliation == x.Head.Affiliation ||
			x.Base == nil && m.Affiliation == x.domain)
}

func (m *Matcher) fitsRow(r *policy.Row, actions []string, p *Policies) bool {
	return (m.Permission == "" || m.Permission == r.Permission.ID) && m.fitsScope(r.Scope.Path, p) &&
		m.fitsActions(r, actions, p)
}

// fitsActions reports whether one of the actions is the one that the matcher names, and as sensitive before or after.
func (m *Matcher) fitsActions(r *policy.Row, actions []string, p *Policies) bool {
	if m.Sensitivity == "" {
		return m.Action == "" || slices.Contains(actions, m.Action)
	}
	var was *policy.Permission
	if p.base != nil {
		was = p.base.Catalog.PermissionByID[r.Permission.ID]
	}
	if len(actions) == 0 {
		return m.Action == "" && (m.Sensitivity == r.Sensitivity() || was != nil && m.Sensitivity == was.Highest())
	}
	return slices.ContainsFunc(actions, func(a string) bool {
		return (m.Action == "" || m.Action == a) &&
			(m.Sensitivity == sensitivityOf(r.Permission, a) || was != nil && m.Sensitivity == sensitivityOf(was, a))
	})
}

func (m *Matcher) fitsScope(path string, p *Policies) bool {
	return (m.Scope == "" || m.Scope == path || strings.HasPrefix(path, m.Scope+"/")) &&
		(m.Level == "" || m.Level == levelAt(p.base, path) || m.Level == levelAt(p.head, path))
}

// levelAt returns the level of the scope with a path, or "".
func levelAt(p *policy.Policy, path string) string {
	if p == nil || p.ScopeByPath[path] == nil {
		return ""
	}
	return p.Catalog.LevelOf(p.ScopeByPath[path])
}

// sensitivityOf returns how sensitive an action is, or "". Without ratings of actions, all are as the permission is,
// even one that it no longer has.
func sensitivityOf(p *policy.Permission, action string) string {
	if p.ActionSensitivity == nil {
		return p.Sensitivity
	}
	if set := p.Set(action); set != 0 {
		return p.SensitivityOf(set)
	}
	return ""
}

// Verdict says in a word what changes are: equal, more, less or incomparable.
func Verdict(people []Person) string {
	more, less := false, false
	for i := range people {
		more = more || people[i].More()
		less = less || people[i].Less()
	}
	switch {
	case more && less:
		return "incomparable"
	case more:
		return "more"
	case less:
		return "less"
	}
	return "equal"
}
