// Package explain answers a question about one user, with reasons: why somebody holds a permission, why not, and the
// smallest legal changes that would give it.
package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Question is about one user.
type Question struct {
	User       *policy.User
	Group      *policy.Group      // whose member User stands for, or nil; then nothing is proposed
	Permission *policy.Permission // nil: everything the user has
	Action     string             // of the permission, or of rows if it is nil; "": any
	Scope      *policy.Scope      // and its subtree; nil: everywhere
}

// Try returns the outcome of some changes; without any, the present. The outcome is valid until the next call.
type Try func(changes []Change) Outcome

// Wanted returns the actions of the permission of which one must be held.
func (q *Question) Wanted() policy.Actions { return q.wantedOf(q.Permission) }

// wantedOf returns the actions that are wanted of some permission: all, unless it is the one in question.
func (q *Question) wantedOf(p *policy.Permission) policy.Actions {
	if p != q.Permission || q.Action == "" {
		return p.All()
	}
	return p.Set(q.Action)
}

// Holds reports whether an action in question is left on a row of the permission.
func (q *Question) Holds(r *policy.Row) bool { return r.Actions&q.Wanted() != 0 }

// Outcome is what a user would have, and the findings.
type Outcome struct {
	Access policy.Access
	Found  []diag.Finding // about the user
	New    []diag.Finding // new errors, about anybody
}

// Answer answers a question.
type Answer struct {
	Question
	Policy   *policy.Policy
	Access   policy.Access
	Findings []diag.Finding // about the user

	Rows    []policy.Row // of the permission on the scope in question
	Allowed bool
	Note    string // a remark about the scope in question

	// Of a derived permission: the scope examined, and the requirement there.
	At    *policy.Scope
	Parts []Part

	Missing   []Missing
	How       []Proposal // the best first, then those that a rule forbids
	Blocks    []Block    // why there is no legal proposal
	Elsewhere bool       // there are more scopes than were examined
}

// Block is what prevents every change: a rule, or a reason without one.
type Block struct{ Rule, Reason string }

// Missing is a prerequisite that is not met.
type Missing struct {
	Requirement string // the prerequisite, in short
	Message     string // found and needed
	Help        string
	Pos         policy.Pos
	InParts     bool // also listed among the parts of a derived permission
}

// Why answers a question about a policy.
func Why(p *policy.Policy, q Question, try Try) *Answer {
	now := try(nil)
	a := &Answer{Question: q, Policy: p, Access: now.Access.Clone(), Findings: slices.Clone(now.Found)}
	if q.Group != nil {
		a.Findings = nil // there is no such user
	}
	if q.Permission == nil {
		return a
	}
	for _, r := range a.Access.Rows {
		if r.Permission == q.Permission && a.asked(r.Scope) {
			a.Rows = append(a.Rows, r)
			a.Allowed = a.Allowed || q.Holds(&r) && !q.User.Waits()
		}
	}
	all := a.targets()
	targets := all[:min(len(all), mostTargets)]
	if a.onScope() {
		targets = all[:1]
	}
	a.note(targets)
	if q.Permission.When != nil {
		a.lookAtRequirement(targets)
		if q.Group == nil {
			a.foldGiven(try)
		}
	}
	if a.Allowed {
		return a
	}
	a.whyNot(targets)
	if q.Group != nil {
		return a
	}
	a.propose(all, len(targets), try)
	return a
}

// asked reports whether a scope is in question.
func (a *Answer) asked(s *policy.Scope) bool { return a.Scope == nil || s.Within(a.Scope) }

// onScope reports whether the permission can be held on the scope in question.
func (a *Answer) onScope() bool { return a.Scope != nil && a.Permission.Levels.Has(a.Scope.Level) }

// note adds a remark if the permission does not apply to the scope in question, or is held only below it.
func (a *Answer) note(targets []*policy.Scope) {
	switch p := a.Permission; {
	case a.Scope == nil || len(targets) == 0:
	case !p.Levels.Has(a.Scope.Level):
		a.Note = fmt.Sprintf("%q applies to level %s, but %q is of level %s. The answer is about the scopes below it.",
			p.ID, strings.Join(a.Policy.Catalog.LevelNames(p.Levels), " or "), a.Scope.Path,
			a.Policy.Catalog.Levels[a.Scope.Level])
	case a.Allowed && !slices.ContainsFunc(a.Rows, func(r policy.Row) bool {
		return r.Scope == a.Scope &&
			a.Holds(&r)
	}):
		a.Note = fmt.Sprintf("It is held below %[1]q, not on %[1]q itself.", a.Scope.Path)
	}
}

// mostTargets limits the scopes examined if the question names none.
const mostTargets = 8

// targets returns the scopes to examine: first the one in question, if the permission applies there, then those
// nearest to what the user has.
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

// near returns a function that ranks a scope by its distance from what the user has.
func (a *Answer) near() func(*policy.Scope) int {
	here, trees := map[*policy.Scope]bool{}, map[*policy.Scope]bool{}
	add := func(s *policy.Scope) { here[s], trees[s.Root()] = true, true }
	for e := range allEntries(a.User) {
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

// allEntries yields a user's own entries, those of the user's groups, and the product's default.
func allEntries(u *policy.User) func(yield func(*policy.Entry, *policy.Membership) bool) {
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
