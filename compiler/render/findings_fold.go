package render

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// statement is what findings of one statement share that differ only in their scope.
type statement struct {
	rule, user, group, role, permission, action string

	message, help string // with a mark in place of the scope
	pos           policy.Pos
	grade         int
	from          policy.Date
}

// onScope is the mark in place of a scope.
const onScope = "\x00"

// foldScopes makes one finding of those that say the same about several scopes, and leaves nil for the others. People
// read it once; formats for programs have each. It returns how many it left nil.
func foldScopes(list []*diag.Finding) (folded int) {
	first := map[statement]int{}
	scopes := map[int][]string{}
	for i, d := range list {
		s, ok := statementOf(d)
		if !ok {
			continue
		}
		at, known := first[s]
		switch {
		case !known:
			first[s], scopes[i] = i, []string{d.Scope}
		case sameNotes(list[at], d):
			scopes[at] = append(scopes[at], d.Scope)
			list[i] = nil
			if !d.Baseline {
				folded++
			}
		}
	}
	for i, paths := range scopes {
		if len(paths) > 1 {
			list[i] = onScopes(list[i], paths)
		}
	}
	return folded
}

// foldedText says why the sum is more than what is listed, or returns "".
func foldedText(n int) string {
	if n == 0 {
		return ""
	}
	return Plural(n, "finding") + " on other scopes " + Choose(n, "is", "are") + " folded into these; -v lists each\n"
}

// statementOf returns the statement of a finding whose message says on which scope it is.
func statementOf(d *diag.Finding) (s statement, ok bool) {
	if d == nil || d.Scope == "" || !d.Pos.IsValid() {
		return s, false
	}
	quoted := "on " + diag.Quote(d.Scope)
	message := strings.ReplaceAll(d.Message, quoted, onScope)
	if message == d.Message || strings.Contains(message, diag.Quote(d.Scope)) {
		return s, false
	}
	return statement{d.Rule, d.User, d.Group, d.Role, d.Permission, d.Action, message,
		strings.ReplaceAll(d.Help, quoted, onScope), d.Pos, gradeOf(d), d.From}, true
}

// sameNotes reports whether two findings say the same beside their messages.
func sameNotes(a, b *diag.Finding) bool {
	return a.Waiver == b.Waiver && a.Comment == b.Comment && a.Baseline == b.Baseline &&
		slices.Equal(a.Notes, b.Notes) && slices.Equal(a.Related, b.Related)
}

// onScopes returns a finding about several scopes.
func onScopes(d *diag.Finding, paths []string) *diag.Finding {
	quoted, all := "on "+diag.Quote(d.Scope), fmt.Sprintf("on %d scopes", len(paths))
	f := *d
	f.Message = strings.ReplaceAll(d.Message, quoted, all)
	f.Help = strings.ReplaceAll(d.Help, quoted, all)
	text := strings.Join(paths[:min(len(paths), mostScopes)], ", ")
	if n := len(paths) - mostScopes; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	f.Notes = append(slices.Clip(d.Notes), "on "+text)
	return &f
}
