package policy

import (
	"slices"
	"strings"
)

// DeclaredReview says that somebody confirmed an entry or a membership.
type DeclaredReview struct {
	User, Group                Ref // who has it; one of them is given
	Role, Permission, MemberOf Ref // one of them is given
	Scope                      Ref
	Actions                    []Ref
	Ends                       Date // the expiry that it had; zero: none
	By                         Ref
	On, Until                  Date
	OnAt, UntilAt              Pos
	Pos                        Pos
	Added                      ReviewChange
}

// ReviewChange is what a change that is being judged does with a review; zero is nothing.
type ReviewChange uint8

// What a change does.
const (
	AddsReview        ReviewChange = 1 + iota
	ConfirmsOwnChange              // it adds what the review confirms, too
	AddsReviewer                   // it adds who signs, too
	HidesReviewer                  // before it, the reviewer was known to have what the review confirms
)

// Subject is what a review is about, without dates.
type Subject struct {
	Holder  string // the key of a user, or a group with its prefix
	Kind    SubjectKind
	What    string // a role, a permission or a group
	Scope   string // "" of a membership
	Actions string // that a grant names, sorted; "": all
}

// SubjectKind is the kind of a subject.
type SubjectKind uint8

// The kinds of subjects.
const (
	RoleSubject SubjectKind = iota
	GrantSubject
	MemberSubject
)

// GroupHolder returns the holder of a group's entries.
func GroupHolder(id string) string { return "group:" + id }

// Subject returns what a review of an entry is about.
func (e *Entry) Subject(holder string) Subject {
	if e.Role != nil {
		return Subject{Holder: holder, What: e.Role.ID, Scope: e.Scope.Path}
	}
	return Subject{holder, GrantSubject, e.Permission.ID, e.Scope.Path, joinSorted(e.ActionNames())}
}

// ActionNames returns the actions that a grant names, sorted and each once.
func (e *Entry) ActionNames() (names []string) {
	for _, a := range e.Named() {
		names = append(names, e.Permission.Actions[a.Action])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// MembershipIn returns what a review of a membership is about.
func MembershipIn(g *Group, holder string) Subject {
	return Subject{Holder: holder, Kind: MemberSubject, What: g.ID}
}

func joinSorted(names []string) string {
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ",")
}

// NewSubject returns what a declared review is about.
func NewSubject(d *DeclaredReview, userKey func(string) string) Subject {
	s := Subject{Holder: GroupHolder(d.Group.Name), What: d.Role.Name, Scope: d.Scope.Name}
	if d.User.Given() {
		s.Holder = userKey(d.User.Name)
	}
	switch {
	case d.Permission.Given():
		s.Kind, s.What = GrantSubject, d.Permission.Name
		var names []string
		for _, a := range d.Actions {
			names = append(names, a.Name)
		}
		s.Actions = joinSorted(names)
	case d.MemberOf.Given():
		s.Kind, s.What, s.Scope = MemberSubject, d.MemberOf.Name, ""
	}
	return s
}

// Review is a review, bound.
type Review struct {
	DeclaredReview
	Subject
	Fault  ReviewFault
	Better *Review // the later review of the same, if there is one
	Now    Date    // the expiry of what it is about, if that is now later
}

// ReviewFault is why a review does not count; zero is no fault.
type ReviewFault uint8

// The faults of reviews. The first that applies is reported.
const (
	NamesNobody ReviewFault = 1 + iota
	UnknownReviewer
	OwnReview
	EarlyReview   // dated in the future
	SelfConfirmed // by the change that adds it
	NewReviewer   // added by the change that adds the review

	NoSubject // the project has no such entry
	Widened   // it expires later than was confirmed
	Replaced
)

// Invalid reports whether the fault is an error, and not just that the review is of no use any more.
func (f ReviewFault) Invalid() bool { return f != 0 && f < NoSubject }

// Reviews are the reviews of a project. Nil has none.
type Reviews struct {
	List []*Review
	by   map[Subject][]*Review // those that count, and those that others replace
}

// Last returns the latest review that confirms a subject with an expiry, or nil.
func (r *Reviews) Last(s Subject, ends Date) (last *Review) {
	if r == nil {
		return nil
	}
	for _, x := range r.by[s] {
		if x.Covers(ends) && (last == nil || x.On > last.On) {
			last = x
		}
	}
	return last
}

// Covers reports whether the review confirms an entry with an expiry.
func (x *Review) Covers(ends Date) bool { return ends.End() <= x.Ends.End() }

// Due returns the last day on which the review counts.
func (x *Review) Due(every MaxAge) Date {
	due := x.Until
	if every.Limited {
		due = Earlier(due, x.On+Date(every.Days))
	}
	return due
}

// Settle finds out which reviews count: those without a fault that no later one replaces. What a change adds does not
// count before it is merged.
func (r *Reviews) Settle() {
	r.by = map[Subject][]*Review{}
	for _, x := range r.List {
		if x.Fault == 0 && x.Added == 0 {
			r.by[x.Subject] = append(r.by[x.Subject], x)
		}
	}
	for _, list := range r.by {
		for i, x := range list {
			for j, y := range list {
				if i != j && y.Covers(x.Ends) && (y.On > x.On || y.On == x.On && j < i && y.Ends == x.Ends) {
					x.Fault, x.Better = Replaced, y
				}
			}
		}
	}
}

// MemberAt is a membership where it is written.
type MemberAt struct {
	Subject
	Name  string // as written: a user, or a group with its prefix
	Inner string // the id of a group, or ""
	Pos   Pos
	Terms *Terms
}

// EachMember calls f with each membership of a group.
func (g *Group) EachMember(userKey func(string) string, f func(MemberAt)) {
	for i := range g.Members {
		m := &g.Members[i]
		at := MemberAt{Name: m.Name, Pos: m.Pos, Terms: m.Terms}
		holder := ""
		if id, ok := strings.CutPrefix(m.Name, "group:"); ok {
			at.Inner, holder = id, GroupHolder(id)
		} else {
			holder = userKey(m.Name)
		}
		at.Subject = MembershipIn(g, holder)
		f(at)
	}
	for _, j := range g.Joined {
		f(MemberAt{Subject: MembershipIn(g, userKey(j.User.ID)), Name: j.User.ID, Pos: j.Pos, Terms: j.Terms})
	}
}

// LastDay returns the last day, or 0.
func (t *Terms) LastDay() Date {
	if t == nil {
		return 0
	}
	return t.Ends
}
