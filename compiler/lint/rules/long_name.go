package rules

import (
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// LongName flags an id, name or title of more than 256 characters.
var LongName = &lint.Rule{
	ID:       "long-name",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "An id, name or title of more than 256 characters.",
		Why:  "No directory has names that long, and they push what matters out of sight in comments and tables.",
		Do:   "Shorten it to 256 characters.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	name: "Ana Diaz, ` + long + `"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	name: "Ana Diaz"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
	},
	Policy: longNames,
}

const long = "who looks after the workspaces of the customer in Europe, the Middle East and Africa, " +
	"and stands in for the colleague who looks after those of the customer in Asia and the Pacific " +
	"on the days on which that colleague is on leave or at a conference of the vendor"

func longNames(p *lint.Pass) {
	report := func(pos policy.Pos, kind, name string) *diag.Finding {
		if len(name) <= policy.LongestName || utf8.RuneCountInString(name) <= policy.LongestName {
			return nil
		}
		d := lint.Findingf(pos, "%s has %d characters, at most %d allowed: %s", kind, utf8.RuneCountInString(name),
			policy.LongestName, diag.Quote(name))
		d.Help = "shorten it to 256 characters"
		return &d
	}
	for _, u := range p.Policy.Users {
		for _, d := range []*diag.Finding{report(u.Pos, "user id", u.ID), report(u.Pos, "user name", u.Name)} {
			if d != nil {
				d.User = u.ID
				p.Report(*d)
			}
		}
	}
	for _, g := range p.Policy.Groups {
		for _, d := range []*diag.Finding{report(g.Pos, "group id", g.ID), report(g.Pos, "group title", g.Title)} {
			if d != nil {
				d.Group = g.ID
				p.Report(*d)
			}
		}
	}
	for _, s := range p.Policy.Scopes {
		for _, d := range []*diag.Finding{report(s.Pos, "scope id", s.Path[strings.LastIndexByte(s.Path, '/')+1:]),
			report(s.Pos, "scope title", s.Title)} {
			if d != nil {
				d.Scope = s.Path
				p.Report(*d)
			}
		}
	}
}
