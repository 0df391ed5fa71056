package diff

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Findings tells which findings come with a change, which go, and how many
// stay, each as often as it is there. What a finding is about decides, never
// where it is. One that goes further than before comes, and so does one that is
// open and was silenced.
func Findings(base, head []diag.Finding) (come, gone []diag.Finding, stay int) {
	known, used := make([]bool, len(head)), make([]bool, len(base))
	pairFindings(base, head, used, known, isOpen, isOpen)
	pairFindings(base, head, used, known, isSilenced, isSilenced)
	pairFindings(base, head, used, known, isOpen, isSilenced)
	for i := range head {
		if known[i] {
			stay++
		} else {
			come = append(come, head[i])
		}
	}
	for i := range base {
		if !used[i] {
			gone = append(gone, base[i])
		}
	}
	return come, gone, stay
}

func isOpen(d *diag.Finding) bool     { return !d.Silenced() }
func isSilenced(d *diag.Finding) bool { return d.Silenced() }

// pairFindings matches the remaining findings of both sides that are of some kind.
func pairFindings(base, head []diag.Finding, used, known []bool, ofBase, ofHead func(*diag.Finding) bool) {
	pick := func(list []diag.Finding, taken []bool, of func(*diag.Finding) bool) (at []int, ids []diag.Identity) {
		for i := range list {
			if !taken[i] && of(&list[i]) {
				at, ids = append(at, i), append(ids, list[i].Identity())
			}
		}
		return at, ids
	}
	atBase, before := pick(base, used, ofBase)
	atHead, now := pick(head, known, ofHead)
	for i, by := range diag.Match(before, now) {
		if by >= 0 {
			known[atHead[i]], used[atBase[by]] = true, true
		}
	}
}

// PolicyChange is a change of the rules and settings that judge a project, or of a part of the table other than
// users, groups and scopes.
type PolicyChange struct {
	// rule, severity, horizon, failOn, waiver, suppression, reviews, ignore, correction, expectation, baseline, file or
	// catalog
	What string
	Name string // which one, where there are several
	How  string // added, removed, changed or skipped
	Text string // what it says, where that is short
	Base bool   // the place is in the base
	Pos  policy.Pos
}
