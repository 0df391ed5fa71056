package lint

import "permc.dev/permc/compiler/policy"

// Escalation is something of critical sensitivity that somebody does not hold, and could give to themselves alone.
type Escalation struct {
	Permission *policy.Permission
	Actions    policy.Actions
	Scope      *policy.Scope
	Acts       int // that it takes
	More       int // other such things

	By string     // what the first act is done by, in words
	At policy.Pos // where that is given
}

// Escalation returns the gravest thing that the current user could give to themselves, or nil.
func (p *Pass) Escalation() *Escalation {
	if p.escalates == nil {
		return nil
	}
	return p.escalates(p.Access)
}
