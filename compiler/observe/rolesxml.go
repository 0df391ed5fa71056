package observe

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// SolutionRole is a security role of an unpacked solution.
type SolutionRole struct {
	ID, Name   string
	TeamOnly   bool // held through a team, it gives the privileges of the team alone
	Privileges []SolutionPrivilege
	Place
}

// SolutionPrivilege is a privilege of a role, such as prvReadIncident at Global.
type SolutionPrivilege struct{ Name, Level string }

const rolesHelp = "give the files in Roles of an unpacked solution, or customizations.xml: permc import dataverse-roles --how"

// ReadRoles reads the roles of solutions. Two files that define one role in two ways are an error.
func ReadRoles(files []Input) (roles []SolutionRole, err error) {
	b := newBuilder("dataverse-roles", Options{})
	for i := range files {
		b.o.Files = append(b.o.Files, File{Name: files[i].Name})
		list, err := b.rolesOf(&files[i], int32(i))
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			at := slices.IndexFunc(roles, func(x SolutionRole) bool { return strings.EqualFold(x.Name, r.Name) })
			if at < 0 {
				roles = append(roles, r)
				continue
			}
			if old := &roles[at]; old.TeamOnly != r.TeamOnly || !slices.Equal(old.Privileges, r.Privileges) {
				return nil, b.refuse(r.Place, "give one version of the role", "contradicts %s about role %q", b.o.Files[old.File].Name, r.Name)
			}
		}
	}
	slices.SortFunc(roles, func(x, y SolutionRole) int { return strings.Compare(x.Name, y.Name) })
	return roles, nil
}

// mostDepth limits how deep elements are nested.
const mostDepth = 256

func (b *builder) rolesOf(in *Input, file int32) (list []SolutionRole, err error) {
	d := xml.NewDecoder(bytes.NewReader(in.Raw))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("not UTF-8") }
	depth := 0
	for {
		line, _ := d.InputPos()
		at := Place{file, int32(line)}
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, b.refuse(at, rolesHelp, "not XML: %v", err)
		}
		switch x := token.(type) {
		case xml.Directive:
			return nil, b.refuse(at, "remove it", "a document type or an entity is refused")
		case xml.EndElement:
			depth--
		case xml.StartElement:
			if depth++; depth > mostDepth {
				return nil, b.refuse(at, rolesHelp, "elements are nested too deeply")
			}
			if x.Name.Local == "Role" && attribute(x, "name") != "" {
				list = append(list, SolutionRole{ID: strings.Trim(attribute(x, "id"), "{}"), Name: attribute(x, "name"),
					TeamOnly: attribute(x, "isinherited") == "0", Place: at})
			}
			if x.Name.Local == "RolePrivilege" {
				if len(list) == 0 {
					return nil, b.refuse(at, rolesHelp, "a privilege of no role")
				}
				p := SolutionPrivilege{attribute(x, "name"), attribute(x, "level")}
				if p.Name == "" || !slices.Contains([]string{"Basic", "Local", "Deep", "Global"}, p.Level) {
					return nil, b.refuse(at, rolesHelp, "privilege %q has level %q: one of Basic, Local, Deep and Global is allowed", p.Name, p.Level)
				}
				r := &list[len(list)-1]
				r.Privileges = append(r.Privileges, p)
			}
		}
	}
	if len(list) == 0 {
		return nil, b.refuse(Place{file, 1}, rolesHelp, "no role in it")
	}
	for i := range list {
		slices.SortFunc(list[i].Privileges, func(x, y SolutionPrivilege) int { return strings.Compare(x.Name+" "+x.Level, y.Name+" "+y.Level) })
		list[i].Privileges = slices.Compact(list[i].Privileges)
	}
	return list, nil
}

func attribute(x xml.StartElement, name string) string {
	for _, a := range x.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
