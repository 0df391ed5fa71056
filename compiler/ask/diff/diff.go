// Package diff compares two tables user by user, and names the lines that caused each change.
package diff

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Kind says how a row changes.
type Kind uint8

// The kinds of changes, in the order in which people read them.
const (
	Gained Kind = iota
	Widened
	Narrowed
	Lost
	ReasonChanged
)

func (k Kind) String() string {
	return [...]string{"gained", "widened", "narrowed", "lost", "reason-changed"}[k]
}

// More reports whether somebody can do more.
func (k Kind) More() bool { return k == Gained || k == Widened }

// Less reports whether somebody can do less.
func (k Kind) Less() bool { return k == Lost || k == Narrowed }

// Change describes how one row changes from a day on. A row that widens and narrows makes two.
type Change struct {
	Kind Kind
	User *policy.User // of the head, or of the base if only there
	// nil where there is none; as of From, or of the day before where something goes on longer
	Before, After *policy.Row
	Differences   []Difference // of a row that is widened or narrowed
	Actions       []string     // that somebody can do more or less with on some day of it
	Roles         []string     // that the row comes through on some day of it, on either side
	Groups        []string     // likewise, if a matcher asks
	From, Until   policy.Date  // its first and last day; 0: the day of the comparison, and no end
	Was           string       // how sensitive the actions are in the base, "" if they are not there
	// the day after Until, if then both sides hold it: it comes earlier, or comes back; else 0
	Again  policy.Date
	Causes []Cause
}

// Row returns the row after the change, or the removed one.
func (c *Change) Row() *policy.Row {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

// Cause is a line that caused a change.
type Cause struct {
	Base bool // the line is in the base
	Pos  policy.Pos
	Why  string // in a word or two, where it is not the entry itself
}

// Policies compares users of two policies. The base is nil where there is none.
type Policies struct {
	base, head  *policy.Policy
	scopes      []int32              // of the base, as indexes of the head or -1
	permissions []int32              // likewise
	was         []*policy.Permission // the head's permissions in the base, nil if not there
	sameRoles   map[string]bool      // those that give what they gave
	sameGroups  map[string]bool      // those that hold the same entries
	sameRules   map[string]bool      // deny rules that say the same
	sameWorld   bool                 // all but users and groups is as it was
	facts       Facts
	tally       *Tally // or nil
	wantGives   bool   // a matcher asks what roles give

	forAnybody []int            // matchers of forbidden gains that name no user
	forUser    map[string][]int // the others, by the key of the user
	wantRoles  bool             // a matcher asks which roles rows come through
	wantGroups bool             // likewise, groups
	whole      bool             // changes have causes and differences from the first look on
}

// Facts tells where facts about users are written. Any may be nil.
type Facts struct {
	// Domain is the affiliation that the base gives the domain of a user, or "".
	Domain func(u *policy.User) string
	// Affiliation is where that of a user is written: at the user, or at the domain.
	Affiliation func(base bool, u *policy.User) policy.Pos
	// Status is where the status of a user is written.
	Status func(base bool, u *policy.User) policy.Pos
	// Identity is where the first id of a user in another system is written.
	Identity func(base bool, u *policy.User, system string) policy.Pos
	// Attribute is where an attribute of a user is written.
	Attribute func(base bool, u *policy.User, name string) policy.Pos
}

// New returns a comparison of two policies, for any number of goroutines. The
// catalogs and rules are known to be alike, or may differ.
func New(base, head *policy.Policy, alike bool, facts Facts) *Policies {
	p := &Policies{
		base:       base,
		head:       head,
		sameRoles:  map[string]bool{},
		sameGroups: map[string]bool{},
		sameRules:  map[string]bool{},
		facts:      facts,
	}
	if base == nil {
		return p
	}
	p.sameWorld = alike && slices.EqualFunc(base.Scopes, head.Scopes, sameScope)
	p.pairNames()
	p.findAlike()
	return p
}

// pairNames finds the scopes and permissions of each side on the other.
func (p *Policies) pairNames() {
	for _, s := range p.base.Scopes {
		to := int32(-1)
		if h := p.head.ScopeByPath[s.Path]; h != nil {
			to = int32(h.Index)
		}
		p.scopes = append(p.scopes, to)
	}
	for _, x := range p.base.Catalog.Permissions {
		to := int32(-1)
		if h := p.head.Catalog.PermissionByID[x.ID]; h != nil {
			to = int32(h.Index)
		}
		p.permissions = append(p.permissions, to)
	}
	for _, x := range p.head.Catalog.Permissions {
		p.was = append(p.was, p.base.Catalog.PermissionByID[x.ID])
	}
}

// findAlike finds the roles, deny rules and groups that both sides have alike.
func (p *Policies) findAlike() {
	for _, r := range p.head.Catalog.Roles {
		p.sameRoles[r.ID] = sameRole(p.base.Catalog.RoleByID[r.ID], r)
	}
	for _, r := range p.head.Denies {
		for _, b := range p.base.Denies {
			if r.ID == b.ID {
				p.sameRules[r.ID] = sameSelector(b.Deny, r.Deny) &&
					slices.Equal(p.base.Catalog.LevelNames(b.Deny.Levels), p.head.Catalog.LevelNames(r.Deny.Levels))
			}
		}
	}
	for _, g := range p.head.Groups {
		if b := groupOf(p.base, g.ID); b != nil {
			p.sameGroups[g.ID] = slices.EqualFunc(b.Entries, g.Entries, sameEntry)
		}
	}
}

// sameRole reports whether two roles of one id give and include the same.
func sameRole(a, b *policy.Role) bool {
	if a == nil || len(a.Cells) != len(b.Cells) || len(a.Includes) != len(b.Includes) {
		return false
	}
	for i := range a.Cells {
		x, y := &a.Cells[i], &b.Cells[i]
		if x.Permission.ID != y.Permission.ID || x.Own != y.Own || !sameReach(x.Reach, y.Reach) ||
			!x.When.Equal(y.When) ||
			!slices.Equal(x.Permission.Names(x.Actions), y.Permission.Names(y.Actions)) {
			return false
		}
	}
	for i := range a.Includes {
		if a.Includes[i].Role.ID != b.Includes[i].Role.ID || !sameReach(a.Includes[i].Reach, b.Includes[i].Reach) {
			return false
		}
	}
	return true
}

func sameReach(a, b policy.Reach) bool { return a.Kind == b.Kind && slices.Equal(a.Labels, b.Labels) }
