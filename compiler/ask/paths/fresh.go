package paths

import (
	"context"
	"fmt"
	"slices"

	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/policy"
)

// Fresh holds the paths that a user has after a change, and had not before, from a day on.
type Fresh struct {
	User *policy.User // after the change
	From policy.Date  // 0: the day of the policies
	*reach.Run
}

// Possible reports whether anybody may have a path in a policy.
func Possible(p *policy.Policy) bool {
	return p.Catalog.Delegates() || slices.ContainsFunc(p.Groups,
		func(g *policy.Group) bool { return len(g.Owners) > 0 })
}

// Owning returns the users who own a group, or have an attribute that lets them give something.
func Owning(p *policy.Policy) (list []*policy.User) {
	world := reach.NewWorld(p)
	for _, u := range p.Users {
		if world.Owns(u, p.AsOf) || world.GroupsOwn() && len(u.Memberships) > 0 {
			list = append(list, u)
		}
	}
	return list
}

// New returns the paths of some users of a policy that they had not in another one, which may be nil: on the day of
// the policies, and on each later day on which something of theirs begins or has ended. Was finds a user there.
func New(ctx context.Context, base, head *policy.Policy, users []*policy.User,
	was func(*policy.User) *policy.User) (list []Fresh, err error) {
	before, after := newDays(base), newDays(head)
	calendars := [2]*policy.Calendar{nil, policy.NewCalendar(head)}
	if base != nil {
		calendars[0] = policy.NewCalendar(base)
	}
	for _, u := range users {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if u.Disabled {
			continue
		}
		old := was(u)
		days := calendars[1].Turns([]policy.Date{head.AsOf}, u)
		if old != nil {
			days = calendars[0].Turns(days, old)
		}
		known := map[string]int{}
		for _, day := range policy.SortDays(days) {
			if fresh := newOn(before, after, old, u, day, known); fresh != nil {
				x := Fresh{User: u, Run: fresh}
				if day != head.AsOf {
					x.From = day
				}
				list = append(list, x)
			}
		}
	}
	return list, nil
}

// newOn returns the paths of a user on a day that are new, and adds them to those that are known.
func newOn(before, after *days, old, u *policy.User, day policy.Date, known map[string]int) *reach.Run {
	run := after.on(day).run(u)
	if run == nil {
		return nil
	}
	had := map[string]int{}
	if before.policy != nil && old != nil {
		had = before.on(day).reached(old)
	}
	fresh := &reach.Run{}
	for i, x := range []struct {
		from []reach.Path
		to   *[]reach.Path
	}{{run.Alone, &fresh.Alone}, {run.Assisted, &fresh.Assisted}, {run.Others, &fresh.Others}} {
		for _, p := range x.from {
			p.Gains = slices.DeleteFunc(slices.Clone(p.Gains), func(g reach.Gain) bool {
				return isKnown(had, &p, &g, i) || isKnown(known, &p, &g, i)
			})
			if len(p.Gains) == 0 {
				continue
			}
			*x.to = append(*x.to, p)
			for j := range p.Gains {
				note(known, &p, &p.Gains[j], i)
			}
		}
	}
	if len(fresh.Alone)+len(fresh.Assisted)+len(fresh.Others) == 0 {
		return nil
	}
	return fresh
}

// namesOf names each part of a gain that can be reached by itself.
func namesOf(p *reach.Path, g *reach.Gain, f func(string)) {
	whose := "self"
	if p.For.Other {
		whose = "other " + p.For.Affiliation
	}
	name := func(action string) string {
		text := whose
		for _, part := range []string{roleName(g), permissionName(g), action, ownedName(g), scopeName(g)} {
			text += fmt.Sprintf(" %q", part)
		}
		return text
	}
	if g.Permission == nil {
		f(name(""))
		return
	}
	for _, action := range g.Permission.Names(g.Actions) {
		f(name(action))
	}
}

func roleName(g *reach.Gain) string {
	if g.Role == nil {
		return ""
	}
	return g.Role.ID
}

func permissionName(g *reach.Gain) string {
	if g.Permission == nil {
		return ""
	}
	return g.Permission.ID
}

func ownedName(g *reach.Gain) string {
	if g.Owned == nil {
		return ""
	}
	return g.Owned.ID
}

func scopeName(g *reach.Gain) string {
	if g.Scope == nil {
		return ""
	}
	return g.Scope.Path
}

// isKnown reports whether all of a gain is known to be reached as easily: alone is easier than assisted.
func isKnown(known map[string]int, p *reach.Path, g *reach.Gain, kind int) bool {
	all := true
	namesOf(p, g, func(name string) {
		how, ok := known[name]
		all = all && ok && how <= kind
	})
	return all
}

func note(known map[string]int, p *reach.Path, g *reach.Gain, kind int) {
	namesOf(p, g, func(name string) {
		if how, ok := known[name]; !ok || kind < how {
			known[name] = kind
		}
	})
}

// days holds a policy as it is on some days.
type days struct {
	policy *policy.Policy // or nil
	list   map[policy.Date]*side
}

// side is a policy on a day, with the paths of users who hold the same.
type side struct {
	flatten *flatten.Flattener
	finder  *reach.Finder
	runs    *reach.Memo[*reach.Run]
}

func newDays(p *policy.Policy) *days { return &days{p, map[policy.Date]*side{}} }

func (d *days) on(day policy.Date) *side {
	s := d.list[day]
	if s == nil {
		p := *d.policy
		p.AsOf = day
		world := reach.NewWorld(&p)
		s = &side{
			flatten: flatten.New(&p),
			finder:  reach.NewFinder(world),
			runs:    reach.NewMemo(world, (*reach.Finder).Keep),
		}
		d.list[day] = s
	}
	return s
}

// run returns the paths of a user, or nil if there are none.
func (s *side) run(u *policy.User) *reach.Run {
	access := s.flatten.User(u)
	if run := s.runs.OnSameScopes(&access); run != nil {
		return *run
	}
	return nil
}

// reached returns what a user has or could reach, each with the easiest way.
func (s *side) reached(u *policy.User) map[string]int {
	all := map[string]int{}
	if u.Disabled {
		return all
	}
	s.finder.Held(u, func(g reach.Gain) { note(all, &reach.Path{}, &g, 0) })
	if run := s.run(u); run != nil {
		for i, list := range [][]reach.Path{run.Alone, run.Assisted, run.Others} {
			for j := range list {
				for k := range list[j].Gains {
					note(all, &list[j], &list[j].Gains[k], i)
				}
			}
		}
	}
	return all
}
