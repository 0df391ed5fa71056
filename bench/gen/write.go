package gen

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Formats are the formats that users can be written in.
var Formats = []string{"json", "jsonl", "yaml", "cue", "csv"}

// Write makes the folder DIR with access.json, the product and the scopes, and
// the users in so many files of one format.
func (p *Project) Write(dir, format string, files int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	access := file(filepath.Join(dir, "access.json"), func(w *bufio.Writer) { p.access(w) })
	if access != nil {
		return access
	}
	for i := range files {
		users := p.Users[len(p.Users)*i/files : len(p.Users)*(i+1)/files]
		name := "users." + format
		if files > 1 {
			name = fmt.Sprintf("users-%04d.%s", i, format)
		}
		err := file(filepath.Join(dir, name), func(w *bufio.Writer) { Users(w, format, users) })
		if err != nil {
			return err
		}
	}
	return nil
}

// WriteCatalog writes the catalog for the peers.
func (c *Catalog) WriteCatalog(name string) error {
	text, err := json.MarshalIndent(c, "", "\t")
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
	case "yaml":
		yaml(w, users)
	case "csv":
		csv(w, users)
	}
}

// fields are the fields of a user as JSON, or as CUE where keys have no quotes.
func fields(u User, q string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%[1]saffiliation%[1]s: %[2]q", q, u.Affiliation)
	list := func(field, name string, entries []Entry) {
		if len(entries) == 0 {
			return
		}
		fmt.Fprintf(&b, ", %[1]s%[2]s%[1]s: [", q, field)
		for i, e := range entries {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "{%[1]s%[2]s%[1]s: %[3]q, %[1]sscope%[1]s: %[4]q", q, name, e.Name, e.Scope)
			if e.Actions != nil {
				fmt.Fprintf(&b, `, %[1]sactions%[1]s: ["%[2]s"]`, q, strings.Join(e.Actions, `", "`))
			}
			if e.Starts != "" {
				fmt.Fprintf(&b, ", %[1]sstarts%[1]s: %[2]q", q, e.Starts)
			}
			if e.Expires != "" {
				fmt.Fprintf(&b, ", %[1]sexpires%[1]s: %[2]q", q, e.Expires)
			}
			b.WriteByte('}')
		}
		b.WriteByte(']')
	}
	list("roles", "role", u.Roles)
	list("grants", "permission", u.Grants)
	return b.String()
}

func yaml(w io.Writer, users []User) {
	fmt.Fprint(w, "users:\n")
	for _, u := range users {
		fmt.Fprintf(w, "  %s:\n    affiliation: %s\n", u.ID, u.Affiliation)
		list := func(field, name string, entries []Entry) {
			if len(entries) == 0 {
				return
			}
			fmt.Fprintf(w, "    %s:\n", field)
			for _, e := range entries {
				fmt.Fprintf(w, "      - %s: %s\n        scope: %s\n", name, e.Name, e.Scope)
				if e.Actions != nil {
					fmt.Fprintf(w, "        actions: [%s]\n", strings.Join(e.Actions, ", "))
				}
				if e.Starts != "" {
					fmt.Fprintf(w, "        starts: %s\n", e.Starts)
				}
				if e.Expires != "" {
					fmt.Fprintf(w, "        expires: %s\n", e.Expires)
				}
			}
		}
		list("roles", "role", u.Roles)
		list("grants", "permission", u.Grants)
	}
}

// csv writes a line for every entry; who has none has a line all the same.
func csv(w io.Writer, users []User) {
	fmt.Fprint(w, "user,affiliation,role,permission,scope,actions,starts,expires\n")
	for _, u := range users {
		if len(u.Roles)+len(u.Grants) == 0 {
			fmt.Fprintf(w, "%s,%s,,,,,,\n", u.ID, u.Affiliation)
		}
		for _, e := range u.Roles {
			fmt.Fprintf(w, "%s,%s,%s,,%s,,%s,%s\n", u.ID, u.Affiliation, e.Name, e.Scope, e.Starts, e.Expires)
		}
		for _, e := range u.Grants {
			fmt.Fprintf(w, "%s,%s,,%s,%s,%s,%s,%s\n", u.ID, u.Affiliation, e.Name, e.Scope,
				strings.Join(e.Actions, ";"), e.Starts, e.Expires)
		}
	}
}
