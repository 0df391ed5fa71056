package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// UnlistedValue flags a value that the catalog does not list for an attribute.
var UnlistedValue = &lint.Rule{
	ID:       "unlisted-value",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A value that the catalog does not list for an attribute.",
		Why: "If it is misspelt, requirements that check the attribute do not find it. A new licence, say, may be " +
			"right.",
		Do: "Correct it, or add it to the values of the attribute: the help has the line to write.",
		Fires: `product: "call-manager"
scopes: acme: {}
users: "ana@acme.example": {
	roles: [{role: "owner"}]
	attributes: licenses: ["phone-system", "teams-premium"]
}
`,
		Fixed: `catalog: {extends: "call-manager", attributes: user: licenses: values: ["teams-premium"]}
scopes: acme: {}
users: "ana@acme.example": {
	roles: [{role: "owner"}]
	attributes: licenses: ["phone-system", "teams-premium"]
}
`,
		Settings: "An attribute with `closed: true` allows only its values: another one is `unknown-attribute`, an " +
			"error.",
		Gaps: "If the catalog lists no values for an attribute, any value is right.",
	},
	User: func(p *lint.Pass) {
		for i := range p.Policy.UnlistedOf[p.Access.User] {
			reportValue(p, &p.Policy.UnlistedOf[p.Access.User][i], p.Access.User.ID)
		}
	},
	Policy: func(p *lint.Pass) {
		for i := range p.Policy.Unlisted {
			if u := &p.Policy.Unlisted[i]; u.Attribute != nil {
				reportValue(p, u, "")
			}
		}
	},
}

// reportValue reports a value, which a user has, a group, a scope, or a rule.
func reportValue(p *lint.Pass, u *policy.Unlisted, user string) {
	values := p.Names(u.Attribute, func() (values []string) {
		for _, v := range u.Attribute.Values {
			values = append(values, v.Name)
		}
		return values
	})
	d := lint.Findingf(u.Pos, "value %s of attribute %q is not in the catalog", diag.Quote(u.Name), u.Attribute.ID.Name)
	d.User, d.With = user, []string{"value:" + u.Attribute.ID.Name + "=" + u.Name}
	of := "user"
	if p.Policy.Catalog.ScopeAttributes[u.Attribute.ID.Name] == u.Attribute {
		of = "scope"
	} else if p.Policy.Catalog.GroupAttributes[u.Attribute.ID.Name] == u.Attribute {
		of = "group"
	}
	d.Help = howToList(p.Policy, u.Ref, values, []string{"attributes", of, u.Attribute.ID.Name}, "values",
		[]any{u.Name})
	reportUnlisted(p, u, d)
}

// reportUnlisted adds the scope. A shipped catalog lists what it names; a test makes sure of that.
func reportUnlisted(p *lint.Pass, u *policy.Unlisted, d diag.Finding) {
	if p.Policy.Files.File(u.Pos.File).Shipped {
		return
	}
	if u.Scope != nil {
		d.Scope = u.Scope.Path
	}
	if u.Group != nil {
		d.Group = u.Group.ID
	}
	p.Report(d)
}
