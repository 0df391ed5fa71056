package policy

import (
	"slices"
	"strings"
)

// Policy is a project on one day, with all names resolved. Users, groups, scopes and rules are sorted
// by id; waivers keep their order.
type Policy struct {
	Files       *Files
	Product     Ref // as the project names it, unless it has a catalog
	Catalog     *Catalog
	CatalogName Ref    // where the project names its catalog, with the version if it is pinned
	CatalogAge  MaxAge // that the project allows
	AsOf        Date
	Scopes      []*Scope
	Users       []*User // including invitations
	Groups      []*Group
	Rules       []*Rule // of the catalog and of the project
	Denies      []*Rule // the deny rules among Rules
	Waivers     []*Waiver
	Expects     []Expect
	Severities  map[string]string           // by rule
	InFiles     map[int32]map[string]string // likewise, for findings in one file
	FailOn      string                      // "error", "warning", "never" or ""
	HorizonDays int
	LookAhead   int    // how many days ahead declared rules are checked; -1: all
	Gates       *Gates // or nil
	ScopeByPath map[string]*Scope
	ForeignIDs  bool // some user id has a character outside ASCII
	Spelled     []Spelled

	Suppressions []Suppression // sorted by place

	Unlisted   []Unlisted           // in scopes, rules and the project's catalog
	UnlistedOf map[*User][]Unlisted // nil if there are none
}

// Unlisted is a value of an attribute, or a label, that an open list of the catalog lacks.
type Unlisted struct {
	Ref
	Attribute *DeclaredAttribute // nil: it is a label
	Scope     *Scope             // with it, or nil
}

// FindUser returns the index of the user with exactly this id, and reports whether there is one.
func (p *Policy) FindUser(id string) (int, bool) {
	return slices.BinarySearchFunc(p.Users, id, func(u *User, id string) int { return strings.Compare(u.ID, id) })
}

// Scope is a place on which access is given.
type Scope struct {
	Path       string
	Index      int
	Level      int
	Title      string
	Parent     *Scope
	Children   []*Scope
	Labels     []string
	LabelPos   []Pos
	Attributes map[string][]string
	Pos        Pos // of the scope's key
	LevelPos   Pos // where the level is written, if it is

	Apart      bool // inherits nothing from above
	InheritPos Pos  // where that is written
}

// Root returns the root of the tree of the scope: the scope itself or the nearest
// one above that is in no other, or inherits nothing.
func (s *Scope) Root() *Scope {
	for s.Parent != nil && !s.Apart {
		s = s.Parent
	}
	return s
}

// Within reports whether the scope is the other scope or below it.
func (s *Scope) Within(other *Scope) bool {
	for ; s != nil; s = s.Parent {
		if s == other {
			return true
		}
	}
	return false
}

// Related reports whether one of two scopes is within the other.
func (s *Scope) Related(other *Scope) bool { return s.Within(other) || other.Within(s) }

// User is a user or an invitation.
type User struct {
	ID          string
	Name        string
	Affiliation string
	Invited     bool
	Disabled    bool
	Entries     []Entry      // sorted by place
	Memberships []Membership // every group with the user, sorted by group
	Attributes  map[string][]string
	Default     *Entry // the assignment that the product makes by itself, or nil
	Home        *Scope // or nil
	Pos         Pos    // of the user's key
}

// Status returns the user's status as rows show it.
func (u *User) Status() string {
	switch {
	case u.Invited:
		return "invited"
	case u.Disabled:
		return "disabled"
	}
	return "active"
}

// Waits reports whether the user holds nothing yet: until an invitation is accepted,
// or while the user is disabled.
func (u *User) Waits() bool { return u.Invited || u.Disabled }

// Membership is a group that a user or group is in, directly or through inner groups.
type Membership struct {
	Group   *Group
	Pos     Pos      // where the membership is declared; of several, one that gives what it gives on the policy's day
	Periods *Periods // when; nil: always
}

// Group holds users and other groups.
type Group struct {
	ID      string
	Index   int
	Title   string
	Kind    *GroupKind // or nil
	Home    *Scope     // or nil
	Entries []Entry
	Members []DeclaredMember // as written at the group
	Joined  []Join           // as written at the users, sorted by user
	Special []Member         // those of both that say more than a name, or repeat another one
	Users   []*User          // all users in it on the policy's day or later, direct or nested, sorted
	Outer   []Membership     // all groups that it is in, direct or nested, sorted
	Pos     Pos
}

// ListsMembers reports whether the group has the members that are declared. Others have all who are at
// home where the group is.
func (g *Group) ListsMembers() bool { return g.Kind == nil || !g.Kind.AllAtHome }

// Fault is a reason why an entry gives nothing; zero is no fault.
type Fault uint8

// The faults of entries. The first that applies is reported.
const (
	WrongLevel Fault = 1 + iota
	WrongGroupKind
	WrongHome
	DeprecatedPermission
	WrongAffiliation
	NotGrantable
	InvalidPeriod
)

// String returns the id of the rule that reports the fault, or "".
func (f Fault) String() string {
	return [...]string{"", "wrong-level", "wrong-group-kind", "wrong-home", "deprecated-permission", "wrong-affiliation", "not-grantable",
		"invalid-period"}[f]
}

// Entry is an assignment of a role or a grant of a permission, on a scope.
type Entry struct {
	Role         *Role // nil for a grant
	Permission   *Permission
	Scope        *Scope
	Actions      Actions // of a grant
	Detail       *Detail // details that few entries have, or nil
	Pos          Pos     // of the value that names the role or permission
	ScopePos     Pos
	Starts, Ends Date
	Fault        Fault // that applies to every holder; see FaultFor
	ByDefault    bool  // the catalog's default role, not written
}

// Detail is what an entry says besides its names.
type Detail struct {
	Named            []NamedAction
	StartsAt, EndsAt Pos
	Reason, Ticket   string
}

// StartsAt returns where the entry's first day is written.
func (e *Entry) StartsAt() Pos {
	if e.Detail == nil {
		return Pos{}
	}
	return e.Detail.StartsAt
}

// EndsAt returns where the entry's last day is written.
func (e *Entry) EndsAt() Pos {
	if e.Detail == nil {
		return Pos{}
	}
	return e.Detail.EndsAt
}

// Named returns the actions that a grant names.
func (e *Entry) Named() []NamedAction {
	if e.Detail == nil {
		return nil
	}
	return e.Detail.Named
}

// NamedAction is an action that a grant names.
type NamedAction struct {
	Action int // index in the permission's actions
	Pos    Pos
}

// FaultFor returns why the entry gives this user nothing, or zero.
func (e *Entry) FaultFor(u *User) Fault {
	if e.Fault != 0 && e.Fault <= DeprecatedPermission {
		return e.Fault
	}
	if e.Role != nil && !e.Role.Admits(u.Affiliation) {
		return WrongAffiliation
	}
	if e.Permission != nil && e.Permission.Grantable && !e.Permission.GrantableTo(u.Affiliation) {
		return WrongAffiliation
	}
	return e.Fault
}

// Levels returns the levels at which the entry's role or permission can be given.
func (e *Entry) Levels() LevelSet {
	if e.Role != nil {
		return e.Role.Levels
	}
	return e.Permission.Levels
}

// Judge sets the fault that makes the entry give nothing to anybody.
func (e *Entry) Judge() {
	switch {
	case !e.Levels().Has(e.Scope.Level):
		e.Fault = WrongLevel
	case e.Permission != nil && e.Permission.Deprecated != "":
		e.Fault = DeprecatedPermission
	case e.Permission != nil && !e.Permission.Grantable:
		e.Fault = NotGrantable
	case e.Starts > e.Ends.End():
		e.Fault = InvalidPeriod
	}
}

// Reject sets a fault that counts before another one.
func (e *Entry) Reject(f Fault) {
	if e.Fault == 0 || f < e.Fault {
		e.Fault = f
	}
}

// InForce reports whether the entry is in force on a day.
func (e *Entry) InForce(on Date) bool { return e.Starts <= on && on <= e.Ends.End() }

// Waiver silences one rule for one user or group.
type Waiver struct {
	DeclaredWaiver
	Beneficiaries []*User
	Signed        bool // the approver is an address, or a user's id or name
}

// Suppression is a comment that silences findings on one line.
type Suppression struct {
	Rules   []Ref
	Until   Date // 0: forever
	UntilAt Pos
	Reason  string
	Line    Pos // the line whose findings it silences; the zero Pos if there is none
	Pos     Pos // of the comment

	Fault   string // what is wrong with how it is written, or ""
	FaultAt Pos
}

// Rule is a declared rule with names resolved. Exactly one form is set.
type Rule struct {
	ID       string
	Severity string // "error" or "warning"
	Message  string
	Help     string
	Source   string
	Shipped  bool
	Pos      Pos

	Deny, Forbid *Selector
	Conflict     *Conflict
	Require      *Require
	Holders      *Holders
	PerUser      *Bounds
	Labels       *LabelBounds
}

// Selector matches users and rows; a nil list matches everything.
type Selector struct {
	Affiliations []string
	Roles        []*Role
	Permissions  []*Permission
	Actions      []string
	Scopes       []*Scope
	Levels       LevelSet // of the scope; 0: any
	Attributes   []Attribute
	Unless       *Requirement // facts alone
}

// Relation says where one scope is, seen from another.
type Relation uint8

// The relations, the narrowest first.
const (
	Same Relation = iota
	Above
	Nearby
	InTree
	Anywhere
	AtHome // of a user: see Requirement.Sees
)

// Holds reports whether other is related to s in this way.
func (r Relation) Holds(s, other *Scope) bool {
	switch r {
	case Same:
		return s == other
	case Above:
		return s.Within(other) && s.Root() == other.Root()
	case Nearby:
		return s.Related(other) && s.Root() == other.Root()
	case InTree:
		return s.Root() == other.Root()
	}
	return true
}

// Conflict is what nobody may hold together.
type Conflict struct {
	Between, And Side
	At           Relation
}

// Side is one side of a conflict.
type Side struct {
	All   bool
	Items []Item
}

// Item is a role or a permission; exactly one is set.
type Item struct {
	Role       *Role
	Permission *Permission
	Levels     LevelSet // of the scopes on which it is held; 0: any
}

// Overlaps reports whether two items may be one thing held on one scope.
func (i Item) Overlaps(o Item) bool {
	return i.Role == o.Role && i.Permission == o.Permission && (i.Levels == 0 || o.Levels == 0 || i.Levels&o.Levels != 0)
}

// On reports whether what is held on a scope counts.
func (i Item) On(s *Scope) bool { return i.Levels == 0 || i.Levels.Has(s.Level) }

// ID returns the item's id.
func (i Item) ID() string {
	if i.Role != nil {
		return i.Role.ID
	}
	return i.Permission.ID
}

// Require says what the holders of something need.
type Require struct {
	Holding Selector
	AnyRole bool
	Needs   *Requirement
	At      Relation
}

// Requirement is a condition; everything that is set must hold.
type Requirement struct {
	AllOf, AnyOf, NoneOf        []*Requirement
	Role                        *Role
	Permission                  *Permission
	Actions                     Actions
	GroupName                   Ref // a name in the project: policies share a catalog, which knows none of their groups
	Attributes, ScopeAttributes []Attribute
	Matching                    string
	Direct                      bool
	At                          Relation
	Hint                        string
}

// Holders limits the number of holders of an item on each scope of a level.
type Holders struct {
	Item
	Bounds
}

// Bounds is a minimum and a maximum at a level; -1 is none. Level -1 is every level.
type Bounds struct {
	Level, Min, Max int
}

// LabelBounds limits the number of scopes with a label.
type LabelBounds struct {
	Label string
	Bounds
}

// Choices returns the sets of items one of which must be held in full.
func (s Side) Choices() [][]Item {
	if s.All {
		return [][]Item{s.Items}
	}
	var list [][]Item
	for _, i := range s.Items {
		list = append(list, []Item{i})
	}
	return list
}
