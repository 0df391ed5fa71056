// Package observe reads what administrators export from a system: who is there, who has what, and for which part of
// the system the files are complete. It fetches nothing, and knows neither the declaration nor the catalog.
package observe

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"permc.dev/permc/compiler/internal/spreadsheet"
	"permc.dev/permc/compiler/policy"
)

// Kinds are the kinds of export that Read understands.
var Kinds = []string{"services-hub", "m365dsc", "dataverse", "entra", "scim", "table"}

// Observation is what some files of one kind say.
type Observation struct {
	Kind    string
	Read    policy.Date // the day on which the files were made, or 0
	Files   []File
	People  []Person
	Groups  []Group
	Scopes  []Scope
	Entries []Entry
	Members []Member
	Areas   []Area // which the files list completely
	Gaps    []Gap  // why they are not complete, or contradict each other

	// Effective observations list what people have in any way: what comes through groups is listed with each member.
	Effective bool

	Notes []string
}

// File is a file that was read.
type File struct {
	Name string
	raw  []byte
}

// Hash returns the SHA-256 of a file, in hex. Few answers have it, and it takes as long as reading the file.
func (f *File) Hash() string {
	sum := sha256.Sum256(f.raw)
	return hex.EncodeToString(sum[:])
}

// Place is a line of a file.
type Place struct {
	File int32 // index in Files
	Line int32 // from one
}

// State says whether somebody can sign in.
type State uint8

// The states of a person.
const (
	Unknown State = iota
	Enabled
	Disabled
	Invited
)

// Person is an identity with all its names. One person is one account: a program or a device may be one, too.
type Person struct {
	ID      string   // the system's own
	Entra   string   // the object id in Entra, if the system has another one of its own
	Logins  []string // the surest first: principal name, address, aliases
	Name    string   // for people; two may share it
	State   State
	Kind    string // "guest", "program", "device" or ""
	Home    int32  // scope that the person is at home on, or None
	Facts   map[string][]string
	Clashes bool // files contradict each other about the person
	Place
}

// Title returns the most telling name of a person.
func (p *Person) Title() string {
	switch {
	case len(p.Logins) > 0:
		return p.Logins[0]
	case p.Name != "":
		return p.Name
	}
	return p.ID
}

// Group is a group or a team.
type Group struct {
	ID, Name string
	Entra    string // the object id in Entra, as of a person
	Kind     string // in the words of the catalog, or ""
	Home     int32  // or None
	Clashes  bool   // files contradict each other about what it has
	Place
}

// Scope is something on which access is given.
type Scope struct {
	ID   string
	Path []string // of names, from the outermost
	Root bool     // the outermost of the system: it may have another name
	Place
}

// Title returns the path of a scope in one word.
func (s *Scope) Title() string { return strings.Join(s.Path, "/") }

// None is the index of nothing.
const None int32 = -1

// Holder is a person or a group. The other index is None.
type Holder struct{ Person, Group int32 }

// Entry is a role or a permission that somebody has on a scope.
type Entry struct {
	Holder
	*Thing
	Scope   int32   // or None: the files do not name any
	Inherit Inherit // of a group's role: whether members have it as if it were theirs
	Place
}

// Thing is a role or a permission, as the files give it. Most entries are of a few things, which they share: there is
// less to keep, and to find the names of.
type Thing struct {
	What    string   // the name of the role or permission
	IDs     []string // other names that it has
	Grant   bool     // it is a permission
	Either  bool     // it may be a role or a permission
	Above   bool     // it may be given on a scope above
	Actions []string
}

// Inherit says what a role that a group has gives to its members.
type Inherit uint8

// The ways in which members have a group's role.
const (
	InheritUnknown Inherit = iota
	InheritMember          // as if it were theirs
	InheritGroup           // for what is the group's alone
)

// Member is somebody in a group.
type Member struct {
	Holder
	In int32
	Place
}

// Area is a part of the system that the files list completely.
type Area struct {
	Roles, Grants bool
	Users, Groups bool     // whose roles and grants
	Scope         int32    // None: every scope
	Below         bool     // and those below it
	Members       bool     // of groups
	Nested        bool     // groups that are members are listed, too
	Group         int32    // whose members; None: every group
	Except        []string // domains of people who are left out
	Only          []string // roles and permissions that the files know; nil: all
	Facts         []string // attributes of people
}

// Gap is something that the files lack.
type Gap struct {
	Place
	What string // is missing or contradictory
	Help string // how to get it
}

// Input is a file to read.
type Input struct {
	Name string
	Raw  []byte            // stays as it is: the texts of an observation are parts of it
	Book *spreadsheet.Book // of a workbook, or nil
}

// Book takes the rows of a workbook.
type Book = spreadsheet.Book

// Options say what the files themselves do not.
type Options struct {
	Map     *Map   // or nil
	Scope   string // that the files are about, or "": their names say so
	Group   string // whose members the files list, or "": their names say so
	Partial bool   // read half an export, with a smaller coverage
	Exact   bool   // logins that differ in case are those of different people
	Read    policy.Date
}

// Refused is the error of a file that cannot be read as its kind.
type Refused struct {
	File string
	Line int32
	What string
	Help string
}

func (r *Refused) Error() string {
	at := r.File
	if r.Line > 0 {
		at = fmt.Sprintf("%s:%d", at, r.Line)
	}
	return at + ": " + r.What
}

// Position returns a place as people write it.
func (o *Observation) Position(p Place) policy.Position {
	if int(p.File) >= len(o.Files) || p.Line == 0 {
		return policy.Position{}
	}
	line := int(p.Line)
	return policy.Position{File: o.Files[p.File].Name, Line: line, Column: 1, EndLine: line, EndColumn: 1}
}

// Affiliation returns the kind of the people of a domain, where it is beyond doubt, or "".
func (o *Observation) Affiliation(domain string) string {
	if o.Kind != "services-hub" && o.Kind != "m365dsc" {
		return ""
	}
	if domain == "microsoft.com" {
		return "microsoft"
	}
	return "customer"
}
