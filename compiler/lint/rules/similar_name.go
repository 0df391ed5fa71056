package rules

import (
	"golang.org/x/text/unicode/norm"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// SimilarName flags a name that differs from another one of its kind only in case.
var SimilarName = &lint.Rule{
	ID:       "similar-name",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A group, scope, role or permission whose name differs from another one of its kind only in case.",
		Why: "These are two names, as in systems that tell case apart. People mix them up, and many systems do not " +
			"tell them apart.",
		Do: "Use one of them. If the system has both, accept the finding with a comment.",
		Fires: hub + `groups: {
	"leads": {members: ["ana@contoso.example"], roles: [{role: "workspace-administrator", scope: "contoso/emea"}]}
	"Leads": {members: ["ana@contoso.example"], roles: [{role: "workspace-administrator", scope: "contoso/apac"}]}
}
users: "ana@contoso.example": affiliation: "customer"
`,
		Fixed: hub + `groups: "leads": {
	members: ["ana@contoso.example"]
	roles: [
		{role: "workspace-administrator", scope: "contoso/emea"},
		{role: "workspace-administrator", scope: "contoso/apac"},
	]
}
users: "ana@contoso.example": affiliation: "customer"
`,
		Gaps: "Actions and labels are not compared.",
	},
	Policy: similarNames,
}

func similarNames(p *lint.Pass) {
	likeBuiltIn(p)
	kindsOfNames(p.Policy, func(kind string, names []aName) {
		eachFolded(names, func(first, again aName) {
			if norm.NFC.String(first.text) != norm.NFC.String(again.text) {
				p.Report(aboutNames(kind, again, first, "differs from %s only in case").WithHelp("use one of them"))
			}
		})
	})
}

// likeBuiltIn reports groups that are nearly called as a built-in one, which nobody declares.
func likeBuiltIn(p *lint.Pass) {
	declared := map[string]bool{}
	for _, g := range p.Policy.Groups {
		declared[g.ID] = true
	}
	for _, g := range p.Policy.Groups {
		id := policy.Fold(g.ID)
		if _, like := policy.CutEveryone(id); !like || id == g.ID || declared[id] {
			continue
		}
		d := lint.Findingf(g.Pos, "group %s differs from %s only in case, which is built in", diag.Quote(g.ID),
			diag.Quote(id)).WithHelp("write %s if it has all of them, or give it another name", id)
		d.Group, d.With = g.ID, []string{"group:" + id}
		p.Report(d)
	}
}
