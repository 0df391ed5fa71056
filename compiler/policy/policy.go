package policy

// Policy is a project with every name resolved, at a date. Users, groups,
// scopes and rules are sorted by id; waivers stand as written.
type Policy struct {
	Files       *Files
	Catalog     *Catalog
	AsOf        Date
	Scopes      []*Scope
	Users       []*User // invitations too
	Groups      []*Group
	Rules       []*Rule // of the catalog and of the project
	Denies      []*Rule // those of Rules that deny
	Waivers     []*Waiver
	Expects     []Expect
	Severities  map[string]string           // by rule
	InFiles     map[int32]map[string]string // the same, by the file that a finding is in
	FailOn      string                      // "error", "warning", "never" or ""
	HorizonDays int
	LookAhead   int     // how many days ahead declared rules are looked at; -1: all
	Review      *Review // or nil
	ScopeByPath map[string]*Scope
	ForeignIDs  bool // some id of a user has characters outside of ASCII

	Suppressions []Suppression // in order of place
}

// Scope is what access is given on.
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
	Pos        Pos // of its key
}

// Root is the outermost scope that the scope stands in.
func (s *Scope) Root() *Scope {
	for s.Parent != nil {
		s = s.Parent
	}
	return s
}

// Within reports whether the scope is the other one or stands under it.
func (s *Scope) Within(other *Scope) bool {
	for ; s != nil; s = s.Parent {
		if s == other {
			return true
		}
	}
	return false
}

// Related reports whether one scope stands within the other.
func (s *Scope) Related(other *Scope) bool { return s.Within(other) || other.Within(s) }

// User is a user or an invitation.
type User struct {
	ID          string
	Name        string
	Affiliation string
	Invited     bool
	Entries     []Entry      // in order of place
	Memberships []Membership // every group the user is in, sorted by group
	Attributes  map[string][]string
	Default     *Entry // the assignment that the product makes, or nil
	Pos         Pos    // of its key
}

// Status is what rows say of the user.
func (u *User) Status() string {
	if u.Invited {
		return "invited"
	}
	return "active"
}

// Membership is a group that a user is in, itself or through inner groups.
type Membership struct {
	Group *Group
	Pos   Pos // where the user is named as a member
}

// Group holds users and other groups.
type Group struct {
	ID      string
	Index   int
	Title   string
	Entries []Entry
	Members []Ref    // as written
	Users   []*User  // every user in it, however deep, sorted
	Outer   []*Group // groups that it is in, however deep, sorted
	Pos     Pos
}

// Fault is why an entry gives nothing; zero is no fault.
type Fault uint8

// The faults of entries, in the order in which the first is reported.
const (
	WrongLevel Fault = 1 + iota
	DeprecatedPermission
	WrongAffiliation
	NotGrantable
	InvalidPeriod
)

// String is the id of the rule that reports the fault, or "".
func (f Fault) String() string {
	return [...]string{"", "wrong-level", "deprecated-permission", "wrong-affiliation", "not-grantable", "invalid-period"}[f]
}

// Entry is an assignment of a role or a grant of a permission, on a scope.
type Entry struct {
	Role         *Role // or nil: a grant
	Permission   *Permission
	Scope        *Scope
	Actions      Actions // of a grant
	Detail       *Detail // what few entries say, or nil
	Pos          Pos     // the value that names the role or permission
	ScopePos     Pos
	Starts, Ends Date
	Fault        Fault // whoever holds it; see FaultFor
	ByDefault    bool  // the role is the catalog's default, not written
}

// Detail is what an entry says beside its names.
type Detail struct {
	Named            []NamedAction
	StartsAt, EndsAt Pos
	Reason, Ticket   string
}

// StartsAt is where the entry's first day is written.
func (e *Entry) StartsAt() Pos {
	if e.Detail == nil {
		return Pos{}
	}
	return e.Detail.StartsAt
}

// EndsAt is where the entry's last day is written.
func (e *Entry) EndsAt() Pos {
	if e.Detail == nil {
		return Pos{}
	}
	return e.Detail.EndsAt
}

// Named are the actions that a grant names.
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

// FaultFor is why the entry gives this user nothing, or zero.
func (e *Entry) FaultFor(u *User) Fault {
	if e.Fault == WrongLevel || e.Fault == DeprecatedPermission {
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

// Levels are those that what the entry gives can stand at.
func (e *Entry) Levels() LevelSet {
	if e.Role != nil {
		return e.Role.Levels
	}
	return e.Permission.Levels
}

// Judge finds why the entry gives nothing, whoever holds it.
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

// InForce reports whether the date is in the entry's period.
func (e *Entry) InForce(on Date) bool { return e.Starts <= on && on <= e.Ends.End() }

// Waiver silences one rule for one user or group.
type Waiver struct {
	DeclaredWaiver
	Beneficiaries []*User
	Signed        bool // the approver is an address, or the id or name of a user
}

// Suppression is a comment that silences findings on one line.
type Suppression struct {
	Rules   []Ref
	Until   Date // 0: for ever
	UntilAt Pos
	Reason  string
	Line    Pos // the line that it is about; the zero Pos if there is none
	Pos     Pos // the comment

	Fault   string // what is wrong with it as it is written, or ""
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

// Selector matches users and rows; what is nil matches everything.
type Selector struct {
	Affiliations []string
	Roles        []*Role
	Permissions  []*Permission
	Actions      []string
	Scopes       []*Scope
	Attributes   []Attribute
	Unless       *Requirement // facts alone
}

// Relation is where one scope stands, seen from another.
type Relation uint8

// The relations, narrowest first.
const (
	Same Relation = iota
	Above
	Nearby
	InTree
	Anywhere
)

// Holds reports whether other stands in the relation to s.
func (r Relation) Holds(s, other *Scope) bool {
	switch r {
	case Same:
		return s == other
	case Above:
		return s.Within(other)
	case Nearby:
		return s.Related(other)
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

// Item is a role or a permission; one of the two is set.
type Item struct {
	Role       *Role
	Permission *Permission
}

// ID is the item's id.
func (i Item) ID() string {
	if i.Role != nil {
		return i.Role.ID
	}
	return i.Permission.ID
}

// Require is what whoever holds something needs.
type Require struct {
	Holding Selector
	AnyRole bool
	Needs   *Requirement
	At      Relation
}

// Requirement is a condition; all that is set must be true.
type Requirement struct {
	AllOf, AnyOf, NoneOf        []*Requirement
	Role                        *Role
	Permission                  *Permission
	Actions                     Actions
	GroupName                   Ref // of the project: a catalog is shared by policies, and knows none of their groups
	Attributes, ScopeAttributes []Attribute
	Matching                    string
	Direct                      bool
	At                          Relation
	Hint                        string
}

// Holders bounds the holders of an item on each scope of a level.
type Holders struct {
	Item
	Bounds
}

// Bounds is a minimum and a maximum at a level; -1 is none. A level of -1 is
// every level.
type Bounds struct {
	Level, Min, Max int
}

// LabelBounds bounds the scopes that bear a label.
type LabelBounds struct {
	Label string
	Bounds
}

// Choices are the sets of items of which one must be held whole.
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
