// Package diag holds the compiler's findings about a project: their places and severities.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Severity is how serious a finding is.
type Severity uint8

// The severities, the lightest first.
const (
	Off Severity = iota
	Warning
	Error
)

func (s Severity) String() string { return [...]string{"off", "warning", "error"}[s] }

// ParseSeverity parses what String returns. Anything else is Error.
func ParseSeverity(s string) Severity {
	switch s {
	case "off":
		return Off
	case "warning":
		return Warning
	}
	return Error
}

// SeverityOf returns the severity that the settings of a policy give a rule, or else the given one.
func SeverityOf(p *policy.Policy, rule string, otherwise Severity) Severity {
	if s, ok := p.Severities[rule]; ok {
		return ParseSeverity(s)
	}
	return otherwise
}

// Weigh applies the severities that are set for the findings' files.
func Weigh(p *policy.Policy, found []Finding) []Finding {
	if len(p.InFiles) == 0 {
		return found
	}
	for i := range found {
		if s, ok := p.InFiles[found[i].Pos.File][found[i].Rule]; ok {
			found[i].Severity = ParseSeverity(s)
		}
	}
	return found
}

// Most limits how many findings of one kind are collected: a file of another kind can cause millions,
// and nobody reads them.
const Most = 1000

// Related is a second place of a finding.
type Related struct {
	Pos     policy.Pos
	Message string
}

// Thing is a role or permission on a scope, one of several that a finding is about.
type Thing struct{ Role, Permission, Scope string }

// Finding is one thing that permc found, at its place: what is wrong, and how to fix it.
type Finding struct {
	Rule     string
	Severity Severity
	Message  string
	Pos      policy.Pos

	// What the finding is about, as far as it applies.
	User, Group, Role, Permission, Action, Scope string
	ExactUser                                    bool    // another user may have the id in another case
	Things                                       []Thing // all of them, if there are several

	// With lists the other things of several, such as "role:auditor". Extent and Over say how far the
	// finding goes: one that goes further is another finding. The lists are sorted.
	With   []string
	Extent []string // such as "action:export", or "role:auditor@contoso/emea"
	Over   int      // how many too many, or too few

	Related  []Related
	Beside   []policy.Pos // other places where a comment silences it, too
	Notes    []string
	Help     string
	Wrong    string // the unknown name, as written
	Right    string // the name that was meant, if only one is similar
	Edit     *Edit  // the edit that Help asks for, if only one is possible
	Same     bool   // Wrong is another name of Right, in its system
	DenyRule string
	Stops    bool // there is no table
	Partial  bool // found although part of the project could not be read
	TooFew   bool // of something: one more brings the finding closer to being fixed
	Waiver   *policy.Waiver
	Comment  *policy.Suppression // the comment that silences it
	External []policy.External   // names in the system of what it mentions
	Baseline bool                // known before, and accepted until it is fixed
	From     policy.Date         // the day on which it begins; 0: today
}

// Silenced reports whether a waiver or a comment silences the finding.
func (d *Finding) Silenced() bool { return d.Waiver != nil || d.Comment != nil }

// Key says what a finding is about. It does not change when lines move.
type Key struct {
	Rule, User, Group, Role, Permission, Action, Scope string

	With string // the other things, joined
}

// UserKey returns a key that all spellings of a user's id share.
func (d *Finding) UserKey(id string) string {
	if d.ExactUser {
		return id
	}
	return policy.Fold(id)
}

// Key returns the finding's key.
func (d *Finding) Key() Key {
	return Key{d.Rule, d.UserKey(d.User), d.Group, d.Role, d.Permission, d.Action, d.Scope,
		policy.JoinNames(d.With, ",")}
}

// Stopf returns an error that stops the table.
func Stopf(rule string, pos policy.Pos, format string, args ...any) Finding {
	return Finding{Rule: rule, Severity: Error, Pos: pos, Message: fmt.Sprintf(format, args...), Stops: true}
}

// SetSubject says what the finding is about, by the kind of thing: a user, group, scope, role, permission or action.
// Of another kind, it says nothing.
func (d *Finding) SetSubject(kind, name string) {
	switch kind {
	case "user":
		d.User = name
	case "group":
		d.Group = name
	case "scope":
		d.Scope = name
	case "role":
		d.Role = name
	case "permission":
		d.Permission = name
	case "action":
		d.Action = name
	}
}

// WithHelp returns the finding with a help line.
func (d Finding) WithHelp(format string, args ...any) Finding {
	d.Help = fmt.Sprintf(format, args...)
	return d
}

// WithRelated returns the finding with one more place.
func (d Finding) WithRelated(pos policy.Pos, format string, args ...any) Finding {
	if pos.IsValid() {
		d.Related = append(slices.Clip(d.Related), Related{pos, fmt.Sprintf(format, args...)})
	}
	return d
}

// Sort sorts findings by place, then rule, then text, and drops exact repetitions.
func Sort(list []Finding) []Finding {
	inOrder := true
	for i := 1; i < len(list) && inOrder; i++ {
		inOrder = compareFindings(&list[i-1], &list[i]) <= 0
	}
	if !inOrder {
		applyOrder(list, sortIndexes(list))
	}
	return slices.CompactFunc(list, func(a, b Finding) bool { return compareFindings(&a, &b) == 0 })
}

// sortIndexes returns the indexes of the findings in sorted order. Findings are large: sorting them
// directly takes several times as long.
func sortIndexes(list []Finding) []int32 {
	from := make([]int32, len(list))
	for i := range from {
		from[i] = int32(i)
	}
	slices.SortFunc(from, func(a, b int32) int {
		return cmp.Or(compareFindings(&list[a], &list[b]), cmp.Compare(a, b))
	})
	return from
}

// applyOrder moves each finding to its place, in the same slice: a copy of a million findings would
// take hundreds of megabytes. It uses up the order.
func applyOrder(list []Finding, from []int32) {
	for start := range from {
		if from[start] < 0 {
			continue
		}
		first := list[start]
		to := start
		for {
			next := int(from[to])
			from[to] = -1
			if next == start {
				break
			}
			list[to] = list[next]
			to = next
		}
		list[to] = first
	}
}

func compareFindings(a, b *Finding) int {
	if c := cmp.Or(int(a.Pos.File)-int(b.Pos.File), int(a.Pos.Off)-int(b.Pos.Off),
		int(a.Pos.End)-int(b.Pos.End)); c != 0 {
		return c
	}
	for _, x := range [...][2]*string{
		{&a.Rule, &b.Rule}, {&a.User, &b.User}, {&a.Message, &b.Message}, {&a.Scope, &b.Scope},
		{&a.Permission, &b.Permission}, {&a.Role, &b.Role},
	} {
		if c := strings.Compare(*x[0], *x[1]); c != 0 {
			return c
		}
	}
	return 0
}
