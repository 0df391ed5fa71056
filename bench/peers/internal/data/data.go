// Package data reads what the peers in Go work on and writes what they find.
package data

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Catalog is the file catalog.json.
type Catalog struct {
	AsOf        string
	Permissions map[string]*Permission
	Roles       map[string]*Role
	Deny        struct{ Affiliation, Action string }
}

// Permission is something that can be held on a scope of a level.
type Permission struct {
	Levels, Actions       []string
	Grantable, Deprecated bool
}

// Role is what a role gives to whom.
type Role struct {
	Level        string
	Affiliations []string
	Gives        []Give
}

// Give is a permission on the scopes in reach: self, subtree or first.
type Give struct {
	Permission string
	Actions    []string
	Reach      string
}

// Entry is an assignment of a role or a grant of a permission.
type Entry struct {
	Role, Permission, Scope string
	Actions                 []string
	Starts, Expires         string
}

// User is a line of users.jsonl.
type User struct {
	User, Affiliation string
	Roles, Grants     []Entry
}

// Scope is a customer or a workspace.
type Scope struct {
	Name, Level string
	Parent      string
	First       bool
	Subtree     []*Scope // itself and what is under it
}

// Data is everything but the users.
type Data struct {
	Dir     string
	Catalog *Catalog
	Scopes  map[string]*Scope
	// ByLevel has the permissions that can be held on a level, in order.
	ByLevel map[string][]string
}

// Read reads catalog.json and access.json of a folder.
func Read(dir string) (*Data, error) {
	d := &Data{Dir: dir, Scopes: map[string]*Scope{}, ByLevel: map[string][]string{}}
	if err := d.ReadJSON("catalog.json", &d.Catalog); err != nil {
		return nil, err
	}
	for id, p := range d.Catalog.Permissions {
		for _, level := range p.Levels {
			d.ByLevel[level] = append(d.ByLevel[level], id)
		}
	}
	for _, list := range d.ByLevel {
		slices.Sort(list)
	}
	var access struct {
		Scopes map[string]struct {
			Scopes map[string]struct{ Labels []string }
		}
	}
	if err := d.ReadJSON("access.json", &access); err != nil {
		return nil, err
	}
	for customer, content := range access.Scopes {
		top := &Scope{Name: customer, Level: "customer"}
		top.Subtree = []*Scope{top}
		d.Scopes[top.Name] = top
		for workspace, attributes := range content.Scopes {
			s := &Scope{Name: customer + "/" + workspace, Level: "workspace", Parent: customer,
				First: slices.Contains(attributes.Labels, "first")}
			s.Subtree = []*Scope{s}
			top.Subtree = append(top.Subtree, s)
			d.Scopes[s.Name] = s
		}
	}
	return d, nil
}

// ReadJSON reads a file of the folder.
func (d *Data) ReadJSON(name string, to any) error {
	text, err := os.ReadFile(filepath.Join(d.Dir, name))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}

// Users calls f with one user after the other.
func (d *Data) Users(f func(*User) error) error {
	file, err := os.Open(filepath.Join(d.Dir, "users.jsonl"))
	if err != nil {
		return err
	}
	defer file.Close()
	lines := json.NewDecoder(bufio.NewReaderSize(file, 1<<20))
	for {
		u := &User{}
		err := lines.Decode(u)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(u); err != nil {
			return err
		}
	}
}

// InForce tells whether an entry is valid and counts on the day of the catalog.
func (c *Catalog) InForce(e *Entry) bool {
	if e.Starts != "" && e.Expires != "" && e.Starts > e.Expires {
		return false
	}
	return (e.Starts == "" || e.Starts <= c.AsOf) && (e.Expires == "" || c.AsOf <= e.Expires)
}

// Candidates are the scopes on which a user may hold something at all: those
// that entries name and what is under them.
func (d *Data) Candidates(u *User) []*Scope {
	var list []*Scope
	for _, entries := range [][]Entry{u.Roles, u.Grants} {
		for _, e := range entries {
			for _, s := range d.Scopes[e.Scope].Subtree {
				if !slices.Contains(list, s) {
					list = append(list, s)
				}
			}
		}
	}
	return list
}

// Rows prints rows.
type Rows struct{ w *bufio.Writer }

// NewRows prints the header.
func NewRows() *Rows {
	r := &Rows{bufio.NewWriterSize(os.Stdout, 1<<16)}
	r.w.WriteString("user,scope,permission,actions\n")
	return r
}

// Row prints a row, unless no action is left.
func (r *Rows) Row(user, scope, permission string, actions []string) {
	if len(actions) > 0 {
		fmt.Fprintf(r.w, "%s,%s,%s,%s\n", user, scope, permission, strings.Join(actions, ";"))
	}
}

// Line prints a row that is already text.
func (r *Rows) Line(row string) {
	r.w.WriteString(row)
	r.w.WriteByte('\n')
}

// Flush ends the output.
func (r *Rows) Flush() error { return r.w.Flush() }

// Main runs a peer whose only argument is the folder.
func Main(run func(*Data, *Rows) error) {
	if len(os.Args) != 2 {
		fmt.Fprintf(os.Stderr, "usage: %s DIR\n", filepath.Base(os.Args[0]))
		os.Exit(2)
	}
	d, err := Read(os.Args[1])
	if err == nil {
		rows := NewRows()
		err = run(d, rows)
		err = errors.Join(err, rows.Flush())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
