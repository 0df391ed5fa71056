package observe

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/spreadsheet"
)

// tableHeads are common headings. A map file names others.
var tableHeads = heads{
	"user": {"user", "email", "emailaddress", "userprincipalname", "upn", "username", "login", "userid", "primaryemail",
		"account", "accountname", "domainname", "memberemail"},
	"mail":       {"mail", "internalemail", "primaryemailaddress"},
	"alias":      {"alias", "aliases", "otheremail", "proxyaddresses"},
	"id":         {"id", "objectid", "systemuserid", "externalid"},
	"name":       {"name", "displayname", "fullname"},
	"role":       {"role", "roles", "rolename", "securityrole", "securityroles", "assignedroles", "memberrole"},
	"permission": {"permission", "permissions"},
	"scope": {"scope", "scopes", "tenant", "workspace", "workspacename", "customer", "environment",
		"businessunit"},
	"group":   {"group", "groups", "groupemail", "groupname", "team"},
	"actions": {"actions", "action"},
	"state":   {"status", "state", "enabled", "active", "accountenabled"},
}

// table reads any table, as a map file describes it.
type table struct {
	*builder
	heads   heads
	scopes  []string // headings whose cells make a path
	covered columns  // columns that occur
	last    account  // of the row before
	named   map[string]int32
}

// account is what a row says of a person.
type account struct {
	id, user, mail, alias, name, state string
	who                                int32
}

func readTable(b *builder, files []Input) error {
	t := &table{builder: b, heads: tableHeads, covered: columns{}, last: account{who: None}, named: map[string]int32{}}
	t.useMap()
	for i := range files {
		if err := t.file(&files[i], int32(i)); err != nil {
			return err
		}
	}
	t.cover()
	return nil
}

// useMap takes the headings that a map names, and no others for these columns.
func (t *table) useMap() {
	m := t.opts.Map
	if m == nil || len(m.Columns) == 0 {
		return
	}
	t.heads = heads{}
	for field, names := range tableHeads {
		t.heads[field] = names
	}
	for field, titles := range m.Columns {
		if field == "scope" && len(titles) > 1 {
			t.scopes = titles
			delete(t.heads, "scope")
			for i, title := range titles {
				t.heads[fmt.Sprint("scope", i)] = []string{foldHeading(title)}
			}
			continue
		}
		t.heads[field] = nil
		for _, title := range titles {
			t.heads[field] = append(t.heads[field], foldHeading(title))
		}
		for other, names := range t.heads { // a heading means one thing
			if _, named := m.Columns[other]; other != field && !named {
				t.heads[other] = slices.DeleteFunc(slices.Clone(names), func(n string) bool {
					return slices.Contains(t.heads[field], n)
				})
			}
		}
	}
}

const tableHelp = "name the headings in a map file: columns: {user: …, role: …, scope: …}; permc import table --how " +
	"shows one"

func (t *table) file(in *Input, file int32) error {
	if in.looksJSON() {
		return t.refuse(Place{File: file}, "save it as CSV, TSV or .xlsx", "JSON is no table")
	}
	sheets, err := t.tables(in, file)
	if err != nil {
		return err
	}
	needed := []string{"user|mail|alias|id|name"}
	if m := t.opts.Map; m != nil {
		for field := range m.Columns {
			if field == "scope" && t.scopes != nil {
				field = "scope0"
			}
			needed = append(needed, field)
		}
	}
	slices.Sort(needed)
	for _, s := range sheets {
		if m := t.opts.Map; m != nil && m.Sheet != "" && s.Name != m.Sheet {
			continue
		}
		nobody := true
		found, err := t.heads.each(t.builder, s.Rows, file, func(r *record) error {
			nobody = false
			return t.row(in, r)
		}, needed...)
		if found && nobody {
			t.empty(in, file, s.Rows, needed)
		}
		if err != nil || found {
			return err
		}
	}
	var seen []string
	if len(sheets) > 0 && len(sheets[0].Rows) > 0 {
		seen = sheets[0].Rows[0].Cells
	}
	return t.refuse(Place{file, 1}, tableHelp, "no heading with a user; the first row has %s", quoteList(seen))
}

// empty notes what a table without rows is about: that nobody has it.
func (t *table) empty(in *Input, file int32, rows []spreadsheet.Row, needed []string) {
	for _, row := range rows {
		at, _ := t.heads.find(row.Cells, needed...)
		for field := range at {
			t.covered[field] = 1
		}
	}
	if g := t.opts.groupOf(in.Name); g != "" {
		t.covered["group"] = 1
		t.group(Group{Name: g, Home: None, Place: Place{file, 1}})
	}
}

func quoteList(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	var parts []string
	for _, s := range list[:min(len(list), 8)] {
		parts = append(parts, fmt.Sprintf("%q", s))
	}
	if len(list) > 8 {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}

// row reads a person with what the row says of them.
func (t *table) row(in *Input, r *record) error {
	if r.first {
		for field := range r.at {
			t.covered[field] = 1
		}
	}
	who := Holder{t.personOf(r), None}
	if who.Person == None {
		if len(spreadsheet.TrimRow(r.cells)) > 0 {
			t.gap(r.Place, "fill the user's cell, or take the row out", "the row names nobody")
		}
		return nil
	}
	scope, actions := t.scopeOf(in, r), strings.Join(splitCell(r.get("actions"), ";,"), "\x00")
	for role := range t.several(r.get("role")) {
		t.entry(Entry{Holder: who, Thing: t.thing(named{what: role}), Scope: scope, Place: r.Place})
	}
	for permission := range t.several(r.get("permission")) {
		grant := t.thing(named{what: permission, grant: true, actions: actions})
		t.entry(Entry{Holder: who, Thing: grant, Scope: scope, Place: r.Place})
	}
	groups := slices.Collect(t.several(r.get("group")))
	if g := t.opts.groupOf(in.Name); g != "" && len(groups) == 0 {
		groups = []string{g}
		t.covered["group"] = 1
	}
	for _, g := range groups {
		t.member(Member{who, t.group(Group{Name: g, Home: None, Place: r.Place}), r.Place})
	}
	if len(t.o.Entries)+len(t.o.Members)+len(t.o.People) > MostItems {
		return t.refuse(r.Place, "split the export", "more than %d entries", MostItems)
	}
	return nil
}

// personOf returns the person of a row, or None. Rows of one person often follow each other.
func (t *table) personOf(r *record) int32 {
	now := account{r.get("id"), r.get("user"), r.get("mail"), r.get("alias"), r.get("name"), r.get("state"), t.last.who}
	if now == t.last && now.who != None {
		return now.who
	}
	p := Person{ID: now.id, Logins: []string{now.user, now.mail}, Name: now.name, State: parseState(now.state),
		Home: None, Place: r.Place}
	p.Logins = append(p.Logins, splitCell(now.alias, ";,")...)
	now.who = t.person(p)
	t.last = now
	return now.who
}

// scopeOf returns the scope of a row, or None.
func (t *table) scopeOf(in *Input, r *record) int32 {
	var names []string
	for i := range t.scopes {
		names = append(names, r.get(fmt.Sprint("scope", i)))
	}
	for len(names) > 0 && names[len(names)-1] == "" {
		names = names[:len(names)-1]
	}
	if cell := r.get("scope"); cell != "" {
		names = []string{cell}
	}
	if name := t.opts.scopeOf(in.Name); len(names) == 0 && name != "" {
		names = []string{name}
	}
	if len(names) == 0 {
		return None
	}
	if len(names) > 1 {
		return t.scope(Scope{Path: names, Place: r.Place})
	}
	at, ok := t.named[names[0]]
	if !ok {
		at = t.scope(Scope{Path: names, Place: r.Place})
		t.named[names[0]] = at
	}
	return at
}

// several splits a cell with several names.
func (t *table) several(cell string) iter.Seq[string] {
	by := ";\n"
	if t.opts.Map != nil && t.opts.Map.Separator != "" {
		by = t.opts.Map.Separator
	}
	return cellParts(cell, by)
}

// splitCell splits a cell at each of some characters, and drops what is empty.
func splitCell(cell, at string) []string { return slices.Collect(cellParts(cell, at)) }

// cellParts yields the parts of a cell between some characters that are not empty.
func cellParts(cell, at string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !strings.ContainsAny(cell, at) {
			if cell = strings.TrimSpace(cell); cell != "" {
				yield(cell)
			}
			return
		}
		for s := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(at, r) }) {
			if s = strings.TrimSpace(s); s != "" && !yield(s) {
				return
			}
		}
	}
}

// scopeOf returns the scope that a whole file is about, or "".
func (o *Options) scopeOf(file string) string {
	if o.Scope != "" {
		return o.Scope
	}
	return o.Map.file(file).Scope
}

// groupOf returns the group whose members a whole file lists, or "".
func (o *Options) groupOf(file string) string {
	if o.Group != "" {
		return o.Group
	}
	return o.Map.file(file).Group
}

// cover says what the tables are complete for: what their columns are about, unless the map says less. A file about one
// scope says nothing about the others.
func (t *table) cover() {
	has := func(field string) bool { _, ok := t.covered[field]; return ok }
	a := Area{Roles: has("role"), Grants: has("permission"), Members: has("group"), Users: true, Scope: None,
		Group: None}
	m := t.opts.Map
	if m == nil {
		m = &Map{}
	}
	if c := m.Covers; c != nil {
		a.Roles, a.Grants = a.Roles && yes(c.Roles), a.Grants && yes(c.Grants)
		a.Members, a.Except = a.Members && yes(c.Members), c.Except
	}
	t.o.Effective = !a.Members
	var scopes []int32
	switch named := t.fileScopes(); {
	case m.Covers != nil && len(m.Covers.Scopes) > 0:
		for _, s := range m.Covers.Scopes {
			scopes = append(scopes, t.scope(Scope{Path: []string{s}}))
		}
	case len(named) > 0 && !has("scope") && t.scopes == nil:
		for _, s := range named {
			scopes = append(scopes, t.scope(Scope{Path: []string{s}}))
		}
	default:
		scopes = []int32{None}
	}
	for _, s := range scopes {
		one := a
		one.Scope = s
		one.Members = a.Members && s == scopes[0]
		t.coverGroups(one)
	}
}

// coverGroups adds an area. Where the files are about groups that were named for them, they say nothing about others.
func (t *table) coverGroups(a Area) {
	named := map[string]bool{}
	for _, f := range t.o.Files {
		if g := t.opts.groupOf(f.Name); g != "" {
			named[g] = true
		}
	}
	if !a.Members || len(named) == 0 {
		t.o.Areas = append(t.o.Areas, a)
		return
	}
	rest := a
	rest.Members = false
	t.o.Areas = append(t.o.Areas, rest)
	for i, g := range t.o.Groups {
		if named[g.Name] {
			t.o.Areas = append(t.o.Areas, Area{Members: true, Group: int32(i), Scope: None, Except: a.Except})
		}
	}
}

// fileScopes returns the scopes that were named for whole files.
func (t *table) fileScopes() (list []string) {
	for _, f := range t.o.Files {
		if s := t.opts.scopeOf(f.Name); s != "" {
			list = appendNew(list, s)
		}
	}
	return list
}

func yes(b *bool) bool { return b == nil || *b }
