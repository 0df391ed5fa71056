package policy

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
	GroupNames   []Ref        // see Requirement
	Direct       bool         // what is held through groups does not count; of Require
	Unless       *Requirement // facts alone
	Written      *Written     // where an entry or membership counts; nil: anywhere
}

// SelectedGroups returns the groups that the rule's selector names.
func (r *Rule) SelectedGroups() []Ref {
	switch {
	case r.Deny != nil:
		return r.Deny.GroupNames
	case r.Forbid != nil:
		return r.Forbid.GroupNames
	case r.Require != nil:
		return r.Require.Holding.GroupNames
	case r.Holders != nil:
		return r.Holders.Groups
	}
	return nil
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
	return i.Role == o.Role && i.Permission == o.Permission && (i.Levels == 0 || o.Levels == 0 ||
		i.Levels&o.Levels != 0)
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
	Actions Actions // of the permission, all of which a holder has; 0: any
	Except  []*Role // through which a permission is held and does not count
	Groups  []Ref   // whose members count; see Requirement; nil: everybody
	Direct  bool    // what is held through groups does not count
	Bounds
}

// Bounds is a minimum and a maximum at a level; -1 is none. Level -1 is every level.
type Bounds struct {
	Level, Min, Max int
}

// Limits reports whether any number is too few or too many: a minimum of nothing is none.
func (b *Bounds) Limits() bool { return b.Min > 0 || b.Max >= 0 }

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
	for i := range s.Items {
		list = append(list, s.Items[i:i+1:i+1])
	}
	return list
}
