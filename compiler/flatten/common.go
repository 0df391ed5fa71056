package flatten

import (
	"slices"
	"sync/atomic"

	"permc.dev/permc/compiler/policy"
)

// Many users are in the same group, and most of their rows come from it alone. Such rows are the same for all of them,
// but for deny rules. So they are made once.

// Common remembers what groups give on the policy's day. Goroutines may share it. It is for many users of one policy,
// whose groups do not change.
type Common struct {
	slots   [1 << slotBits]atomic.Pointer[common] // by a hash of the group
	sources atomic.Int64                          // of all rows
}

const slotBits = 12

// mostCommon bounds the sources in memory, which take about 200 bytes each with their rows.
const mostCommon = 1 << 17

// NewCommon returns what flatteners of a policy can share, or nil if they would share nothing.
func NewCommon(p *policy.Policy) *Common {
	if !slices.ContainsFunc(p.Groups, func(g *policy.Group) bool { return len(g.Entries) > 0 }) {
		return nil
	}
	return &Common{}
}

// Sharing returns the flattener, which from now on shares what groups give with others.
func (f *Flattener) Sharing(c *Common) *Flattener {
	if !f.conditional && f.only == nil { // else it would depend on more than the groups
		f.common, f.gives = c, make([]int32, len(f.policy.Groups))
	}
	return f
}

// common is what a group gives to its members until the membership ends. Until somebody else is in the group for as
// long, it lacks all that is given.
type common struct {
	group *policy.Group
	ends  policy.Date
	made  bool

	roles    []policy.Held
	rows     []policy.Row // before deny rules, and without a user
	keys     []uint64     // of the rows
	sources  int
	implying []implying
}

// implying are actions with which a permission that implies others is given.
type implying struct {
	permission *policy.Permission
	actions    policy.Actions
}

// sharedBy returns what one of the user's groups gives, the one that gives most, if somebody was in it before.
func (f *Flattener) sharedBy(u *policy.User) *common {
	if f.common == nil || f.day != f.policy.AsOf || f.spreads.on {
		return nil
	}
	var of *policy.Membership
	var until policy.Date
	most := int32(0)
	for i := range u.Memberships {
		m := &u.Memberships[i]
		if n := f.gives[m.Group.Index]; n > most {
			if ends, ok := m.Periods.On(f.day); ok {
				of, until, most = m, ends, n
			}
		}
	}
	if of == nil {
		return nil
	}
	hash := (uint64(of.Group.Index)<<32 ^ uint64(until)) * 0x9E3779B97F4A7C15
	slot := &f.common.slots[hash>>(64-slotBits)]
	c := slot.Load()
	known := c != nil && c.group == of.Group && c.ends == until
	if known && (c.made || f.common.sources.Load() >= mostCommon) {
		return c
	}
	next := &common{group: of.Group, ends: until}
	if known {
		f.makeCommon(next, u)
	}
	if c = slot.Swap(next); c != nil {
		f.common.sources.Add(-int64(c.sources))
	}
	f.common.sources.Add(int64(next.sources))
	return next
}

// givesToAll reports whether an entry of a group gives the same to all members.
func givesToAll(e *policy.Entry) bool {
	if e.Role != nil {
		return !e.Role.Limited
	}
	return e.Permission.GrantTo == nil
}

// makeCommon makes what the group gives to one of its members.
func (f *Flattener) makeCommon(c *common, u *policy.User) {
	a := policy.Access{User: u, On: f.day}
	f.items, f.sources = f.items[:0], f.sources[:0]
	f.giveGroup(&a, c.group, c.ends)
	f.giveBlocks()
	f.imply(nil)
	f.sort()
	f.addUp(&a, nil, nil)
	c.made, c.roles, c.rows, c.keys = true, slices.Clip(a.Roles), slices.Clone(a.Rows), make([]uint64, len(a.Rows))
	for i := range c.rows {
		c.sources += len(c.rows[i].Via)
	}
	vias := make([]policy.Via, 0, c.sources)
	for i := range c.rows {
		r := &c.rows[i]
		from := len(vias)
		vias = append(vias, r.Via...)
		r.User, r.Via, c.keys[i] = nil, vias[from:len(vias):len(vias)], rowKey(r.Scope, r.Permission)
		if len(r.Permission.Implies) == 0 {
			continue
		}
		for j := range r.Via {
			if x := (implying{r.Permission, r.Via[j].Actions}); !slices.Contains(c.implying, x) {
				c.implying = append(c.implying, x)
			}
		}
	}
}

// mayLose reports whether deny rules may take all actions of a source that implies others.
func (c *common) mayLose(denies []*deny) bool {
	for _, x := range c.implying {
		left := x.actions
		for _, d := range denies {
			left &^= d.takes(x.permission.Index)
		}
		if left == 0 {
			return true
		}
	}
	return false
}
