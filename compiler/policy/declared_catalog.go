package policy

import (
	"slices"
	"strconv"
	"strings"
)

// DeclaredCatalog is a catalog as written, or an extension of a shipped one.
type DeclaredCatalog struct {
	Extends         Ref
	Product         string
	Title, Version  string
	Levels          []Ref // a line, outermost first, if LevelTree is nil
	LevelTree       []DeclaredLevel
	Nested          bool
	Affiliations    []Described
	UserAttributes  []DeclaredAttribute
	ScopeAttributes []DeclaredAttribute
	GroupAttributes []DeclaredAttribute
	Labels          []Described
	ExactUsers      bool // see Catalog
	Dangling        bool // see Catalog
	ClosedLabels    bool // only the listed labels are allowed
	Depths          []DeclaredDepth
	Permissions     []DeclaredPermission
	Roles           []DeclaredRole
	Rules           []DeclaredRule
	Home            *DeclaredHome // or nil
	GroupKinds      []DeclaredGroupKind
	Default         Ref
	DefaultForAll   bool // also for users without an assignment
	Sources         []Source
	Corrections     []Correction
	Names           []SystemNames // of roles, in an extension
	PermissionNames []SystemNames // of permissions, likewise
	Changes         []CatalogChange
	Notes, Limits   []string
	Pos             Pos
}

// DeclaredLevel is a level of a tree, with the levels inside it.
type DeclaredLevel struct {
	ID     Ref
	Nested bool
	Levels []DeclaredLevel
}

// DeclaredHome says where users and groups can be at home.
type DeclaredHome struct {
	Levels    []Ref
	Elsewhere []Attribute
	Source    Ref
}

// DeclaredGroupKind says what groups of a kind can have.
type DeclaredGroupKind struct {
	Described
	NoRoles, NoGrants bool
	AllAtHome         bool // the members are those at home where the group is
}

// Described is an id with its text for people.
type Described struct {
	ID                 Ref
	Title, Description string
	Source             Ref
}

// DeclaredAttribute is an attribute in a catalog.
type DeclaredAttribute struct {
	ID     Ref
	Title  string
	Values []Ref
	Closed bool // only the listed values are allowed
	Source Ref

	Delegates []DeclaredDelegate // of a user attribute
}

// Lists reports whether a value is among those of the attribute, or any will do.
func (d *DeclaredAttribute) Lists(value string) bool {
	return len(d.Values) == 0 && !d.Closed || slices.ContainsFunc(d.Values, func(r Ref) bool { return r.Name == value })
}

// CatalogChange is what a version of a catalog changed.
type CatalogChange struct {
	Date, What string
	Sources    []Ref
}

// Source is where facts come from.
type Source struct {
	ID         Ref
	Title, URL string
	Read, Note string
}

// Correction is the organisation's own version of one cell of a shipped catalog or, without a
// permission, of a role.
type Correction struct {
	Role, Permission Ref
	Cells            []DeclaredCell // of a role, if Replaces
	Replaces         bool           // Cells are all that the role has
	Inheritance      Ref            // "member", "group" or not given
	Cell             string
	NoCell           bool // Cell is not given
	Depth            Ref  // in place of Reach and Own
	Beside           Pos  // of a reach or an access beside a depth
	Reach            *DeclaredReach
	Own              string // "", "own" or "all"
	Actions          []Ref
	Reason, Source   string
	Pos              Pos
}

// What says what a correction is about, and what is right: a cell, or all that a role has.
func (x *Correction) What() (about, is string) {
	var parts []string
	switch {
	case x.Permission.Given() && x.Cell == "":
		return x.Permission.Name + " of " + x.Role.Name, "no access"
	case x.Permission.Given():
		return x.Permission.Name + " of " + x.Role.Name, x.Cell
	case x.Replaces:
		parts = append(parts, "all of its cells replaced by "+strconv.Itoa(len(x.Cells)))
	}
	if x.Inheritance.Given() {
		parts = append(parts, "inheritance "+x.Inheritance.Name)
	}
	return x.Role.Name, strings.Join(parts, ", ")
}

// DeclaredPermission is a permission as written.
type DeclaredPermission struct {
	ID                 Ref
	Title, Description string
	External           Ref // its name in the system, if the id is another one
	Aliases            []string
	Levels             []Ref
	Actions            []Ref
	ActionSensitivity  []RatedAction // of each action; nil if they are names alone
	ActionExternal     []Ref         // of each action its name in the system; nil if no action has another one
	Grantable          bool          // to everybody, unless GrantTo is given
	GrantTo            []Ref         // affiliations
	Grantors           string
	Deprecated         string
	Conditions         []Condition
	Capabilities       []Capability
	Sensitivity        string
	Depths             []Ref
	SharedWith         Ref
	Implies            []Ref
	Delegates          []DeclaredDelegate
	When               *DeclaredRequirement
	Source             Ref
	Inferred           string
}

// RatedAction is how sensitive an action is, or "".
type RatedAction struct{ Name, Sensitivity string }

// Condition describes, in words, what else access depends on.
type Condition struct {
	ID, Text string
	Source   Ref
}

// Capability describes, in words, what a permission lets a person do.
type Capability struct {
	Page string `json:"page"`
	Tab  string `json:"tab,omitempty"`
	Text string `json:"text"`
}

// SystemNames are what the systems of an organisation call a shipped role or permission.
type SystemNames struct {
	Of       Ref
	External Ref
	IDs      []Attribute
}

// DeclaredRole is a role as written.
type DeclaredRole struct {
	ID                 Ref
	Title, Description string
	External           Ref // its name in the system, if the id is another one
	Aliases            []string
	Affiliations       []Ref
	Limited            bool // Affiliations was given
	Levels             []Ref
	GroupRecords       bool // see Role
	Cells              []DeclaredCell
	Includes           []DeclaredInclude
	Delegates          []DeclaredDelegate
	IDs                []Attribute // in other systems
	Source             Ref
	Inferred           string
}

// DeclaredCell says how a role gives a permission.
type DeclaredCell struct {
	Permission     Ref
	Pos            Pos // of the cell, if the permission has several; else that of Permission
	Depth          Ref // in place of Reach and Own
	Beside         Pos // of a reach or an access beside a depth
	Reach          DeclaredReach
	Own            bool
	Actions        []Ref
	When           *DeclaredRequirement
	Sources        []Ref  // the first carries the cell
	Confidence     string // or ""
	ConfidencePos  Pos
	Derived        string
	Inferred, Note string
}

// DeclaredDepth is a word for a reach and an access.
type DeclaredDepth struct {
	ID      Ref
	Title   string
	Aliases []string
	Reach   DeclaredReach
	Own     bool
	Source  Ref
}

// DeclaredInclude is a role that comes with another.
type DeclaredInclude struct {
	Role     Ref
	Reach    DeclaredReach
	Source   Ref
	Inferred string
}

// DeclaredReach is a reach as written.
type DeclaredReach struct {
	Kind   string // "self", "subtree", "tree", "labels"
	Labels []Ref
}
