package reach

import (
	"slices"
	"sync"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// escalation is what somebody could give to themselves.
type escalation struct {
	found policy.Escalation
	why   *Reason // of the first act; nil: nothing
}

// NewEscalators returns a function that makes, for a goroutine, a finder of what people could give to themselves. What
// they share is made when it is first used: only if the rule is on.
func NewEscalators(p *policy.Policy) func() func(*policy.Access) *policy.Escalation {
	world := sync.OnceValue(func() *World { return NewWorld(p) })
	return func() func(*policy.Access) *policy.Escalation {
		var memo *Memo[escalation]
		return func(a *policy.Access) *policy.Escalation {
			if memo == nil {
				memo = NewMemo(world(), findGravest(p.Escalation))
			}
			return escalate(memo, a)
		}
	}
}

// escalate returns what somebody could give to themselves, and where they get what makes it possible.
func escalate(memo *Memo[escalation], a *policy.Access) *policy.Escalation {
	x, shift := memo.Of(a)
	if x == nil || x.why == nil {
		return nil
	}
	found := x.found
	found.Scope = shift.At(found.Scope)
	on := shift.At(x.why.Scope)
	found.By, found.At = wordReason(x.why, on), placeOf(a, x.why, on)
	return &found
}

// findGravest returns a function that finds the first of the gravest permissions on somebody's paths, and counts the
// others of at least some sensitivity.
func findGravest(lowest string) func(*Finder, *policy.User) escalation {
	least := slices.Index(policy.Sensitivities, lowest)
	return func(f *Finder, u *policy.User) (x escalation) {
		r := f.FindAlone(u)
		n, gravest := 0, -1
		for i := range r.Alone {
			p := &r.Alone[i]
			for _, g := range p.Gains {
				if g.Permission == nil {
					continue
				}
				rank := slices.Index(policy.Sensitivities, g.Permission.SensitivityOf(g.Actions))
				if rank < least {
					continue
				}
				if n++; rank > gravest {
					why := *p.Acts[0].Why
					gravest, x.why = rank, &why
					x.found = policy.Escalation{Permission: g.Permission, Actions: g.Actions, Scope: g.Scope,
						Acts: len(p.Acts)}
				}
			}
		}
		x.found.More = max(0, n-1)
		return x
	}
}

func wordReason(why *Reason, on *policy.Scope) string {
	text := ""
	switch {
	case why.Owned != nil:
		return "owning group " + diag.Quote(why.Owned.ID)
	case why.Permission != nil:
		text = "permission " + diag.Quote(why.Permission.ID)
	case why.Role != nil:
		text = "role " + diag.Quote(why.Role.ID)
	default:
		return "attribute " + diag.Quote(why.Attribute)
	}
	return text + " on " + diag.Quote(on.Path)
}

// placeOf returns the place of the entry that gives somebody a reason, or else of the user.
func placeOf(a *policy.Access, why *Reason, on *policy.Scope) policy.Pos {
	for i := range a.Roles {
		if h := &a.Roles[i]; why.Role != nil && h.Role == why.Role && h.Scope == on && h.Entry.Pos.IsValid() {
			return h.Entry.Pos
		}
	}
	for i := range a.Rows {
		r := &a.Rows[i]
		if why.Permission == nil || r.Permission != why.Permission || r.Scope != on {
			continue
		}
		for j := range r.Via {
			if v := &r.Via[j]; v.Actions&r.Actions != 0 && v.Pos.IsValid() {
				return v.Pos
			}
		}
	}
	return a.User.Pos
}
