package reference_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// excusable is a finding as waivers see it.
type excusable struct {
	Judged
	Message string
	Waived  *struct{ Reason string }
}

// waiver is one of a user or of a group.
type waiver struct {
	Rule, User, Group, Role, Permission, Scope, Approver, Expires string

	byPath bool
}

// silences: "A waiver silences one rule for one user or group. It names the role or permission if the finding has one.
// It names the scope if it is meant for that scope alone, exactly."
func (w *waiver) silences(c *Catalog, f *excusable) bool {
	return w.Rule == f.Rule && (w.User == "" || c.sameUser(w.User, f.User)) && (w.Group == "" || w.Group == f.Group) &&
		w.Role == f.Role && w.Permission == f.Permission && (w.Scope == "" || w.Scope == f.Scope)
}

// fault: "A waiver that has expired, has no approver, or is approved by its beneficiary silences nothing and is itself
// a finding. One that has expired and is self-approved is reported as expired only." "Something that is neither an
// address nor a user, such as tbd, approves nothing."
func (w *waiver) fault(pr project) string {
	switch {
	case w.Expires < today:
		return "expired-waiver"
	case w.Approver == "" || w.Approver == "tbd":
		return "self-approved-waiver"
	case w.User != "" && pr.Catalog.sameUser(w.User, w.Approver):
		return "self-approved-waiver"
	case w.Group != "" && slices.ContainsFunc(pr.membersOf(w.Group), func(p person) bool { return p.id == w.Approver }):
		return "self-approved-waiver"
	}
	return ""
}

// The compiler and the reference agree on what waivers silence, and on what is wrong with them.
func TestWaivers(t *testing.T) {
	waived := 0
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		pr := remembering(d, today)
		found := slices.DeleteFunc(excusables(t, withWaivers(t, d, nil)),
			func(f excusable) bool { return d.isConflict(f.Rule) })
		list := someWaivers(t, pr, found)
		used := make([]bool, len(list))
		var want []string
		for i := range found {
			silenced := false
			for j := range list {
				if w := &list[j]; w.fault(pr) == "" && w.silences(d.Catalog, &found[i]) {
					used[j], silenced = true, true
				}
			}
			if silenced {
				waived++
			}
			want = append(want, fmt.Sprint(found[i].Rule, " ", found[i].Message, " waived: ", silenced))
		}
		for i := range list {
			switch fault := list[i].fault(pr); {
			case fault != "":
				want = append(want, fault)
			case !used[i]:
				want = append(want, "unused-waiver")
			}
		}
		text := withWaivers(t, d, list)
		got := excusedIn(d, excusables(t, text))
		equal(t, d, "findings with\n"+text, lines(want), lines(got))
	})
	if waived == 0 {
		t.Error("nothing was waived")
	}
}

// excusedIn lists the findings with whether they are waived, and those about waivers.
func excusedIn(d *Declaration, found []excusable) (list []string) {
	for _, f := range found {
		switch {
		case slices.Contains([]string{"expired-waiver", "self-approved-waiver", "unused-waiver"}, f.Rule):
			list = append(list, f.Rule)
		case !d.isConflict(f.Rule):
			list = append(list, fmt.Sprint(f.Rule, " ", f.Message, " waived: ", f.Waived != nil))
		}
	}
	return list
}

// isConflict: a finding about two things "can be waived by naming either one".
func (d *Declaration) isConflict(id string) bool {
	rule := (project{Declaration: d}).rules()[id]
	return rule != nil && rule.Conflict != nil
}

func excusables(t *rapid.T, text string) []excusable {
	var out struct{ Findings []excusable }
	run(t, map[string]string{"project.json": text}, &out, "check", "--as-of", today)
	return out.Findings
}

// someWaivers draws waivers of what is found, and of what is near it.
func someWaivers(t *rapid.T, pr project, found []excusable) (list []waiver) {
	for _, f := range found {
		if f.User+f.Group == "" || rapid.IntRange(0, 2).Draw(t, "waived") > 0 {
			continue
		}
		w := waiver{Rule: f.Rule, User: f.User, Role: f.Role, Permission: f.Permission, Scope: f.Scope,
			Expires: one(t, "expires", []string{"2030-01-01", "2030-01-01", "2030-01-01", "2026-06-14"})}
		if pr.Groups[f.Group] != nil && (f.User == "" || rapid.Bool().Draw(t, "of the group")) {
			w.User, w.Group = "", f.Group
		} else if w.User == "" {
			continue
		}
		w.Approver = one(t, "approver", append([]string{"eva@approves.example", "Eva <eva@approves.example>", "", "tbd"},
			sorted(pr.Users)...))
		w.byPath = rapid.Bool().Draw(t, "by path")
		switch one(t, "near", []string{"no", "no", "no", "anywhere", "no role", "other scope", "other rule"}) {
		case "anywhere":
			w.Scope = ""
		case "no role":
			w.Role = ""
		case "other scope":
			w.Scope = one(t, "scope", pr.places()).path
		case "other rule":
			w.Rule = one(t, "rule", found).Rule
		}
		list = append(list, w)
	}
	return list
}

// withWaivers returns the project with waivers as JSON.
func withWaivers(t *rapid.T, d *Declaration, list []waiver) string {
	doc := generic(d).(map[string]any)
	var all []any
	for _, w := range list {
		x := map[string]any{"reason": "small team", "expires": w.Expires}
		for field, value := range map[string]string{"rule": w.Rule, "user": w.User, "group": w.Group, "role": w.Role,
			"permission": w.Permission, "scope": w.Scope, "approver": w.Approver} {
			if value != "" {
				x[field] = value
			}
		}
		if w.byPath && w.Scope != "" {
			delete(x, "scope")
			x["path"] = namesOn(w.Scope, true)
		}
		if rapid.Bool().Draw(t, "ticket") {
			x["ticket"] = "OPS-3"
		}
		all = append(all, x)
	}
	if all != nil {
		doc["waivers"] = all
	}
	return compact(doc)
}
