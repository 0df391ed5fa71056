package report

import (
	"sync"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/policy"
)

// Could counts what somebody could alone give themselves and does not hold, by sensitivity. A permission counts once
// for each scope.
type Could struct{ Critical, High int }

// Any reports whether there is anything.
func (c Could) Any() bool { return c.Critical+c.High > 0 }

func (c *Could) add(g *couldGain) {
	if g.critical {
		c.Critical++
	} else {
		c.High++
	}
}

// couldGain is a critical or high permission that somebody could get.
type couldGain struct {
	permission *policy.Permission
	scope      *policy.Scope
	critical   bool
}

// couldOf is what somebody could get.
type couldOf struct {
	all   Could
	gains []couldGain // nil if the counts are enough
}

// NewCouldCounters returns a function that makes a counter for a goroutine, or nil if nobody can give anything. The
// counter gets a user with all their access, and counts what a filter shows.
func NewCouldCounters(p *policy.Policy, shows Shows) func() func(*policy.Access) Could {
	if !paths.Possible(p) {
		return nil
	}
	world := sync.OnceValue(func() *reach.World { return reach.NewWorld(p) })
	return func() func(*policy.Access) Could {
		c := &couldCounter{shows: shows}
		c.memo = reach.NewMemo(world(), c.list)
		return c.count
	}
}

// couldCounter counts what people could get.
type couldCounter struct {
	shows Shows
	memo  *reach.Memo[couldOf]
}

func (c *couldCounter) count(a *policy.Access) (n Could) {
	x, shift := c.memo.Of(a)
	if x == nil || c.shows == nil {
		return allOf(x)
	}
	for i := range x.gains {
		g := &x.gains[i]
		if c.shows(a.User.ID, "", g.permission.ID, shift.At(g.scope).Path) {
			n.add(g)
		}
	}
	return n
}

func allOf(x *couldOf) (n Could) {
	if x != nil {
		n = x.all
	}
	return n
}

// list lists what the paths of somebody alone reach, each permission once for a scope.
func (c *couldCounter) list(f *reach.Finder, u *policy.User) (x couldOf) {
	r := f.FindAlone(u)
	type place struct {
		permission *policy.Permission
		scope      *policy.Scope
	}
	at := map[place]int{}
	for i := range r.Alone {
		for _, g := range r.Alone[i].Gains {
			if g.Permission == nil {
				continue
			}
			level := g.Permission.SensitivityOf(g.Actions)
			if level != "critical" && level != "high" {
				continue
			}
			key := place{g.Permission, g.Scope}
			n, ok := at[key]
			if !ok {
				n = len(x.gains)
				at[key], x.gains = n, append(x.gains, couldGain{g.Permission, g.Scope, false})
			}
			x.gains[n].critical = x.gains[n].critical || level == "critical"
		}
	}
	for i := range x.gains {
		x.all.add(&x.gains[i])
	}
	if c.shows == nil {
		x.gains = nil
	}
	return x
}

// CouldPeople counts the people who could alone give themselves something critical, and something critical or high.
func (r *Report) CouldPeople() (critical, all int) {
	for i := range r.Tallies {
		if c := r.Tallies[i].Could; c.Any() {
			all++
			critical += min(1, c.Critical)
		}
	}
	return critical, all
}

// PathsFinder returns a function that finds what a user could alone get, for a page with few people.
func (r *Report) PathsFinder() func(*policy.User) *reach.Run {
	return reach.NewFinder(reach.NewWorld(r.Policy)).FindAlone
}
