package reference_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// equal fails with what differs, and the declaration.
func equal(t rapid.TB, d *Declaration, what string, want, got []string) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-reference +permc):\n%s\n%s", what, diff, listing(inOneFile(d)))
	}
}

// lines writes things one by one, sorted.
func lines[E any](all []E) []string {
	var texts []string
	for _, e := range all {
		texts = append(texts, fmt.Sprintf("%+v", e))
	}
	slices.Sort(texts)
	return texts
}

// declared are the findings of declared rules in a report, with what the
// reference says of each: a scope for holders, a user and a scope for the others,
// with what is held for conflict and require, and neither for labels, which are found at the
// scope that bears one too many.
func declared(d *Declaration, report Report) []Finding {
	var all []Finding
	for _, f := range report.Findings {
		switch rule := (project{Declaration: d, asOf: today}).rules()[f.Rule]; {
		case rule == nil:
		case rule.Conflict != nil:
			scope := f.Scope
			if cmp.Or(rule.Conflict.At, "any") == "any" {
				scope = ""
			}
			all = append(all, Finding{f.Rule, f.User, scope, f.together()})
		case rule.Require != nil:
			all = append(all, Finding{f.Rule, f.User, f.Scope, f.together()})
		case rule.Forbid.asksWhere():
			all = append(all, Finding{f.Rule, f.User, f.Scope, f.file()})
		case rule.Holders != nil:
			all = append(all, Finding{Rule: f.Rule, Scope: f.Scope})
		case rule.Labels != nil:
			all = append(all, Finding{Rule: f.Rule})
		default:
			all = append(all, Finding{Rule: f.Rule, User: f.User, Scope: f.Scope})
		}
	}
	return all
}

// together are all things that a finding is about, sorted.
func (f Judged) together() string {
	things := slices.Clone(f.With)
	if f.Role != "" {
		things = append(things, Item{Role: f.Role}.String())
	}
	if f.Permission != "" {
		things = append(things, Item{Permission: f.Permission}.String())
	}
	slices.Sort(things)
	return strings.Join(slices.Compact(things), "+")
}

// builtIn are the findings of other rules.
func builtIn(d *Declaration, report Report) []Judged {
	return slices.DeleteFunc(report.Findings, func(f Judged) bool {
		own := (project{Declaration: d, asOf: today}).rules()[f.Rule] != nil
		// see TestRedundant
		return own || slices.Contains([]string{"redundant-assignment", "redundant-membership", "redundant-group"},
			f.Rule)
	})
}

// find is what the table says of a user, a scope and a permission: a row for
// each access and end of its actions.
func find(rows []Row, like Row) (list []Row) {
	for _, r := range rows {
		if r.User == like.User && r.Scope == like.Scope && r.Permission == like.Permission {
			list = append(list, r)
		}
	}
	return list
}

// has is the row that has an action.
func has(rows []Row, action string) *Row {
	i := slices.IndexFunc(rows, func(r Row) bool { return slices.Contains(r.Actions, action) })
	if i < 0 {
		return nil
	}
	return &rows[i]
}

// clone is a declaration that shares nothing with the other.
func clone(d *Declaration) *Declaration {
	copied := &Declaration{}
	if err := json.Unmarshal([]byte(compact(d)), copied); err != nil {
		panic(err)
	}
	return copied
}
