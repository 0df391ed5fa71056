package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnusedPattern flags a pattern of files in a rule that matches no file.
var UnusedPattern = &lint.Rule{
	ID:       "unused-pattern",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A pattern of files in a rule that matches no file of the project.",
		Why: "The rule looks for access in files that do not exist: they may have been renamed, or the pattern is " +
			"misspelt.",
		Do: "Correct the pattern. Paths are relative to the folder of the project, and case matters.",
		Fires: hub + `rules: "managers-by-security": forbid: {permission: "manage-users", exceptFiles: "security/**"}
`,
		Fixed: hub + `rules: "managers-by-security": forbid: {permission: "manage-users", exceptFiles: "*.cue"}
`,
		Gaps: "The patterns under `settings: paths` are not checked, nor are those of rules that come with a product.",
	},
	Policy: checkPatterns,
}

func checkPatterns(p *lint.Pass) {
	example := ""
	for _, f := range p.Policy.Files.Own() {
		if f.Rel != "" {
			example = f.Path()
			break
		}
	}
	for i := range p.Policy.IdleGlobs {
		g := &p.Policy.IdleGlobs[i]
		d := lint.Findingf(g.Pos, "rule %q: no file matches %s", g.Rule, diag.Quote(g.Name))
		d.With = []string{"pattern:" + g.Name, "rule:" + g.Rule}
		d.Help = "paths are relative to the folder of the project, such as " + diag.Quote(example)
		p.Report(d)
	}
}
