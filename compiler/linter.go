package compiler

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/silence"
)

// Linter finds, and then silences.
type Linter struct {
	*lint.Linter
	Silencer *silence.Silencer
}

// NewLinter returns a linter of a policy with some of the built-in rules and all the policy's own.
func NewLinter(p *policy.Policy, builtIn []*lint.Rule) *Linter {
	var known []silence.Rule // all, because a comment may name any
	for _, r := range rules.All {
		known = append(known, silence.Rule{ID: r.ID, Stops: r.Stops})
	}
	s := silence.New(p, known)
	return &Linter{lint.New(p, builtIn, rules.Form, s.Until), s}
}

// Finish runs the checks that need all users, and returns all findings, settled.
func (l *Linter) Finish(workers []*lint.Worker, found []diag.Finding) []diag.Finding {
	return l.Settle(l.Linter.Finish(workers, found))
}

// Settle sorts findings, drops those that are turned off, and marks those that are silenced.
func (l *Linter) Settle(found []diag.Finding) []diag.Finding { return l.Silencer.Settle(found) }
