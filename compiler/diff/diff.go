// Package diff turns two tables, user by user, into what changes for people,
// and says of each change which lines brought it about.
package diff

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Kind is what happens to a row.
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

// Change is what happens to one row. A row that changes both ways makes two.
type Change struct {
	Kind          Kind
	User          *policy.User // of the head, or of the base if only there
	Before, After *policy.Row  // nil where there is none
	Causes        []Cause
}

// Row is the row after the change, or the one that is gone.
func (c *Change) Row() *policy.Row {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

// Cause is a line that brings a change about.
type Cause struct {
	Base bool // it stands in the base
	Pos  policy.Pos
	Why  string // in a word or two, where it is not the entry itself
}

// Policies compares users of two policies. The base is nil where there is none.
type Policies struct {
	base, head  *policy.Policy
	scopes      []int32         // of the base, as indexes of the head or -1
	permissions []int32         // likewise
	sameRoles   map[string]bool // those that give what they gave
}

// New returns a comparison of two policies, for any number of goroutines.
func New(base, head *policy.Policy) *Policies {
	p := &Policies{base: base, head: head, sameRoles: map[string]bool{}}
	if base == nil {
		return p
	}
	for _, s := range base.Scopes {
		to := int32(-1)
		if h := head.ScopeByPath[s.Path]; h != nil {
			to = int32(h.Index)
		}
		p.scopes = append(p.scopes, to)
	}
	for _, x := range base.Catalog.Permissions {
		to := int32(-1)
		if h := head.Catalog.PermissionByID[x.ID]; h != nil {
			to = int32(h.Index)
		}
		p.permissions = append(p.permissions, to)
	}
	for _, r := range head.Catalog.Roles {
		p.sameRoles[r.ID] = sameRole(base.Catalog.RoleByID[r.ID], r)
	}
	return p
}

// sameRole reports whether two roles of one id give and include the same.
func sameRole(a, b *policy.Role) bool {
	if a == nil || len(a.Cells) != len(b.Cells) || len(a.Includes) != len(b.Includes) {
		return false
	}
	for i := range a.Cells {
		x, y := &a.Cells[i], &b.Cells[i]
		if x.Permission.ID != y.Permission.ID || x.Own != y.Own || !sameReach(x.Reach, y.Reach) ||
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

// User appends what changes between a user's access in the base and in the
// head, of which either may be nil. The rows are copied.
func (p *Policies) User(list []Change, base, head *policy.Access) []Change {
	var before, after []policy.Row
	if base != nil {
		before = base.Rows
	}
	if head != nil {
		after = head.Rows
	}
	for len(before) > 0 || len(after) > 0 {
		switch c := p.compare(before, after); {
		case c < 0:
			list = p.row(list, base, head, &before[0], nil)
			before = before[1:]
		case c > 0:
			list = p.row(list, base, head, nil, &after[0])
			after = after[1:]
		default:
			list = p.row(list, base, head, &before[0], &after[0])
			before, after = before[1:], after[1:]
		}
	}
	return list
}

// compare orders the first rows of both sides as the head's rows are ordered.
func (p *Policies) compare(before, after []policy.Row) int {
	switch {
	case len(before) == 0:
		return 1
	case len(after) == 0:
		return -1
	}
	b, a := &before[0], &after[0]
	if s := p.scopes[b.Scope.Index]; s < 0 || s != int32(a.Scope.Index) {
		return cmp.Or(strings.Compare(b.Scope.Path, a.Scope.Path), -1)
	}
	if x := p.permissions[b.Permission.Index]; x < 0 || x != int32(a.Permission.Index) {
		return cmp.Or(strings.Compare(b.Permission.ID, a.Permission.ID), -1)
	}
	return 0
}

// row appends the changes of one row.
func (p *Policies) row(list []Change, base, head *policy.Access, before, after *policy.Row) []Change {
	more, less, other := false, false, false
	switch {
	case before == nil && after.Held():
		return p.add(list, Gained, base, head, before, after)
	case after == nil && before.Held():
		return p.add(list, Lost, base, head, before, after)
	case before == nil || after == nil: // a row with nothing left comes or goes
		return p.add(list, ReasonChanged, base, head, before, after)
	case !before.Held() && after.Held():
		return p.add(list, Gained, base, head, before, after)
	case before.Held() && !after.Held():
		return p.add(list, Lost, base, head, before, after)
	}
	more, less = widths(before, after)
	other = !more && !less && !sameRow(before, after)
	if !before.Held() {
		more, less, other = false, false, more || less || other
	}
	if more {
		list = p.add(list, Widened, base, head, before, after)
	}
	if less {
		list = p.add(list, Narrowed, base, head, before, after)
	}
	if other {
		list = p.add(list, ReasonChanged, base, head, before, after)
	}
	return list
}

func (p *Policies) add(list []Change, k Kind, base, head *policy.Access, before, after *policy.Row) []Change {
	c := Change{Kind: k, Before: clone(before), After: clone(after), Causes: p.causes(k, base, head, before, after)}
	if head != nil {
		c.User = head.User
	} else {
		c.User = base.User
	}
	return append(list, c)
}

// clone copies a row, of which a flattener uses the memory again.
func clone(r *policy.Row) *policy.Row {
	if r == nil {
		return nil
	}
	c := *r
	c.Via, c.Withheld = slices.Clone(r.Via), slices.Clone(r.Withheld)
	return &c
}

// widths reports whether a row gives more than before, less, or both.
func widths(before, after *policy.Row) (more, less bool) {
	for _, d := range Differences(before, after) {
		more = more || d.More
		less = less || d.Less
	}
	return more, less
}

// Difference is one thing that a row gives otherwise than before.
type Difference struct {
	What          string // actions, access, until, conditions or status
	Before, After string
	More, Less    bool
}

// Differences are what two rows that are held give otherwise.
func Differences(before, after *policy.Row) (list []Difference) {
	if before.Actions != after.Actions || !samePermission(before.Permission, after.Permission) {
		if more, less := beyond(names(after), names(before)), beyond(names(before), names(after)); more || less {
			list = append(list, Difference{"actions", strings.Join(names(before), ", "), strings.Join(names(after), ", "), more, less})
		}
	}
	if before.Own != after.Own {
		list = append(list, Difference{"access", access(before), access(after), before.Own, after.Own})
	}
	if b, a := before.Ends, after.Ends; b != a {
		list = append(list, Difference{"until", until(b), until(a), a.End() > b.End(), a.End() < b.End()})
	}
	if b, a := before.Permission.ConditionIDs, after.Permission.ConditionIDs; !slices.Equal(b, a) {
		if more, less := beyond(b, a), beyond(a, b); more || less {
			list = append(list, Difference{"conditions", strings.Join(b, ", "), strings.Join(a, ", "), more, less})
		}
	}
	if before.User.Invited != after.User.Invited {
		list = append(list, Difference{"status", before.User.Status(), after.User.Status(), before.User.Invited, after.User.Invited})
	}
	return list
}

func samePermission(a, b *policy.Permission) bool { return slices.Equal(a.Actions, b.Actions) }

func names(r *policy.Row) []string { return r.Permission.Names(r.Actions) }

// beyond reports whether a has something that b has not.
func beyond(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

func access(r *policy.Row) string {
	if r.Own {
		return "own"
	}
	return "all"
}

func until(d policy.Date) string {
	if d == 0 {
		return "no end"
	}
	return d.String()
}

// sameRow reports whether two rows that give the same do so for the same
// reasons, wherever these are written and however often.
func sameRow(a, b *policy.Row) bool {
	if a.User.Affiliation != b.User.Affiliation || !slices.EqualFunc(a.Withheld, b.Withheld, func(x, y policy.Withheld) bool {
		return x.Action == y.Action && x.Rule.ID == y.Rule.ID
	}) {
		return false
	}
	return len(missing(a, b)) == 0 && len(missing(b, a)) == 0
}

// missing are the sources of a that b, a row of the other policy, has not.
func missing(a, b *policy.Row) (list []*policy.Via) {
	same := samePermission(a.Permission, b.Permission)
	for i := range a.Via {
		v := &a.Via[i]
		if i < len(b.Via) && sameVia(v, a.Permission, &b.Via[i], b.Permission, same) { // sources stand in order of place
			continue
		}
		if !slices.ContainsFunc(b.Via, func(w policy.Via) bool { return sameVia(v, a.Permission, &w, b.Permission, same) }) {
			list = append(list, v)
		}
	}
	return list
}

// sameVia compares sources of two policies, but for their places.
func sameVia(a *policy.Via, p *policy.Permission, b *policy.Via, q *policy.Permission, sameActions bool) bool {
	return a.Kind == b.Kind && a.Own == b.Own && a.Ends == b.Ends && a.Scope.Path == b.Scope.Path &&
		roleID(a.Role) == roleID(b.Role) && roleID(a.From) == roleID(b.From) &&
		groupID(a.Group) == groupID(b.Group) && permissionID(a.Implier) == permissionID(b.Implier) &&
		(sameActions && a.Actions == b.Actions || !sameActions && slices.Equal(p.Names(a.Actions), q.Names(b.Actions)))
}

func roleID(r *policy.Role) string {
	if r == nil {
		return ""
	}
	return r.ID
}

func groupID(g *policy.Group) string {
	if g == nil {
		return ""
	}
	return g.ID
}

func permissionID(p *policy.Permission) string {
	if p == nil {
		return ""
	}
	return p.ID
}
