package report

import (
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Counts are numbers over all users.
type Counts struct {
	Rows         int                  // of the table
	Held         int                  // rows with an action left, of people who are active
	Invited      int                  // rows that are held once an invitation is accepted
	Disabled     int                  // rows that are held once a user is enabled again
	Withheld     int                  // rows that lost an action to a deny rule
	Denied       map[*policy.Rule]int // rows by the rule that takes something of them
	Own          int                  // rows of own records only
	Sure         [3]int               // held rows by confidence
	Ending       int                  // held rows that end within the horizon
	EndingPeople int

	PeopleBy    map[Group]int // shown on the page
	WithAccess  int           // people who hold something
	Permissions []Holders     // by index
	Roles       []Holders     // by index; assigned or included
	Scopes      []Holders     // by index; who holds something there
	ScopeRows   []int         // by index
	Given       []int         // rows of each permission, by index
	Critical    []Holders     // by permission: who holds a critical part of it
	High        []Holders     // likewise, of high sensitivity at most
	Members     []Holders     // by index of a group; who has a row from one of its entries
}

// Group is the key by which people are counted.
type Group struct {
	Affiliation string
	Status      string
}

// Holders count the people who hold something.
type Holders struct {
	Active, Invited, Disabled int

	Individual int // of the active: by grants alone, somewhere
}

// All counts the people who hold it, once all can.
func (h Holders) All() int { return h.total() }

func (h Holders) plus(o Holders) Holders {
	return Holders{
		Active:     h.Active + o.Active,
		Invited:    h.Invited + o.Invited,
		Disabled:   h.Disabled + o.Disabled,
		Individual: h.Individual + o.Individual,
	}
}

// Total returns the number of people, invited ones included.
func (c *Counts) Total() (n int) {
	for _, k := range c.PeopleBy {
		n += k
	}
	return n
}

func newCounts(p *policy.Policy) Counts {
	return Counts{
		PeopleBy:    map[Group]int{},
		Denied:      map[*policy.Rule]int{},
		Permissions: make([]Holders, len(p.Catalog.Permissions)),
		Roles:       make([]Holders, len(p.Catalog.Roles)),
		Scopes:      make([]Holders, len(p.Scopes)),
		ScopeRows:   make([]int, len(p.Scopes)),
		Given:       make([]int, len(p.Catalog.Permissions)),
		Critical:    make([]Holders, len(p.Catalog.Permissions)),
		High:        make([]Holders, len(p.Catalog.Permissions)),
		Members:     make([]Holders, len(p.Groups)),
	}
}

func (h *Holders) add(u *policy.User) {
	switch {
	case u.Invited:
		h.Invited++
	case u.Disabled:
		h.Disabled++
	default:
		h.Active++
	}
}

func (c *Counts) merge(o *Counts) {
	for _, x := range []struct{ to, from *int }{{&c.Rows, &o.Rows}, {&c.Held, &o.Held}, {&c.Invited, &o.Invited},
		{&c.Disabled, &o.Disabled}, {&c.Withheld, &o.Withheld}, {&c.Own, &o.Own},
		{&c.Sure[0], &o.Sure[0]}, {&c.Sure[1], &o.Sure[1]}, {&c.Sure[2], &o.Sure[2]},
		{&c.Ending, &o.Ending}, {&c.EndingPeople, &o.EndingPeople}, {&c.WithAccess, &o.WithAccess}} {
		*x.to += *x.from
	}
	for i, n := range o.ScopeRows {
		c.ScopeRows[i] += n
	}
	for i, n := range o.Given {
		c.Given[i] += n
	}
	for r, n := range o.Denied {
		c.Denied[r] += n
	}
	for g, n := range o.PeopleBy {
		c.PeopleBy[g] += n
	}
	for _, x := range []struct{ to, from []Holders }{{c.Permissions, o.Permissions}, {c.Roles, o.Roles},
		{c.Scopes, o.Scopes}, {c.Members, o.Members}, {c.Critical, o.Critical}, {c.High, o.High}} {
		for i, h := range x.from {
			x.to[i] = x.to[i].plus(h)
		}
	}
}

// Groups returns the keys of PeopleBy in order.
func (c *Counts) Groups() []Group {
	return slices.SortedFunc(maps.Keys(c.PeopleBy), func(a, b Group) int {
		if a.Affiliation != b.Affiliation {
			if a.Affiliation < b.Affiliation {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Status, b.Status) // active, disabled, invited
	})
}
