package diff

import (
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/lookalike"
)

// Doubles returns findings about users of the head alone who look like one of
// the base alone: an account that replaces another, and reads like it. Two of
// the head are found by the rule itself.
func Doubles(base, head *compiler.Project) (found []diag.Finding) {
	if base == nil || !base.Policy.ForeignIDs && !head.Policy.ForeignIDs {
		return nil
	}
	severity := rules.ConfusableUser.Severity
	if s, ok := base.Policy.Severities[rules.ConfusableUser.ID]; ok {
		severity = diag.ParseSeverity(s)
	}
	if severity == diag.Off {
		return nil
	}
	var gone, come []*policy.User
	for _, p := range pairUsers(base.Policy.Users, head.Policy.Users, userKey(base, head)) {
		switch {
		case p[0] == nil:
			come = append(come, p[1])
		case p[1] == nil:
			gone = append(gone, p[0])
		}
	}
	for _, pair := range lookalike.Across(come, gone) {
		d := rules.Confusable(pair)
		d.Rule, d.Severity, d.Related = rules.ConfusableUser.ID, severity, nil
		d.Message += "; the base has the other one"
		found = append(found, d)
	}
	return found
}
