package policy

import (
	"slices"
)

// Catalog is everything a product can give, with all names resolved. Lists are sorted by id; an
// element's Index is its place in the list.
type Catalog struct {
	Product, Title, Version string
	Extends                 string // the shipped catalog it extends, or ""
	Pos                     Pos
	Levels                  []string
	Nested                  bool       // scopes of the last level of a line can contain each other
	Outermost               LevelSet   // levels of scopes that are in no other
	Inside                  []LevelSet // by level: those of scopes directly inside
	Below                   []LevelSet // by level: the level itself and those of scopes anywhere inside
	Branching               bool       // levels are a tree, not a line
	Affiliations            []Described
	UserAttributes          map[string]*DeclaredAttribute
	ScopeAttributes         map[string]*DeclaredAttribute
	GroupAttributes         map[string]*DeclaredAttribute
	Labels                  []Described
	ClosedLabels            bool
	Unlisted                []Unlisted // in permissions and roles
	Depths                  []Depth
	Permissions             []*Permission
	Derived                 []*Permission // in dependency order
	Implying                []*Permission // permissions with Implies, each before those it implies
	Roles                   []*Role
	Rules                   []DeclaredRule
	Home                    *Home // or nil
	GroupKinds              []GroupKind
	ExactUsers              bool // user ids that differ in case are different users
	Dangling                bool // a group that is declared nowhere may be named as a member, an owner, or by a user
	Default                 *Role
	DefaultForAll           bool
	Sources                 []Source
	Corrections             []Correction
	Changes                 []CatalogChange
	Notes                   []string
	Limits                  []string // what is not computed
	DelegatingAttributes    []DelegatingAttribute

	PermissionByID map[string]*Permission
	RoleByID       map[string]*Role

	PermissionAliases, RoleAliases Aliases
}

// Home says where users and groups can be at home.
type Home struct {
	Levels    LevelSet
	Elsewhere []Attribute // of scopes on which users are assigned roles wherever they are at home
	Source    string
}

// Binds reports whether a role on a scope gives nothing to a holder who is at home somewhere.
func (h *Home) Binds(home, on *Scope, isGroup bool) bool {
	return home != nil && home != on && (isGroup || len(h.Elsewhere) == 0 || !hasScopeAttributes(on, h.Elsewhere))
}

// Judge rejects a role that is not assigned at the home of its holder. Without homes in the catalog,
// or a home of the holder, it rejects nothing.
func (h *Home) Judge(e *Entry, home *Scope, isGroup bool) {
	if h != nil && e.Role != nil && h.Binds(home, e.Scope, isGroup) {
		e.Reject(WrongHome)
	}
}

// GroupKind says what groups of a kind can have.
type GroupKind struct {
	ID, Title, Description, Source string
	NoRoles, NoGrants              bool
	AllAtHome                      bool // the members are those at home where the group is
}

// Actions is a set of a permission's actions, by bit.
type Actions uint64

// Permission is access that a user can hold on a scope.
type Permission struct {
	ID, Title, Description string
	Aliases                []string
	Index                  int
	Pos                    Pos
	Levels                 LevelSet
	Actions                []string
	ActionSensitivity      []string // of each action, or "" for that of the permission; nil: all are
	External               string   // its name in the system, or "" if that is the id
	ActionExternal         []string // likewise, of each action; nil: none has one
	ShortActions           []string // the actions by their first letters, as many as tell them apart
	Grantable              bool
	GrantTo                []string // affiliations; nil: everybody
	Grantors               string
	Deprecated             string
	Conditions             []Condition
	ConditionIDs           []string
	Capabilities           []Capability
	Sensitivity            string
	Depths                 []string    // that roles can give it at; nil: any
	SharedWith             *Permission // whose cells count for it
	Implies                []*Permission
	Delegates              []Delegate
	When                   *Requirement
	Source                 string
	Inferred               string
}

// Confidence returns how sure the permission's own facts are, such as that it can be granted.
func (p *Permission) Confidence() Confidence {
	if p.Inferred != "" {
		return Inferred
	}
	return Stated
}

// All returns all of the permission's actions.
func (p *Permission) All() Actions { return 1<<len(p.Actions) - 1 }

// Names returns the names of some of the permission's actions.
func (p *Permission) Names(set Actions) []string {
	if set == p.All() {
		return p.Actions
	}
	var list []string
	for i, a := range p.Actions {
		if set>>i&1 != 0 {
			list = append(list, a)
		}
	}
	return list
}

// Reach says on which scopes a role's entry counts, seen from the scope of the assignment.
type Reach struct {
	Kind   ReachKind
	Labels []string
}

// ReachKind is a kind of reach.
type ReachKind uint8

// The kinds of reach.
const (
	Self ReachKind = iota
	Subtree
	Tree
	Labelled
)

// Cell says how a role gives a permission.
type Cell struct {
	Permission *Permission
	Reach      Reach
	Own        bool // only the user's own records
	Actions    Actions
	When       *Requirement // facts alone: it counts only for users who meet it; nil: for all
	Source     string       // the one that carries the cell
	Backing    []string     // further sources
	Confidence Confidence
	Derived    string // how it follows from the sources
	Inferred   string
	Note       string
	Correction *Correction
	Privilege  string // what the solution that gives it calls the permission, or ""
	Pos        Pos    // of that
}

// SourcesOf returns the sources of a cell of the role, the one that carries it
// first: those of the cell, else the role's. No source has an inferred cell, so
// that one has its own alone.
func (r *Role) SourcesOf(c *Cell) []string {
	switch {
	case c.Source != "":
		return append([]string{c.Source}, c.Backing...)
	case r.Source != "" && c.Confidence != Inferred:
		return []string{r.Source}
	}
	return nil
}

// CellsOf returns the role's own cells of a permission.
func (r *Role) CellsOf(p *Permission) []Cell {
	from, ok := slices.BinarySearchFunc(r.Cells, p.Index, func(c Cell,
		index int) int {
		return c.Permission.Index - index
	})
	if !ok {
		return nil
	}
	to := from
	for to < len(r.Cells) && r.Cells[to].Permission == p {
		to++
	}
	return r.Cells[from:to]
}

// ReachesAs reports whether two cells reach the same scopes and records.
func (c *Cell) ReachesAs(x *Cell) bool {
	return c.Own == x.Own && c.Reach.Equal(x.Reach)
}

// GivesAs reports whether two cells of a permission give the same to the same users.
func (c *Cell) GivesAs(x *Cell) bool {
	return c.Actions == x.Actions && c.ReachesAs(x) && c.When.Equal(x.When)
}

// Records returns whose records the cell reaches.
func (c *Cell) Records() Records {
	if c.Own {
		return OwnRecords
	}
	return AllRecords
}

// Confidence is how sure a fact of a catalog is.
type Confidence uint8

// The kinds of confidence, surest first.
const (
	Stated Confidence = iota
	Derived
	Inferred
)

var confidences = [...]string{Stated: "stated", Derived: "derived", Inferred: "inferred"}

func (c Confidence) String() string { return confidences[c] }

// Confidences are the words for how sure a fact is, surest first.
func Confidences() []string { return confidences[:] }

// Include is a role that comes with another.
type Include struct {
	Role     *Role
	Reach    Reach
	Source   string
	Inferred string
}

// Confidence returns how sure it is that the role comes with the other.
func (i *Include) Confidence() Confidence {
	if i.Inferred != "" {
		return Inferred
	}
	return Stated
}

// Role is a named set of permissions.
type Role struct {
	ID, Title, Description string
	Aliases                []string
	Index                  int
	Pos                    Pos
	Affiliations           []string
	Limited                bool // only Affiliations may hold it
	Levels                 LevelSet
	GroupRecords           bool   // held through a group, own means the group's records alone
	Cells                  []Cell // sorted by permission
	Includes               []Include
	Delegates              []Delegate
	IDs                    Identities
	External               string // its name in the system, or "" if that is the id
	Source                 string
	Inferred               string
	Custom                 bool // added by the project
}

// Admits reports whether a user of the affiliation may hold the role.
func (r *Role) Admits(affiliation string) bool {
	if !r.Limited {
		return true
	}
	for _, a := range r.Affiliations {
		if a == affiliation {
			return true
		}
	}
	return false
}

// GrantableTo reports whether users of the affiliation can be granted the permission.
func (p *Permission) GrantableTo(affiliation string) bool {
	if p.GrantTo == nil {
		return true
	}
	for _, a := range p.GrantTo {
		if a == affiliation {
			return true
		}
	}
	return false
}

// PermissionIDs returns the ids of the permissions, sorted.
func (c *Catalog) PermissionIDs() []string {
	return PermissionIDs(c.Permissions)
}

// RoleIDs returns the ids of the roles, sorted.
func (c *Catalog) RoleIDs() []string {
	return RoleIDs(c.Roles)
}

// PermissionIDs returns the ids of some permissions, in their order.
func PermissionIDs(list []*Permission) (ids []string) {
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	return ids
}

// RoleIDs returns the ids of some roles, in their order.
func RoleIDs(list []*Role) (ids []string) {
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return ids
}
