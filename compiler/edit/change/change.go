// Package change edits what a declaration gives to somebody, in the format of the file where it is written. It tries
// each edit on the whole project: an edit that says anything but what was asked for is not made. It writes no files.
package change

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/edit/fix"
	"permc.dev/permc/compiler/edit/layout"
	"permc.dev/permc/compiler/edit/source"
	"permc.dev/permc/compiler/policy"
)

// Entry is what is given to somebody: a role, a permission, or a membership of a group.
type Entry struct {
	Role, Permission, Group string
	Scope                   string
	Actions                 []string
	Starts, Ends            policy.Date
	Reason, Ticket          string
}

// Field is a field of an entry to set.
type Field struct {
	Pos  policy.Pos // of the entry
	Name string
	List []string // one text, unless the field is a list
}

// Step is one edit of what somebody has. Exactly one of its kinds is set.
type Step struct {
	User  *policy.User  // or nil
	Group *policy.Group // whose entries they are, if they are not a user's

	Add              *Entry
	New              bool             // the user, who has an id, a name and an affiliation, is not declared yet
	Attribute, Value string           // a value to add
	Enable           bool             // a disabled user
	Cut              []policy.Pos     // entries and memberships to remove, together with Set
	Set              []Field          // of entries
	Disable          []*policy.User   // with Want
	Want             *policy.Declared // of several holders: the declaration as it should be then
	Delete           bool             // the user, with everything that names the user

	Confirm []policy.DeclaredReview // reviews to add; with Want, which has them

	key func(string) string // is equal for the ids of one user
}

// holder returns the user, or the group with its prefix.
func (s *Step) holder() string {
	switch {
	case s.Want != nil:
		return "the changes together"
	case s.User != nil:
		return s.User.ID
	}
	return "group:" + s.Group.ID
}

// Result is what an edit does.
type Result struct {
	Files         []fix.File // those that change, by name
	Before, After *compiler.Project
	Answer        *diff.Answer   // what changes for people; nil if the table would stop
	Stops         []diag.Finding // why it would
	Gone          []Fact         // what is no longer declared
}

// Refused returns the findings for which the edit is not to be written.
func (r *Result) Refused() []diag.Finding {
	if r.Answer == nil {
		return r.Stops
	}
	return slices.DeleteFunc(slices.Clone(r.Answer.New), func(d diag.Finding) bool { return d.Silenced() })
}

// Blocked reports whether the edit causes findings that permc check fails on, or says something twice.
func (r *Result) Blocked() bool {
	return r.Answer == nil || r.Answer.Blocking > 0 || slices.ContainsFunc(r.Refused(), func(d diag.Finding) bool {
		return strings.HasPrefix(d.Rule, "duplicate-")
	})
}

// editor makes the edits of one project.
type editor struct {
	ctx   context.Context
	opts  compiler.Options
	now   *compiler.Project
	texts map[string]string // of edited files
	gone  []Fact
}

// Make makes some edits of a project, and finds what changes with them. Findings of the severity failOn or above refuse
// them.
func Make(ctx context.Context, p *compiler.Project, opts compiler.Options, steps []Step, failOn string,
	keys diff.NewKeys) (*Result, error) {
	e := &editor{ctx: ctx, opts: opts, now: p, texts: map[string]string{}}
	for i := range steps {
		if err := e.make(&steps[i]); err != nil {
			return nil, err
		}
		if e.now.Policy == nil {
			break
		}
	}
	r := &Result{Before: p, After: e.now, Files: e.files(p), Gone: e.gone}
	if e.now.Policy == nil {
		r.Stops = e.now.Stopped
		return r, nil
	}
	sides := &diff.Sides{Base: p, Gates: p, Head: e.now, BaseName: "now", HeadName: "then"}
	var err error
	r.Answer, err = diff.Ask(ctx, sides, &diff.Gates{MaxLost: -1}, failOn, keys)
	return r, err
}

// files returns the edited files, with the bytes that come before their text.
func (e *editor) files(p *compiler.Project) (list []fix.File) {
	for _, f := range p.Files.All() {
		if text, ok := e.texts[f.Name]; ok && text != f.Data {
			raw := f.Raw()
			list = append(list, fix.File{Name: f.Name, Old: raw,
				New: append(slices.Clone(raw[:len(raw)-len(f.Data)]), text...)})
		}
	}
	return list
}

// make makes one edit in the first way that says just what it should.
func (e *editor) make(s *Step) error {
	s.key = e.now.Policy.Catalog.UserKey
	ways, err := e.ways(s)
	if err != nil {
		return err
	}
	var first error
	for _, w := range ways {
		if len(w.edits) == 0 {
			break
		}
		if err := e.readable(w); err != nil {
			first = cmp.Or(first, err)
			continue
		}
		next, texts, err := e.try(w)
		if err != nil {
			return err
		}
		gone, come := Compare(e.now.Declared(), next.Declared())
		if err := s.check(gone, come, next); err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		e.now, e.texts, e.gone = next, texts, append(e.gone, gone...)
		return nil
	}
	switch {
	case first == nil && s.New:
		first = errNobody
	case first == nil:
		first = errNowhere
	}
	return fmt.Errorf("%s: %w", s.holder(), first)
}

var (
	errNowhere = errors.New("no file declares it in a form that permc can edit: CUE may compute it")
	errNobody  = errors.New("no file declares users in a form that permc can edit: CUE may compute them")
)

// readable returns an error if a way edits a text in another encoding than UTF-8: that would change all of it.
func (e *editor) readable(w way) error {
	for _, f := range e.now.Files.All() {
		if _, edited := w.edits[f.Name]; edited && f.Decoded != "" {
			return fmt.Errorf("%s is %s: save it as UTF-8 first", f.Name, f.Decoded)
		}
	}
	return nil
}

// try loads the project with the edits of a way. Formatted files stay formatted.
func (e *editor) try(w way) (*compiler.Project, map[string]string, error) {
	texts := maps.Clone(e.texts)
	for name, edits := range w.edits {
		old := e.text(name)
		text, ok := source.Apply(old, edits)
		if !ok {
			return nil, nil, fmt.Errorf("%s: %w", name, source.ErrLayout)
		}
		texts[name] = keepFormatted(name, old, text)
	}
	opts := e.opts
	var err error
	if opts.FS, err = fix.Overlay(texts); err != nil {
		return nil, nil, err
	}
	p, err := compiler.Load(e.ctx, opts)
	return p, texts, err
}

// keepFormatted formats a text if it was formatted before the edit.
func keepFormatted(name, old, text string) string {
	format := func(text string) ([]byte, error) { return nil, errNowhere }
	switch source.SyntaxOf(name) {
	case source.CUE:
		format = func(text string) ([]byte, error) { return layout.CUE(name, []byte(text)) }
	case source.YAML:
		format = func(text string) ([]byte, error) { return layout.YAML([]byte(text)) }
	}
	if was, err := format(old); err != nil || string(was) != old {
		return text
	}
	if now, err := format(text); err == nil {
		return string(now)
	}
	return text
}

// text returns the text of a file as it is now.
func (e *editor) text(name string) string {
	if text, ok := e.texts[name]; ok {
		return text
	}
	if f := e.now.Files.Named(name); f != nil {
		return f.Data
	}
	return ""
}
