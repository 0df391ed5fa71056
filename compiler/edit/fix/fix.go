// Package fix turns findings about a project into edits of its files. It removes
// entries without effect, and renames what is misspelt if only one name can be
// meant. It does not write the files. It tries every edit on the whole project,
// and drops an edit that changes more than it should.
package fix

import (
	"context"
	"errors"
	"slices"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Options select what to fix.
type Options struct {
	compiler.Options
	Rules     []string // fix only their findings; those of all Rules if empty
	MostTries int      // fail with ErrTooLong after so many; 0: no limit
}

// ErrTooLong is the error if more would have to be tried than Options allow.
var ErrTooLong = errors.New("too much to try")

// Result holds the fixes of a project.
type Result struct {
	Done, Left []Fix  // renames first, then by place
	Files      []File // those that change, by name
	Project    *compiler.Project
	Findings   []diag.Finding // all that remain, also of rules that cannot be fixed
}

// Fix says what was done about a finding, or why nothing was.
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

// Removed and Renamed list the rules whose findings are fixed by removing an
// entry or by renaming. Edited lists those of which some ask for another edit.
var (
	Removed = []string{"deprecated-permission", "duplicate-assignment", "duplicate-grant", "duplicate-membership",
		"expired", "redundant-assignment", "redundant-grant", "redundant-membership"}
	Renamed = []string{"renamed-field", "schema", "two-spellings", "unknown-action", "unknown-affiliation",
		"unknown-attribute",
		"unknown-group", "unknown-label",
		"unknown-permission", "unknown-product", "unknown-role", "unknown-scope", "unknown-user"}
	Edited = []string{"expired-suppression", "expired-waiver", "not-grantable", "schema", "syntax", "unused-review"}
)

// Rules returns all rules whose findings can be fixed, sorted.
func Rules() []string {
	list := slices.Concat(Removed, Renamed, Edited)
	slices.Sort(list)
	return slices.Compact(list)
}

// rounds limits how often fix evaluates a project again: an edit may uncover a
// finding that the next one can fix.
const rounds = 20

// Project finds every fix that is safe.
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

// runner fixes one project.
type runner struct {
	ctx        context.Context
	opts       Options
	tries      int // so far
	first, now *state
	left       map[spot]string                        // why a finding is not fixed
	words      map[*policy.Entry]map[policy.Pos]words // by the first entry of a holder
	doubted    map[spot]string                        // removals blamed for harm that others of their batch may have done
}

// spot is the place of a finding in the original files.
type spot struct {
	rule, file string
	off        int
}

// rename corrects misspelt names until the project can be evaluated, and old
// names of fields.
func (r *runner) rename() error {
	return r.rounds(func() []*proposal { return r.misspelt(r.now) })
}

// remove removes entries without effect. What is tried alone may uncover others.
func (r *runner) remove() error {
	for {
		before := len(r.now.done)
		if err := r.removeOnce(); err != nil || len(r.now.done) == before {
			return err
		}
	}
}

func (r *runner) removeOnce() error {
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

// mostAlone limits how many removals are tried alone: each loads the project
// again.
const mostAlone = 100

// alone tries each removal that was blamed in a batch by itself.
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

// split separates the removals that have been blamed in a batch.
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

// rounds makes the edits of a list until there are no more. A round with many
// edits does not count, since some faults are reported only so many at a time.
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

// leave records why a proposal is dropped.
func (r *runner) leave(p *proposal, why string) {
	for _, at := range p.spots {
		r.left[at] = why
	}
}
