package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// GroupCycle flags groups that are members of each other.
var GroupCycle = &lint.Rule{
	ID:       "group-cycle",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What:    "Groups that are members of each other.",
		Why:     "Nobody can tell who is in them.",
		Do:      "Take one of the memberships away.",
		Example: `groups: {a: members: ["group:b"], b: members: ["group:a"]}`,
	},
}
