// Package rolexml reads the security roles in solutions of Dataverse: a file in Roles of an unpacked solution, or
// customizations.xml. It reads what the platform would import, and refuses what might mean something else.
package rolexml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
)

// Role is a security role.
type Role struct {
	ID, Name   string
	TeamOnly   bool // held through a team, it gives the privileges of the team alone
	Privileges []Privilege
	Off, End   int // of its opening tag
}

// Privilege is a privilege of a role, such as prvReadIncident at Global.
type Privilege struct {
	Name, Level string
	Off, End    int
}

// Levels are the words for how far a privilege reaches.
var Levels = []string{"Basic", "Local", "Deep", "Global"}

// Fault is why a text cannot be read.
type Fault struct {
	Off  int
	What string
	Help string // or ""
}

// IsRoleFile reports whether roles may be in a file: in Roles/NAME.xml or in customizations.xml.
func IsRoleFile(name string) bool {
	return strings.EqualFold(path.Ext(name), ".xml") && strings.EqualFold(path.Base(path.Dir(name)), "Roles") ||
		IsCustomizations(name)
}

// IsCustomizations reports whether a file has the customizations of a solution, among which may be no role.
func IsCustomizations(name string) bool {
	return strings.EqualFold(path.Base(name), "customizations.xml")
}

// mostDepth limits how deep elements are nested.
const mostDepth = 256

// Read returns the roles in a text, with their privileges in order.
func Read(text string) ([]Role, *Fault) {
	r := &reader{d: xml.NewDecoder(strings.NewReader(text))}
	r.d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("not UTF-8") }
	for {
		r.off = int(r.d.InputOffset())
		token, err := r.d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, &Fault{Off: r.off, What: fmt.Sprintf("not XML: %v", err)}
		}
		if f := r.token(token); f != nil {
			f.Off = r.off
			return nil, f
		}
	}
	for i := range r.roles {
		list := r.roles[i].Privileges
		slices.SortStableFunc(list, func(x, y Privilege) int {
			return strings.Compare(x.Name+" "+x.Level, y.Name+" "+y.Level)
		})
		r.roles[i].Privileges = slices.CompactFunc(list, func(x, y Privilege) bool { return x.Same(&y) })
	}
	return r.roles, nil
}

// Same reports whether two privileges are one at one level.
func (p *Privilege) Same(o *Privilege) bool { return p.Name == o.Name && p.Level == o.Level }

// Same reports whether two definitions of a role give the same.
func (r *Role) Same(o *Role) bool {
	return r.TeamOnly == o.TeamOnly && strings.EqualFold(r.ID, o.ID) && r.Name == o.Name &&
		slices.EqualFunc(r.Privileges, o.Privileges, func(x, y Privilege) bool { return x.Same(&y) })
}

// reader is where a text has been read to.
type reader struct {
	d     *xml.Decoder
	off   int      // of the token
	path  []string // of open elements
	ended bool
	roles []Role
	inner int // how deep the open role is, or 0
}

func (r *reader) token(token xml.Token) *Fault {
	switch x := token.(type) {
	case xml.Directive:
		return &Fault{What: "a document type or an entity is refused", Help: "remove it"}
	case xml.EndElement:
		if r.inner == len(r.path) {
			r.inner = 0
		}
		r.path = r.path[:len(r.path)-1]
		r.ended = len(r.path) == 0
	case xml.StartElement:
		if r.ended {
			return &Fault{What: "a second document in one file"}
		}
		if r.path = append(r.path, x.Name.Local); len(r.path) > mostDepth {
			return &Fault{What: "elements are nested too deeply"}
		}
		return r.open(x)
	}
	return nil
}

// open reads an element that begins a role, or is in one.
func (r *reader) open(x xml.StartElement) *Fault {
	name := x.Name.Local
	switch {
	case r.inner > 0 && name == "Role":
		return &Fault{What: "a role in a role"}
	case r.inner == 0 && name == "Role" && attribute(x, "name") != "":
		return r.role(x)
	case r.inner == 0 && name == "Role" && len(r.path) == 1:
		return &Fault{What: "a role without a name"}
	case name == "RolePrivilege" && r.inner == 0:
		return &Fault{What: "a privilege of no role"}
	case name == "RolePrivilege":
		return r.privilege(x)
	case r.inner > 0 && r.path[len(r.path)-2] == "RolePrivileges":
		return &Fault{What: fmt.Sprintf("%q among the privileges of a role", name), Help: "allowed is RolePrivilege"}
	}
	return nil
}

func (r *reader) role(x xml.StartElement) *Fault {
	if f := once(x); f != nil {
		return f
	}
	name, id := attribute(x, "name"), strings.Trim(attribute(x, "id"), "{}")
	if strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) }) {
		return &Fault{What: "the name of the role has characters that cannot be seen"}
	}
	if RoleID(name, id) == "" {
		return &Fault{What: fmt.Sprintf("role %q has no id, and no letter from a to z for one", name)}
	}
	inherited := attribute(x, "isinherited")
	if !slices.Contains([]string{"", "0", "1"}, inherited) {
		return &Fault{What: fmt.Sprintf("isinherited is %q", inherited), Help: "allowed are 0 and 1"}
	}
	r.inner = len(r.path)
	r.roles = append(r.roles, Role{
		ID: id, Name: name, TeamOnly: inherited == "0",
		Off: r.off, End: int(r.d.InputOffset()),
	})
	return nil
}

func (r *reader) privilege(x xml.StartElement) *Fault {
	if f := once(x); f != nil {
		return f
	}
	p := Privilege{Name: attribute(x, "name"), Level: attribute(x, "level"), Off: r.off, End: int(r.d.InputOffset())}
	if !isPrivilege(p.Name) {
		return &Fault{What: fmt.Sprintf("%q is no name of a privilege", p.Name)}
	}
	if !slices.Contains(Levels, p.Level) {
		return &Fault{What: fmt.Sprintf("privilege %q has level %q", p.Name, p.Level),
			Help: "allowed are " + strings.Join(Levels, ", ")}
	}
	list := &r.roles[len(r.roles)-1].Privileges
	*list = append(*list, p)
	return nil
}

// isPrivilege reports whether a text has the letters of a privilege, such as prvReadcr1a2_ticket.
func isPrivilege(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_'
	})
}

// once refuses an element that has an attribute twice: readers of XML disagree about what it means.
func once(x xml.StartElement) *Fault {
	for i, a := range x.Attr {
		if slices.ContainsFunc(x.Attr[:i], func(b xml.Attr) bool {
			return strings.EqualFold(a.Name.Local, b.Name.Local)
		}) {
			return &Fault{What: fmt.Sprintf("attribute %q is there twice", a.Name.Local), Help: "keep one"}
		}
	}
	return nil
}

func attribute(x xml.StartElement, name string) string {
	for _, a := range x.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
