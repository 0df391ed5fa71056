// Package explain turns one question about one person into an answer with its
// reasons: why somebody holds a permission, why not, and the smallest legal
// changes that would give it.
package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Question is about one person.
type Question struct {
	User       *policy.User
	Permission *policy.Permission // nil: all that the person has
	Scope      *policy.Scope      // with what is under it; nil: everywhere
}

// Try tells what would be if some changes were made; the present without any.
// The outcome is valid until the next call.
type Try func(changes []Change) Outcome

// Outcome is what a person would have, and what would be found.
type Outcome struct {
	Access policy.Access
	Found  []diag.Finding // about the person
	New    []diag.Finding // errors that are not there now, about anybody
}

// Answer is what there is to say.
type Answer struct {
	Question
	Policy   *policy.Policy
	Access   policy.Access
	Findings []diag.Finding // about the person

	Rows    []policy.Row // of the permission where it was asked about
	Allowed bool
	Note    string // what the reader should know of the scope asked about

	// Of a derived permission: where it was looked at, and what it takes there.
	At    *policy.Scope
	Parts []Part

	Missing   []Missing
	How       []Proposal // the best first, then what a rule forbids
	Blocks    []Block    // why nothing is left, where nothing is
	Elsewhere bool       // there are more scopes than were looked at
}

// Block is what is in the way of every change: a rule, or a reason without one.
type Block struct{ Rule, Reason string }

// Missing is a prerequisite that is not met.
type Missing struct {
	Requirement string // what it is about, in short
	Message     string // what was found, and what is needed
	Help        string
	Pos         policy.Pos
	InParts     bool // it stands among the parts of a derived permission, too
}

// Why answers a question about a policy.
func Why(p *policy.Policy, q Question, try Try) *Answer {
	now := try(nil)
	a := &Answer{Question: q, Policy: p, Access: now.Access.Clone(), Findings: slices.Clone(now.Found)}
	if q.Permission == nil {
		return a
	}
	for _, r := range a.Access.Rows {
		if r.Permission == q.Permission && a.asked(r.Scope) {
			a.Rows = append(a.Rows, r)
			a.Allowed = a.Allowed || r.Held() && !q.User.Waits()
		}
	}
	all := a.targets()
	targets := all[:min(len(all), mostTargets)]
	if a.onScope() {
		targets = all[:1]
	}
	a.note(targets)
	if q.Permission.When != nil {
		a.derived(targets)
	}
	if a.Allowed {
		return a
	}
	a.whyNot(targets)
	a.how(all, len(targets), try)
	return a
}

// asked reports whether a scope is among those asked about.
func (a *Answer) asked(s *policy.Scope) bool { return a.Scope == nil || s.Within(a.Scope) }

// onScope reports whether the permission can be held on the scope asked about.
func (a *Answer) onScope() bool { return a.Scope != nil && a.Permission.Levels.Has(a.Scope.Level) }

// note tells of a scope that the permission cannot stand on, or is not held on
// itself.
func (a *Answer) note(targets []*policy.Scope) {
	switch p := a.Permission; {
	case a.Scope == nil || len(targets) == 0:
	case !p.Levels.Has(a.Scope.Level):
		a.Note = fmt.Sprintf("%q stands at level %s, and %q is of level %s: this is about the scopes under it.",
			p.ID, strings.Join(a.Policy.Catalog.LevelNames(p.Levels), " or "), a.Scope.Path, a.Policy.Catalog.Levels[a.Scope.Level])
	case a.Allowed && !slices.ContainsFunc(a.Rows, func(r policy.Row) bool { return r.Scope == a.Scope && r.Held() }):
		a.Note = fmt.Sprintf("It is held under %q, and not on it itself.", a.Scope.Path)
	}
}

// mostTargets is how many scopes are looked at where none is named.
const mostTargets = 8

// targets are the scopes on which the permission is looked for: the one asked
// about, if it can stand there, and then those nearest to what the person has.
func (a *Answer) targets() (list []*policy.Scope) {
	levels := a.Permission.Levels
	for _, s := range a.Policy.Scopes {
		if levels.Has(s.Level) && a.asked(s) {
			list = append(list, s)
		}
	}
	near := a.near()
	rank := func(s *policy.Scope) int {
		if s == a.Scope {
			return -1
		}
		return near(s)
	}
	slices.SortStableFunc(list, func(x, y *policy.Scope) int { return cmp.Compare(rank(x), rank(y)) })
	return list
}

// near tells how far a scope is from what the person has.
func (a *Answer) near() func(*policy.Scope) int {
	here, trees := map[*policy.Scope]bool{}, map[*policy.Scope]bool{}
	add := func(s *policy.Scope) { here[s], trees[s.Root()] = true, true }
	for e := range entries(a.User) {
		add(e.Scope)
	}
	for i := range a.Access.Roles {
		add(a.Access.Roles[i].Scope)
	}
	under := func(s *policy.Scope) bool {
		for ; s != nil; s = s.Parent {
			if here[s] {
				return true
			}
		}
		return false
	}
	return func(s *policy.Scope) int {
		switch {
		case here[s]:
			return 0
		case under(s):
			return 1
		case trees[s.Root()]:
			return 2
		}
		return 3
	}
}

// entries are a person's own entries, those of the groups that the person is
// in on any day, and what the product gives.
func entries(u *policy.User) func(yield func(*policy.Entry, *policy.Membership) bool) {
	return func(yield func(*policy.Entry, *policy.Membership) bool) {
		for i := range u.Entries {
			if !yield(&u.Entries[i], nil) {
				return
			}
		}
		for j := range u.Memberships {
			m := &u.Memberships[j]
			for i := range m.Group.Entries {
				if !yield(&m.Group.Entries[i], m) {
					return
				}
			}
		}
		if u.Default != nil {
			yield(u.Default, nil)
		}
	}
}
