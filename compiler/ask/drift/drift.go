// Package drift compares what is declared with what the exports of a system say.
package drift

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// Class is a kind of difference.
type Class string

// The classes, gravest first.
const (
	Extra      Class = "extra"          // there, and not declared
	Kept       Class = "kept-after-end" // there, and no longer declared
	Missing    Class = "missing"        // declared, and not there
	Early      Class = "early"          // there before the first day
	Differs    Class = "differs"        // on another scope, with other actions, or by another way
	Off        Class = "disabled"       // on one side alone
	Unmatched  Class = "unmatched"      // a name that fits nothing
	Ambiguous  Class = "ambiguous"      // a name that fits several things
	NotCovered Class = "not-covered"    // declared, and the files say nothing about it
)

// Classes are the classes that have items, gravest first.
var Classes = []Class{Extra, Kept, Missing, Early, Differs, Off, Unmatched, Ambiguous}

// Severity returns how grave a class is.
func (c Class) Severity() diag.Severity {
	switch c {
	case Extra, Kept, Missing:
		return diag.Error
	case NotCovered:
		return diag.Off
	}
	return diag.Warning
}

// Way is what differs about something that is on both sides.
type Way uint8

// The ways to differ.
const (
	ByNothing     Way = iota
	ByScope           // it is on other scopes there
	ByActions         // it has other actions there
	ByGroup           // it is direct here, and comes through a group there
	Directly          // it comes through a group here, and is direct there
	ByInheritance     // members of the group have it in another way
	ByAttribute       // the attribute has other values
)

// Item is one difference.
type Item struct {
	Class      Class
	User       string // as declared, or as the system says if nobody is declared
	Declared   bool   // the user or group is declared
	Group      string // that holds it, if no user does
	Role       string
	Permission string
	In         string // the group of a membership
	Scope      string
	Actions    []string
	Seen       string          // the scope or way there, if it differs
	By         Way             // in which it differs
	There      []*policy.Scope // those it is on, if it differs by scope
	Doubt      string          // a name of the system that may be this one
	Foreign    string          // a name of the system that fits nothing here
	Day        policy.Date
	Message    string
	Help       string

	Person int32 // index in the observation's People, or None

	Pos   policy.Pos    // in the declaration
	Place observe.Place // in the export
	Worth *Worth

	key       key
	unweighed bool // it adds no permission: its worth is in the message
}

// Worth is what an extra entry gives.
type Worth struct {
	Permissions int      // that the holder does not have otherwise
	Critical    []string // of these, by PERMISSION on SCOPE
	Members     int      // who gain it, if a group does
	Breaks      []diag.Finding
}

// Drift is the answer.
type Drift struct {
	Kind       string
	Read       policy.Date
	AsOf       policy.Date
	Policy     *policy.Policy
	Seen       *observe.Observation
	Items      []Item
	InSync     int // entries and memberships that are on both sides
	NotCovered int // declared ones about which the files say nothing
	Ignored    int // by the map file
	People     int // in the files
	Strangers  int // of these, in no declaration
	Partial    []string
	Coverage   []string
	Notes      []string

	compared *comparison // for Lines
	members  policy.MemberIndex
}

// Count returns how many items are of a class.
func (d *Drift) Count(c Class) (n int) {
	if c == NotCovered {
		return d.NotCovered
	}
	for i := range d.Items {
		if d.Items[i].Class == c {
			n++
		}
	}
	return n
}

// Errors counts errors and warnings.
func (d *Drift) Errors() (errors, warnings int) {
	for i := range d.Items {
		if d.Items[i].Class.Severity() == diag.Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}
