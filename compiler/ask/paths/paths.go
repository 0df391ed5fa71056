// Package paths answers what people could make of their access: what each could give to themselves, alone or with
// somebody else, and to others, step by step.
package paths

import (
	"context"
	"slices"
	"sync"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// Question says which paths are asked for.
type Question struct {
	User       *policy.User       // nil: everybody
	Role       *policy.Role       // only paths to this role, or
	Permission *policy.Permission // to this permission; nil: any
}

// Answer holds the people who can give something, sorted by id.
type Answer struct {
	Question
	Policy *policy.Policy
	Users  []User
}

// User holds what one user could make of their access. People who hold the same share one Run.
type User struct {
	User *policy.User
	*Run
}

// Run holds the paths of a user, each list the shortest first.
type Run struct {
	Alone    []Path // to more of the user's own access, by acts of the user alone
	Assisted []Path // likewise, but somebody else must help who has nothing to begin with
	Others   []Path // to access of somebody else
}

// Path is a shortest way to something new: each act is possible after those before it.
type Path struct {
	For   Somebody // who gains
	Acts  []Act
	Gains []Gain // what it gives and no shorter path does, sorted by scope
}

// Last returns the act that reaches the gains.
func (p *Path) Last() *Act { return &p.Acts[len(p.Acts)-1] }

// Gain is a role or a permission on a scope, or the ownership of a group.
type Gain struct {
	Role       *policy.Role
	Permission *policy.Permission
	Actions    policy.Actions // that are new
	Owned      *policy.Group
	Scope      *policy.Scope
}

// Somebody is the user in question or, if Other is set, somebody else with nothing but an affiliation.
type Somebody struct {
	Other       bool
	Affiliation string // of the other
}

// Act is one thing that somebody does: to give a role or a permission to somebody or to a group, or to add somebody to
// a group.
type Act struct {
	By         Somebody
	To         Somebody      // unless it is given to a group
	Group      *policy.Group // it is given to, or that somebody is added to
	Join       bool
	Role       *policy.Role
	Permission *policy.Permission
	Scope      *policy.Scope
	Why        Reason
}

// ToGroup reports whether the act gives something to a group.
func (a *Act) ToGroup() bool { return a.Group != nil && !a.Join }

// Reason is what makes an act possible: something that the giver holds, and what the catalog says of it.
type Reason struct {
	Role       *policy.Role
	Permission *policy.Permission
	Scope      *policy.Scope
	Attribute  string
	Owned      *policy.Group
	Delegate   *policy.Delegate // nil for an owned group
}

// Ask answers a question, and returns all findings of the project as well.
func Ask(ctx context.Context, p *compiler.Project, q Question) (*Answer, []diag.Finding, error) {
	a := &Answer{Question: q, Policy: p.Policy}
	owned := newOwners(p.Policy)
	var mu sync.Mutex
	var givers []*policy.User
	found, err := p.Visit(ctx, func() func(*policy.Access) {
		return func(access *policy.Access) {
			u := access.User
			if u.Disabled || q.User != nil && q.User != u || !canGive(access, owned) {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			givers = append(givers, u)
		}
	})
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(givers, func(x, y *policy.User) int { return compareIDs(x.ID, y.ID) })
	runs := map[string]*Run{}
	f := flatten.New(p.Policy)
	for _, u := range givers {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		key := profile(p.Policy, u, owned)
		if runs[key] == nil {
			runs[key] = newSearch(p.Policy, f, owned, u).run().to(&q)
		}
		if r := runs[key]; len(r.Alone)+len(r.Assisted)+len(r.Others) > 0 {
			a.Users = append(a.Users, User{u, r})
		}
	}
	return a, found, nil
}

// Of returns the paths of one user of a policy.
func Of(p *policy.Policy, u *policy.User) *Run {
	return newSearch(p, flatten.New(p), newOwners(p), u).run()
}

// to keeps the paths that reach what is asked for.
func (r *Run) to(q *Question) *Run {
	if q.Role == nil && q.Permission == nil {
		return r
	}
	keep := func(list []Path) (out []Path) {
		for _, p := range list {
			p.Gains = slices.DeleteFunc(slices.Clone(p.Gains), func(g Gain) bool {
				return g.Role != q.Role || g.Permission != q.Permission
			})
			if len(p.Gains) > 0 {
				out = append(out, p)
			}
		}
		return out
	}
	return &Run{keep(r.Alone), keep(r.Assisted), keep(r.Others)}
}

// canGive reports whether somebody can give anything to begin with.
func canGive(a *policy.Access, owned *owners) bool {
	for i := range a.Rows {
		if r := &a.Rows[i]; len(r.Permission.Delegates) > 0 && r.Held() {
			return true
		}
	}
	for i := range a.Roles {
		if len(a.Roles[i].Role.Delegates) > 0 {
			return true
		}
	}
	return owned.some(a.User, a.On) || len(owned.attributes(a.User)) > 0
}
