package reference_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Adding an assignment takes nothing away, unless by it somebody loses the
// default role or comes under a deny rule that names a role, or a permission
// needs something absent.
func TestMoreGivesMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		more := clone(d)
		g := &gen{T: t, Declaration: more, roles: sorted(more.Catalog.Roles)}
		list := one(t, "list", assignmentLists(more))
		*list = append(*list, g.assignment())

		before, after := compile(t, inOneFile(d), today), compile(t, inOneFile(more), today)
		for _, row := range before.Rows {
			now := find(after.Rows, row)
			less := func(action string) bool {
				r := has(now, action)
				return r == nil || width(row.Access) < width(r.Access)
			}
			if !excused(d, more, row.User) && (now == nil || slices.ContainsFunc(row.Actions, less)) {
				t.Fatalf("by an assignment\n%v\nbecomes\n%v\n%s", row, now, listing(inOneFile(more)))
			}
		}
	})
}

// assignmentLists are those of users and groups.
func assignmentLists(d *Declaration) []*[]Assignment {
	var lists []*[]Assignment
	for _, id := range sorted(d.Users) {
		lists = append(lists, &d.Users[id].Roles)
	}
	for _, id := range sorted(d.Groups) {
		lists = append(lists, &d.Groups[id].Roles)
	}
	return lists
}

// excused reports whether a named rule may take something from a user.
func excused(before, after *Declaration, id string) bool {
	was, is := project{Declaration: before, asOf: today}, project{Declaration: after, asOf: today}
	for _, e := range was.entries(was.person(id)) {
		if e.byDefault && len(was.person(id).Roles) == 0 {
			return true
		}
	}
	for _, rule := range is.rules() {
		if rule.Deny != nil && rule.Deny.Role != nil &&
			is.holdsAny(is.person(id), rule.Deny.Role) && !was.holdsAny(was.person(id), rule.Deny.Role) {
			return true
		}
	}
	return somethingNeedsAbsence(after)
}

func somethingNeedsAbsence(d *Declaration) bool {
	return slices.ContainsFunc(d.Catalog.conditions(), needsAbsence)
}

func needsAbsence(r *Requirement) bool {
	return r.NoneOf != nil || slices.ContainsFunc(r.AllOf, needsAbsence) || slices.ContainsFunc(r.AnyOf, needsAbsence)
}
