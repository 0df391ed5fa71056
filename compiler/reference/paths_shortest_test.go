package reference_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	ways "permc.dev/permc/compiler/flatten/reach"
)

// mostTried limits the ways that are tried to find a shorter path.
const mostTried = 400

// shorter reports whether somebody reaches a power, of as many records, by some acts or fewer.
func (g *giver) shorter(acts int, want power, access string, tried *int) bool {
	if has, ok := g.powersOf(want.who)[want]; ok && width(has) <= width(access) {
		return true
	}
	if acts == 0 {
		return false
	}
	held := g.powersOf(g.user)
	for x := range held {
		for _, y := range g.deeds(held, x, []string{g.user}) {
			if *tried++; *tried > mostTried {
				return false
			}
			next := &giver{Declaration: clone(g.Declaration), user: g.user, helpers: g.helpers,
				done: map[deed]bool{}, scopes: g.scopes, parts: g.parts}
			if next.apply(y); next.shorter(acts-1, want, access, tried) {
				return true
			}
		}
	}
	return false
}

// Nobody reaches alone what a path of some acts gives by fewer, as far as some hundred ways tell. Where something needs
// several things at once, or somebody else, permc does not look for the fewest acts: others may get something by a gift
// to a group and a place in it.
func TestPathsShortest(t *testing.T) {
	long := 0
	rapid.Check(t, func(t *rapid.T) {
		for range 24 { // few of them have paths of several acts
			long += tryAllShorter(t, delegations(t, false))
		}
	})
	if t.Logf("%d paths of several acts", long); long == 0 {
		t.Error("too few paths to tell")
	}
}

// tryAllShorter tries the paths of everybody for whom others hold nothing, and counts them.
func tryAllShorter(t *rapid.T, d *Declaration) (long int) {
	if !monotone(d) {
		return 0
	}
	for _, p := range d.Catalog.Permissions {
		if p.When != nil {
			return 0 // some things are held only together
		}
	}
	for _, user := range slices.Concat(sorted(d.Users), sorted(d.Invitations)) {
		g := newGiver(d, user)
		if slices.ContainsFunc(g.helpers, func(id string) bool { return len(g.powersOf(id)) > 0 }) {
			continue
		}
		for _, p := range inFull(pathsOf(t, d, user)) {
			tryShorter(t, d, user, &p)
			long++
		}
	}
	return long
}

func tryShorter(t *rapid.T, d *Declaration, user string, p *ways.Path) {
	g := newGiver(d, user)
	for _, a := range p.Acts {
		g.apply(g.deedOf(a))
	}
	now, tried := g.powersOf(user), 0
	for _, want := range powersOn([]ways.Path{*p}, user) {
		if newGiver(d, user).shorter(len(p.Acts)-1, want, now[want], &tried) {
			t.Fatalf("%s: %v takes fewer acts than %d\n%s", user, want, len(p.Acts), compact(d))
		}
	}
}

// inFull are the paths of several acts that the person takes alone.
func inFull(run *ways.Run) []ways.Path {
	return slices.DeleteFunc(slices.Clone(run.Alone), func(p ways.Path) bool { return len(p.Acts) < 2 })
}
