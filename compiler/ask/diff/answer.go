package diff

import (
	"context"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Answer holds the effect of a change on people and on the findings about them.
type Answer struct {
	Base, Head         *policy.Policy // Base is nil where there is none
	BaseName, HeadName string
	Since              policy.Date                   // if the base is what there was when this day began
	Note               string                        // to be read first
	People             []Person                      // the gravest first
	Changes            func(*Person) []Change        // of one of them, valid until the next call
	Changer            func() func(*Person) []Change // the same, for another goroutine
	Facts              []Fact                        // of scopes and permissions
	New, Fixed         []diag.Finding
	NewFiles           *policy.Files // of New's places
	Unchanged          int
	Policy             []PolicyChange
	Hits               []Hit
	Checks             []Check       // every gate, those that block the change first
	Owners             *Agreement    // or nil
	Paths              []paths.Fresh // that are new, if they are asked for
	ListsPaths         bool          // they are
	Blocking           int           // new findings that block the change

	fresh, freshNow newPaths // compared with the base, and with the base as it is now
}

// Blocked reports whether a gate or a finding blocks the change.
func (a *Answer) Blocked() bool { return len(a.Hits) > 0 || a.Blocking > 0 }

// Verdict says in a word what the change is: equal, more, less or incomparable. Another id or name in the system makes
// it incomparable: somebody has something instead of somebody else.
func (a *Answer) Verdict() string {
	if a.CountIdentities() > 0 {
		return "incomparable"
	}
	return Verdict(a.People)
}

// CountIdentities counts the ids and names in the system that change, of people and of things.
func (a *Answer) CountIdentities() (n int) {
	for i := range a.People {
		n += countIdentities(a.People[i].Facts)
	}
	return n + countIdentities(a.Facts)
}

func countIdentities(list []Fact) (n int) {
	for i := range list {
		if list[i].IsIdentity() {
			n++
		}
	}
	return n
}

// Renamed names the things that have another id or name in the system, such as group admins.
func (a *Answer) Renamed() (list []string) {
	for i := range a.Facts {
		if f := &a.Facts[i]; f.IsIdentity() && !slices.Contains(list, f.About+" "+f.Name) {
			list = append(list, f.About+" "+f.Name)
		}
	}
	return list
}

// Renamed reports whether the person has another id in some system.
func (x *Person) Renamed() bool { return countIdentities(x.Facts) > 0 }

// Ask compares the two sides by the gates of the command line and of the judging project. New findings of the
// severity failOn or above block the change. The keys, which fold people, may be nil.
func Ask(ctx context.Context, s *Sides, gates *Gates, failOn string, keys NewKeys) (*Answer, error) {
	gates.Add(s.Judge().Policy.Gates)
	if gates.Owners != nil {
		gates.Owners.judgedBy(s)
	}
	c, err := Compare(ctx, s.Base, s.Head, gates, keys)
	if err != nil {
		return nil, err
	}
	v, err := Judge(ctx, s.Base, s.Gates, s.Head, c)
	if err != nil {
		return nil, err
	}
	a := &Answer{
		Head: s.Head.Policy, BaseName: s.BaseName, HeadName: s.HeadName, Since: s.StateOf,
		Note:   strings.Join(s.Notes, "; "),
		People: c.People, Changes: c.Changes, Changer: c.Changer, Facts: c.Facts,
		New: v.New, Fixed: v.Gone, NewFiles: v.Files, Unchanged: v.Unchanged,
		Policy: v.Policy,
		Hits:   append(v.Unjudged, c.Hits...),
	}
	if s.Base != nil {
		a.Base = s.Base.Policy
	}
	if err := a.addHits(ctx, s, gates, c); err != nil {
		return nil, err
	}
	a.Checks = listChecks(gates, c, a)
	a.Blocking = countBlocking(a.New, failOn)
	return a, nil
}

// addHits asks the gates that look at more than the difference: the tip of the base, the policy, paths and owners.
func (a *Answer) addHits(ctx context.Context, s *Sides, gates *Gates, c *Comparison) error {
	var now *Comparison
	if s.Gates != s.Base && s.Gates != nil {
		hits, tip, err := HitsOfTip(ctx, s.Base, s.Gates, s.Head, gates, c)
		if err != nil {
			return err
		}
		a.Hits, now = append(a.Hits, hits...), tip
	}
	a.Hits = append(a.Hits, Unjudged(gates.Forbid, s.GatesPolicy(), a.Head)...)
	a.Hits = append(a.Hits, gates.PolicyHits(a.Policy)...)
	if gates.asksPaths() || gates.Owners.needsPaths() {
		if err := a.findPaths(ctx, s, gates, c, now); err != nil {
			return err
		}
	}
	if gates.Owners != nil {
		a.Owners = gates.Owners.answer(s, a, c, now)
		a.Hits = append(a.Hits, a.Owners.hits()...)
	}
	return nil
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
