package policy

import (
	"slices"
	"strconv"
	"strings"
)

// Ref is a name as written, not yet resolved. The zero Ref is a missing name.
type Ref struct {
	Name string
	Pos  Pos
}

// Given reports whether there is a name. Only the text can say: a name that CUE computed may have no
// place.
func (r Ref) Given() bool { return r.Name != "" }

// Declared is a project as written: checked against the schema and merged, with names not yet
// resolved.
type Declared struct {
	Files       *Files
	Product     Ref
	Catalog     *DeclaredCatalog // the project's own, or nil
	Scopes      []DeclaredScope
	Domains     []Domain
	Users       DeclaredUsers
	Spelled     []Spelled // users whose ids are written in another way than counts
	Groups      []DeclaredGroup
	Rules       []DeclaredRule
	Waivers     []DeclaredWaiver
	Expects     []Expect
	Severities  []Setting
	FailOn      Ref
	HorizonDays int // -1: not set
	HorizonAt   Pos
	CatalogAge  MaxAge
	Gates       *Gates
	MoreGates   *Gates // a second block, under another name
	Ignore      []Ref  // relative to the root folders
}

// CatalogName returns the shipped catalog that the project names, or where its own is.
func (d *Declared) CatalogName() Ref {
	switch {
	case d.Catalog == nil:
		return d.Product
	case d.Catalog.Extends.Given():
		return d.Catalog.Extends
	}
	return Ref{Pos: d.Catalog.Pos}
}

// MaxAge is how old something may be, in days. The zero MaxAge is no limit.
type MaxAge struct {
	Limited bool
	Days    int
	Pos     Pos
}

// DeclaredScope is a scope with the scopes under it.
type DeclaredScope struct {
	ID         Ref
	Title      string
	Level      Ref
	Inherits   Ref // "true", "false" or missing
	Labels     []Ref
	Attributes []Attribute
	Scopes     []DeclaredScope
}

// Attribute is a fact about a user or scope, with its values.
type Attribute struct {
	Name   Ref
	Values []Ref
}

// Domain maps the domain of an address to an affiliation.
type Domain struct{ Name, Affiliation Ref }

// Spelled is a user's id as it is written somewhere, and the spelling that counts.
type Spelled struct {
	Ref
	Right Ref
}

// DeclaredUsers are the users and invitations of a project, sorted by id. They are read on demand: a
// million of them as written would not fit into memory.
type DeclaredUsers interface {
	Len() int
	// Reader returns a reader. Each goroutine needs its own.
	Reader() UserReader
}

// UserReader reads users one at a time.
type UserReader interface {
	// Read reads the i-th user into u and reuses its memory. It returns false for a user that violates
	// the schema. Then there is no policy, and the loader has the findings.
	Read(i int, u *DeclaredUser) bool
}

// DeclaredUser is a user or an invitation.
type DeclaredUser struct {
	ID          Ref
	Name        string
	Affiliation Ref
	Home        Ref
	Entries     []DeclaredEntry
	Groups      []DeclaredMember // the groups that the user names
	Attributes  []Attribute
	Invited     bool
	Status      Ref // "active", "disabled" or missing
	Via         string
}

// DeclaredEntry is an assignment of a role or a grant of a permission.
type DeclaredEntry struct {
	Grant          bool
	What           Ref // the role or permission; the role may be missing
	Scope          Ref
	Actions        []Ref
	Starts, Ends   Date
	StartsAt       Pos
	EndsAt         Pos
	Reason, Ticket string
	Pos            Pos
}

// DeclaredGroup holds users and other groups.
type DeclaredGroup struct {
	ID         Ref
	Title      string
	Kind, Home Ref
	Members    []DeclaredMember
	Entries    []DeclaredEntry
}

// DeclaredMember is a member as its group names it, a user or group:ID, or a group as a user names it.
type DeclaredMember struct {
	Ref
	Terms *Terms // or nil, if there is just a name
}

// Terms are what a membership says besides who is in which group.
type Terms struct {
	Starts, Ends     Date
	StartsAt, EndsAt Pos
	Reason, Ticket   string
	Pos              Pos // of the whole membership
}

// DeclaredWaiver silences one rule for one user or group.
type DeclaredWaiver struct {
	Rule, User, Group, Role, Permission, Scope Ref
	Reason, Approver, Ticket                   string
	ApproverAt                                 Pos
	Expires                                    Date
	ExpiresAt                                  Pos
	Pos                                        Pos
}

// Expect is one expectation about the table.
type Expect struct {
	User, Group, Affiliation Ref
	Can, Cannot              Ref
	Only                     []Ref
	IsOnly                   bool
	Role, Scope              Ref
	Actions                  []Ref
	AsOf                     Date
	Pos                      Pos
}

// Gates limit what a change may do, besides causing findings.
type Gates struct {
	FailOnGain         bool
	FailOnPolicyChange bool

	Forbid  []Matcher
	MaxLost string // a percentage with its % sign, or ""
	Pos     Pos
	OldName Pos // of the field, if it has its old name, review
}

// Matcher selects the rows that match all its names. A matcher without names selects every row.
type Matcher struct {
	User, Affiliation, Role, Permission, Action, Scope, Level, Sensitivity Ref
	Pos                                                                    Pos
}

// Setting is the severity of a rule, in some files or in all.
type Setting struct {
	Files Ref // a glob, or the zero Ref
	Rule  Ref
	Value Ref
}

// DeclaredRule is a rule as written. Exactly one form is set.
type DeclaredRule struct {
	ID          Ref
	Severity    string
	SeverityPos Pos
	Message     string
	Help        string
	Source      Ref

	Deny, Forbid *DeclaredSelector
	Conflict     *DeclaredConflict
	Require      *DeclaredRequire
	Holders      *DeclaredHolders
	PerUser      *DeclaredBounds
	Labels       *DeclaredHolders // What holds the label
}

// DeclaredSelector lists what must match; an empty list matches everything.
type DeclaredSelector struct {
	Affiliations, Roles, Permissions, Actions, Scopes, Levels []Ref
	Attributes                                                []Attribute
	Unless                                                    *DeclaredRequirement
}

// DeclaredConflict lists what nobody may hold together.
type DeclaredConflict struct {
	Between, And DeclaredSide
	At           string
}

// DeclaredSide is one side of a conflict.
type DeclaredSide struct {
	All   bool
	Items []DeclaredItem
}

// DeclaredItem is a role or a permission, on scopes of any level or of one. Any says that only the
// catalog knows which of the two it is.
type DeclaredItem struct {
	Permission, Any bool
	Name, Level     Ref
}

// DeclaredRequire says what the holders of something need.
type DeclaredRequire struct {
	Holding DeclaredSelector // affiliations, roles, permissions, levels, attributes
	AnyRole bool
	Needs   *DeclaredRequirement
	At      string
}

// DeclaredRequirement is a condition; everything that is set must hold.
type DeclaredRequirement struct {
	AllOf, AnyOf, NoneOf        []*DeclaredRequirement
	Role, Permission, Group     Ref
	Actions                     []Ref
	Attributes, ScopeAttributes []Attribute
	Matching                    Ref
	Direct                      bool
	At, Hint                    string
	Pos                         Pos
}

// DeclaredHolders limits the number of holders on each scope of a level.
type DeclaredHolders struct {
	What DeclaredItem
	DeclaredBounds
}

// DeclaredBounds is a minimum and a maximum at a level; -1 is none.
type DeclaredBounds struct {
	Level    Ref
	Min, Max int
	Pos      Pos
}

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
	Labels          []Described
	ExactUsers      bool // see Catalog
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
		return x.Permission.Name + " of " + x.Role.Name, "no cell"
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
	Aliases            []string
	Levels             []Ref
	Actions            []Ref
	Grantable          bool  // to everybody, unless GrantTo is given
	GrantTo            []Ref // affiliations
	Grantors           string
	Deprecated         string
	Conditions         []Condition
	Capabilities       []Capability
	Sensitivity        string
	Depths             []Ref
	SharedWith         Ref
	Implies            []Ref
	When               *DeclaredRequirement
	Source             Ref
	Inferred           string
}

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

// DeclaredRole is a role as written.
type DeclaredRole struct {
	ID                 Ref
	Title, Description string
	Aliases            []string
	Affiliations       []Ref
	Limited            bool // Affiliations was given
	Levels             []Ref
	GroupRecords       bool // see Role
	Cells              []DeclaredCell
	Includes           []DeclaredInclude
	Source             Ref
	Inferred           string
}

// DeclaredCell says how a role gives a permission.
type DeclaredCell struct {
	Permission     Ref
	Depth          Ref // in place of Reach and Own
	Beside         Pos // of a reach or an access beside a depth
	Reach          DeclaredReach
	Own            bool
	Actions        []Ref
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
