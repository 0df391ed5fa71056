package lint

import (
	"permc.dev/permc/compiler/policy"
)

// Counts counts over all users: the holders of a rule's item on each scope, and the members for whom a
// group's entry has a finding of its own.
type Counts struct {
	holders map[holderKey]Holders
	members map[*policy.Entry]int                 // members of a group with a finding about the entry
	later   map[policy.Date]map[holderKey]Holders // how many more holders there are from a day on
	last    []holderKey                           // where the user looked at last was counted
}

func (c *Counts) caught(e *policy.Entry) {
	if c.members == nil {
		c.members = map[*policy.Entry]int{}
	}
	c.members[e]++
}

type holderKey struct {
	rule  *policy.Rule
	scope *policy.Scope
}

// Holders is how many users hold something.
type Holders struct{ Active, Invited, Disabled int }

// holder counts one user.
func holder(u *policy.User) Holders {
	switch {
	case u.Invited:
		return Holders{Invited: 1}
	case u.Disabled:
		return Holders{Disabled: 1}
	}
	return Holders{Active: 1}
}

// plus adds another count, so many times.
func (h Holders) plus(o Holders, times int) Holders {
	return Holders{h.Active + times*o.Active, h.Invited + times*o.Invited, h.Disabled + times*o.Disabled}
}

// Total counts those who hold it, once all can.
func (h Holders) Total() int { return h.Active + h.Invited + h.Disabled }

// Holder counts one user as a holder.
func (c *Counts) Holder(r *policy.Rule, s *policy.Scope, u *policy.User) {
	c.count(holderKey{r, s}, holder(u))
	c.last = append(c.last, holderKey{r, s})
}

// count adds n holders.
func (c *Counts) count(k holderKey, n Holders) {
	if c.holders == nil {
		c.holders = map[holderKey]Holders{}
	}
	c.holders[k] = c.holders[k].plus(n, 1)
}

// apply adds the holders that there are more from a day on.
func (c *Counts) apply(changes map[holderKey]Holders) {
	for k, n := range changes {
		c.count(k, n)
	}
}

// Holders returns how many holders were counted.
func (c *Counts) Holders(r *policy.Rule, s *policy.Scope) Holders { return c.holders[holderKey{r, s}] }

// add adds the counts of others, times 1, or times -1 for users who are gone.
func (c *Counts) add(o *Counts, times int) {
	for e, n := range o.members {
		if c.members == nil {
			c.members = map[*policy.Entry]int{}
		}
		c.members[e] += times * n
	}
	for k, n := range o.holders {
		c.count(k, Holders{}.plus(n, times))
	}
	for day, changes := range o.later {
		for k, n := range changes {
			c.from(day, k, Holders{}.plus(n, times))
		}
	}
}

// from adds n holders from a day on.
func (c *Counts) from(day policy.Date, k holderKey, n Holders) {
	if c.later == nil {
		c.later = map[policy.Date]map[holderKey]Holders{}
	}
	if c.later[day] == nil {
		c.later[day] = map[holderKey]Holders{}
	}
	c.later[day][k] = c.later[day][k].plus(n, 1)
}
