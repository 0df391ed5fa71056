package reference_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A row that ends is there on its last day and gone on the next, where nothing
// starts later, no deny rule names a role or has an exception, and nothing needs something absent.
func TestRowsEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		startNow(d)
		withoutRoleDenies(d.Rules)
		withoutRoleDenies(d.Catalog.Rules)
		rows := slices.DeleteFunc(compile(t, inOneFile(d), today).Rows, func(r Row) bool { return r.Expires == "" })
		if len(rows) == 0 || somethingNeedsAbsence(d) {
			t.Skip("no row with a clear end")
		}
		row := one(t, "row", rows)
		if last := find(compile(t, inOneFile(d), row.Expires).Rows, row); last == nil ||
			slices.ContainsFunc(row.Actions, func(a string) bool { return has(last, a) == nil }) {
			t.Fatalf("not there on its last day:\n%v\n%s", row, listing(inOneFile(d)))
		}
		now := find(compile(t, inOneFile(d), daysAfter(row.Expires, 1)).Rows, row)
		if len(row.Actions) == 0 && now != nil || slices.ContainsFunc(row.Actions,
			func(a string) bool { return has(now, a) != nil }) {
			t.Fatalf("there on the day after its last:\n%v\nis\n%v\n%s", row, now, listing(inOneFile(d)))
		}
	})
}

// startNow lets every entry start long ago.
func startNow(d *Declaration) {
	for _, u := range d.Users {
		startEntries(u.Roles, u.Grants)
	}
	for _, u := range d.Invitations {
		startEntries(u.Roles, u.Grants)
	}
	for _, group := range d.Groups {
		startEntries(group.Roles, group.Grants)
		for i := range group.Members {
			group.Members[i].Starts = ""
		}
	}
	for _, users := range []map[string]*User{d.Users, d.Invitations} {
		for _, u := range users {
			for i := range u.Groups {
				u.Groups[i].Starts = ""
			}
		}
	}
}

func startEntries(assignments []Assignment, grants []Grant) {
	for i := range assignments {
		assignments[i].Starts = ""
	}
	for i := range grants {
		grants[i].Starts = ""
	}
}

func withoutRoleDenies(rules map[string]*Rule) {
	for id, rule := range rules {
		if rule.Deny != nil && (rule.Deny.Role != nil || rule.Deny.Unless != nil) {
			delete(rules, id)
		}
	}
}

func daysAfter(date string, days int) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err)
	}
	return day.AddDate(0, 0, days).Format(time.DateOnly)
}
