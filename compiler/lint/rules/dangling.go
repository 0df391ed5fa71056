package rules

import (
	"sync"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// Dangling flags a group that is named and declared nowhere, where the catalog allows that.
var Dangling = &lint.Rule{
	ID:       "dangling",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A member, an owner or a user names a group that is declared nowhere.",
		Why:  "It gives nothing. Whoever creates a group of that name gets what is meant for another one.",
		Do:   "Remove it, correct the name, or declare the group.",
		Fires: dangling + `groups: readers: {members: ["kim", "group:gone"], roles: [{role: "reader", scope: "acme"}]}
`,
		Fixed: dangling + `groups: readers: {members: ["kim"], roles: [{role: "reader", scope: "acme"}]}
`,
		Settings: "Only in catalogs with `dangling: \"warning\"`. In others, it is `unknown-group`, an error.",
	},
	Policy: checkDangling,
}

const dangling = `catalog: {
	levels: ["org"]
	dangling: "warning"
	permissions: read: level: "org"
	roles: reader: {level: "org", permissions: read: {}}
}
scopes: acme: {}
users: kim: {}
`

func checkDangling(p *lint.Pass) {
	var ids []string
	for _, g := range p.Policy.Groups {
		ids = append(ids, g.ID)
	}
	near := sync.OnceValue(func() *diag.Names { return diag.NewNames(ids) })
	for _, x := range p.Policy.Dangling {
		d := lint.Findingf(x.Pos, "group %s is declared nowhere, so it gives nothing here", diag.Quote(x.Name))
		d.User, d.Group = x.User, x.Of
		d.With = []string{"group:" + x.Name}
		if d.Help = "remove it, or declare the group"; near().Only(x.Name) != "" {
			d.Help = near().Suggest(x.Name)
		}
		p.Report(d)
	}
}
