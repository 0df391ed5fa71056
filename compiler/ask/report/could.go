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

// couldOf is what all who have one profile could get, on some places.
type couldOf struct {
	all    Could
	gains  []couldGain
	places []*reach.Place
}

// newCouldCounters returns a function that makes a counter for a goroutine, or nil if nobody can give anything. The
// counter gets a user with all their access, and counts what a filter shows.
func newCouldCounters(p *policy.Policy, shows Shows) func() func(*policy.Access) Could {
	if !paths.Possible(p) {
		return nil
	}
	world := sync.OnceValue(func() *reach.World { return reach.NewWorld(p) })
	return func() func(*policy.Access) Could {
		c := &couldCounter{world: world(), shows: shows, known: map[reach.Profile]*couldOf{}}
		c.finder, c.profiler = reach.NewFinder(c.world), reach.Profiler{World: c.world}
		return c.count
	}
}

// couldCounter counts what people could get, once for all who hold the same.
type couldCounter struct {
	world    *reach.World
	finder   *reach.Finder
	profiler reach.Profiler
	shows    Shows
	known    map[reach.Profile]*couldOf
}

func (c *couldCounter) count(a *policy.Access) (n Could) {
	if a.User.Disabled || !c.world.CanGive(a) {
		return n
	}
	profile, places := c.profiler.Of(a)
	x := c.known[profile]
	if x == nil {
		x = listCould(c.finder.FindAlone(a.User))
		x.places = places
		if c.shows == nil {
			x.gains = nil // the counts are enough
		}
		c.known[profile] = x
	}
	if c.shows == nil {
		return x.all
	}
	for i := range x.gains {
		g := &x.gains[i]
		if c.shows(a.User.ID, "", g.permission.ID, reach.Move(g.scope, x.places, places).Path) {
			n.add(g)
		}
	}
	return n
}

// listCould lists what the paths of somebody alone reach, each permission once for a scope.
func listCould(r *reach.Run) *couldOf {
	type place struct {
		permission *policy.Permission
		scope      *policy.Scope
	}
	at, x := map[place]int{}, &couldOf{}
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
