// Package fix turns findings about a project into edits of its files: what
// stands there for nothing is removed, and what is misspelt is renamed where
// only one name can be meant. Nothing is written here. Every edit has been
// tried on the whole project first, and is left out if it changes more than it
// is meant to.
package fix

import (
	"cmp"
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
	Renamed = []string{"schema", "unknown-action", "unknown-affiliation", "unknown-attribute", "unknown-group", "unknown-label",
		"unknown-permission", "unknown-product", "unknown-role", "unknown-scope", "unknown-user"}
)

// rounds bounds how often a project is looked at anew: what one edit brings to
// light, the next one may mend.
const rounds = 20

// Project mends what can be mended.
func Project(ctx context.Context, opts Options) (*Result, error) {
	r := &runner{ctx: ctx, opts: opts, left: map[spot]string{}}
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
}

// spot is where a finding is, in the files as they were.
type spot struct {
	rule, file string
	off        int
}

// rename mends names as long as the project cannot be evaluated.
func (r *runner) rename() error {
	for range rounds {
		list := r.misspelt(r.now)
		if r.now.project.Policy != nil || len(list) == 0 {
			return nil
		}
		if err := r.attempt(list); err != nil {
			return err
		}
	}
	return nil
}

// remove takes away what stands there for nothing.
func (r *runner) remove() error {
	for range rounds {
		if r.now.project.Policy == nil {
			return nil
		}
		list := r.idle()
		if len(list) == 0 {
			return nil
		}
		if err := r.attempt(list); err != nil {
			return err
		}
	}
	return nil
}

// attempt makes the edits of a list that do no harm. Who is to blame for harm
// is left out; where that is not clear, halves are tried.
func (r *runner) attempt(list []*proposal) error {
	for len(list) > 0 {
		next, done, found, err := r.try(list)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			r.now = next
			return nil
		}
		blamed := r.blame(done, found)
		switch {
		case len(blamed) == 0 && len(done) > 1:
			return r.halves(done)
		case len(blamed) == 0:
			blamed[done[0]] = found[0].why
		}
		list = slices.DeleteFunc(done, func(p *proposal) bool { return r.dismiss(p, blamed[p]) })
	}
	return nil
}

// dismiss leaves a proposal that is to blame, if there is no other way.
func (r *runner) dismiss(p *proposal, why string) bool {
	switch {
	case why == "":
		return false
	case p.elsewhere: // but not all that this line says of the user
		p.elsewhere = false
		return false
	}
	r.leave(p, why)
	return true
}

func (r *runner) halves(list []*proposal) error {
	before := r.now
	if err := r.attempt(list[:len(list)/2]); err != nil {
		return err
	}
	rest := list[len(list)/2:]
	for _, p := range rest {
		p.moved(before, r.now)
	}
	return r.attempt(rest)
}

// leave notes why a proposal is not followed.
func (r *runner) leave(p *proposal, why string) {
	for _, at := range p.spots {
		r.left[at] = why
	}
}

func (r *runner) result() *Result {
	out := &Result{Project: r.now.project, Findings: r.now.findings}
	files := r.first.project.Files
	numbers := map[string]int32{}
	for i, f := range files.All() {
		numbers[f.Name] = int32(i + 1)
	}
	at := func(file string, off int) policy.Position {
		return files.Position(policy.Pos{File: numbers[file], Off: int32(off)})
	}
	for _, p := range r.now.done {
		for _, d := range p.findings {
			out.Done = append(out.Done, Fix{d.Rule, at(p.file, p.origin), p.right != "", p.what(&d)})
		}
	}
	for i := range r.now.findings {
		d := &r.now.findings[i]
		if why := r.why(d); why != "" {
			s := r.now.spot(d)
			out.Left = append(out.Left, Fix{d.Rule, at(s.file, s.off), false, why})
		}
	}
	for _, f := range files.All() {
		if text, ok := r.now.texts[f.Name]; ok && text != f.Data {
			raw := f.Raw()
			out.Files = append(out.Files, File{f.Name, raw, append(slices.Clone(raw[:len(raw)-len(f.Data)]), text...)})
		}
	}
	sortFixes(out.Done)
	sortFixes(out.Left)
	return out
}

func sortFixes(list []Fix) {
	slices.SortStableFunc(list, func(a, b Fix) int {
		if a.Renamed != b.Renamed {
			return map[bool]int{true: -1, false: 1}[a.Renamed]
		}
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Text, b.Text))
	})
}

// why says why a finding is left alone, as far as one like it could be mended.
func (r *runner) why(d *diag.Diagnostic) string {
	at := r.now.spot(d)
	why, left := r.left[at]
	switch {
	case d.Silenced() || at.file == "":
		return ""
	case r.wanted(d.Rule, Removed):
		if _, reason := r.removable(d); reason != "" {
			return reason
		}
	case !r.wanted(d.Rule, Renamed) || d.Wrong == "":
		return ""
	case !left && d.Right == "":
		return "no name, or more than one, is near"
	case !left:
		return r.sure(d)
	}
	if !left {
		return "not tried: run permc fix again"
	}
	return why
}
