package gen

import (
	"bytes"
	tables "encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Shape is the size of a project of a product of its own, in every dimension.
type Shape struct {
	Users, Files                int // users are spread over files
	Templated                   int // users of CUE that has to be evaluated
	GrantsPerUser, RolesPerUser int
	Invitations                 int
	// Members of each group; groups of depth n have a chain of n groups in them
	Groups, GroupDepth, Members int
	Middle                      int // groups that all are in one group, and all have one in them
	GroupsPerUser               int
	Scopes, ScopeDepth          int // Scopes under the top, each at the end of a chain of ScopeDepth
	Permissions, Roles, Cells   int // cells of each role
	Includes, Implied, Derived  int // lengths of chains
	Alternatives                int // of a requirement

	// Of one person: Grants, Roles and Units on as many scopes; Days on which a grant ends; values of an attribute
	PersonGrants, PersonRoles, PersonUnits, PersonDays, PersonValues, PersonGroups int

	PersonTrees int // scopes on which one person has a role that reaches the whole tree

	Conflicts, Sides, ConflictItems     int // rules; items of one rule
	Forbids, FileForbids, Requires      int
	Holders, PermissionHolders, PerUser int
	Labels, Denies                      int

	Waivers, Comments, Reviews int
	Expectations               int
	Owners, Gates              int
	Faulty, Duplicate          int // grants that have expired, assignments that are there twice
	Redundant                  int // users in a group that gives what they have
	Unknown                    int // entries that name an unknown role

	Givers     int // users who can give everything on a scope
	GiverUnits int // scopes on which one person can
	Gifts      int // roles in a chain: whoever has one can give the next
	Owned      int // groups of one person
	Moved      int // users who had another role before
}

// Small is a project to which one dimension is added at a time.
var Small = Shape{Users: 500, Files: 1, GrantsPerUser: 2, RolesPerUser: 1, Groups: 5, GroupDepth: 1, Members: 10,
	Scopes: 20, ScopeDepth: 1, Permissions: 20, Roles: 10, Cells: 5}

type object = map[string]any

// names returns prefix-0000, prefix-0001, ….
func names(prefix string, n int) (list []string) {
	for i := range n {
		list = append(list, number(prefix, i))
	}
	return list
}

func number(prefix string, i int) string { return fmt.Sprintf("%s-%05d", prefix, i) }

// Write writes the project as JSON into a folder, with comments in a file of YAML.
func (s Shape) Write(dir string) error {
	scopes, paths := s.scopes()
	people, owners := s.owners()
	project := object{
		"catalog": s.catalog(), "scopes": scopes, "groups": s.groups(paths), "invitations": s.invitations(paths),
		"rules": s.rules(), "waivers": s.waivers(), "reviews": s.reviews(paths), "expect": s.expectations(paths),
		"people": people, "owners": owners, "gates": s.gates(), "settings": s.settings(),
	}
	users := s.users(paths)
	files := map[string]object{"access.json": project}
	for i, id := range names("user", s.Users) {
		name := fmt.Sprintf("users-%05d.json", i*s.Files/s.Users)
		if files[name] == nil {
			files[name] = object{"users": object{}}
		}
		files[name]["users"].(object)[id] = users[id]
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, content := range files {
		raw, err := json.MarshalIndent(content, "", " ")
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), raw, 0o644)
		}
		if err != nil {
			return err
		}
	}
	for name, content := range map[string][]byte{"comments.yaml": s.comments(paths), "users.cue": s.templated(paths)} {
		if content == nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// templated returns users in CUE with logic: a template applies to all of them, and a definition to each.
func (s Shape) templated(paths []string) []byte {
	if s.Templated == 0 {
		return nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "#Worker: {roles: [{role: %q, scope: string}], ...}\nusers: [string]: name: string\nusers: {\n",
		s.role(0))
	for i, id := range names("templated", s.Templated) {
		fmt.Fprintf(&b, "\t%q: #Worker & {name: \"Person %d\", roles: [{scope: %q}]}\n", id, i, paths[i%len(paths)])
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// comments returns users with a grant that has expired, and a comment that silences the finding.
func (s Shape) comments(paths []string) []byte {
	if s.Comments == 0 {
		return nil
	}
	var b bytes.Buffer
	b.WriteString("users:\n")
	for i, id := range names("commented", s.Comments) {
		fmt.Fprintf(&b, "  %s:\n    roles: [{role: %s, scope: %s}]\n    grants:\n", id, s.role(i), paths[i%len(paths)])
		fmt.Fprintf(&b, "      - {permission: permission-00000, scope: %s, expires: \"2020-01-01\"} # permc:ignore expired "+
			"until 2027-01-31 -- known\n", paths[i%len(paths)])
	}
	return b.Bytes()
}

// Export writes what everybody has to a table, as permc drift table reads it.
func (s Shape) Export(file string) error {
	_, paths := s.scopes()
	var b bytes.Buffer
	w := tables.NewWriter(&b)
	write := func(cells ...string) { _ = w.Write(cells) } // a buffer takes everything
	write("user", "role", "permission", "scope", "group", "actions")
	users, groups := s.users(paths), s.groups(paths)
	for _, id := range slices.Sorted(maps.Keys(users)) {
		for _, e := range users[id]["roles"].([]object) {
			write(id, e["role"].(string), "", e["scope"].(string), "", "")
		}
		for _, e := range users[id]["grants"].([]object) {
			write(id, "", e["permission"].(string), e["scope"].(string), "", "edit")
		}
		list, _ := users[id]["groups"].([]string)
		for _, group := range list {
			write(id, "", "", "", group, "")
		}
	}
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		list, _ := groups[group].(object)["members"].([]string)
		for _, id := range list {
			write(id, "", "", "", group, "")
		}
	}
	w.Flush()
	return os.WriteFile(file, b.Bytes(), 0o644)
}
