// Package expect turns the expectations of a policy and everybody's access into verdicts: whether the entries under
// expect hold, who fails them and why, and how much of the policy they touch.
package expect

import (
	"cmp"
	"maps"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Expectation is an entry with its names resolved, on one day.
type Expectation struct {
	Entry *policy.Expect
	AsOf  policy.Date

	index       int // among those of its day
	user        *policy.User
	group       *policy.Group
	role        *policy.Role
	scope       *policy.Scope
	permissions []*policy.Permission        // the entry names these
	named       map[*policy.Permission]bool // the same, if they are many
	never       *Cause                      // why it could not fail, whatever is declared; nil: it could
}

// Pos returns the position of can, cannot or only, or else of the entry.
func (e *Expectation) Pos() policy.Pos {
	for _, r := range append([]policy.Ref{e.Entry.Can, e.Entry.Cannot}, e.Entry.Only...) {
		if r.Pos.IsValid() {
			return r.Pos
		}
	}
	return e.Entry.Pos
}

// Suite holds the expectations of a policy in file order.
type Suite struct {
	policy *policy.Policy
	list   []*Expectation
	days   map[policy.Date]*index
	order  map[*policy.User]int // of the users that expectations name
}

// index holds the expectations of one day, each under the narrowest of its selectors.
type index struct {
	size          int
	byUser        map[*policy.User][]*Expectation
	byGroup       map[*policy.Group][]*Expectation
	byAffiliation map[string][]*Expectation
	everybody     []*Expectation
}

// New resolves the expectations of a policy. All names are known: an unknown one would have stopped the table.
func New(p *policy.Policy) *Suite {
	s := &Suite{policy: p, days: map[policy.Date]*index{}, order: map[*policy.User]int{}}
	users := namedUsers(p, s.order)
	groups := map[string]*policy.Group{}
	for _, g := range p.Groups {
		groups[g.ID] = g
	}
	for i := range p.Expects {
		e := bindEntry(p, &p.Expects[i])
		e.user, e.group = users[p.Catalog.UserKey(e.Entry.User.Name)], groups[e.Entry.Group.Name]
		s.list = append(s.list, e)
	}
	slices.SortStableFunc(s.list, func(a, b *Expectation) int {
		switch {
		case a.Pos().Before(b.Pos()):
			return -1
		case b.Pos().Before(a.Pos()):
			return 1
		}
		return 0
	})
	for _, e := range s.list {
		s.addToDay(e)
	}
	return s
}

// namedUsers returns the users that expectations name, by folded id, and notes their order.
func namedUsers(p *policy.Policy, order map[*policy.User]int) map[string]*policy.User {
	users := map[string]*policy.User{}
	for i := range p.Expects {
		if r := p.Expects[i].User; r.Given() {
			users[p.Catalog.UserKey(r.Name)] = nil
		}
	}
	if len(users) == 0 {
		return users
	}
	for i, u := range p.Users {
		id := p.Catalog.UserKey(u.ID)
		if _, ok := users[id]; ok {
			users[id], order[u] = u, i
		}
	}
	return users
}

func bindEntry(p *policy.Policy, entry *policy.Expect) *Expectation {
	e := &Expectation{Entry: entry, AsOf: entry.AsOf}
	if e.AsOf == 0 {
		e.AsOf = p.AsOf
	}
	e.role, e.scope = p.Catalog.RoleByID[entry.Role.Name], p.ScopeByPath[entry.Scope.Name]
	if many := 8; len(entry.Only) > many {
		e.named = map[*policy.Permission]bool{}
	}
	for _, r := range append([]policy.Ref{entry.Can, entry.Cannot}, entry.Only...) {
		if x := p.Catalog.PermissionByID[r.Name]; x != nil && !e.names(x) {
			e.permissions = append(e.permissions, x)
			if e.named != nil {
				e.named[x] = true
			}
		}
	}
	if entry.Cannot.Given() {
		e.never = e.vacuous(p.Catalog)
	}
	return e
}

// names reports whether the entry names a permission.
func (e *Expectation) names(x *policy.Permission) bool {
	return e.named[x] || e.named == nil && slices.Contains(e.permissions, x)
}

func (s *Suite) addToDay(e *Expectation) {
	x := s.days[e.AsOf]
	if x == nil {
		x = &index{byUser: map[*policy.User][]*Expectation{}, byGroup: map[*policy.Group][]*Expectation{},
			byAffiliation: map[string][]*Expectation{}}
		s.days[e.AsOf] = x
	}
	e.index = x.size
	x.size++
	switch kind := e.Entry.Affiliation; {
	case e.user != nil:
		x.byUser[e.user] = append(x.byUser[e.user], e)
	case e.group != nil:
		x.byGroup[e.group] = append(x.byGroup[e.group], e)
	case kind.Given():
		x.byAffiliation[kind.Name] = append(x.byAffiliation[kind.Name], e)
	default:
		x.everybody = append(x.everybody, e)
	}
}

// about appends the expectations that select a user.
func (x *index) about(list []*Expectation, u *policy.User) []*Expectation {
	from := len(list)
	list = append(append(append(list, x.byUser[u]...), x.byAffiliation[u.Affiliation]...), x.everybody...)
	if len(x.byGroup) > 0 {
		for _, m := range u.Memberships {
			list = append(list, x.byGroup[m.Group]...)
		}
	}
	found := slices.DeleteFunc(list[from:], func(e *Expectation) bool { return !e.selects(u) })
	return list[:from+len(found)]
}

// selects reports whether the expectation is about a user.
func (e *Expectation) selects(u *policy.User) bool {
	if e.user != nil && e.user != u || e.Entry.Affiliation.Given() && e.Entry.Affiliation.Name != u.Affiliation {
		return false
	}
	if e.group == nil {
		return true
	}
	m := u.MembershipIn(e.group)
	return m != nil && !m.Periods.Over(e.AsOf)
}

// isAbout reports whether a user whom the expectation selects on some day is in its group on a day.
func (e *Expectation) isAbout(u *policy.User, day policy.Date) bool {
	return e.group == nil || u.IsIn(e.group, day)
}

// Days returns the days of the expectations.
func (s *Suite) Days() (days []policy.Date) {
	for day := range s.days {
		days = append(days, day)
	}
	slices.Sort(days)
	return days
}

// Users returns the users that an expectation of a day is about.
func (s *Suite) Users(day policy.Date) (users []*policy.User) {
	x := s.days[day]
	if len(x.everybody) > 0 {
		return s.policy.Users
	}
	var list []*Expectation
	among := s.policy.Users
	if len(x.byGroup)+len(x.byAffiliation) == 0 {
		among = slices.SortedFunc(maps.Keys(x.byUser), func(a, b *policy.User) int {
			return cmp.Compare(s.order[a], s.order[b])
		})
	}
	for _, u := range among {
		if list = x.about(list[:0], u); len(list) > 0 {
			users = append(users, u)
		}
	}
	return users
}

// concern returns what may break the expectations of a day on a later one: "can" is only about the day itself.
func (s *Suite) concern(day policy.Date) *policy.Concern {
	var permissions []*policy.Permission
	var groups []*policy.Group
	for _, e := range s.list {
		switch {
		case e.AsOf != day || e.Entry.Can.Given():
		case !e.Entry.Cannot.Given():
			return nil
		default:
			permissions = append(permissions, e.permissions...)
			if e.group != nil {
				groups = append(groups, e.group)
			}
		}
	}
	return policy.ConcernOfRows(s.policy, permissions, groups)
}
