package explain

import (
	"fmt"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// conditional says what is missing for the cells of held roles that count for some users only.
func (a *Answer) conditional(targets []*policy.Scope) {
	for _, s := range targets {
		if row := a.rowAt(s); row != nil && a.given(row) {
			continue // withheld
		}
		for _, x := range a.Access.Conditionals(a.Permission, a.Wanted(), s) {
			for _, r := range splitRequirement(x.Cell.When) {
				a.unmetCondition(&x, r)
			}
		}
	}
}

// unmetCondition adds a part of a cell's condition to what is missing, once.
func (a *Answer) unmetCondition(x *policy.Conditional, r *policy.Requirement) {
	part := a.part(r, x.Scope)
	if part.Met {
		return
	}
	requirement, found := part.Requirement, part.Found
	if len(part.Parts) > 0 && len(r.AnyOf) > 0 {
		requirement, found = "one of: "+joinParts(part.Parts), "none of them is met"
	}
	requirement = fmt.Sprintf("%s, for role %q to give it", requirement, x.Held.Role.ID)
	if slices.ContainsFunc(a.Missing, func(m Missing) bool { return m.Requirement == requirement }) {
		return
	}
	m := a.miss(requirement, x.Held.Entry.Pos, "%s; has role %q on %s", found, x.Held.Role.ID,
		diag.Quote(x.Held.Scope.Path))
	m.Help = part.Hint
}

// stepsToCondition returns the changes that are each a step towards the condition of a cell of a held role.
func (s *search) stepsToCondition(a *policy.Access) (list []step) {
	for _, x := range a.Conditionals(s.Permission, s.Wanted(), s.target) {
		for _, c := range s.waysToMeet(x.Cell.When, s.target, a, 0) {
			list = append(list, step{c, false})
		}
	}
	return list
}
