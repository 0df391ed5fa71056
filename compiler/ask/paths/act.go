package paths

import (
	"math"
	"slices"

	"permc.dev/permc/compiler/ask/explain"
	"permc.dev/permc/compiler/policy"
)

// toGroup is in place of the number of a person.
const toGroup = -1

// try does everything that a premise allows.
func (s *search) try(p *premise) {
	if p.Owned != nil {
		for to := range s.receivers() {
			s.do(p, step{Act: Act{Group: p.Owned, Join: true, Why: p.Reason}, to: to})
		}
		return
	}
	for i := range p.delegates {
		d := &p.delegates[i]
		if p.Attribute != "" && !d.Covers(s.people[0].Attributes[p.Attribute]) {
			continue
		}
		why := p.Reason
		why.Delegate = d
		for _, r := range d.Roles {
			s.eachScope(p, d, r.Levels, func(on *policy.Scope) { s.give(p, d, Act{Role: r, Scope: on, Why: why}) })
		}
		for _, x := range d.Permissions {
			s.eachScope(p, d, x.Levels, func(on *policy.Scope) {
				s.give(p, d, Act{Permission: x, Scope: on, Why: why})
			})
		}
	}
}

// receivers counts the people who take part.
func (s *search) receivers() int {
	if s.helpers {
		return len(s.people)
	}
	return 1
}

// eachScope calls f with the scopes on which something of some levels can be given.
func (s *search) eachScope(p *premise, d *policy.Delegate, levels policy.LevelSet, f func(*policy.Scope)) {
	if p.Scope != nil {
		d.Reach.Each(p.Scope, levels, f)
		return
	}
	for _, on := range s.policy.Scopes {
		if levels.Has(on.Level) {
			f(on)
		}
	}
}

// give gives something to everybody to whom it can be given.
func (s *search) give(p *premise, d *policy.Delegate, a Act) {
	for to := range s.receivers() {
		if to == p.who && (!d.Users || d.Others) || to == 0 && !d.Users || !d.Users && !d.Invitations {
			continue
		}
		e := entryOf(&a)
		if s.policy.Catalog.Home.Judge(&e, s.people[to].Home, false); e.FaultFor(s.people[to]) == 0 &&
			s.bounded(p, d, &e) {
			s.do(p, step{Act: a, to: to})
		}
	}
	if !d.Groups {
		return
	}
	for _, g := range s.groups {
		e := entryOf(&a)
		if s.judgeGroup(&e, g); e.Fault == 0 && s.bounded(p, d, &e) {
			x := a
			x.Group = g
			s.do(p, step{Act: x, to: toGroup})
		}
	}
}

// judgeGroup rejects what a group cannot have.
func (s *search) judgeGroup(e *policy.Entry, g *policy.Group) {
	s.policy.Catalog.Home.Judge(e, g.Home, true)
	if k := g.Kind; k != nil && (e.Role != nil && k.NoRoles || e.Permission != nil && k.NoGrants) {
		e.Reject(policy.WrongGroupKind)
	}
}

// entryOf returns the entry that an act makes. It is in no file.
func entryOf(a *Act) policy.Entry {
	e := policy.Entry{Role: a.Role, Permission: a.Permission, Scope: a.Scope, Pos: policy.Pos{File: math.MaxInt32}}
	if a.Permission != nil {
		e.Actions = a.Permission.All()
	}
	e.Judge()
	return e
}

// bounded reports whether the giver may give so much: no more than the giver holds, if the delegate says so.
func (s *search) bounded(p *premise, d *policy.Delegate, e *policy.Entry) bool {
	if !d.Own {
		return true
	}
	held := map[fact]policy.Records{}
	u := s.after(p.who, p.acts)
	access := s.flatten.User(u)
	s.each(0, u, &access, func(x fact, records policy.Records) { held[x] = records })
	access = s.flatten.User(&policy.User{Affiliation: u.Affiliation, Entries: []policy.Entry{*e}})
	for i := range access.Rows {
		for v := range access.Rows[i].Via { // also what is denied to the giver: the receiver may have it
			if !covers(held, &access.Rows[i], &access.Rows[i].Via[v]) {
				return false
			}
		}
	}
	return true
}

// covers reports whether somebody holds all that a source of a row gives.
func covers(held map[fact]policy.Records, r *policy.Row, v *policy.Via) bool {
	for action := range r.Permission.Actions {
		if v.Actions>>action&1 == 0 {
			continue
		}
		has, ok := held[fact{permission: r.Permission, action: action, scope: r.Scope}]
		if !ok || has > v.Records {
			return false
		}
	}
	return true
}

// do does something that was not done before, and looks at what it gives.
func (s *search) do(p *premise, x step) {
	what := deed{x.to, x.Group, x.Join, x.Role, x.Permission, x.Scope}
	if s.tried[what] {
		return
	}
	s.tried[what] = true
	x.by, x.before, x.By = p.who, p.acts, s.nameOf(p.who)
	if x.to != toGroup {
		x.To = s.nameOf(x.to)
	}
	s.acts = append(s.acts, x)
	acts := append(slices.Clip(p.acts), len(s.acts)-1)
	if x.to != toGroup {
		s.reach(x.to, acts)
		return
	}
	for who := range s.receivers() {
		s.reach(who, acts)
	}
}

func (s *search) nameOf(who int) Somebody {
	return Somebody{Other: who != 0, Affiliation: s.people[who].Affiliation}
}

// after returns a person after some acts.
func (s *search) after(who int, acts []int) *policy.User {
	u := s.people[who]
	var changes []explain.Change
	var groups []*Act
	for _, i := range acts {
		switch a := &s.acts[i]; {
		case a.to == toGroup:
			groups = append(groups, &a.Act)
		case a.to == who:
			c := explain.Change{Role: a.Role, Permission: a.Permission, Scope: a.Scope}
			if a.Join {
				c = explain.Change{Group: a.Group}
			}
			changes = append(changes, c)
		}
	}
	if len(changes) > 0 {
		u = explain.Changed(s.policy.Catalog.Home, u, changes)
	}
	for _, a := range groups {
		u = s.withGroup(u, a)
	}
	return u
}

// withGroup returns the user as if a group had been given something.
func (s *search) withGroup(u *policy.User, a *Act) *policy.User {
	at := slices.IndexFunc(u.Memberships, func(m policy.Membership) bool { return m.Group.Index == a.Group.Index })
	if at < 0 {
		return u
	}
	e := entryOf(a)
	s.judgeGroup(&e, a.Group)
	g, v := *u.Memberships[at].Group, *u
	g.Entries = append(slices.Clip(g.Entries), e)
	v.Memberships = slices.Clone(u.Memberships)
	v.Memberships[at].Group = &g
	if a.Role != nil {
		v.Default = nil // who has a role gets no default role
	}
	return &v
}
