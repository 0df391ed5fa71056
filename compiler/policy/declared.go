package policy

import (
	"strings"
	"unicode"
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
	Reviews     []DeclaredReview
	Expects     []Expect
	Severities  []Setting
	FailOn      Ref
	HorizonDays int // -1: not set
	HorizonAt   Pos
	CatalogAge  MaxAge
	ReviewEvery MaxAge
	Escalation  Ref // the lowest sensitivity that self-escalation reports
	Report      ReportSettings
	Gates       *Gates
	MoreGates   *Gates // a second block, under another name
	Owners      []Ownership
	People      []People
	Ignore      []Ref // relative to the root folders
	Imported    []Imported
	Elsewhere   Elsewhere
}

// Imported is what permc import read.
type Imported struct {
	From  string
	Read  Date
	Files []ImportedFile
	Pos   Pos
}

// ImportedFile is a file that permc import read, with its SHA-256 in hex.
type ImportedFile struct{ Name, Hash string }

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
	External   Ref // its name in the system, if the id is another one
	Level      Ref
	Inherits   Ref // "true", "false" or missing
	Labels     []Ref
	Attributes []Attribute
	IDs        []Attribute // in other systems
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
	IDs         []Attribute // in other systems
	Invited     bool
	Status      Ref // "active", "disabled" or missing
	Via         string
}

// DeclaredEntry is an assignment of a role or a grant of a permission.
type DeclaredEntry struct {
	Grant          bool
	TwoScopes      bool // it has both scope and path
	What           Ref  // the role or permission; the role may be missing
	Scope          Ref
	Actions        []Ref
	Starts, Ends   Date
	StartsAt       Pos
	EndsAt         Pos
	Reason, Ticket string
	Pos            Pos
}

// Place returns the position of the entry once it is bound.
func (e *DeclaredEntry) Place() Pos {
	if e.Grant || e.What.Given() {
		return e.What.Pos
	}
	return e.Pos
}

// DeclaredGroup holds users and other groups.
type DeclaredGroup struct {
	ID         Ref
	Title      string
	External   Ref // its name in the system, if the id is another one
	Kind, Home Ref
	Members    []DeclaredMember
	MembersAt  Pos // of the list
	Entries    []DeclaredEntry
	Owners     []Ref // users, and groups as group:ID
	Attributes []Attribute
	IDs        []Attribute // in other systems
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

	Forbid     []Matcher
	ForbidPath []Matcher
	MaxLost    string // a percentage with its % sign, or ""
	Pos        Pos
	OldName    Pos // of the field, if it has its old name, review
}

// Matcher selects the rows that match all its names. A matcher without names selects every row.
type Matcher struct {
	User, Affiliation, Role, Permission, Action, Scope, Level, Sensitivity, Group Ref
	Pos                                                                           Pos
}

// Ownership says who must agree to the changes that it is about.
type Ownership struct {
	Match     Matcher
	Approvers []Ref // of Owners: teams, logins, users and addresses
	Min       int   // how many different people
	On        []Ref // gain, loss or policy; none is gain
	Pos       Pos
}

// Is reports whether the entry is about gains, losses or changes of the policy.
func (o *Ownership) Is(on string) bool {
	if len(o.On) == 0 {
		return on == "gain"
	}
	for _, r := range o.On {
		if r.Name == on {
			return true
		}
	}
	return false
}

// People is a team with its members, or a login with the other names of its owner.
type People struct {
	Name Ref // @TEAM or SYSTEM:LOGIN
	Are  []Ref
}

// IsTeam reports whether it is a team.
func (p *People) IsTeam() bool { return IsTeam(p.Name.Name) }

// IsTeam reports whether a name is that of a team of people.
func IsTeam(name string) bool { return len(name) > 1 && name[0] == '@' && isVisible(name) }

// isVisible reports whether a text has only visible characters.
func isVisible(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.C, unicode.Z) })
}

// IsLogin reports whether a name is a login with its system, such as gh:kim.
func IsLogin(name string) bool {
	system, login, ok := strings.Cut(name, ":")
	system = strings.ToLower(system)
	return ok && login != "" && isVisible(login) && system != "" &&
		strings.Trim(system, "abcdefghijklmnopqrstuvwxyz") == "" &&
		system != "group" && system != "mailto"
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
	Groups                                                    []Ref
	Direct                                                    bool  // of holding alone
	Files, ExceptFiles                                        []Ref // globs; of forbid alone
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
	What    DeclaredItem
	Actions []Ref
	Except  []Ref // roles
	Groups  []Ref // whose members count; nil: everybody
	Direct  bool  // what is held through groups does not count
	DeclaredBounds
}

// DeclaredBounds is a minimum and a maximum at a level; -1 is none.
type DeclaredBounds struct {
	Level    Ref
	Min, Max int
	Pos      Pos
}
