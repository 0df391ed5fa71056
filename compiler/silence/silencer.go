package silence

import (
	"fmt"
	"slices"
	"sync"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Rule is a built-in rule, as far as silencing depends on it.
type Rule struct {
	ID    string
	Stops bool // the table: nothing silences it
}

// Silencer applies the waivers and comments of a policy.
type Silencer struct {
	policy *policy.Policy
	rules  []Rule

	once  sync.Once
	meant *meant // of the waivers that are right
}

// New returns a silencer for findings of the built-in rules and of the policy's own.
func New(p *policy.Policy, rules []Rule) *Silencer { return &Silencer{policy: p, rules: rules} }

// Settle sorts findings, drops those that are turned off, applies waivers and comments, and adds
// findings about these.
func (l *Silencer) Settle(found []diag.Finding) []diag.Finding {
	off := func(d diag.Finding) bool { return d.Severity == diag.Off }
	found = diag.Sort(slices.DeleteFunc(diag.Weigh(l.policy, found), off))
	faults := slices.DeleteFunc(diag.Weigh(l.policy, append(l.waive(found), l.suppress(found)...)), off)
	return diag.NameExternal(l.policy.External, diag.Sort(append(found, faults...)))
}

// Until returns the last day on which a waiver or a comment silences a finding of today, or zero if none does so
// until some day.
func (l *Silencer) Until(d *diag.Finding) (last policy.Date) {
	l.once.Do(func() {
		wrong := make([]bool, len(l.policy.Waivers))
		signs := benefits{}
		for i, w := range l.policy.Waivers {
			_, wrong[i] = l.fault(w, signs)
		}
		l.meant = newMeant(l.policy.Waivers, wrong)
	})
	l.meant.each(d, func(n int) { last = max(last, l.policy.Waivers[n].Expires) })
	for i := range l.policy.Suppressions {
		s := &l.policy.Suppressions[i]
		names := slices.ContainsFunc(s.Rules, func(r policy.Ref) bool { return r.Name == d.Rule })
		if names && s.Until >= l.policy.AsOf {
			last = max(last, s.Until)
		}
	}
	return last
}

// AppendEnds appends the days from which a waiver or a comment no longer silences anything.
func (l *Silencer) AppendEnds(days []policy.Date) []policy.Date {
	for _, w := range l.policy.Waivers {
		if w.Expires >= l.policy.AsOf {
			days = append(days, w.Expires+1)
		}
	}
	for i := range l.policy.Suppressions {
		if s := &l.policy.Suppressions[i]; s.Until >= l.policy.AsOf {
			days = append(days, s.Until+1)
		}
	}
	return days
}

func newFinding(pos policy.Pos, format string, args ...any) diag.Finding {
	return diag.Finding{Pos: pos, Message: fmt.Sprintf(format, args...)}
}
