// Package diag is what the compiler has to say about a project: findings with
// their places, and how severe they are.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Severity is how much a finding weighs.
type Severity uint8

// The severities, lightest first.
const (
	Off Severity = iota
	Warning
	Error
)

func (s Severity) String() string { return [...]string{"off", "warning", "error"}[s] }

// ParseSeverity reads what String writes. Anything else is Error.
func ParseSeverity(s string) Severity {
	switch s {
	case "off":
		return Off
	case "warning":
		return Warning
	}
	return Error
}

// Most is how many faults of one kind of work are collected: a file of another
// kind can hold millions, and nobody reads them.
const Most = 1000

// Related is a second place of a finding.
type Related struct {
	Pos     policy.Pos
	Message string
}

// Thing is a role or a permission on a scope, one of several that a finding is
// about.
type Thing struct{ Role, Permission, Scope string }

// Diagnostic is one finding.
type Diagnostic struct {
	Rule     string
	Severity Severity
	Message  string
	Pos      policy.Pos

	// What it is about, as far as it applies.
	User, Group, Role, Permission, Action, Scope string
	Things                                       []Thing // all of them, where it is about several

	// With are the other things of several, such as "role:auditor". Extent and
	// Over say how far it goes: a finding that goes further than another is not
	// the same. All are sorted.
	With   []string
	Extent []string // such as "action:export", or "role:auditor@contoso/emea"
	Over   int      // how many there are too many, or too few

	Related  []Related
	Notes    []string
	Help     string
	Wrong    string // the name that is unknown, as it is written
	Right    string // the one that it can be a misspelling of, if there is just one
	DenyRule string
	Stops    bool // no table can be made
	TooFew   bool // of something: one more is a step towards the end of the finding
	Waiver   *policy.Waiver
	Comment  *policy.Suppression // that silences it
	Baseline bool                // known before, and accepted until it is mended
	From     policy.Date         // the day from which on it holds; 0: today
}

// Silenced reports whether a waiver or a comment silences the finding.
func (d *Diagnostic) Silenced() bool { return d.Waiver != nil || d.Comment != nil }

// Key is what a finding is about: what stays when lines move.
type Key struct {
	Rule, User, Group, Role, Permission, Action, Scope string

	With string // the other things, joined
}

// Key is that of the finding. Users compare folded.
func (d *Diagnostic) Key() Key {
	return Key{d.Rule, policy.Fold(d.User), d.Group, d.Role, d.Permission, d.Action, d.Scope, strings.Join(d.With, ",")}
}

// Errorf is an error that stops the table.
func Errorf(rule string, pos policy.Pos, format string, args ...any) Diagnostic {
	return Diagnostic{Rule: rule, Severity: Error, Pos: pos, Message: fmt.Sprintf(format, args...), Stops: true}
}

// WithHelp returns the diagnostic with a help line.
func (d Diagnostic) WithHelp(format string, args ...any) Diagnostic {
	d.Help = fmt.Sprintf(format, args...)
	return d
}

// WithRelated returns the diagnostic with one more place.
func (d Diagnostic) WithRelated(pos policy.Pos, format string, args ...any) Diagnostic {
	if pos.IsValid() {
		d.Related = append(slices.Clip(d.Related), Related{pos, fmt.Sprintf(format, args...)})
	}
	return d
}

// Sort orders findings by place, then rule, then text, and drops exact
// repetitions.
func Sort(list []Diagnostic) []Diagnostic {
	inOrder := true
	for i := 1; i < len(list) && inOrder; i++ {
		inOrder = compare(&list[i-1], &list[i]) <= 0
	}
	if !inOrder {
		reorder(list, order(list))
	}
	return slices.CompactFunc(list, func(a, b Diagnostic) bool { return compare(&a, &b) == 0 })
}

// order says where the findings are that come first, second and so on. Findings
// are large: sorting them themselves takes several times as long.
func order(list []Diagnostic) []int32 {
	from := make([]int32, len(list))
	for i := range from {
		from[i] = int32(i)
	}
	slices.SortFunc(from, func(a, b int32) int { return cmp.Or(compare(&list[a], &list[b]), cmp.Compare(a, b)) })
	return from
}

// reorder moves each finding to its place, within the list: another one of a
// million findings would be hundreds of megabytes. It uses up the order.
func reorder(list []Diagnostic, from []int32) {
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

func compare(a, b *Diagnostic) int {
	if c := cmp.Or(int(a.Pos.File)-int(b.Pos.File), int(a.Pos.Off)-int(b.Pos.Off), int(a.Pos.End)-int(b.Pos.End)); c != 0 {
		return c
	}
	for _, x := range [...][2]*string{
		{&a.Rule, &b.Rule}, {&a.User, &b.User}, {&a.Message, &b.Message}, {&a.Scope, &b.Scope}, {&a.Permission, &b.Permission}, {&a.Role, &b.Role},
	} {
		if c := strings.Compare(*x[0], *x[1]); c != 0 {
			return c
		}
	}
	return 0
}

// Stop reports whether any finding stops the table.
func Stop(list []Diagnostic) bool {
	return slices.ContainsFunc(list, func(d Diagnostic) bool { return d.Stops })
}
