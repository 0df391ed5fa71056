package report

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Tally counts what a user has, for lists of people.
type Tally struct {
	User       *policy.User
	Held       int         // rows with an action left
	Critical   int         // of these
	High       int         // likewise
	Individual int         // of the critical and high ones, by grants alone
	Ending     int         // of the held ones, within the horizon
	Next       policy.Date // the first day on which one of them expires, or 0
	Could      Could       // that the user could get alone, on a page that is not a part of a split report

	Errors, Warnings int // open findings
}

// TallyOf counts what a user has, without findings.
func TallyOf(p *policy.Policy, a *policy.Access) Tally {
	t := Tally{User: a.User}
	for i := range a.Rows {
		if r := &a.Rows[i]; r.Held() {
			t.add(p, r)
		}
	}
	return t
}

func (t *Tally) add(p *policy.Policy, r *policy.Row) {
	t.Held++
	sensitive := true
	switch r.Sensitivity() {
	case "critical":
		t.Critical++
	case "high":
		t.High++
	default:
		sensitive = false
	}
	if sensitive && Individual(r) {
		t.Individual++
	}
	ends := firstEnd(r)
	if Soon(p, ends) {
		t.Ending++
	}
	if ends != 0 && (t.Next == 0 || ends < t.Next) {
		t.Next = ends
	}
}

// firstEnd returns the first day on which a row, or one of its actions, expires, or 0.
func firstEnd(r *policy.Row) (first policy.Date) {
	if !r.Mixed() {
		return r.Ends
	}
	for _, part := range r.Parts() {
		if part.Ends != 0 && (first == 0 || part.Ends < first) {
			first = part.Ends
		}
	}
	return first
}

// Open counts the open findings.
func (t *Tally) Open() int { return t.Errors + t.Warnings }

// compareUrgency orders people by urgency, most urgent first. A count decides only where those before it are equal, so
// that the page can say the order in a sentence.
func compareUrgency(a, b *Tally) int {
	return cmp.Or(b.Errors-a.Errors, b.Critical+b.Could.Critical-a.Critical-a.Could.Critical, b.Warnings-a.Warnings,
		b.Individual-a.Individual, b.High+b.Could.High-a.High-a.Could.High, b.Ending-a.Ending)
}

// LookAt returns the people to look at first: the most urgent.
func (r *Report) LookAt(most int) []Tally {
	list := slices.DeleteFunc(slices.Clone(r.Tallies), func(t Tally) bool {
		return t.Critical+t.High+t.Errors+t.Warnings+t.Ending == 0 && !t.Could.Any()
	})
	slices.SortStableFunc(list, func(a, b Tally) int { return compareUrgency(&a, &b) })
	return list[:min(len(list), most)]
}

// CriticalPeople counts the people who hold a critical permission.
func (r *Report) CriticalPeople() (n int) {
	for i := range r.Tallies {
		if r.Tallies[i].Critical > 0 && !r.Tallies[i].User.Waits() {
			n++
		}
	}
	return n
}

// tallies returns what all workers counted, in order of user, with the open findings.
func (c *Collector) tallies(findings []diag.Finding) (list []Tally) {
	var pieces [][]Tally
	for _, w := range c.parts {
		pieces = append(pieces, w.tallies...)
	}
	list = slices.Concat(pieces...)
	slices.SortFunc(list, func(a, b Tally) int { return strings.Compare(a.User.ID, b.User.ID) })
	for i := range findings {
		d := &findings[i]
		if d.User == "" || d.Silenced() || d.Baseline {
			continue
		}
		n, ok := slices.BinarySearchFunc(list, d.User, func(t Tally,
			id string) int {
			return cmp.Compare(t.User.ID, id)
		})
		switch {
		case !ok:
		case d.Severity == diag.Error:
			list[n].Errors++
		default:
			list[n].Warnings++
		}
	}
	return list
}
