package roles

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// noteCondition numbers the condition of a cell, and notes what it gives only then.
func (x *atoms) noteCondition(c *policy.Cell) {
	if c.When == nil {
		return
	}
	n := slices.IndexFunc(x.when, c.When.Equal)
	if n < 0 {
		n, x.when = len(x.when), append(x.when, c.When)
	}
	for _, p := range withImplied(c.Permission) {
		if !slices.Contains(x.under[p.Index], n) {
			x.under[p.Index] = append(x.under[p.Index], n)
		}
	}
}

// conditionsOf returns the conditions under which a cell gives a permission.
func (x *atoms) conditionsOf(c *policy.Cell, p *policy.Permission) []int {
	if c.When == nil {
		return append([]int{0}, x.under[p.Index]...)
	}
	return []int{slices.IndexFunc(x.when, c.When.Equal)}
}

// withImplied returns a permission and all that it implies.
func withImplied(p *policy.Permission) []*policy.Permission {
	all := []*policy.Permission{p}
	for i := 0; i < len(all); i++ {
		for _, next := range all[i].Implies {
			if !slices.Contains(all, next) {
				all = append(all, next)
			}
		}
	}
	return all
}
