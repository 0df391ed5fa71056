package report

import (
	"strings"
	"testing"

	"permc.dev/permc/compiler/policy"
)

// TestLookAt: people come in the order that the page states, whatever the numbers of what counts less.
func TestLookAt(t *testing.T) {
	user := func(id string) *policy.User { return &policy.User{ID: id} }
	r := &Report{Counts: Counts{}, Tallies: []Tally{
		{User: user("nothing"), Held: 7},
		{User: user("expiry"), Ending: 900},
		{User: user("high"), High: 1},
		{User: user("high-within-reach"), High: 800, Could: Could{High: 1}},
		{User: user("grant"), High: 1, Individual: 1},
		{User: user("warnings"), Warnings: 90, High: 700, Individual: 700},
		{User: user("critical-within-reach"), Could: Could{Critical: 1}},
		{User: user("critical"), Critical: 1, Warnings: 1},
		{User: user("criticals"), Critical: 2},
		{User: user("error"), Errors: 1},
	}}
	var got []string
	for _, p := range r.LookAt(9) {
		got = append(got, p.User.ID)
	}
	want := "error criticals critical critical-within-reach warnings grant high-within-reach high expiry"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}
