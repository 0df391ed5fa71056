package diff

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"permc.dev/permc/compiler/ask/approval"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/person"
)

// OwnersQuestion asks who must agree to a change, and whether they have.
type OwnersQuestion struct {
	Authors   []string            // of the change, besides those that Approvals name
	Approvals *approval.Approvals // or nil: nobody is asked yet
	Commit    string              // the head commit, which approvals must be about

	owners  []policy.Ownership // of the base
	matches []Matcher
	named   []*person.Person // the user in each matcher, or nil
	catalog *policy.Catalog  // of the base
	people  sync.Map         // by user, once asked for
}

// owned counts the changes of one person that an owner has, or nobody.
type owned struct{ gains, losses gateHit }

func (h *gateHit) any() bool { return h.rows+h.roles > 0 }

// judgedBy takes the owners of the judging side.
func (q *OwnersQuestion) judgedBy(s *Sides) {
	p := s.Judge().Policy
	q.owners, q.matches, q.named, q.catalog = p.Owners, nil, nil, p.Catalog
	users := newJudgingUsers(p)
	people := person.NewDirectory(p.People, users)
	for i := range q.owners {
		m := ReviewMatcher(q.owners[i].Match)
		var named *person.Person
		if u := users.Find(m.User); m.User != "" && u != nil {
			named = person.OfUser(u, p.Catalog).With(people.Find(u.ID))
		}
		q.matches, q.named = append(q.matches, m), append(q.named, named)
	}
}

// matcherFor returns the matcher of an entry for a user. Owners of a user's gains own those of whoever may be the same
// person, too.
func (q *OwnersQuestion) matcherFor(i int, u *policy.User) *Matcher {
	if q.named[i] == nil || !q.named[i].MayBe(q.personOf(u)) {
		return &q.matches[i]
	}
	m := q.matches[i]
	m.User = ""
	return &m
}

// matchersFor returns the matchers of all entries for a user.
func (q *OwnersQuestion) matchersFor(u *policy.User) []*Matcher {
	list := make([]*Matcher, len(q.owners))
	for i := range list {
		list[i] = q.matcherFor(i, u)
	}
	return list
}

// personOf returns who a user is, whom many entries ask about.
func (q *OwnersQuestion) personOf(u *policy.User) *person.Person {
	if p, ok := q.people.Load(u); ok {
		return p.(*person.Person)
	}
	p := person.OfUser(u, q.catalog)
	q.people.Store(u, p)
	return p
}

// matchers returns the matchers of gates and owners.
func (g *Gates) matchers() []Matcher {
	if g.Owners == nil {
		return g.Forbid
	}
	return slices.Concat(g.Forbid, g.Owners.matches)
}

// judgeOwners notes whose owners the changes of a person are about.
func (p *Policies) judgeOwners(q *OwnersQuestion, x *Person) {
	if !x.HasAccess() {
		return
	}
	x.owned = make([]owned, len(q.owners)+1)
	matchers := q.matchersFor(x.User())
	for i := range x.Changes {
		c := &x.Changes[i]
		q.note(x, matchers, c.Kind, false, func(h *gateHit) { h.row(c) }, func(m *Matcher) bool {
			return m.fits(x, c, p)
		})
	}
	for i := range x.Roles {
		c := &x.Roles[i]
		q.note(x, matchers, c.Kind, x.showsRole(c), func(h *gateHit) { h.role(c) }, func(m *Matcher) bool {
			return m.fitsRole(x, c, p)
		})
	}
}

// showsRole reports whether a row changes as a role does, and comes through it.
func (x *Person) showsRole(c *RoleChange) bool {
	return slices.ContainsFunc(x.Changes, func(r Change) bool {
		return (r.Kind.More() && c.Kind.More() || r.Kind.Less() && c.Kind.Less()) && slices.Contains(r.Roles, c.Role.ID)
	})
}

// note counts one change of a person for all owners that it is about, or for nobody. One that others show is not
// counted for nobody.
func (q *OwnersQuestion) note(x *Person, matchers []*Matcher, kind Kind, shown bool, add func(*gateHit),
	fits func(*Matcher) bool) {
	on := ""
	switch {
	case kind.More():
		on = "gain"
	case kind.Less():
		on = "loss"
	default:
		return
	}
	has := false
	for j := range q.owners {
		if q.owners[j].Is(on) && fits(matchers[j]) {
			add(x.owned[j].of(on))
			has = true
		}
	}
	if !has && !shown {
		add(x.owned[len(q.owners)].of(on))
	}
}

func (o *owned) of(on string) *gateHit {
	if on == "gain" {
		return &o.gains
	}
	return &o.losses
}

// sumOwned adds up what all people change of an owner, and returns who gains something of it.
func sumOwned(people []Person, owner int) (all owned, gaining []*Person) {
	for i := range people {
		x := &people[i]
		if len(x.owned) == 0 {
			continue
		}
		if h := &x.owned[owner].gains; h.any() {
			all.gains.join(h)
			gaining = append(gaining, x)
		}
		if h := &x.owned[owner].losses; h.any() {
			all.losses.join(h)
		}
	}
	return all, gaining
}

// ownershipText names an entry by what it is about.
func ownershipText(o *policy.Ownership) string {
	var on []string
	for _, r := range o.On {
		on = append(on, r.Name)
	}
	return strings.TrimSpace(cmp.Or(strings.Join(on, "+"), "gain") + " " + ReviewMatcher(o.Match).String())
}
