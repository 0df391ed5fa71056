package resolve

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"permc.dev/permc/compiler/policy"
)

// newCell returns a cell of one of few permissions, in one of few ways.
func newCell(r *rand.Rand, permissions []*policy.Permission) policy.Cell {
	c := policy.Cell{
		Permission: permissions[r.IntN(len(permissions))],
		Actions:    policy.Actions(1 + r.IntN(3)),
		Reach:      policy.Reach{Kind: []policy.ReachKind{policy.Self, policy.Subtree}[r.IntN(2)]},
		Own:        r.IntN(2) == 0,
	}
	if n := r.IntN(4); n > 0 {
		group := &policy.Requirement{GroupName: policy.Ref{Name: fmt.Sprint("group-", n)}}
		c.When = []*policy.Requirement{group, {AnyOf: []*policy.Requirement{group}}}[r.IntN(2)]
	}
	return c
}

// The index of a large role finds what looking through its cells finds, for cells that were added since, too.
func TestCellIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var permissions []*policy.Permission
	for i := range 20 {
		permissions = append(permissions, &policy.Permission{ID: fmt.Sprint("permission-", i), Index: i,
			Actions: []string{"read", "write"}})
	}
	var x cellIndex
	for range 3 {
		role := &policy.Role{}
		for len(role.Cells) < 3*manyCells {
			c := newCell(r, permissions)
			want := slices.IndexFunc(role.Cells, func(y policy.Cell) bool {
				return y.Permission == c.Permission && y.GivesAs(&c)
			})
			if got := x.find(role, &c); got != want {
				t.Fatalf("of %d cells: got %d, want %d", len(role.Cells), got, want)
			}
			var all []int
			for i := range role.Cells {
				if role.Cells[i].Permission == c.Permission {
					all = append(all, i)
				}
			}
			if got := x.of(role, c.Permission); !slices.Equal(got, all) {
				t.Fatalf("of %d cells: got %v, want %v", len(role.Cells), got, all)
			}
			role.Cells = append(role.Cells, c)
		}
	}
}
