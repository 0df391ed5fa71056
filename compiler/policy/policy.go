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
	ReviewEvery MaxAge // how long a review counts
	Escalation  string // the lowest sensitivity that self-escalation reports
	AsOf        Date
	Today       Date // no decision is later
	Scopes      []*Scope
	Users       []*User // including invitations
	Others      *Others // the users who are not among Users, if some are left out
	Stream      Stream  // binds users who are left out, when they are visited; or nil
	Groups      []*Group
	Rules       []*Rule // of the catalog and of the project
	Denies      []*Rule // the deny rules among Rules
	Waivers     []*Waiver
	Reviews     *Reviews
	Expects     []Expect
	Severities  map[string]string           // by rule
	InFiles     map[int32]map[string]string // likewise, for findings in one file
	FailOn      string                      // "error", "warning", "never" or ""
	HorizonDays int
	LookAhead   int    // how many days ahead declared rules are checked; -1: all
	Gates       *Gates // or nil
	Owners      []Ownership
	People      []People
	Report      ReportSettings
	ScopeByPath map[string]*Scope
	ForeignIDs  bool // some user id has a character outside ASCII
	Spelled     []Spelled

	Ways         *Ways // into groups, if a rule asks where they are written
	Elsewhere    Elsewhere
	IdleGlobs    []IdleGlob    // of rules
	Suppressions []Suppression // sorted by place

	Dangling   []Dangling
	Unlisted   []Unlisted           // in scopes, rules and the project's catalog
	UnlistedOf map[*User][]Unlisted // nil if there are none

	External []External // all things whose ids are not their names in the system
}

// ReportSettings say whose the report is.
type ReportSettings struct {
	Title           string // of the organization, or ""
	Logo            Ref    // a file, relative to the folder of the file that names it, or the zero Ref
	Confidentiality string // e.g. internal
}

// Unlisted is a value of an attribute, or a label, that an open list of the catalog lacks.
type Unlisted struct {
	Ref
	Attribute *DeclaredAttribute // nil: it is a label
	Scope     *Scope             // with it, or nil
	Group     *Group             // likewise
}

// Dangling is a group that is named and declared nowhere: as a member or an owner of a group, or by a user.
type Dangling struct {
	Ref
	User, Of string // who names it: one of them is ""
}

// Others are users who are left out of a policy: those of other shares of the project, or all of them. Nothing in it
// depends on who they are.
type Others struct {
	Users int // who are not invited

	// Listed are those of this process who have entries that begin later or give nothing, with these entries alone,
	// sorted by id.
	Listed []*User
}

// WithListed returns the users, and with them those who are left out with entries that begin later or give nothing.
func (p *Policy) WithListed() []*User {
	if p.Others == nil {
		return p.Users
	}
	return slices.Concat(p.Users, p.Others.Listed)
}

// Stream binds the users of a policy that keeps none.
type Stream interface {
	Len() int

	// Reader returns a function that binds the users from one index to before another, and returns false if somebody
	// has changed them since they were first read. Each goroutine needs its own.
	Reader() func(from, to int) ([]*User, bool)
}

// FindUser returns the index of the user with exactly this id, and reports whether there is one.
func (p *Policy) FindUser(id string) (int, bool) {
	return slices.BinarySearchFunc(p.Users, id, func(u *User, id string) int { return strings.Compare(u.ID, id) })
}

// Scope is a place on which access is given. What binding and flattening read is small and together: thousands of
// scopes stay in the processor's cache.
type Scope struct {
	Path     string
	Index    int
	Level    int
	Parent   *Scope
	Apart    bool // inherits nothing from above
	Children []*Scope
	*ScopeDetail
}

// ScopeDetail is what else a scope says.
type ScopeDetail struct {
	Labels     []string
	Title      string
	External   string // its name in the system, or "" if the id has that
	SystemPath string // the path of such names, or "" if that is Path
	LabelPos   []Pos
	Attributes map[string][]string
	IDs        Identities
	Pos        Pos // of the scope's key
	LevelPos   Pos // where the level is written, if it is
	InheritPos Pos // where it says that the scope inherits nothing
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
	IDs         Identities
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
	Direct  int32    // how many declarations name this group; 0: it is in by inner groups alone
	Periods *Periods // when; nil: always
}

// Group holds users and other groups.
type Group struct {
	ID    string
	Index int
	Title string

	External string // its name in the system, or "" if that is the id
	Nests    bool   // it has groups in it
	Dated    bool   // some membership in it, however deep, has a first or last day
	AsOf     Date   // the policy's day

	Kind    *GroupKind // or nil
	Home    *Scope     // or nil
	Entries []Entry
	Members []DeclaredMember // as written at the group
	Joined  []Join           // as written at the users, sorted by user
	Special []Member         // those of both that say more than a name, or repeat another one
	Users   []*User          // all users in it on the policy's day or later, direct or nested, sorted
	Around  *Around          // the groups that it is in; see Outer. Nil: none
	inside  []*Group         // that have the group in Around.direct
	idle    map[*User]int32  // how many times it names a user for other days than the policy's; see NoteNamed
	Pos     Pos

	Owners     []Owner
	Attributes map[string][]string
	IDs        Identities
	Undeclared bool // a built-in group that is only named; Pos is where
}

// Owner is a user or a group that answers for a group.
type Owner struct {
	User, Group string // one of them is ""
	Pos         Pos
}

// ListsMembers reports whether the group has the members that are declared. Others have all who are at
// home where the group is, or all users.
func (g *Group) ListsMembers() bool { return !g.IsBuiltIn() && (g.Kind == nil || !g.Kind.AllAtHome) }

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
	return [...]string{"", "wrong-level", "wrong-group-kind", "wrong-home", "deprecated-permission",
		"wrong-affiliation", "not-grantable",
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
