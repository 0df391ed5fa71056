package resolve

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// settings binds the severities of rules, everywhere and in files.
func (b *policyBinder) settings() {
	ids := b.ruleIDs()
	known, denies := map[string]bool{}, map[string]bool{}
	for _, id := range ids {
		known[id] = true
	}
	for _, r := range b.policy.Denies {
		denies[r.ID] = true
	}
	b.policy.FailOn = b.declared.FailOn.Name
	b.policy.Escalation = cmp.Or(b.declared.Escalation.Name, "critical")
	for _, s := range b.declared.Severities {
		switch glob := s.Files; {
		case !known[s.Rule.Name]:
			b.unknown("rule", s.Rule, ids)
		case !b.settable(s, denies[s.Rule.Name]):
		case !glob.Given():
			b.policy.Severities[s.Rule.Name] = s.Value.Name
		case policy.CheckGlob(glob.Name) != nil:
			b.fail(diag.Stopf("schema", glob.Pos, "%s is not a valid pattern: %v", diag.Quote(glob.Name),
				policy.CheckGlob(glob.Name)))
		default:
			b.inFiles(s)
		}
	}
}

// settable reports whether a setting of a rule is allowed, and adds a finding if not.
func (b *policyBinder) settable(s policy.Setting, denies bool) bool {
	id := s.Rule.Name
	switch {
	case slices.Contains(b.opts.Stopping, id) && s.Value.Name != "error":
		b.errorf("schema", s.Value.Pos, "rule %q stops the table, so its severity must be error", id)
	case denies:
		b.fail(diag.Stopf("schema", s.Value.Pos, "rule %q is a deny rule, so its severity has no effect", id).
			WithHelp("set the severity of denied-action instead"))
	default:
		return true
	}
	return false
}

// inFiles records a severity for the files that a pattern matches. If a file has several, the most
// severe one counts.
func (b *policyBinder) inFiles(s policy.Setting) {
	for i, f := range b.policy.Files.All() {
		if f.Rel == "" || !policy.MatchGlob(s.Files.Name, f.Rel) {
			continue
		}
		if b.policy.InFiles == nil {
			b.policy.InFiles = map[int32]map[string]string{}
		}
		of := b.policy.InFiles[int32(i+1)]
		if of == nil {
			of = map[string]string{}
			b.policy.InFiles[int32(i+1)] = of
		}
		if old, ok := of[s.Rule.Name]; !ok || diag.ParseSeverity(old) < diag.ParseSeverity(s.Value.Name) {
			of[s.Rule.Name] = s.Value.Name
		}
	}
}
