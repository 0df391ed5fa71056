package starter

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"permc.dev/permc/compiler/internal/spreadsheet"
	"permc.dev/permc/compiler/policy"
)

// People holds the users of an export, in permc's columns.
type People struct {
	File   string // the file with the users
	Ignore string // the export, if it is in the project
	CSV    []byte // nil if the export needs no change
	Notes  []string

	catalog  *policy.Catalog
	from1904 bool
	at       map[string]int // the columns of the export, by permc's names
	scopes   []string       // paths of ids, in order
	titles   map[string]string
	ids      map[string]string // paths of ids, by paths of titles
	levels   []int             // columns that make up the scope, outermost first
}

// columns are those that permc init writes: some of load.Columns.
var columns = []string{"user", "name", "affiliation", "role", "permission", "scope", "actions", "starts", "expires", "reason",
	"ticket"}

// headers maps other programs' names of columns to permc's.
var headers = map[string]string{
	"email": "user", "e-mail": "user", "mail": "user", "upn": "user", "user-principal-name": "user",
	"userprincipalname": "user", "username": "user", "user-name": "user", "login": "user",
	"user-id": "user", "email-address": "user", "primary-email": "user", "internal-email": "user",
	"display-name": "name", "displayname": "name", "full-name": "name",
	"roles": "role", "role-name": "role", "security-role": "role", "security-roles": "role", "assigned-roles": "role",
	"workspace": "scope", "scopes": "scope",
	"tenant": "scope", "business-unit": "scope", "environment": "scope", "customer": "scope",
	"permissions": "permission", "user-type": "affiliation",
	"start-date": "starts", "valid-from": "starts", "end-date": "expires", "expiry": "expires", "valid-to": "expires",
}

var notKebab = regexp.MustCompile(`[^a-z0-9]+`)

// toKebab turns a title into an id: "Müller & Co" into "muller-co".
func toKebab(s string) string {
	plain := strings.Map(func(r rune) rune {
		if 0x300 <= r && r < 0x370 { // an accent
			return -1
		}
		return r
	}, norm.NFD.String(s))
	return strings.Trim(notKebab.ReplaceAllString(strings.ToLower(plain), "-"), "-")
}

// Read turns an export into permc's columns: the rows of CSV in any of its shapes. It keeps every row. What it does not
// understand, it keeps and notes, so that permc check flags it. names says which columns of the export are which of
// permc's, by their titles.
func Read(text []byte, c *policy.Catalog, names map[string]string) (*People, error) {
	rows, note, err := spreadsheet.ReadCSV(text)
	if err != nil {
		return nil, err
	}
	p, err := readRows(rows, c, names, false)
	if err == nil && note != "" {
		p.Notes = append([]string{note}, p.Notes...)
	}
	return p, err
}

// Book takes the rows of a workbook.
type Book = spreadsheet.Book

// ReadBook turns the first sheet of a workbook that has users into permc's columns, as Read does.
func ReadBook(b *Book, c *policy.Catalog, names map[string]string) (*People, error) {
	first := errors.New("the export is empty")
	for i, s := range b.Sheets {
		p, err := readRows(s.Rows, c, names, b.From1904)
		if err == nil {
			if len(b.Sheets) > 1 {
				p.Notes = append([]string{fmt.Sprintf("sheet %q read, and no other", s.Name)}, p.Notes...)
			}
			return p, nil
		}
		if i == 0 {
			first = err
		}
	}
	return nil, first
}

func readRows(rows []spreadsheet.Row, c *policy.Catalog, names map[string]string, from1904 bool) (*People, error) {
	if len(rows) == 0 {
		return nil, errors.New("the export is empty")
	}
	p := &People{catalog: c, from1904: from1904, titles: map[string]string{}, ids: map[string]string{}}
	rows, err := p.findColumns(rows, names)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	write := func(fields []string) {
		if _, named := p.at["name"]; !named {
			fields = slices.Delete(slices.Clone(fields), 1, 2)
		}
		_ = w.Write(fields)
	}
	write(columns)
	for i := range rows {
		for _, fields := range p.row(&rows[i]) {
			write(fields)
		}
	}
	w.Flush()
	p.CSV = out.Bytes()
	return p, w.Error()
}

// mostTitles limits the rows above the names of the columns.
const mostTitles = 20

// findColumns finds the row with the names of the columns, and returns the rows below it.
func (p *People) findColumns(rows []spreadsheet.Row, names map[string]string) ([]spreadsheet.Row, error) {
	for i := range rows[:min(mostTitles, len(rows))] {
		head, below := rows[i].Cells, rows[i+1:]
		users := findUsers(head, below, names)
		if len(users) == 0 {
			continue
		}
		p.levelColumns(head, names)
		if missing := p.columns(head, below, users[0], names); len(missing) > 0 {
			return nil, fmt.Errorf("no column is called %s; found %s", quoteAll(missing), quoteAll(head))
		}
		return below, nil
	}
	return nil, fmt.Errorf("no column has the user: call it user, email, upn or user principal name, or name it with "+
		"--map; found %s", quoteAll(rows[0].Cells))
}

func quoteAll(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = strconv.Quote(s)
	}
	return strings.Join(quoted, ", ")
}

// CheckColumns refuses names that are not columns of a declaration, or levels of its catalog.
func CheckColumns(names map[string]string, c *policy.Catalog) error {
	known := slices.Concat(columns, c.Levels)
	for _, title := range slices.Sorted(maps.Keys(names)) {
		if name := names[title]; !slices.Contains(known, name) {
			return fmt.Errorf("%q is not a column: use one of %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// findUsers returns the columns that may have the user, the likeliest first: a column of addresses comes before one of
// names, which two people may share.
func findUsers(head []string, below []spreadsheet.Row, names map[string]string) (list []int) {
	var named []int
	known := 0
	for i, h := range head {
		column := columnOf(h, names)
		if column != "" {
			known++
		}
		switch {
		case column == "user" && names[h] == "user":
			return []int{i}
		case column == "user" && hasAddresses(below, i):
			list = append(list, i)
		case column == "user":
			named = append(named, i)
		}
	}
	if len(list) > 0 || known == 0 {
		return append(list, named...)
	}
	for i, h := range head { // of another name
		if c := columnOf(h, names); (c == "" || c == "name") && hasAddresses(below, i) {
			return []int{i}
		}
	}
	return named
}

var address = regexp.MustCompile(`^[^@\s:,;]+@[^@\s:,;]+\.[^@\s:,;]+$`)

// hasAddresses reports whether a column has addresses, and nothing else.
func hasAddresses(rows []spreadsheet.Row, i int) bool {
	n := 0
	for k := range rows {
		if s := cellOf(&rows[k], i); s != "" {
			if !address.MatchString(s) {
				return false
			}
			n++
		}
	}
	return n > 0
}

// columnOf returns permc's name of a column, or "".
func columnOf(title string, names map[string]string) string {
	if name, ok := names[title]; ok {
		return name
	}
	name := toKebab(title)
	if slices.Contains(columns, name) {
		return name
	}
	return headers[name]
}

// levelColumns finds columns named after the levels of scopes. Together they make
// the path; one alone is the scope.
func (p *People) levelColumns(head []string, names map[string]string) {
	levels := p.catalog.Levels
	for n, level := range levels {
		i := slices.IndexFunc(head, func(h string) bool { return names[h] == level })
		if i < 0 {
			i = slices.IndexFunc(head, func(h string) bool { return names[h] == "" && toKebab(h) == level })
		}
		if i >= 0 {
			p.levels = append(p.levels, i)
		}
		if i >= 0 && n > 0 && len(p.levels) == 1 {
			p.note("column %q has scopes at level %s, but no column has the %s above them", head[i], level, levels[n-1])
		}
	}
	if len(p.levels) < 2 {
		p.levels = nil
	}
}

// columns maps permc's columns to those of the export, and returns the names that no column has.
func (p *People) columns(head []string, below []spreadsheet.Row, user int, names map[string]string) (missing []string) {
	for _, h := range slices.Sorted(maps.Keys(names)) {
		if !slices.Contains(head, h) {
			missing = append(missing, h)
		}
	}
	p.at = map[string]int{"user": user}
	for i, h := range head {
		if h == "" || i == user || slices.Contains(p.levels, i) {
			continue
		}
		name := columnOf(h, names)
		if _, taken := p.at["name"]; name == "user" && !taken && !hasAddresses(below, i) {
			name = "name" // another column has the addresses
		}
		if slices.Contains(p.catalog.Levels, name) {
			name = "scope"
		}
		if name == "" {
			p.note("column %q ignored: not a column that permc knows; if it is one, name it with --map", h)
			continue
		}
		if first, twice := p.at[name]; twice {
			p.note("column %q ignored: %q is already the %s", h, head[first], name)
			continue
		}
		p.at[name] = i
	}
	return missing
}

// cellOf returns a cell of a row, which may be shorter.
func cellOf(r *spreadsheet.Row, i int) string {
	if i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i]
}

func (p *People) note(format string, args ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, args...))
}

// row returns one line for each role or permission in a row of the export.
func (p *People) row(r *spreadsheet.Row) (out [][]string) {
	get := func(name string) string {
		if i, ok := p.at[name]; ok {
			return cellOf(r, i)
		}
		return ""
	}
	var roles, permissions []string
	fields := make([]string, len(columns))
	for i, name := range columns {
		s := get(name)
		switch name {
		case "role":
			roles = splitNames(s, func(s string) bool { return p.roleID(s) != "" })
			continue
		case "permission":
			permissions = splitNames(s, func(s string) bool { return p.permissionID(s) != "" })
			continue
		case "affiliation":
			s = toKebab(s)
		case "scope":
			if s == "" {
				s = p.path(r)
			}
			s = p.scope(s, r.Number)
		case "starts", "expires":
			s = p.day(s, r.Number)
		}
		fields[i] = s
	}
	add := func(column, id, name, what string) {
		if id == "" {
			p.note("line %d: %q is not a %s of %s; kept; permc check will flag it", r.Number, name, what, p.catalog.Product)
			id = name
		}
		line := slices.Clone(fields)
		line[slices.Index(columns, column)] = id
		out = append(out, line)
	}
	for _, s := range roles {
		add("role", p.roleID(s), s, "role")
	}
	for _, s := range permissions {
		add("permission", p.permissionID(s), s, "permission")
	}
	if len(out) == 0 {
		out = append(out, fields)
	}
	if fields[0] == "" {
		p.note("line %d: no user; kept; permc check will flag it", r.Number)
	}
	return out
}

// splitNames splits a cell with several names, by semicolons and line ends, and by commas unless they are part of a
// name.
func splitNames(cell string, known func(string) bool) (list []string) {
	split := func(s string, seps string) (parts []string) {
		for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(seps, r) }) {
			if part = strings.TrimSpace(part); part != "" {
				parts = append(parts, part)
			}
		}
		return parts
	}
	if known(cell) {
		return []string{cell}
	}
	for _, part := range split(cell, ";\r\n") {
		names := split(part, ",")
		if known(part) || !slices.ContainsFunc(names, known) {
			names = []string{part}
		}
		list = append(list, names...)
	}
	return list
}

// day returns a day as permc writes it, if it can be read in one way.
func (p *People) day(s string, line int) string {
	if s == "" {
		return ""
	}
	day, help := spreadsheet.ParseDay(s, p.from1904)
	if day.IsZero() {
		p.note("line %d: cannot read the date %q: %s; kept; permc check will flag it", line, s, help)
		return s
	}
	return day.Format("2006-01-02")
}

// roleID finds a role by its id, its title or another of its names; "" if there is none.
func (p *People) roleID(s string) string {
	c := p.catalog
	if r, _ := c.RoleNamed(s); r != nil {
		return r.ID
	}
	for _, r := range c.Roles {
		if policy.Fold(r.Title) == policy.Fold(s) || r.ID == toKebab(s) {
			return r.ID
		}
	}
	return ""
}

// permissionID finds a permission likewise.
func (p *People) permissionID(s string) string {
	c := p.catalog
	if q, _ := c.PermissionNamed(s); q != nil {
		return q.ID
	}
	for _, q := range c.Permissions {
		if policy.Fold(q.Title) == policy.Fold(s) || q.ID == toKebab(s) {
			return q.ID
		}
	}
	return ""
}

// path joins the columns of levels to a scope.
func (p *People) path(r *spreadsheet.Row) string {
	var parts []string
	for n, i := range p.levels {
		s := strings.ReplaceAll(cellOf(r, i), "/", " ")
		if s != "" && len(parts) < n {
			p.note("line %d: %q has no scope above it; kept; permc check will flag it", r.Number, s)
		}
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "/")
}

// scope turns a path of titles into one of ids, and remembers both. Two titles never become one id: one of them gets a
// number. A path with a part that makes no id stays the same: without that part it would name a scope that reaches
// further.
func (p *People) scope(s string, line int) string {
	if s == "" {
		return ""
	}
	titles := strings.Split(s, "/")
	for i := range titles {
		if titles[i] = strings.TrimSpace(titles[i]); titles[i] == "" {
			p.note("line %d: scope %q has an empty part; kept; permc check will flag it", line, s)
			return s
		}
	}
	var path string
	for i, title := range titles {
		key := strings.Join(titles[:i+1], "/")
		id, known := p.ids[key]
		if !known {
			id = p.freeID(path, title)
			p.ids[key] = id
			p.scopes = append(p.scopes, id)
			p.titles[id] = title
		}
		path = id
	}
	return path
}

// freeID returns the path of a new scope below another one, with an id that no other title has.
func (p *People) freeID(above, title string) string {
	id := toKebab(title)
	if id == "" {
		id = strings.ReplaceAll(title, "%", "%25") // a name in another script
	}
	if above != "" {
		id = above + "/" + id
	}
	first, taken := p.titles[id]
	if !taken {
		return id
	}
	for n := 2; ; n++ {
		free := fmt.Sprintf("%s-%d", id, n)
		if _, taken := p.titles[free]; !taken {
			p.note("%q and %q are different scopes: %s and %s", first, title, id, free)
			return free
		}
	}
}

// quoteText quotes text for CUE and YAML.
func quoteText(s string) string {
	b, _ := json.Marshal(strings.ToValidUTF8(s, "\uFFFD")) // text: cannot fail
	return string(b)
}

func (p *People) scopesCUE() string {
	if len(p.scopes) == 0 {
		return "// The export names none: declare them here.\nscopes: {}\n"
	}
	var b strings.Builder
	b.WriteString("scopes: {\n")
	for _, path := range p.scopes {
		ids := strings.Split(path, "/")
		for i := range ids {
			ids[i] = fmt.Sprintf("%q", ids[i])
		}
		fmt.Fprintf(&b, "\t%s: {%s}\n", strings.Join(ids, ": scopes: "), p.title(path))
	}
	return b.String() + "}\n"
}

func (p *People) title(path string) string {
	if t := p.titles[path]; t != path[strings.LastIndexByte(path, '/')+1:] {
		return "title: " + quoteText(t)
	}
	return ""
}

func (p *People) scopesYAML() string {
	if len(p.scopes) == 0 {
		return "# The export names none: declare them here.\nscopes: {}\n"
	}
	var b strings.Builder
	p.yamlUnder(&b, "", "")
	return b.String()
}

func (p *People) yamlUnder(b *strings.Builder, parent, indent string) {
	first := true
	for _, path := range p.scopes {
		id, ok := strings.CutPrefix(path, parent)
		if !ok || strings.Contains(id, "/") {
			continue
		}
		if first {
			fmt.Fprintf(b, "%sscopes:\n", indent)
		}
		first = false
		fmt.Fprintf(b, "%s  %q:\n%s    title: %s\n", indent, id, indent, quoteText(p.titles[path]))
		p.yamlUnder(b, path+"/", indent+"    ")
	}
}
