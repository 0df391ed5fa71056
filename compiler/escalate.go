package compiler

import (
	"sync"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// escalator finds what people could give to themselves, once for all who hold the same. Each goroutine needs its own.
type escalator struct {
	world    *reach.World
	finder   *reach.Finder
	profiler reach.Profiler
	known    map[reach.Profile]escalation
}

// escalation is what somebody with a profile could get. Its scopes are on some places.
type escalation struct {
	found  lint.Escalation
	why    *reach.Reason // of the first act; nil: nothing
	places []*reach.Place
}

// newEscalators returns a function that makes an escalator for a goroutine. What they share is made when it is first
// used: only if the rule is on.
func newEscalators(p *policy.Policy) func() func(*policy.Access) *lint.Escalation {
	world := sync.OnceValue(func() *reach.World { return reach.NewWorld(p) })
	return func() func(*policy.Access) *lint.Escalation {
		var e *escalator
		return func(a *policy.Access) *lint.Escalation {
			if e == nil {
				w := world()
				e = &escalator{
					world:    w,
					finder:   reach.NewFinder(w),
					profiler: reach.Profiler{World: w},
					known:    map[reach.Profile]escalation{},
				}
			}
			return e.find(a)
		}
	}
}

func (e *escalator) find(a *policy.Access) *lint.Escalation {
	if a.User.Disabled || !e.world.CanGive(a) {
		return nil
	}
	profile, places := e.profiler.Of(a)
	x, ok := e.known[profile]
	if !ok {
		x = gravest(e.finder.FindAlone(a.User))
		x.places = places
		e.known[profile] = x
	}
	if x.why == nil {
		return nil
	}
	found := x.found
	found.Scope = reach.Move(found.Scope, x.places, places)
	on := reach.Move(x.why.Scope, x.places, places)
	found.By, found.At = wordReason(x.why, on), placeOf(a, x.why, on)
	return &found
}

// gravest returns the first critical permission on the way, and counts the others.
func gravest(r *reach.Run) (x escalation) {
	for i := range r.Alone {
		p := &r.Alone[i]
		for _, g := range p.Gains {
			if g.Permission == nil || g.Permission.SensitivityOf(g.Actions) != "critical" {
				continue
			}
			if x.why != nil {
				x.found.More++
				continue
			}
			why := *p.Acts[0].Why
			x.why = &why
			x.found = lint.Escalation{Permission: g.Permission, Actions: g.Actions, Scope: g.Scope, Acts: len(p.Acts)}
		}
	}
	return x
}

func wordReason(why *reach.Reason, on *policy.Scope) string {
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
func placeOf(a *policy.Access, why *reach.Reason, on *policy.Scope) policy.Pos {
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
