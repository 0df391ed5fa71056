// Package fix turns findings about a project into edits of its files: what
// stands there for nothing is removed, and what is misspelt is renamed where
// only one name can be meant. Nothing is written here. Every edit has been
// tried on the whole project first, and is left out if it changes more than it
// is meant to.
package fix

import (
	"context"
	"slices"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Options are what to mend.
type Options struct {
	compiler.Options
	Rules []string // whose findings; those of Rules if there are none
}

// Result is what has become of a project.
type Result struct {
	Done, Left []Fix  // renamed first, then in order of place
	Files      []File // that change, by name
	Project    *compiler.Project
	Findings   []diag.Diagnostic // that are left, also those that nothing here is about
}

// Fix is what was done about a finding, or why nothing was.
type Fix struct {
	Rule    string
	Pos     policy.Position // in the file as it was
	Renamed bool
	Text    string
}

// File is a file before and after.
type File struct {
	Name     string
	Old, New []byte
}

// Removed and Renamed are the rules that the two kinds of edits are for.
var (
	Removed = []string{"duplicate-assignment", "duplicate-grant", "expired", "redundant-grant"}
	Renamed = []string{"renamed-field", "schema", "unknown-action", "unknown-affiliation", "unknown-attribute", "unknown-group", "unknown-label",
		"unknown-permission", "unknown-product", "unknown-role", "unknown-scope", "unknown-user"}
)

// rounds bounds how often a project is looked at anew: what one edit brings to
// light, the next one may mend.
const rounds = 20

// Project mends what can be mended.
func Project(ctx context.Context, opts Options) (*Result, error) {
	opts.AllFaults = true
	r := &runner{ctx: ctx, opts: opts, left: map[spot]string{}, doubted: map[spot]string{}}
	var err error
	if r.first, err = r.load(nil); err != nil {
		return nil, err
	}
	if err := r.check(r.first); err != nil {
		return nil, err
	}
	if err := r.files(); err != nil {
		return nil, err
	}
	for again := true; again; {
		r.now = r.first
		if err := r.rename(); err != nil {
			return nil, err
		}
		again = r.takeBack()
	}
	if err := r.remove(); err != nil {
		return nil, err
	}
	return r.result(), nil
}

// runner holds a project at hand.
type runner struct {
	ctx        context.Context
	opts       Options
	first, now *state
	left       map[spot]string // why something is left alone
	doubted    map[spot]string // removals that are blamed for what others of their batch may have done
}

// spot is where a finding is, in the files as they were.
type spot struct {
	rule, file string
	off        int
}

// rename corrects names: misspelt ones until the project can be evaluated, and
// old ones of fields.
func (r *runner) rename() error {
	return r.rounds(func() []*proposal { return r.misspelt(r.now) })
}

// remove takes away what stands there for nothing.
func (r *runner) remove() error {
	err := r.rounds(func() []*proposal {
		if r.now.project.Policy == nil {
			return nil
		}
		sure, _ := r.split(r.idle())
		return sure
	})
	if err != nil || r.now.project.Policy == nil {
		return err
	}
	return r.alone()
}

// mostAlone is how many removals are tried alone: each reads the project anew.
const mostAlone = 100

// alone tries removals by themselves that were blamed among others.
func (r *runner) alone() error {
	for range mostAlone {
		_, doubted := r.split(r.idle())
		if len(doubted) == 0 {
			return nil
		}
		if err := r.attempt(doubted[:1]); err != nil {
			return err
		}
	}
	_, doubted := r.split(r.idle())
	for _, p := range doubted {
		r.leave(p, r.doubted[p.spots[0]])
	}
	return nil
}

// split parts the removals of which one has been blamed among others.
func (r *runner) split(list []*proposal) (sure, doubted []*proposal) {
	for _, p := range list {
		if slices.ContainsFunc(p.spots, func(at spot) bool { return r.doubted[at] != "" }) {
			doubted = append(doubted, p)
		} else {
			sure = append(sure, p)
		}
	}
	return sure, doubted
}

// rounds makes the edits of a list until there are no more. Rounds that make
// many do not count: some faults are found so many at a time.
func (r *runner) rounds(list func() []*proposal) error {
	const many = 100
	for left := rounds; left > 0; {
		next, before := list(), len(r.now.done)
		if len(next) == 0 {
			return nil
		}
		if err := r.attempt(next); err != nil {
			return err
		}
		if len(r.now.done)-before < many {
			left--
		}
	}
	return nil
}

// leave notes why a proposal is not followed.
func (r *runner) leave(p *proposal, why string) {
	for _, at := range p.spots {
		r.left[at] = why
	}
}
