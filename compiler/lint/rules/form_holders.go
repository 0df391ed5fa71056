package rules

import (
	"fmt"
	"slices"

	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// countHolders counts the user on each scope where the item is held.
func countHolders(p *lint.Pass, r *policy.Rule) {
	h := r.Holders
	if !p.Access.InAny(h.Groups) {
		return
	}
	seen := map[*policy.Scope]bool{}
	count := func(s *policy.Scope) {
		if s.Level == h.Level && !seen[s] {
			seen[s] = true
			p.Count.Holder(r, s, p.Access.User)
		}
	}
	if h.Role != nil {
		for i := range p.Access.Roles {
			if held := &p.Access.Roles[i]; held.Role == h.Role && held.From == nil &&
				!(h.Direct && held.Group != nil) {
				count(held.Scope)
			}
		}
		return
	}
	for i := range p.Access.Rows {
		if row := &p.Access.Rows[i]; row.Permission == h.Permission && holdsEnough(row, h) {
			count(row.Scope)
		}
	}
}

// holdsEnough reports whether a row counts: with an action left, or all that the rule names, through other roles than
// the excepted ones.
func holdsEnough(row *policy.Row, h *policy.Holders) bool {
	left := row.Actions
	if len(h.Except) > 0 || h.Direct {
		left = 0
		for i := range row.Via {
			v := &row.Via[i]
			if !(h.Direct && v.Group != nil) && !slices.ContainsFunc(h.Except,
				func(r *policy.Role) bool { return v.Through(row, r) }) {
				left |= v.Actions & row.Actions
			}
		}
	}
	if h.Actions == 0 {
		return left != 0
	}
	return left&h.Actions == h.Actions
}

// describeHeld names what is counted.
func describeHeld(h *policy.Holders) string {
	text := fmt.Sprintf("%q", h.ID())
	if h.Actions != 0 {
		text += " (" + policy.JoinNames(h.Permission.Names(h.Actions), ", ") + ")"
	}
	for i, r := range h.Except {
		text += [...]string{" besides ", " and "}[min(i, 1)] + fmt.Sprintf("%q", r.ID)
	}
	for i, g := range h.Groups {
		text += [...]string{" in group ", " or "}[min(i, 1)] + fmt.Sprintf("%q", g.Name)
	}
	if h.Direct {
		text += ", held directly,"
	}
	return text
}

// checkHolders bounds how many users hold an item on a scope. Invited and disabled users count only
// towards the maximum.
func checkHolders(p *lint.Pass, r *policy.Rule, s *policy.Scope) {
	h := r.Holders
	if s.Level != h.Level {
		return
	}
	n := p.Count.Holders(r, s)
	var words string
	over := 0
	switch {
	case n.Active < h.Min:
		words, over = fmt.Sprintf("at least %d needed", h.Min), h.Min-n.Active
	case h.Max >= 0 && n.Total() > h.Max:
		words, over = fmt.Sprintf("at most %d allowed", h.Max), n.Total()-h.Max
	default:
		return
	}
	have := countNoun(n.Active, "holder")
	if n.Invited > 0 {
		have += fmt.Sprintf(" and %d invited", n.Invited)
	}
	if n.Disabled > 0 {
		have += fmt.Sprintf(" and %d disabled", n.Disabled)
	}
	d := declaredFinding(r, s.Pos, "%s of %s on %q, %s", have, describeHeld(h), s.Path, words)
	d.Scope, d.TooFew, d.Over = s.Path, n.Active < h.Min, over
	if d.TooFew {
		d.Extent = []string{"too few"}
	}
	if h.Role != nil {
		d.Role = h.Role.ID
	} else {
		d.Permission = h.Permission.ID
	}
	p.Report(d)
}

func countNoun(n int, what string) string {
	switch n {
	case 0:
		return "no " + what
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
