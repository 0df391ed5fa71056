// Package reach follows what people could make of their access: what each could give to themselves, alone or with
// somebody else, and to others, act by act.
package reach

import "permc.dev/permc/compiler/policy"

// Run holds the paths of a user, each list the shortest first.
type Run struct {
	Alone    []Path // to more of the user's own access, by acts of the user alone
	Assisted []Path // likewise, but somebody else must help who has nothing to begin with
	Others   []Path // to access of somebody else
}

// Empty reports whether there is no path.
func (r *Run) Empty() bool { return len(r.Alone)+len(r.Assisted)+len(r.Others) == 0 }

// Path is a shortest way to something new: each act is possible after those before it.
type Path struct {
	For   Somebody // who gains
	Acts  []*Act
	Gains []Gain // what it gives and no shorter path does, sorted by scope
}

// Last returns the act that reaches the gains.
func (p *Path) Last() *Act { return p.Acts[len(p.Acts)-1] }

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
	UserIn     bool // the user in question is in the group that it is given to
	Role       *policy.Role
	Permission *policy.Permission
	Scope      *policy.Scope
	Why        *Reason
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
