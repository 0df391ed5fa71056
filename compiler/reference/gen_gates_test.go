package reference_test

import (
	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff"
)

// gated is the base of a change with gates, as flags or as it declares them itself.
func gated(t *rapid.T, d, h *Declaration) (*compiler.Project, diff.Gates, diff.Matcher) {
	if rapid.Bool().Draw(t, "as flags") {
		m := matcher(t, d, h)
		return loaded(t, "base.json", d), diff.Gates{FailOnGain: true, Forbid: []diff.Matcher{m}, MaxLost: -1}, m
	}
	m := matcher(t, d, d)
	base := loadedText(t, "base.json", compact(withGates(t, d, m)))
	gates := diff.Gates{MaxLost: -1}
	gates.Add(base.Policy.Gates)
	if len(gates.Forbid) != 1 || gates.Forbid[0] != m || !gates.FailOnGain {
		t.Fatalf("declared is %s, and read is %v", m, gates)
	}
	return base, gates, m
}

// withGates is a project with a block of gates as JSON.
func withGates(t *rapid.T, d *Declaration, m diff.Matcher) map[string]any {
	doc, fields := generic(d).(map[string]any), map[string]any{}
	for name, value := range map[string]string{"user": m.User, "affiliation": m.Affiliation, "role": m.Role,
		"permission": m.Permission, "action": m.Action, "level": m.Level, "sensitivity": m.Sensitivity, "group": m.Group,
		"scope": m.Scope} {
		if value != "" {
			fields[name] = value
		}
	}
	if m.Scope != "" && rapid.Bool().Draw(t, "by path") {
		delete(fields, "scope")
		fields["path"] = namesOn(m.Scope, true)
	}
	doc["gates"] = map[string]any{"failOnGain": true, "failOnPolicyChange": rapid.Bool().Draw(t, "policy"),
		"forbid": []any{fields}, "forbidPath": []any{fields}, "maxLost": one(t, "share", []string{"100%", "0.5%"})}
	return doc
}

// matcher draws what is forbidden, of names that either side has.
func matcher(t *rapid.T, d, h *Declaration) (m diff.Matcher) {
	if rapid.Bool().Draw(t, "by role") {
		m.Role = one(t, "role", append(sorted(d.Catalog.Roles), ""))
	}
	if rapid.Bool().Draw(t, "by permission") {
		m.Permission = one(t, "permission", append(sorted(h.Catalog.Permissions), ""))
	}
	if rapid.Bool().Draw(t, "by level") {
		m.Level = one(t, "level", append(h.Catalog.levelNames(), ""))
	}
	if rapid.Bool().Draw(t, "by affiliation") {
		m.Affiliation = one(t, "affiliation", append(sorted(d.Catalog.Affiliations), ""))
	}
	if m.Permission != "" && rapid.Bool().Draw(t, "by action") {
		m.Action = one(t, "action", (project{Declaration: h, asOf: today}).actions(m.Permission))
	}
	if rapid.IntRange(0, 2).Draw(t, "by sensitivity") == 0 {
		m.Sensitivity = one(t, "sensitivity", degrees)
	}
	if rapid.IntRange(0, 3).Draw(t, "by user") == 0 {
		m.User = one(t, "user", append(sorted(d.Users), ""))
	}
	if rapid.IntRange(0, 3).Draw(t, "by scope") == 0 {
		m.Scope = one(t, "scope", project{Declaration: d, asOf: today}.places()).path
	}
	if rapid.IntRange(0, 3).Draw(t, "by group") == 0 {
		m.Group = one(t, "group", append(sorted(d.Groups), ""))
	}
	return m
}
