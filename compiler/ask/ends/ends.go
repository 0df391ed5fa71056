// Package ends lists what expires soon: entries, memberships, waivers, comments that silence findings, and reviews.
package ends

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Kind says what expires.
type Kind string

// The kinds of what expires.
const (
	Role       Kind = "role"
	Permission Kind = "permission"
	Membership Kind = "membership"
	Waiver     Kind = "waiver"
	Comment    Kind = "comment"
	Review     Kind = "review"
)

// End is one thing that expires.
type End struct {
	On     policy.Date // the last day
	Kind   Kind
	User   *policy.User  // whose it is, or nil
	Group  *policy.Group // likewise
	What   string        // the role, permission, group or rule
	Scope  string
	Reason string
	Ticket string
	Pos    policy.Pos // of the day
}

// Answer holds what expires within some days, the first day first.
type Answer struct {
	Policy *policy.Policy
	Until  policy.Date
	Ends   []End
}

// Ask returns what expires from today on, within some days.
func Ask(p *policy.Policy, within int) *Answer {
	a := &Answer{Policy: p, Until: p.AsOf + policy.Date(within)}
	for _, u := range p.Users {
		a.entries(u.Entries, End{User: u})
	}
	for _, g := range p.Groups {
		a.entries(g.Entries, End{Group: g})
		a.members(g)
	}
	a.waivers()
	for i := range p.Suppressions {
		s := &p.Suppressions[i]
		for _, r := range s.Rules {
			a.add(End{On: s.Until, Kind: Comment, What: r.Name, Reason: s.Reason, Pos: first(s.UntilAt, s.Pos)})
		}
	}
	a.reviews()
	slices.SortStableFunc(a.Ends, func(x, y End) int {
		return cmp.Or(cmp.Compare(x.On, y.On), cmp.Compare(x.Holder(), y.Holder()))
	})
	return a
}

// add adds what expires within the days. Waivers count through their last day, like entries.
func (a *Answer) add(e End) {
	if e.On != 0 && e.On >= a.Policy.AsOf && e.On <= a.Until {
		a.Ends = append(a.Ends, e)
	}
}

func (a *Answer) entries(list []policy.Entry, of End) {
	for i := range list {
		x := &list[i]
		of.On, of.Scope, of.Pos = x.Ends, x.Scope.Path, first(x.EndsAt(), x.Pos)
		of.Reason, of.Ticket = "", ""
		if x.Detail != nil {
			of.Reason, of.Ticket = x.Detail.Reason, x.Detail.Ticket
		}
		if x.Role != nil {
			of.Kind, of.What = Role, x.Role.ID
		} else {
			of.Kind, of.What = Permission, x.Permission.ID
		}
		a.add(of)
	}
}

func (a *Answer) members(g *policy.Group) {
	for _, m := range g.Special {
		if t := m.Terms; t != nil {
			a.add(End{On: t.Ends, Kind: Membership, User: m.User, Group: m.Inner, What: g.ID, Reason: t.Reason,
				Ticket: t.Ticket, Pos: first(t.EndsAt, m.Pos)})
		}
	}
}

func (a *Answer) waivers() {
	users, groups := map[string]*policy.User{}, map[string]*policy.Group{}
	key := a.Policy.Catalog.UserKey
	for _, w := range a.Policy.Waivers {
		users[key(w.User.Name)], groups[w.Group.Name] = nil, nil
	}
	for _, u := range a.Policy.Users {
		if _, named := users[key(u.ID)]; named {
			users[key(u.ID)] = u
		}
	}
	for _, g := range a.Policy.Groups {
		if _, named := groups[g.ID]; named {
			groups[g.ID] = g
		}
	}
	for _, w := range a.Policy.Waivers {
		a.add(End{On: w.Expires, Kind: Waiver, User: users[key(w.User.Name)], Group: groups[w.Group.Name],
			What: w.Rule.Name, Scope: w.Scope.Name, Reason: w.Reason, Ticket: w.Ticket, Pos: first(w.ExpiresAt, w.Pos)})
	}
}

// reviews adds what has to be confirmed again, if the project says how often. Those who wait for access are left out,
// as the rule review-due does.
func (a *Answer) reviews() {
	p := a.Policy
	if p.Reviews == nil || !p.ReviewEvery.Limited {
		return
	}
	holders := map[string]End{}
	for _, u := range p.Users {
		holders[p.Catalog.UserKey(u.ID)] = End{User: u}
	}
	for _, g := range p.Groups {
		holders[policy.GroupHolder(g.ID)] = End{Group: g}
	}
	for _, x := range p.Reviews.List {
		of, ok := holders[x.Holder]
		if x.Fault != 0 || x.Added != 0 || !ok || of.User != nil && of.User.Waits() {
			continue
		}
		of.On, of.Pos = x.Due(p.ReviewEvery), first(x.OnAt, x.Pos)
		of.Kind, of.What, of.Scope = Review, x.What, x.Subject.Scope
		of.Reason = "confirmed by " + x.By.Name + " on " + x.On.String()
		a.add(of)
	}
}

// Holder names the user, or the group with its prefix.
func (e *End) Holder() string {
	switch {
	case e.User != nil:
		return e.User.ID
	case e.Group != nil:
		return "group:" + e.Group.ID
	}
	return ""
}

// Status returns the status of the user, or "".
func (e *End) Status() string {
	if e.User == nil {
		return ""
	}
	return e.User.Status()
}

func first(a, b policy.Pos) policy.Pos {
	if a.IsValid() {
		return a
	}
	return b
}
