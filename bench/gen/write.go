package gen

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Formats are the formats that users can be written in. The last is CUE that has to be evaluated.
var Formats = []string{"json", "jsonl", "yaml", "cue", "csv", "logic"}

// Extension returns how the names of files in a format end.
func Extension(format string) string {
	if format == "logic" {
		return "cue"
	}
	return format
}

// Write makes the folder DIR with access.json, the product and the scopes, and
// the users in so many files of one format.
func (p *Project) Write(dir, format string, files int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := p.writeAccess(filepath.Join(dir, "access.json")); err != nil {
		return err
	}
	for i := range files {
		users := p.Users[len(p.Users)*i/files : len(p.Users)*(i+1)/files]
		name := "users." + Extension(format)
		if files > 1 {
			name = fmt.Sprintf("users-%04d.%s", i, Extension(format))
		}
		err := file(filepath.Join(dir, name), func(w *bufio.Writer) { Users(w, format, users) })
		if err != nil {
			return err
		}
	}
	return nil
}

// WriteCatalog writes a catalog for the peers.
func WriteCatalog(name string, catalog any) error {
	return writeJSON(name, catalog)
}

func (p *Project) writeAccess(name string) error {
	if p.Access != nil {
		return writeJSON(name, p.Access)
	}
	return file(name, func(w *bufio.Writer) { p.access(w) })
}

func writeJSON(name string, value any) error {
	text, err := json.MarshalIndent(value, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(text, '\n'), 0o644)
}

func file(name string, write func(*bufio.Writer)) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	write(w)
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func (p *Project) access(w io.Writer) {
	fmt.Fprint(w, "{\n\t\"product\": \"services-hub\",\n\t\"scopes\": {")
	for i := range p.Customers {
		fmt.Fprintf(w, "%s\n\t\t%q: {\"scopes\": {", comma(i), Customer(i))
		for j := range Workspaces {
			labels := ""
			if j == 0 {
				labels = `"labels": ["first"]`
			}
			fmt.Fprintf(w, "%s%q: {%s}", comma(j), Workspace(j), labels)
		}
		fmt.Fprint(w, "}}")
	}
	fmt.Fprint(w, "\n\t}\n}\n")
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

// Users writes users in a format.
func Users(w io.Writer, format string, users []User) {
	switch format {
	case "json":
		fmt.Fprint(w, "{\n\t\"users\": {")
		for i, u := range users {
			fmt.Fprintf(w, "%s\n\t\t%q: {%s}", comma(i), u.ID, fields(u, `"`))
		}
		fmt.Fprint(w, "\n\t}\n}\n")
	case "jsonl":
		for _, u := range users {
			fmt.Fprintf(w, "{\"user\": %q, %s}\n", u.ID, fields(u, `"`))
		}
	case "cue":
		fmt.Fprint(w, "users: {\n")
		for _, u := range users {
			fmt.Fprintf(w, "\t%q: {%s}\n", u.ID, fields(u, ""))
		}
		fmt.Fprint(w, "}\n")
	case "logic":
		logic(w, users)
	case "yaml":
		yaml(w, users)
	case "csv":
		csv(w, users)
	}
}

// fields returns the fields of a user as JSON, or as CUE where keys have no quotes.
func fields(u User, q string) string {
	var list []string
	for _, f := range [][2]string{{"affiliation", u.Affiliation}, {"home", u.Home}} {
		if f[1] != "" {
			list = append(list, fmt.Sprintf("%[1]s%[2]s%[1]s: %[3]q", q, f[0], f[1]))
		}
	}
	if len(u.Attributes) > 0 {
		var values []string
		for _, a := range u.Attributes {
			values = append(values, fmt.Sprintf("%q: [\"%s\"]", a.Name, strings.Join(a.Values, `", "`)))
		}
		list = append(list, fmt.Sprintf("%[1]sattributes%[1]s: {%[2]s}", q, strings.Join(values, ", ")))
	}
	for _, l := range u.lists() {
		if len(l.entries) == 0 {
			continue
		}
		var entries []string
		for _, e := range l.entries {
			entries = append(entries, entryFields(e, l.name, q))
		}
		list = append(list, fmt.Sprintf("%[1]s%[2]s%[1]s: [%[3]s]", q, l.field, strings.Join(entries, ", ")))
	}
	return strings.Join(list, ", ")
}

// entryList holds one of the lists of a user, and what the field with the name is called.
type entryList struct {
	field, name string
	entries     []Entry
}

func (u *User) lists() [3]entryList {
	return [3]entryList{{"groups", "group", u.Groups}, {"roles", "role", u.Roles}, {"grants", "permission", u.Grants}}
}

// texts returns the fields of an entry that are given and have one value.
func (e *Entry) texts(name string) (list [][2]string) {
	for _, f := range [][2]string{{name, e.Name}, {"scope", e.Scope}, {"starts", e.Starts}, {"expires", e.Expires}} {
		if f[1] != "" {
			list = append(list, f)
		}
	}
	return list
}

func entryFields(e Entry, name, q string) string {
	var list []string
	for _, f := range e.texts(name) {
		list = append(list, fmt.Sprintf("%[1]s%[2]s%[1]s: %[3]q", q, f[0], f[1]))
	}
	if e.Actions != nil {
		list = append(list, fmt.Sprintf(`%[1]sactions%[1]s: ["%[2]s"]`, q, strings.Join(e.Actions, `", "`)))
	}
	return "{" + strings.Join(list, ", ") + "}"
}

func yaml(w io.Writer, users []User) {
	fmt.Fprint(w, "users:\n")
	for _, u := range users {
		fmt.Fprintf(w, "  %s:\n", u.ID)
		for _, f := range [][2]string{{"affiliation", u.Affiliation}, {"home", u.Home}} {
			if f[1] != "" {
				fmt.Fprintf(w, "    %s: %s\n", f[0], f[1])
			}
		}
		if len(u.Attributes) > 0 {
			fmt.Fprint(w, "    attributes:\n")
			for _, a := range u.Attributes {
				fmt.Fprintf(w, "      %s: [%s]\n", a.Name, strings.Join(a.Values, ", "))
			}
		}
		for _, l := range u.lists() {
			yamlEntries(w, l)
		}
	}
}

func yamlEntries(w io.Writer, l entryList) {
	if len(l.entries) > 0 {
		fmt.Fprintf(w, "    %s:\n", l.field)
	}
	for _, e := range l.entries {
		mark := "- "
		for _, f := range e.texts(l.name) {
			fmt.Fprintf(w, "      %s%s: %s\n", mark, f[0], f[1])
			mark = "  "
		}
		if e.Actions != nil {
			fmt.Fprintf(w, "        actions: [%s]\n", strings.Join(e.Actions, ", "))
		}
	}
}

// csv writes a line for every entry; who has none has a line all the same. What
// belongs to the user is on the first line. Columns that nobody fills are left out.
func csv(w io.Writer, users []User) {
	home, group := "", ""
	for _, u := range users {
		if u.Home != "" {
			home = ",home"
		}
		if len(u.Groups) > 0 {
			group = ",group"
		}
	}
	attributes := attributeNames(users)
	fmt.Fprint(w, "user,affiliation"+home)
	for _, a := range attributes {
		fmt.Fprint(w, ",attr:"+a)
	}
	fmt.Fprintf(w, "%s,role,permission,scope,actions,starts,expires\n", group)
	for _, u := range users {
		line := func(of, role, permission string, e Entry) {
			fmt.Fprintf(w, "%s,%s", u.ID, u.Affiliation)
			if home != "" {
				fmt.Fprint(w, ","+u.Home)
			}
			for _, a := range attributes {
				fmt.Fprint(w, ","+strings.Join(u.values(a), ";"))
			}
			u.Attributes = nil
			if group != "" {
				fmt.Fprint(w, ","+of)
			}
			fmt.Fprintf(w, ",%s,%s,%s,%s,%s,%s\n", role, permission, e.Scope, strings.Join(e.Actions, ";"), e.Starts,
				e.Expires)
		}
		eachLine(&u, line)
	}
}

// eachLine passes on each entry with the group, role or permission in it, or an empty one if there is none.
func eachLine(u *User, line func(group, role, permission string, e Entry)) {
	if len(u.Groups)+len(u.Roles)+len(u.Grants) == 0 {
		line("", "", "", Entry{})
	}
	for _, e := range u.Groups {
		line(e.Name, "", "", e)
	}
	for _, e := range u.Roles {
		line("", e.Name, "", e)
	}
	for _, e := range u.Grants {
		line("", "", e.Name, e)
	}
}

// attributeNames returns the names of all attributes of users, sorted.
func attributeNames(users []User) []string {
	names := map[string]bool{}
	for _, u := range users {
		for _, a := range u.Attributes {
			names[a.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (u *User) values(attribute string) []string {
	for _, a := range u.Attributes {
		if a.Name == attribute {
			return a.Values
		}
	}
	return nil
}
