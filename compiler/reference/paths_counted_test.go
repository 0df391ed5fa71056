package reference_test

import (
	"strings"
	"testing"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/policy"
)

// The report counts what people could give themselves as a search for each alone finds it, also on a page that shows
// some scopes only.
func TestPathsCounted(t *testing.T) {
	own := `, {"gives": {"roles": true, "grantable": true}, "reach": "subtree", "to": "users", "bound": "own"}`
	for _, teams := range []bool{false, true} {
		d := organization(t, 300, own, 5)
		if teams {
			addTeams(d, 5)
		}
		p, _ := linted(t, d)
		for _, shown := range []string{"", "c3", "c7/w1"} {
			q := &report.Question{Known: func([]diag.Finding) {}}
			if shown != "" {
				q.Shows = func(_, _, _, scope string) bool { return strings.HasPrefix(scope, shown) }
			}
			none := func() func([]byte, *policy.Access) []byte {
				return func(b []byte, _ *policy.Access) []byte { return b }
			}
			r, err := report.Ask(t.Context(), p, q, none, func([]byte) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			compareCounts(t, p.Policy, r, shown)
		}
	}
}

func compareCounts(t *testing.T, p *policy.Policy, r *report.Report, shown string) {
	t.Helper()
	finder, people := reach.NewFinder(reach.NewWorld(p)), 0
	for i := range r.Tallies { // of the users who are shown
		u := r.Tallies[i].User
		gravest := map[string]string{}
		for _, path := range finder.FindAlone(u).Alone {
			for _, g := range path.Gains {
				if g.Permission == nil || !strings.HasPrefix(g.Scope.Path, shown) {
					continue
				}
				at := g.Permission.ID + " " + g.Scope.Path
				if level := g.Permission.SensitivityOf(g.Actions); gravest[at] != "critical" {
					gravest[at] = level
				}
			}
		}
		var want report.Could
		for _, level := range gravest {
			switch level {
			case "critical":
				want.Critical++
			case "high":
				want.High++
			}
		}
		if want.Any() {
			people++
		}
		if got := r.Tallies[i].Could; got != want {
			t.Fatalf("%s, shown %q: got %+v, want %+v", u.ID, shown, got, want)
		}
	}
	if _, all := r.CouldPeople(); all != people || shown == "" && people < 20 {
		t.Errorf("shown %q: %d people, want %d", shown, all, people)
	}
}
