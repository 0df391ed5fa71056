package align

import (
	"context"
	"fmt"
	"slices"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// withoutDefaults leaves out the fixes that take all roles from users to whom the product then gives its default role.
func (a *planner) withoutDefaults(fixes []*fix) (kept []*fix, left []Left) {
	role := a.project.Policy.Catalog.Default
	if role == nil || !a.project.Policy.Catalog.DefaultForAll {
		return fixes, nil
	}
	gone := map[policy.Pos]bool{}
	for _, f := range fixes {
		for _, pos := range f.cut {
			gone[pos] = true
		}
	}
	for _, f := range fixes {
		u, _ := f.item.Subject()
		hasRole := u == nil || f.disable != nil || u.Invited || f.item.Role == "" ||
			slices.ContainsFunc(u.Entries, func(e policy.Entry) bool { return e.Role != nil && !gone[e.Pos] })
		if hasRole {
			kept = append(kept, f)
			continue
		}
		left = append(left,
			Left{f.item, fmt.Sprintf("without a role of their own, users have %q: if there is no such account, "+
				"permc remove %s", role.ID, u.ID)})
	}
	return kept, left
}

// withoutGains leaves out the fixes by which somebody would gain something, for example since a role reaches further
// from an inner scope, or since a rule denies something to the members of a group.
func (a *planner) withoutGains(ctx context.Context, fixes []*fix) (kept []*fix, left []Left, err error) {
	steps := a.steps(fixes)
	if len(steps) == 0 {
		return fixes, nil, nil
	}
	after, faults := a.project.Rebind(steps[len(steps)-1].Want, a.project.Policy.Catalog)
	if len(faults) > 0 {
		return fixes, nil, nil // change.Make reports them
	}
	c, err := diff.Compare(ctx, a.project, after, &diff.Gates{MaxLost: -1}, nil)
	if err != nil {
		return nil, nil, err
	}
	gains := map[string]*policy.User{}
	groups := map[string]bool{}
	for i := range c.People {
		x := &c.People[i]
		if x.Counts[diff.Gained]+x.Counts[diff.Widened] == 0 || x.Base == nil {
			continue
		}
		gains[x.Base.ID] = x.Base
		for _, m := range x.Base.Memberships {
			groups[m.Group.ID] = true
		}
	}
	for _, f := range fixes {
		if gains[f.item.User] != nil || groups[f.item.Group] {
			left = append(left, Left{f.item, "somebody would gain something by this: edit it by hand"})
		} else {
			kept = append(kept, f)
		}
	}
	return kept, left, nil
}
