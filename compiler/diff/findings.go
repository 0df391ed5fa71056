package diff

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Findings tells which findings come with a change, which go, and how many
// stay, each as often as it is there. What a finding is about decides, never
// where it stands.
func Findings(base, head []diag.Diagnostic) (come, gone []diag.Diagnostic, stay int) {
	left := map[known]int{}
	for i := range base {
		left[key(&base[i])]++
	}
	for i := range head {
		if k := key(&head[i]); left[k] > 0 {
			left[k]--
			stay++
		} else {
			come = append(come, head[i])
		}
	}
	for i := range slices.Backward(base) {
		if k := key(&base[i]); left[k] > 0 {
			left[k]--
			gone = append(gone, base[i])
		}
	}
	slices.Reverse(gone)
	return come, gone, stay
}

// known is what a finding is about, or its words if it is about nothing.
type known struct {
	diag.Key
	words string
}

func key(d *diag.Diagnostic) known {
	k := known{Key: d.Key()}
	if k.Key == (diag.Key{Rule: d.Rule}) {
		k.words = d.Message
	}
	return k
}

// PolicyChange is a change of what a project is judged by, or of what its
// table is made by beside users, groups and scopes.
type PolicyChange struct {
	What string // rule, severity, horizon, failOn, waiver, suppression, review, ignore, correction, expectation, baseline or catalog
	Name string // which one, where there are several
	How  string // added, removed or changed
	Text string // what it says, where that is short
	Base bool   // the place is in the base
	Pos  policy.Pos
}
