package rules

import (
	"fmt"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// SelfEscalation flags somebody who could give themselves a critical permission. It is off unless a project turns it
// on: many products let administrators do that.
var SelfEscalation = &lint.Rule{
	ID:       "self-escalation",
	Severity: diag.Off,
	Doc: lint.Doc{
		What: "A user who could alone give themselves a critical permission that they do not hold.",
		Why:  "Who can give it to themselves as good as has it, and no table, rule or review shows it.",
		Do: "Take from the user what lets them give it, or accept the finding with a reason. permc paths USER lists " +
			"each act.",
		Fires: selfEscalation + `users: "kim@acme.example": roles: [{role: "helpdesk", scope: "acme"}]` + "\n",
		Fixed: selfEscalation + `users: "kim@acme.example": roles: [{role: "agent", scope: "acme"}]` + "\n",
		Settings: `The rule is off until its severity is warning or error. The lowest sensitivity that it reports: ` +
			`settings: escalation: "high" (critical by default).`,
		Gaps: "It finds what the catalog says under delegates, of the sensitivity that is set, and what the user can " +
			"do without help. permc paths lists all paths. It looks at today alone.",
	},
	User:   reportEscalation,
	Costly: true,
}

const selfEscalation = `catalog: {
	product: "tickets"
	levels: ["team"]
	permissions: {
		answer: level: "team"
		"assign-roles": {level: "team", sensitivity: "high", delegates: [{gives: roles: true, to: "users"}]}
		"delete-all": {level: "team", sensitivity: "critical"}
	}
	roles: {
		agent: {level: "team", permissions: answer: {}}
		helpdesk: {level: "team", permissions: {answer: {}, "assign-roles": {}}}
		owner: {level: "team", permissions: {answer: {}, "assign-roles": {}, "delete-all": {}}}
	}
}
scopes: acme: {}
settings: severity: "self-escalation": "warning"
`

func reportEscalation(p *lint.Pass) {
	x := p.Escalation()
	if x == nil {
		return
	}
	u := p.Access.User
	d := lint.Findingf(x.At, "%s could get %q on %q alone, in %s, by %s", diag.Quote(u.ID), x.Permission.ID,
		x.Scope.Path, countThings(x.Acts, "act"), x.By)
	d.User, d.Permission, d.Scope = u.ID, x.Permission.ID, x.Scope.Path
	if x.More > 0 {
		d.Notes = append(d.Notes, "they could get more of "+sensitivityText(p.Policy.Escalation)+": "+
			countThings(x.More, "permission"))
	}
	d.Help = "remove what lets the user give it, or accept it with a reason; permc paths USER lists each act"
	p.Report(d)
}

// sensitivityText names what is at least as sensitive as a lowest one.
func sensitivityText(lowest string) string {
	if lowest == policy.Sensitivities[len(policy.Sensitivities)-1] {
		return lowest + " sensitivity"
	}
	return "at least " + lowest + " sensitivity"
}

func countThings(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
