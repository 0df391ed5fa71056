package reference_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	ways "permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/policy"
)

// deed is one thing that somebody gives: to a person or a group, or a membership.
type deed struct {
	to, group               string
	join                    bool
	role, permission, scope string
}

// power is what somebody holds: a role, a permission with an action, a group that the person owns, or an attribute.
type power struct{ who, role, permission, action, scope, owned, attribute string }

// giver is a project in which somebody gives what can be given, with helpers: somebody of each affiliation who has
// nothing.
type giver struct {
	*Declaration
	user    string
	helpers []string
	done    map[deed]bool
	scopes  project // remembers the scopes, which no act changes
	parts   map[deed][]power
}

func newGiver(d *Declaration, user string) *giver {
	g := &giver{Declaration: clone(d), user: user, done: map[deed]bool{}, parts: map[deed][]power{}}
	g.scopes = remembering(g.Declaration, today)
	for _, a := range sorted(g.Catalog.Affiliations) {
		g.help(a)
	}
	if len(g.Catalog.Affiliations) == 0 {
		g.help("")
	}
	return g
}

func (g *giver) help(affiliation string) {
	id := "helper-" + affiliation + "@helpers.example"
	set(&g.Users, id, &User{Affiliation: affiliation})
	g.helpers = append(g.helpers, id)
}

// apply writes an act down.
func (g *giver) apply(x deed) {
	g.done[x] = true
	roles, grants := []Assignment{{Role: x.role, Scope: x.scope}}, []Grant{{Permission: x.permission, Scope: x.scope}}
	if x.role == "" {
		roles = nil
	} else {
		grants = nil
	}
	switch {
	case x.join:
		group := g.Groups[x.group]
		group.Members = append(group.Members, Member{User: x.to})
	case x.group != "":
		group := g.Groups[x.group]
		group.Roles, group.Grants = append(group.Roles, roles...), append(group.Grants, grants...)
	default:
		u := g.Users[x.to]
		if u == nil {
			u = g.Invitations[x.to]
		}
		u.Roles, u.Grants = append(u.Roles, roles...), append(u.Grants, grants...)
	}
}

// powersOf is what somebody holds, each with whose records.
func (g *giver) powersOf(who string) map[power]string {
	pr := remembering(g.Declaration, today)
	p := pr.person(who)
	all := map[power]string{}
	for _, h := range pr.holds(p) {
		all[power{who: who, role: h.role, scope: h.scope}] = "all"
	}
	for _, row := range pr.heldRows(p) {
		for _, action := range row.Actions {
			access, _ := row.ofAction(action)
			all[power{who: who, permission: row.Permission, action: action, scope: row.Scope}] = access
		}
	}
	for name, a := range g.Catalog.Attributes["user"] {
		if a.Delegates != nil && len(p.Attributes[name]) > 0 {
			all[power{who: who, attribute: name}] = "all"
		}
	}
	for id, group := range g.Groups {
		if pr.kindTakesMembers(id) && slices.ContainsFunc(group.Owners, func(o string) bool {
			inner, ok := strings.CutPrefix(o, "group:")
			return o == who || ok && len(pr.staysOn(p.id, inner)) > 0
		}) {
			all[power{who: who, owned: id}] = "all"
		}
	}
	return all
}

// kindTakesMembers: "listed members (the default), or exactly the users who are at home where the group is".
func (pr project) kindTakesMembers(id string) bool {
	if _, ok := policy.CutEveryone(id); ok {
		return false
	}
	kind := pr.Catalog.GroupKinds[pr.Groups[id].kind()]
	return kind == nil || kind.Members != "home"
}

// staysOn are the stays of a person in a group today.
func (pr project) staysOn(user, group string) []stay {
	return slices.DeleteFunc(slices.Clone(pr.stays(user, group)), func(s stay) bool { return !pr.isNow(s) })
}

// deeds are what a power lets somebody do who holds some powers, to some people and to groups.
func (g *giver) deeds(held map[power]string, x power, people []string) (list []deed) {
	if x.owned != "" {
		for _, to := range people {
			list = append(list, deed{to: to, group: x.owned, join: true})
		}
		return list
	}
	for _, d := range g.delegatesOf(x) {
		for id, r := range g.Catalog.Roles {
			if d.Gives.AllRoles || slices.Contains(d.Gives.Roles, id) {
				list = append(list, g.given(held, x, &d, deed{role: id}, r.Level, people)...)
			}
		}
		for id, p := range g.Catalog.Permissions {
			can := p.Grantable != nil && (p.Grantable.Anybody || len(p.Grantable.To) > 0)
			if d.Gives.Grantable && can || slices.Contains(d.Gives.Permissions, id) {
				list = append(list, g.given(held, x, &d, deed{permission: id}, p.Level, people)...)
			}
		}
	}
	return list
}

// delegatesOf: "An attribute has no reach: it counts everywhere, with values only for users who have one of these."
func (g *giver) delegatesOf(x power) []Delegate {
	switch {
	case x.role != "":
		return g.Catalog.Roles[x.role].Delegates
	case x.permission != "":
		return g.Catalog.Permissions[x.permission].Delegates
	}
	u := g.Users[x.who]
	if u == nil {
		u = g.Invitations[x.who]
	}
	return slices.DeleteFunc(slices.Clone(g.Catalog.Attributes["user"][x.attribute].Delegates), func(d Delegate) bool {
		return d.Values != nil && !containsAny(u.Attributes[x.attribute], d.Values)
	})
}

func (g *giver) given(held map[power]string, x power, d *Delegate, what deed, levels Names,
	people []string) (list []deed) {
	for _, s := range g.scopes.places() {
		if !slices.Contains(levels, s.level) || x.attribute == "" && !g.scopes.reaches(x.scope, d.Reach, s) {
			continue
		}
		if what.scope = s.path; d.Bound == "own" && !g.within(held, x.who, what) {
			continue
		}
		for _, to := range people {
			users, invited := slices.Contains(d.To, "users"), slices.Contains(d.To, "invitations")
			if users && !(d.Others && to == x.who) || invited && to != x.who && to != g.user {
				y := what
				y.to = to
				list = append(list, y)
			}
		}
		for id := range g.Groups {
			if _, everyone := policy.CutEveryone(id); !everyone && slices.Contains(d.To, "groups") {
				y := what
				y.group = id
				list = append(list, y)
			}
		}
	}
	return list
}

// exhaust does one thing after another until nothing is left to do.
func (g *giver) exhaust(people []string) {
	for again := true; again; {
		again = false
		for _, who := range people {
			held := g.powersOf(who)
			for x := range held {
				for _, y := range g.deeds(held, x, people) {
					if !g.done[y] {
						g.apply(y)
						again = true
					}
				}
			}
		}
	}
}

// gained are the powers that somebody did not have, or of fewer records.
func gained(before, after map[power]string) (list []string) {
	for x, access := range after {
		if was, ok := before[x]; !ok || width(access) < width(was) {
			list = append(list, fmt.Sprint(x))
		}
	}
	slices.Sort(list)
	return list
}

// reached are the same of paths.
func reached(list []ways.Path, who string) (out []string) {
	for _, x := range powersOn(list, who) {
		out = append(out, fmt.Sprint(x))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// powersOn are the powers that paths reach.
func powersOn(list []ways.Path, who string) (out []power) {
	for i := range list {
		for _, g := range list[i].Gains {
			switch {
			case g.Role != nil:
				out = append(out, power{who: who, role: g.Role.ID, scope: g.Scope.Path})
			case g.Owned != nil:
				out = append(out, power{who: who, owned: g.Owned.ID})
			default:
				for _, a := range g.Permission.Names(g.Actions) {
					out = append(out, power{who: who, permission: g.Permission.ID, action: a, scope: g.Scope.Path})
				}
			}
		}
	}
	return out
}

// monotone reports whether more access never takes any away.
func monotone(d *Declaration) bool {
	withoutRoleDenies(d.Rules)
	withoutRoleDenies(d.Catalog.Rules)
	for _, rules := range []map[string]*Rule{d.Rules, d.Catalog.Rules} {
		for id, r := range rules {
			if r.Deny != nil && r.Deny.Group != nil {
				delete(rules, id)
			}
		}
	}
	return !somethingNeedsAbsence(d) && (d.Catalog.Default == nil || !d.Catalog.Default.Unassigned)
}

// The paths of somebody reach exactly what there is after everything was done that can be done, one act after the
// other, to the declaration.
func TestPathsReachAll(t *testing.T) {
	gains := 0
	rapid.Check(t, func(t *rapid.T) {
		d := delegations(t, true)
		user := one(t, "user", slices.Concat(sorted(d.Users), sorted(d.Invitations)))
		if !monotone(d) {
			t.Skip("more may be less")
		}
		naive := newGiver(d, user)
		for _, id := range naive.helpers {
			if len(naive.powersOf(id)) > 0 {
				t.Skip("everybody has something")
			}
		}
		before := naive.powersOf(user)
		naive.exhaust([]string{user})
		alone := naive.powersOf(user)
		naive.exhaust(append([]string{user}, naive.helpers...))
		run := pathsOf(t, d, user)
		equal(t, d, "alone", gained(before, alone), reached(run.Alone, user))
		all := naive.powersOf(user)
		equal(t, d, "assisted", gained(alone, all), reached(run.Assisted, user))
		for _, id := range naive.helpers {
			affiliation := naive.Users[id].Affiliation
			to := slices.DeleteFunc(slices.Clone(run.Others),
				func(p ways.Path) bool { return p.For.Affiliation != affiliation })
			equal(t, d, "others", gained(nil, naive.powersOf(id)), reached(to, id))
		}
		gains += len(all) - len(before)
	})
	if t.Logf("%d gains", gains); gains == 0 {
		t.Error("too few gains to tell")
	}
}

// pathsOf are the paths of a user of a project of one file.
func pathsOf(t rapid.TB, d *Declaration, user string) *ways.Run {
	t.Helper()
	p, _ := linted(t, d)
	for _, u := range p.Policy.Users {
		if u.ID == user {
			return ways.NewFinder(ways.NewWorld(p.Policy)).Keep(u)
		}
	}
	t.Fatalf("no user %q", user)
	return nil
}

// Every act of a path, done to the declaration, is possible by what the giver then holds, and what the path says it
// reaches is there at its end. This holds of every project, also where more access takes other access away.
func TestPathsStepByStep(t *testing.T) {
	steps := 0
	rapid.Check(t, func(t *rapid.T) {
		d := delegations(t, true)
		if d.Catalog.Default != nil && d.Catalog.Default.Unassigned {
			t.Skip("everybody has something")
		}
		user := one(t, "user", slices.Concat(sorted(d.Users), sorted(d.Invitations)))
		run := pathsOf(t, d, user)
		for _, p := range slices.Concat(run.Alone, run.Assisted, run.Others) {
			g := newGiver(d, user)
			for i := range p.Acts {
				a := p.Acts[i]
				if !g.lets(g.powersOf(g.idOf(a.By)), a) {
					t.Fatalf("act %d of %d is not possible: %+v\n%s", i+1, len(p.Acts), a, compact(g.Declaration))
				}
				g.apply(g.deedOf(a))
				steps++
			}
			now := g.powersOf(g.idOf(p.For))
			for _, x := range reached([]ways.Path{p}, g.idOf(p.For)) {
				if !slices.Contains(gained(nil, now), x) {
					t.Fatalf("%s is not reached by %+v\n%s", x, p.Acts, compact(d))
				}
			}
		}
	})
	if t.Logf("%d steps", steps); steps == 0 {
		t.Error("too few steps to tell")
	}
}

// idOf is the name of the user in question or of a helper.
func (g *giver) idOf(s ways.Somebody) string {
	if !s.Other {
		return g.user
	}
	return "helper-" + s.Affiliation + "@helpers.example"
}

// deedOf is an act in the words of the declaration.
func (g *giver) deedOf(a *ways.Act) (x deed) {
	if x.join = a.Join; a.Group != nil {
		x.group = a.Group.ID
	}
	if !a.ToGroup() {
		x.to = g.idOf(a.To)
	}
	if a.Role != nil {
		x.role = a.Role.ID
	}
	if a.Permission != nil {
		x.permission = a.Permission.ID
	}
	if a.Scope != nil {
		x.scope = a.Scope.Path
	}
	return x
}

// lets reports whether one of the powers lets its holder do an act.
func (g *giver) lets(powers map[power]string, a *ways.Act) bool {
	for x := range powers {
		if slices.Contains(g.deeds(powers, x, append([]string{g.user}, g.helpers...)), g.deedOf(a)) {
			return true
		}
	}
	return false
}
