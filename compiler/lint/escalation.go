package lint

import "permc.dev/permc/compiler/policy"

// Escalation returns the gravest thing that the current user could give to themselves, or nil.
func (p *Pass) Escalation() *policy.Escalation {
	if p.escalates == nil {
		return nil
	}
	return p.escalates(p.Access)
}
