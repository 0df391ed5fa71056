package rules

import (
	"math/bits"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// DeniedAction flags a grant that names a denied action, or whose actions are all denied.
var DeniedAction = &lint.Rule{
	ID:       "denied-action",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A grant that names a denied action, or whose actions are all denied.",
		Why:  "Somebody tried to give access that nobody may give.",
		Do:   "Remove the action, or the whole grant.",
		Fires: hub + `users: "mia@microsoft.example": {
	affiliation: "microsoft"
	grants: [{permission: "customer-activity", scope: "contoso/emea", actions: ["view", "export"]}]
}
`,
		Fixed: hub + `users: "mia@microsoft.example": {
	affiliation: "microsoft"
	grants: [{permission: "customer-activity", scope: "contoso/emea", actions: ["view"]}]
}
`,
		Gaps: "A grant that names no actions is reported only if nothing of it is left; a partial cut is what the " +
			"deny rule is for.",
	},
	PerMember: true,
	Entry:     deniedAction,
}

func deniedAction(p *lint.Pass, e *lint.Subject) bool {
	if e.User == nil || e.Permission == nil || e.FaultFor(e.User) != 0 || e.Ends.End() < p.Policy.AsOf {
		return false
	}
	var taken policy.Actions
	var by []*policy.Rule // by action
	for _, r := range p.Denies() {
		if !r.Deny.Covers(e.User, e.Scope, p.Access.On) {
			continue
		}
		if by == nil {
			by = make([]*policy.Rule, len(e.Permission.Actions))
		}
		set := r.Deny.Selects(e.Permission)
		for i := range by {
			if set&^taken>>i&1 != 0 {
				by[i] = r
			}
		}
		taken |= set
	}
	if taken == 0 {
		return false
	}
	for _, n := range e.Named() {
		if taken>>n.Action&1 != 0 {
			reportDenied(p, e, n.Action, n.Pos, by[n.Action])
			return true
		}
	}
	if e.Actions&^taken == 0 {
		first := bits.TrailingZeros64(uint64(e.Actions))
		reportDenied(p, e, first, e.Pos, by[first])
		return true
	}
	return false
}

func reportDenied(p *lint.Pass, e *lint.Subject, action int, pos policy.Pos, r *policy.Rule) {
	name := e.Permission.Actions[action]
	d := describeEntry(e, lint.Findingf(pos, "%q of %q is denied to %s", name, e.Permission.ID, diag.Quote(e.User.ID)))
	d.Action, d.DenyRule = name, r.ID
	d.Notes = []string{"rule " + r.ID + ruleText(r)}
	d.Help = "remove the action, or the whole grant"
	if r.Help != "" {
		d.Help = r.Help
	}
	p.Report(d)
}
