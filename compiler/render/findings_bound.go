package render

import (
	"fmt"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// One line of a declaration can make a finding for each of a thousand people, on each of a hundred scopes. The output
// stays in proportion to the input: there is a limit for one rule at one position, and one for all findings. All
// findings are counted, and baselines and comparisons see all of them.
const (
	mostAtPlace = 20
	mostWritten = 2000 // plus one for this many bytes of declarations:
	bytesEach   = 64
)

// WriteAll says how to get every finding.
const WriteAll = "permc check -v lists all"

// written returns the findings in order, with nil for those beyond the limits. The last finding written at a position
// counts those left out there.
func (r *Findings) written() (list []*diag.Finding, omitted int) {
	list = make([]*diag.Finding, len(r.Findings))
	for i := range list {
		list[i] = &r.Findings[i]
	}
	if r.Whole || len(list) <= mostAtPlace {
		return list, 0
	}
	boundPlaces(list)
	r.boundAll(list)
	for _, d := range list {
		if d == nil {
			omitted++
		}
	}
	return list, omitted
}

// kindAt is a kind of finding at a position. Silenced findings do not take the room of open ones.
type kindAt struct {
	rule     string
	pos      policy.Pos
	silenced bool
}

// boundPlaces leaves out all but the first findings of a kind at a position.
func boundPlaces(list []*diag.Finding) {
	count := map[kindAt]int{}
	kind := func(d *diag.Finding) kindAt { return kindAt{d.Rule, d.Pos, gradeOf(d) == accepted} }
	for _, d := range list {
		count[kind(d)]++
	}
	seen := map[kindAt]int{}
	for i, d := range list {
		k := kind(d)
		if count[k] <= mostAtPlace {
			continue
		}
		switch seen[k]++; {
		case seen[k] == mostAtPlace:
			list[i] = withMore(d, count[k]-mostAtPlace)
		case seen[k] > mostAtPlace:
			list[i] = nil
		}
	}
}

func withMore(d *diag.Finding, n int) *diag.Finding {
	last := *d
	last.Message += fmt.Sprintf(" (and %d more like this here)", n)
	return &last
}

// boundAll leaves out findings beyond the total limit; errors come first.
func (r *Findings) boundAll(list []*diag.Finding) {
	most := mostWritten
	for _, f := range r.Files.All() {
		if !f.Shipped {
			most += f.Size() / bytesEach
		}
	}
	kept := keepGravest(list, most)
	for i, d := range list {
		if d != nil && !kept(d) {
			list[i] = nil
		}
	}
}

// live returns the findings to write that are not silenced.
func (r *Findings) live() (live []*diag.Finding) {
	list, _ := r.written()
	for _, d := range list {
		if d != nil && !d.Silenced() && !d.Baseline {
			live = append(live, d)
		}
	}
	return live
}

// notListed counts the findings not written, or returns "".
func notListed(omitted int) string {
	if omitted == 0 {
		return ""
	}
	return fmt.Sprintf("%s not listed; %s", Plural(omitted, "finding"), WriteAll)
}
