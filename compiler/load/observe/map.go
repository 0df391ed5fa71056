package observe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"permc.dev/permc/compiler/internal/pattern"
	"permc.dev/permc/compiler/policy"
)

// Map says what names of a system mean here: where they differ from those of the declaration, and what to ignore.
type Map struct {
	Columns     map[string]Column            `yaml:"columns"`
	Separator   string                       `yaml:"separator"` // between several roles in a cell
	System      string                       `yaml:"system"`    // whose ids the files have, as declared under ids
	Sheet       string                       `yaml:"sheet"`
	Scope       string                       `yaml:"scope"` // that the whole file is about
	Group       string                       `yaml:"group"` // whose members it lists
	Files       map[string]FileMap           `yaml:"files"` // by their names
	Covers      *Covers                      `yaml:"covers"`
	Users       map[string]string            `yaml:"users"`
	Roles       map[string]string            `yaml:"roles"`
	Permissions map[string]string            `yaml:"permissions"`
	Groups      map[string]string            `yaml:"groups"`
	Scopes      map[string]string            `yaml:"scopes"`
	Values      map[string]map[string]string `yaml:"values"` // of attributes
	Ignore      []Ignore                     `yaml:"ignore"`

	Affiliations map[string]string `yaml:"affiliations"` // of domains, for import
}

// FileMap says what a file is about.
type FileMap struct {
	Scope string `yaml:"scope"`
	Group string `yaml:"group"`
	List  string `yaml:"list"` // "users" or "members"
}

// Covers says what a table is complete for. What is left out is complete.
type Covers struct {
	Roles   *bool    `yaml:"roles"`
	Grants  *bool    `yaml:"grants"`
	Members *bool    `yaml:"members"`
	Scopes  []string `yaml:"scopes"`
	Except  []string `yaml:"except"` // domains of people who are in no list
}

// Column is one heading, or several whose cells together make a path.
type Column []string

// UnmarshalYAML reads a heading or a list of them.
func (c *Column) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*c = Column{n.Value}
		return nil
	}
	var list []string
	err := n.Decode(&list)
	*c = list
	return err
}

// Ignore is something that is not compared, such as an account of the system itself.
type Ignore struct {
	User       string `yaml:"user"`
	Group      string `yaml:"group"`
	Role       string `yaml:"role"`
	Permission string `yaml:"permission"`
	Scope      string `yaml:"scope"`
	Reason     string `yaml:"reason"`
	Expires    string `yaml:"expires"`

	Ends policy.Date `yaml:"-"`
}

// Fields are the columns that a map can name.
var Fields = []string{"user", "mail", "alias", "id", "name", "role", "permission", "scope", "group", "actions", "state"}

// mostMap limits the size of a map file.
const mostMap = 16 << 20

// ParseMap reads a map file, in YAML or JSON.
func ParseMap(raw []byte) (*Map, error) {
	if len(raw) > mostMap {
		return nil, fmt.Errorf("larger than %d MiB, the limit of a map file", mostMap>>20)
	}
	m := &Map{}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(m); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.New(describeYAML(err))
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("a map file is one document")
	}
	for field := range m.Columns {
		if !slices.Contains(Fields, field) {
			return nil, fmt.Errorf("columns: unknown %q: use %s", field, strings.Join(Fields, ", "))
		}
	}
	for i := range m.Ignore {
		if err := m.Ignore[i].check(); err != nil {
			return nil, fmt.Errorf("ignore[%d]: %w", i, err)
		}
	}
	return m, m.checkGlobs()
}

var yamlType = pattern.Lazy(` in type observe\.\w+`)

// describeYAML takes Go's own words out of an error of YAML.
func describeYAML(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.ReplaceAll(text, "unmarshal errors:\n  ", "")
	return yamlType().ReplaceAllString(text,
		"; use columns, separator, system, sheet, scope, group, files, covers, users, roles, permissions, groups, "+
			"scopes, values, affiliations or ignore")
}

func (x *Ignore) check() error {
	if x.User+x.Group+x.Role+x.Permission+x.Scope == "" {
		return errors.New("it would ignore everything: name a user, group, role, permission or scope")
	}
	if strings.TrimSpace(x.Reason) == "" {
		return errors.New("reason is missing: say why it is not compared")
	}
	if x.Expires == "" {
		return errors.New("expires is missing: say until when, e.g. 2027-06-30")
	}
	var err error
	if x.Ends, err = policy.ParseDate(x.Expires); err != nil {
		return fmt.Errorf("expires: %q is not a date: write 2027-06-30", x.Expires)
	}
	for _, glob := range []string{x.User, x.Group, x.Role, x.Permission, x.Scope} {
		if _, err := path.Match(glob, ""); err != nil {
			return fmt.Errorf("%q is not a pattern", glob)
		}
	}
	return nil
}

func (m *Map) checkGlobs() error {
	for name, list := range map[string]map[string]string{"users": m.Users, "roles": m.Roles,
		"permissions": m.Permissions,
		"groups":      m.Groups, "scopes": m.Scopes} {
		for glob, to := range list {
			if _, err := path.Match(glob, ""); err != nil {
				return fmt.Errorf("%s: %q is not a pattern", name, glob)
			}
			if to == "" {
				return fmt.Errorf("%s: %q is mapped to nothing: use ignore", name, glob)
			}
		}
	}
	return nil
}

// Matches reports whether a name matches a pattern, in any case. * crosses every character but none of the others.
func Matches(pattern, name string) bool { return MatchesAs(policy.Fold, pattern, name) }

// MatchesAs reports whether a name matches a pattern, by a key that is equal for the spellings of a name.
func MatchesAs(key func(string) string, pattern, name string) bool {
	p := strings.ReplaceAll(key(pattern), "/", "\x00") // * goes over slashes, too
	ok, err := path.Match(p, strings.ReplaceAll(key(name), "/", "\x00"))
	return ok && err == nil
}

// file returns what the map says about a file.
func (m *Map) file(name string) FileMap {
	if m == nil {
		return FileMap{}
	}
	for _, key := range []string{name, path.Base(name), stem(name)} {
		if f, ok := m.Files[key]; ok {
			return f
		}
	}
	return FileMap{Scope: m.Scope, Group: m.Group}
}
