package policy

// ToReview is an entry or a membership that is in force and that somebody wrote, with who confirmed it last.
type ToReview struct {
	Subject
	User         *User  // whose it is; nil for a group's
	Group        *Group // a group with an entry, or one that is in another; nil for a user's
	Entry        *Entry // nil for a membership
	Into         *Group // the group of a membership, or nil
	Name         string // of a member, as written
	Starts, Ends Date
	Pos          Pos
	Last         *Review // or nil: nobody has confirmed it
}

// ReviewState says whether something is confirmed.
type ReviewState uint8

// The states of what needs reviews, the most urgent first.
const (
	NeverReviewed  ReviewState = iota // and a review is due
	ReviewOverdue                     // what confirmed it no longer counts
	AwaitsReview                      // nobody has confirmed it, and no review is due
	ReviewedInTime                    // confirmed, and that still counts
)

// Due returns the last day before a review is due; zero is never. Without a review or a first day, it is in the past.
func (x *ToReview) Due(every MaxAge) Date {
	switch {
	case x.Last != nil:
		return x.Last.Due(every)
	case !every.Limited:
		return 0
	}
	return x.Starts + Date(every.Days)
}

// State returns the state on a day.
func (x *ToReview) State(every MaxAge, today Date) ReviewState {
	due := x.Due(every)
	switch {
	case x.Last != nil && (due == 0 || today <= due):
		return ReviewedInTime
	case x.Last != nil:
		return ReviewOverdue
	case every.Limited && (x.Starts == 0 || today > due):
		return NeverReviewed
	}
	return AwaitsReview
}

// UsesReviews reports whether the project has reviews, or says how often they are due.
func (p *Policy) UsesReviews() bool { return p.Reviews != nil || p.ReviewEvery.Limited }

// EachToReview calls f with everything that needs reviews: entries and memberships that are in force, without those of
// users who wait for access, and without what nobody writes.
func (p *Policy) EachToReview(f func(*ToReview)) {
	for _, u := range p.Users {
		p.reviewEntries(u, f)
	}
	inner := p.groupsByID()
	for _, g := range p.Groups {
		p.reviewGroup(g, inner, f)
	}
}

// EachToReviewOf calls f with what needs reviews and gives a user something: their entries, those of their groups, and
// the memberships that lead there.
func (p *Policy) EachToReviewOf(u *User, f func(*ToReview)) {
	p.reviewEntries(u, f)
	in := map[*Group]bool{}
	for i := range u.Memberships {
		in[u.Memberships[i].Group] = true
	}
	inner := p.groupsByID()
	for i := range u.Memberships {
		p.reviewGroup(u.Memberships[i].Group, inner, func(x *ToReview) {
			if x.Entry != nil || x.User == u || x.User == nil && in[x.Group] {
				f(x)
			}
		})
	}
}

func (p *Policy) groupsByID() map[string]*Group {
	m := map[string]*Group{}
	for _, g := range p.Groups {
		m[g.ID] = g
	}
	return m
}

// reviewEntries calls f with the entries of a user.
func (p *Policy) reviewEntries(u *User, f func(*ToReview)) {
	if u.Waits() {
		return
	}
	holder := ""
	for i := range u.Entries {
		e := &u.Entries[i]
		if e.ByDefault || e.FaultFor(u) != 0 || !e.InForce(p.AsOf) {
			continue
		}
		if holder == "" {
			holder = p.Catalog.UserKey(u.ID)
		}
		p.review(&ToReview{Subject: e.Subject(holder), User: u, Entry: e, Starts: e.Starts, Ends: e.Ends, Pos: e.Pos},
			f)
	}
}

// reviewGroup calls f with the entries of a group, and with who is in it.
func (p *Policy) reviewGroup(g *Group, inner map[string]*Group, f func(*ToReview)) {
	for i := range g.Entries {
		e := &g.Entries[i]
		if !e.ByDefault && e.Fault == 0 && e.InForce(p.AsOf) {
			p.review(&ToReview{Subject: e.Subject(GroupHolder(g.ID)), Group: g, Entry: e, Starts: e.Starts,
				Ends: e.Ends,
				Pos:  e.Pos}, f)
		}
	}
	if g.ListsMembers() {
		p.reviewMembers(g, inner, f)
	}
}

func (p *Policy) review(x *ToReview, f func(*ToReview)) {
	x.Last = p.Reviews.Last(x.Subject, x.Ends)
	f(x)
}

// reviewMembers calls f with the memberships of a group.
func (p *Policy) reviewMembers(g *Group, inner map[string]*Group, f func(*ToReview)) {
	users := make(map[string]*User, len(g.Users))
	for _, u := range g.Users {
		users[p.Catalog.UserKey(u.ID)] = u
	}
	g.EachMember(p.Catalog.UserKey, func(m MemberAt) {
		period, ok := m.Terms.Period()
		if !ok || !period.Covers(p.AsOf) {
			return
		}
		x := &ToReview{Subject: m.Subject, Into: g, Name: m.Name, Starts: period.Starts, Ends: period.Ends, Pos: m.Pos}
		if m.Inner != "" {
			if x.Group = inner[m.Inner]; x.Group == nil {
				return // it is declared nowhere, and gives nothing here
			}
		} else if x.User = users[m.Holder]; x.User != nil && x.User.Waits() {
			return
		}
		p.review(x, f)
	})
}

// Sensitivity returns the highest sensitivity of what it may give.
func (x *ToReview) Sensitivity() (most string) {
	if x.Entry != nil {
		return x.Entry.sensitivity()
	}
	for i := range x.Into.Entries {
		most = Graver(most, x.Into.Entries[i].sensitivity())
	}
	for _, m := range x.Into.Outer() {
		for i := range m.Group.Entries {
			most = Graver(most, m.Group.Entries[i].sensitivity())
		}
	}
	return most
}

func (e *Entry) sensitivity() string {
	if e.Role != nil {
		return e.Role.sensitivity()
	}
	set := Actions(0)
	for _, a := range e.Named() {
		set |= 1 << a.Action
	}
	return e.Permission.SensitivityOf(set)
}

// sensitivity returns the highest sensitivity of what the role gives, with the roles that it includes.
func (r *Role) sensitivity() (most string) {
	for i := range r.Cells {
		most = Graver(most, r.Cells[i].Permission.SensitivityOf(r.Cells[i].Actions))
	}
	for i := range r.Includes {
		most = Graver(most, r.Includes[i].Role.sensitivity())
	}
	return most
}
