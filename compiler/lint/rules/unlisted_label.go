package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnlistedLabel flags a label that the catalog does not list.
var UnlistedLabel = &lint.Rule{
	ID:       "unlisted-label",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A label that the catalog does not list.",
		Why:  "If it is misspelt, roles that reach scopes by label do not reach this one.",
		Do:   "Correct it, or add it to the catalog's labels: the help has the line to write.",
		Fires: `product: "services-hub"
scopes: contoso: scopes: {emea: labels: ["frist"], apac: {}}
`,
		Fixed: `product: "services-hub"
scopes: contoso: scopes: {emea: labels: ["first"], apac: {}}
`,
		Settings: "A catalog with `closedLabels: true` allows only its labels: another one is `unknown-label`, an " +
			"error.",
	},
	Policy: checkLabelNames,
}

func checkLabelNames(p *lint.Pass) {
	for i := range p.Policy.Unlisted {
		u := &p.Policy.Unlisted[i]
		if u.Attribute != nil {
			continue
		}
		known := p.Names("labels", func() (known []string) {
			for _, l := range p.Policy.Catalog.Labels {
				known = append(known, l.ID.Name)
			}
			return known
		})
		d := lint.Findingf(u.Pos, "label %s is not in the catalog", diag.Quote(u.Name))
		d.With = []string{"label:" + u.Name}
		d.Help = howToList(p.Policy, u.Ref, known, nil, "labels", map[string]any{u.Name: map[string]any{}})
		reportUnlisted(p, u, d)
	}
}
