package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Check is a gate that judged the change, with what it found.
type Check struct {
	Gate  string // as on the command line
	Hits  []Hit  // none if the change passes
	Share Share
}

// Share is how much of all a gate found. Without a whole there is none.
type Share struct {
	Part, Whole int         // of gains, or of actions held
	Lost        bool        // they are actions lost of those held
	On          policy.Date // the day of the largest loss; 0: that of the comparison
}

// listChecks returns every gate that judged a change, those that block it first.
func listChecks(g *Gates, c *Comparison, a *Answer) (list []Check) {
	for _, gate := range g.names(a) {
		list = append(list, Check{Gate: gate})
	}
	for _, h := range a.Hits {
		i := slices.IndexFunc(list, func(x Check) bool { return x.Gate == h.Gate })
		if i < 0 {
			i = len(list)
			list = append(list, Check{Gate: h.Gate})
		}
		list[i].Hits = append(list[i].Hits, h)
	}
	gains := countGains(c.People)
	for i := range list {
		list[i].Share = shareOf(&list[i], gains, c.policies.tally)
	}
	slices.SortStableFunc(list, func(x, y Check) int { return min(len(y.Hits), 1) - min(len(x.Hits), 1) })
	return list
}

// names lists the gates as hits name them.
func (g *Gates) names(a *Answer) (list []string) {
	if g.FailOnGain {
		list = append(list, "fail-on-gain")
	}
	for _, m := range g.Forbid {
		list = append(list, "forbid "+m.String())
	}
	for _, m := range g.ForbidPath {
		list = append(list, "forbid-path "+m.String())
	}
	if g.MaxLost >= 0 {
		list = append(list, maxLostName(g.MaxLost))
	}
	if g.FailOnPolicyChange {
		list = append(list, "fail-on-policy-change")
	}
	if a.Owners != nil && a.Owners.Asked && a.Owners.Declared {
		list = append(list, "unapproved")
	}
	return list
}

func maxLostName(most float64) string { return fmt.Sprintf("max-lost %g%%", most) }

func countGains(people []Person) (n int) {
	for i := range people {
		n += people[i].Counts[Gained] + people[i].Counts[Widened]
	}
	return n
}

// shareOf counts what a gate found of all gains, or what is lost of everything held. Hits that compare with a later
// base count other changes, so they have no share.
func shareOf(c *Check, gains int, t *Tally) Share {
	switch {
	case t != nil && strings.HasPrefix(c.Gate, "max-lost "):
		return t.share()
	case len(c.Hits) == 1 && c.Hits[0].Rows > 0 && c.Hits[0].Rows <= gains && countsGains(c.Gate) && !c.Hits[0].Tip &&
		c.Hits[0].handed == 0:
		return Share{Part: c.Hits[0].Rows, Whole: gains}
	}
	return Share{}
}

// countsGains reports whether a gate counts what people gain.
func countsGains(gate string) bool {
	return gate == "fail-on-gain" || strings.HasPrefix(gate, "forbid ")
}

// share counts what is lost on the day on which it is the largest share.
func (t *Tally) share() Share {
	worst := Share{Lost: true}
	var held, lost int
	for _, day := range slices.Sorted(maps.Keys(t.held)) {
		held += t.held[day]
		lost += t.lost[day]
		if t.lost[day] > 0 && held > 0 && (worst.Whole == 0 || lost*worst.Whole > worst.Part*held) {
			worst = Share{Part: lost, Whole: held, Lost: true, On: day}
		}
	}
	return worst
}
