package rules

import (
	"golang.org/x/text/unicode/norm"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/lookalike"
)

// ConfusableName flags a name that looks like another one of its kind.
var ConfusableName = &lint.Rule{
	ID:       "confusable-name",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A group, scope, role or permission whose name looks like another one of its kind.",
		Why:  "A reviewer mistakes one for the other, for example one spelled with a Cyrillic letter.",
		Do:   "Rename the wrong one, or use one of them.",
		Fires: hub + `groups: {
	"leads": {members: ["ana@contoso.example"], roles: [{role: "workspace-administrator", scope: "contoso/emea"}]}
	"l\u0435ads": {members: ["ana@contoso.example"], roles: [{role: "workspace-administrator", scope: "contoso/apac"}]}
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
		Gaps: "Look-alikes of plain ASCII, such as team1 and teaml, are not found. Names that differ only in case " +
			"are " +
			"`similar-name`.",
	},
	Policy: confusableNames,
}

func confusableNames(p *lint.Pass) {
	kindsOfNames(p.Policy, func(kind string, names []aName) {
		eachFolded(names, func(first, again aName) {
			if norm.NFC.String(first.text) == norm.NFC.String(again.text) {
				p.Report(aboutNames(kind, again, first, "looks like %s: only the code points of its letters differ").
					WithHelp("use one of them"))
			}
		})
		list := make([]*policy.User, len(names))
		for i, n := range names {
			list[i] = &policy.User{ID: n.text, Pos: n.pos}
		}
		for _, pair := range lookalike.Find(list) {
			again, like := aName{pair.User.ID, pair.User.Pos}, aName{pair.Like.ID, pair.Like.Pos}
			if parent(again.text) != parent(like.text) {
				continue
			}
			d := aboutNames(kind, again, like, "looks like %s")
			if odd := lookalike.Odd(again.text); odd != "" {
				d.Message += " (" + odd + ")"
			}
			p.Report(d.WithHelp("if they are one, use one name"))
		}
	})
}
