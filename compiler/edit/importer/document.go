package importer

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/pattern"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// document is a declaration to write.
type document struct {
	product  string
	imported *imported
	scopes   *node
	domains  [][2]string
	groups   []*group
	users    []*user
	teamOnly []teamOnly

	groupByID map[string]*group // those of groups
}

type imported struct {
	from, read string
	files      []observe.File
}

// node is a scope with those in it. The outermost one is none.
type node struct {
	id   string
	sub  []*node
	byID map[string]*node // those of sub
}

type group struct {
	id, kind, home string
	members        []string
	entries        []entry
}

type user struct {
	id, name, home string
	disabled       bool
	entries        []entry
	groups         []string
}

type entry struct {
	role, permission, scope string
	actions                 []string
}

func (n *node) add(path []string) {
	if len(path) == 0 {
		return
	}
	x := n.byID[path[0]]
	if x == nil {
		if n.byID == nil {
			n.byID = map[string]*node{}
		}
		x = &node{id: path[0]}
		n.sub, n.byID[x.id] = append(n.sub, x), x
	}
	x.add(path[1:])
}

func (n *node) sort() {
	slices.SortFunc(n.sub, func(a, b *node) int { return cmp.Compare(a.id, b.id) })
	for _, s := range n.sub {
		s.sort()
	}
}

func (d *document) addGroup(g group) {
	if d.groupByID[g.id] != nil {
		return
	}
	if d.groupByID == nil {
		d.groupByID = map[string]*group{}
	}
	d.groups, d.groupByID[g.id] = append(d.groups, &g), &g
}

func (d *document) groupNamed(id string) *group {
	d.addGroup(group{id: id})
	return d.groupByID[id]
}

// sort puts everything in the order of ids.
func (d *document) sort() {
	d.scopes.sort()
	slices.SortFunc(d.groups, func(a, b *group) int { return cmp.Compare(a.id, b.id) })
	slices.SortFunc(d.teamOnly, func(a, b teamOnly) int { return cmp.Compare(a.role, b.role) })
	slices.SortFunc(d.users, func(a, b *user) int { return cmp.Compare(a.id, b.id) })
	for _, g := range d.groups {
		slices.Sort(g.members)
		slices.SortFunc(g.entries, compareEntries)
	}
	for _, u := range d.users {
		slices.Sort(u.groups)
		slices.SortFunc(u.entries, compareEntries)
	}
}

func compareEntries(a, b entry) int {
	return cmp.Or(cmp.Compare(a.scope, b.scope), cmp.Compare(a.role, b.role), cmp.Compare(a.permission, b.permission))
}

// encode writes the document in a format. Formats of users alone leave the rest, which is in YAML.
func (d *document) encode(format string) (text, rest []byte, err error) {
	switch format {
	case "yaml":
		return d.yaml(), nil, nil
	case "cue":
		return d.cue(), nil, nil
	}
	others := *d
	others.users = nil
	if format == "jsonl" {
		return d.jsonl(), others.yaml(), nil
	}
	for _, u := range d.users {
		if u.disabled || u.home != "" { // CSV has no columns for them
			others.users = append(others.users, &user{id: u.id, home: u.home, disabled: u.disabled})
		}
	}
	text, err = d.csv()
	return text, others.yaml(), err
}

// value is a value of a document: text, a list, or fields in order.
type value any

type field struct {
	key   string
	value value
}

type fields []field

func (f fields) with(key string, v value) fields {
	switch x := v.(type) {
	case string:
		if x == "" {
			return f
		}
	case []value:
		if len(x) == 0 {
			return f
		}
	case fields:
		if len(x) == 0 {
			return f
		}
	}
	return append(f, field{key, v})
}

func texts(list []string) (out []value) {
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

// tree returns the document as a value.
func (d *document) tree() fields {
	var f fields
	if c := d.catalog(); len(c) > 0 {
		f = f.with("catalog", c)
	} else {
		f = f.with("product", d.product)
	}
	if x := d.imported; x != nil {
		files, taken := fields{}, map[string]bool{}
		for _, file := range x.files {
			name := path.Base(strings.ReplaceAll(file.Name, "\\", "/"))
			if taken[name] {
				name = file.Name
			}
			files, taken[name] = files.with(name, file.Hash()), true
		}
		f = f.with("imported", []value{fields{}.with("from", x.from).with("read", x.read).with("files", files)})
	}
	f = f.with("scopes", d.scopes.tree())
	domains := fields{}
	for _, x := range d.domains {
		domains = domains.with(x[0], x[1])
	}
	f = f.with("domains", domains)
	groups, users := fields{}, fields{}
	for _, g := range d.groups {
		groups = append(groups, field{g.id, g.tree()})
	}
	for _, u := range d.users {
		users = append(users, field{u.id, u.tree()})
	}
	return f.with("groups", groups).with("users", users)
}

func (n *node) tree() (f fields) {
	for _, s := range n.sub {
		f = append(f, field{s.id, fields{}.with("scopes", s.tree())})
	}
	return f
}

func (g *group) tree() fields {
	roles, grants := entryTrees(g.entries)
	return fields{}.with("kind", g.kind).with("home", g.home).with("members", texts(g.members)).with("roles",
		roles).with("grants", grants)
}

func (u *user) tree() fields {
	roles, grants := entryTrees(u.entries)
	status := ""
	if u.disabled {
		status = "disabled"
	}
	return fields{}.with("name", u.name).with("status", status).with("home", u.home).with("roles", roles).with("grants",
		grants).
		with("groups", texts(u.groups))
}

func entryTrees(list []entry) (roles, grants []value) {
	for _, e := range list {
		f := fields{}.with("role", e.role).with("permission", e.permission).with("scope", e.scope).with("actions",
			texts(e.actions))
		if e.role != "" {
			roles = append(roles, f)
		} else {
			grants = append(grants, f)
		}
	}
	return roles, grants
}

func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // text always encodes
	return strings.TrimSpace(b.String())
}

var (
	plainYAML = pattern.Lazy(`^[A-Za-z][A-Za-z0-9_./@-]*$`)
	plainCUE  = pattern.Lazy(`^[A-Za-z][A-Za-z0-9]*$`)
)

// quoteYAML writes a text plainly where YAML takes it for nothing else.
func quoteYAML(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf":
		return quote(s)
	}
	if plainYAML().MatchString(s) {
		return s
	}
	return quote(s)
}

func (d *document) yaml() []byte {
	var b strings.Builder
	writeYAML(&b, d.tree(), 0)
	return []byte(b.String())
}

func writeYAML(b *strings.Builder, f fields, indent int) {
	for _, x := range f {
		fmt.Fprintf(b, "%s%s:", strings.Repeat("  ", indent), quoteYAML(x.key))
		switch v := x.value.(type) {
		case fields:
			if len(v) == 0 {
				b.WriteString(" {}\n")
				continue
			}
			b.WriteByte('\n')
			writeYAML(b, v, indent+1)
		case []value:
			b.WriteByte('\n')
			for _, item := range v {
				fmt.Fprintf(b, "%s- %s\n", strings.Repeat("  ", indent+1), flow(item, quoteYAML, quoteYAML))
			}
		default:
			fmt.Fprintf(b, " %s\n", flow(v, quoteYAML, quoteYAML))
		}
	}
}

// flow writes a value on one line.
func flow(v value, key, text func(string) string) string {
	var parts []string
	switch x := v.(type) {
	case fields:
		for _, f := range x {
			parts = append(parts, key(f.key)+": "+flow(f.value, key, text))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []value:
		for _, item := range x {
			parts = append(parts, flow(item, key, text))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return text(v.(string))
}

func (d *document) cue() []byte { return writeCUE(d.tree()) }

func writeCUE(f fields) []byte {
	var b bytes.Buffer
	b.WriteString("package access\n")
	key := func(s string) string {
		if plainCUE().MatchString(s) {
			return s
		}
		return quote(s)
	}
	var write func(f fields, indent int)
	write = func(f fields, indent int) {
		for _, x := range f {
			fmt.Fprintf(&b, "%s%s: ", strings.Repeat("\t", indent), key(x.key))
			sub, ok := x.value.(fields)
			if !ok || len(sub) == 0 {
				fmt.Fprintf(&b, "%s\n", flow(x.value, key, quote))
				continue
			}
			b.WriteString("{\n")
			write(sub, indent+1)
			fmt.Fprintf(&b, "%s}\n", strings.Repeat("\t", indent))
		}
	}
	for _, x := range f {
		b.WriteByte('\n')
		write(fields{x}, 0)
	}
	return b.Bytes()
}

func (d *document) jsonl() []byte {
	var b bytes.Buffer
	for _, u := range d.users {
		b.WriteString(flow(append(fields{{"user", u.id}}, u.tree()...), quote, quote) + "\n")
	}
	return b.Bytes()
}

func (d *document) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"user", "name", "role", "permission", "group", "scope", "actions"}) // a buffer takes all
	for _, u := range d.users {
		for _, e := range u.entries {
			_ = w.Write([]string{u.id, u.name, e.role, e.permission, "", e.scope, policy.JoinNames(e.actions, ";")})
		}
		for _, g := range u.groups {
			_ = w.Write([]string{u.id, u.name, "", "", g, "", ""})
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
