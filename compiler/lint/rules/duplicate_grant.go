package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// DuplicateGrant flags a permission granted twice to one holder on one scope, with the same actions
// and period.
var DuplicateGrant = &lint.Rule{
	ID:       "duplicate-grant",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A permission granted twice to one holder on one scope, with the same actions and period.",
		Why:  "If only one of the two is removed, the access stays.",
		Do:   "Remove one of them.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	grants: [
		{permission: "health", scope: "contoso/emea"},
		{permission: "health", scope: "contoso/emea", reason: "covers for Bo"},
	]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	grants: [{permission: "health", scope: "contoso/emea"}]
}
`,
		Gaps: "A grant that covers another one, with more actions or a longer period, is not reported. Nor is a " +
			"direct grant compared with a group's.",
	},
	Entry: duplicateGrant,
}

func duplicateGrant(p *lint.Pass, e *lint.Subject) bool {
	return e.Permission != nil && reportDuplicate(p, e)
}

// reportDuplicate reports an entry that repeats an earlier one.
func reportDuplicate(p *lint.Pass, e *lint.Subject) bool {
	first := firstSame(p, e)
	if first == e.Index {
		return false
	}
	d := describeEntry(e, lint.Findingf(e.Pos, "%q on %q is listed twice", itemID(e.Entry), e.Scope.Path)).
		WithRelated(e.Entries[first].Pos, "first here")
	d.Help = "remove one of them"
	p.Report(d)
	return true
}

// firstSame returns the index of the first entry that says the same.
func firstSame(p *lint.Pass, e *lint.Subject) int {
	if len(e.Entries) > lint.Few {
		return p.Listing(e.Entries).First(e.Entry)
	}
	for i := range e.Entries[:e.Index] {
		if sameEntry(&e.Entries[i], e.Entry) {
			return i
		}
	}
	return e.Index
}

func sameEntry(a, b *policy.Entry) bool {
	return a.Role == b.Role && a.Permission == b.Permission && a.Scope == b.Scope && a.Actions == b.Actions &&
		a.Starts == b.Starts && a.Ends == b.Ends
}
