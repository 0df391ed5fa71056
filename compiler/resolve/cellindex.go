package resolve

import "permc.dev/permc/compiler/policy"

// cellIndex finds cells of the role that is bound. It is made for roles with many cells alone: others are faster looked
// through, and those are most.
type cellIndex struct {
	role   *policy.Role
	read   int // cells
	all    map[*policy.Permission][]int
	giving map[cellKey][]int
}

// manyCells is from how many cells on a role gets an index.
const manyCells = 256

// cellKey is the same for cells that give the same.
type cellKey struct {
	permission *policy.Permission
	actions    policy.Actions
	when       string
}

func keyOfCell(c *policy.Cell) cellKey {
	k := cellKey{permission: c.Permission, actions: c.Actions}
	if c.When != nil {
		k.when = c.When.String()
	}
	return k
}

// update reads the cells that a role has got since, and reports whether it has many.
func (x *cellIndex) update(r *policy.Role) bool {
	if len(r.Cells) < manyCells {
		return false
	}
	if x.role != r {
		*x = cellIndex{role: r, all: map[*policy.Permission][]int{}, giving: map[cellKey][]int{}}
	}
	for ; x.read < len(r.Cells); x.read++ {
		c := &r.Cells[x.read]
		k := keyOfCell(c)
		x.all[c.Permission], x.giving[k] = append(x.all[c.Permission], x.read), append(x.giving[k], x.read)
	}
	return true
}

// of returns the numbers of the cells of a permission.
func (x *cellIndex) of(r *policy.Role, p *policy.Permission) (list []int) {
	if x.update(r) {
		return x.all[p]
	}
	for i := range r.Cells { // cells are large: this copies none
		if r.Cells[i].Permission == p {
			list = append(list, i)
		}
	}
	return list
}

// find returns the number of the cell that gives the same as another one, or -1.
func (x *cellIndex) find(r *policy.Role, c *policy.Cell) int {
	if x.update(r) {
		for _, i := range x.giving[keyOfCell(c)] {
			if r.Cells[i].GivesAs(c) {
				return i
			}
		}
		return -1
	}
	for i := range r.Cells {
		if y := &r.Cells[i]; y.Permission == c.Permission && y.GivesAs(c) {
			return i
		}
	}
	return -1
}
