package diff

import (
	"context"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Answer is what a change does to people, and to findings about them.
type Answer struct {
	Base, Head         *policy.Policy // Base is nil where there is none
	BaseName, HeadName string
	Note               string                        // what a reader must know first
	People             []Person                      // the gravest first
	Changes            func(*Person) []Change        // of one of them, valid until the next call
	Changer            func() func(*Person) []Change // the same, for another goroutine
	Facts              []Fact                        // of scopes and permissions
	New, Fixed         []diag.Finding
	NewFiles           *policy.Files // of New's places
	Unchanged          int
	Policy             []PolicyChange
	Hits               []Hit
	Blocking           int // new findings that do not let it pass
}

// Blocked reports whether the change does not pass.
func (a *Answer) Blocked() bool { return len(a.Hits) > 0 || a.Blocking > 0 }

// Ask compares the two sides by the gates of the command line and of the project
// that judges. New findings of the severity failOn, or above it, block the change. The keys, by
// which people are folded, may be nil.
func Ask(ctx context.Context, s *Sides, gates *Gates, failOn string, keys NewKeys) (*Answer, error) {
	gates.Add(s.Judge().Policy.Gates)
	c, err := Compare(ctx, s.Base, s.Head, gates, keys)
	if err != nil {
		return nil, err
	}
	v, err := Judge(ctx, s.Base, s.Gates, s.Head, c)
	if err != nil {
		return nil, err
	}
	a := &Answer{
		Head: s.Head.Policy, BaseName: s.BaseName, HeadName: s.HeadName, Note: strings.Join(s.Notes, "; "),
		People: c.People, Changes: c.Changes, Changer: c.Changer, Facts: c.Facts,
		New: v.New, Fixed: v.Gone, NewFiles: v.Files, Unchanged: v.Unchanged,
		Policy: v.Policy,
		Hits:   append(v.Unjudged, c.Hits...),
	}
	if s.Base != nil {
		a.Base = s.Base.Policy
	}
	if s.Gates != s.Base && s.Gates != nil {
		hits, err := HitsOfTip(ctx, s.Base, s.Gates, s.Head, gates, c)
		if err != nil {
			return nil, err
		}
		a.Hits = append(a.Hits, hits...)
	}
	a.Hits = append(a.Hits, Unjudged(gates.Forbid, s.GatesPolicy(), a.Head)...)
	a.Hits = append(a.Hits, gates.PolicyHits(a.Policy)...)
	a.Blocking = countBlocking(a.New, failOn)
	return a, nil
}

// countBlocking counts the findings that fail a change.
func countBlocking(list []diag.Finding, failOn string) (n int) {
	for i := range list {
		f := &list[i]
		if !f.Silenced() && (failOn != "never" && f.Severity == diag.Error || failOn == "warning") {
			n++
		}
	}
	return n
}
