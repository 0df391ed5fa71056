package observe

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/rolexml"
)

// SolutionRole is a security role of an unpacked solution.
type SolutionRole struct {
	rolexml.Role
	Place
}

const rolesHelp = "give the files in Roles of an unpacked solution, or customizations.xml: permc import " +
	"dataverse-roles --how"

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
			if old := &roles[at]; !old.Same(&r.Role) {
				return nil, b.refuse(r.Place, "give one version of the role", "contradicts %s about role %q",
					b.o.Files[old.File].Name, r.Name)
			}
		}
	}
	slices.SortFunc(roles, func(x, y SolutionRole) int { return strings.Compare(x.Name, y.Name) })
	return roles, nil
}

func (b *builder) rolesOf(in *Input, file int32) (list []SolutionRole, err error) {
	text := string(in.Raw)
	at := func(off int) Place { return Place{file, 1 + int32(strings.Count(text[:off], "\n"))} }
	roles, fault := rolexml.Read(text)
	switch {
	case fault != nil && fault.Help == "":
		return nil, b.refuse(at(fault.Off), rolesHelp, "%s", fault.What)
	case fault != nil:
		return nil, b.refuse(at(fault.Off), fault.Help, "%s", fault.What)
	case len(roles) == 0:
		return nil, b.refuse(Place{file, 1}, rolesHelp, "no role in it")
	}
	for _, r := range roles {
		list = append(list, SolutionRole{r, at(r.Off)})
	}
	return list, nil
}
