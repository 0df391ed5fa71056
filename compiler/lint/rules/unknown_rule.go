package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownRule flags a rule id that is neither built in, nor shipped, nor declared.
var UnknownRule = &lint.Rule{
	ID:       "unknown-rule",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "A rule id that is neither built in, nor shipped, nor declared.",
		Why:  "A waiver or setting for it does nothing.",
		Do:   "Use one of the ids that permc rules lists.",
		Fires: hub + `settings: severity: "expire-soon": "off"
`,
		Fixed: hub + `settings: severity: "expires-soon": "off"
`,
		Gaps: "A comment that names an unknown rule is reported as invalid-suppression instead, so that a comment " +
			"never stops the table.",
	},
}
