package fix

import (
	"fmt"
	"slices"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// harm is an unwanted effect of edits. whose is the user, or the group with its
// prefix; at is the place of a name. Either is empty if not known.
type harm struct {
	whose, why string
	at         policy.Pos
}

// harm finds what removals should not have changed.
func (r *runner) harm(a, b *state, done []*proposal) (found []harm, err error) {
	if b.project.Policy == nil {
		return []harm{b.broken("removing it would make the project fail: ")}, nil
	}
	targets := map[target]bool{}
	for _, p := range done {
		for i := range p.findings {
			targets[target{holderOf(&p.findings[i]), p.place}] = true
		}
	}
	for _, d := range compareDeclared(a.project.Declared(), b.project.Declared(), targets, targetsOf(done)) {
		found = append(found, harm{whose: d.holder, why: "removing it would change more than this entry"})
	}
	if len(found) > 0 {
		return found, nil
	}
	rows, before, after, err := diff.Pairs(r.ctx, a.project, b.project, compareRows)
	if err != nil {
		return nil, err
	}
	b.findings = after
	found = append(rows, r.later(a.project, b.project, targets)...)
	had := countFindings(before)
	for i := range after {
		d := &after[i]
		if had[keyOf(d)]--; had[keyOf(d)] >= 0 {
			continue
		}
		why := "removing it would cause " + d.Rule + ": " + d.Message
		if d.Silenced() {
			why = "removing it would silence another finding: " + d.Message
		}
		found = append(found, harm{whose: whoseFinding(d), why: why})
	}
	if len(found) == 0 && len(after) >= len(before) {
		found = append(found, harm{why: "removing it would not fix the finding"})
	}
	return append(found, r.expected(a.project, b.project)...), nil
}

// broken returns the harm of a state that cannot be evaluated.
func (s *state) broken(why string) harm {
	if len(s.findings) == 0 {
		return harm{why: why}
	}
	return harm{whose: s.findings[0].User, why: why + s.findings[0].Message}
}

func whoseFinding(d *diag.Finding) string {
	if d.User == "" && d.Group != "" {
		return "group:" + d.Group
	}
	return d.User
}

// compareRows adds a harm if a user's rows differ between two projects.
func compareRows(list []harm, a, b *policy.Access) []harm {
	switch {
	case b == nil:
		return append(list, harm{whose: a.User.ID, why: diag.Quote(a.User.ID) + " would be removed"})
	case a == nil:
		return append(list, harm{whose: b.User.ID, why: diag.Quote(b.User.ID) + " would be new"})
	}
	if row := firstOther(a.Rows, b.Rows); row != nil {
		why := fmt.Sprintf("removing it would change the table: %s of %s on %s", diag.Quote(row.Permission.ID),
			diag.Quote(a.User.ID), diag.Quote(row.Scope.Path))
		return append(list, harm{whose: a.User.ID, why: why})
	}
	return list
}

// firstOther returns the first row that differs, or nil.
func firstOther(a, b []policy.Row) *policy.Row {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return &b[i]
		case i >= len(b) || !sameRow(&a[i], &b[i]):
			return &a[i]
		}
	}
	return nil
}

// sameRow reports whether two rows give the same access, whatever their sources.
func sameRow(a, b *policy.Row) bool {
	return a.User.ID == b.User.ID && a.User.Status() == b.User.Status() && a.User.Affiliation == b.User.Affiliation &&
		a.Scope.Path == b.Scope.Path && a.Permission.ID == b.Permission.ID && a.Actions == b.Actions &&
		a.Records == b.Records && a.Ends == b.Ends &&
		slices.EqualFunc(a.Withheld, b.Withheld, func(x, y policy.Withheld) bool {
			return x.Action == y.Action && x.Rule.ID == y.Rule.ID
		})
}
