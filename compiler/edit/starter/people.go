package starter

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/formula"
	"permc.dev/permc/compiler/policy"
)

// People holds the users of an export, in permc's columns.
type People struct {
	File   string // the file with the users
	Ignore string // the export, if it is in the project
	CSV    []byte // nil if the export needs no change
	Notes  []string

	scopes []string // paths of ids, in order
	titles map[string]string
	levels []int // columns that make up the scope, outermost first
}

// columns are those that permc init writes: some of load.Columns.
var columns = []string{"user", "affiliation", "role", "permission", "scope", "actions", "starts", "expires", "reason",
	"ticket"}

// headers maps other programs' names of columns to permc's.
var headers = map[string]string{
	"email": "user", "e-mail": "user", "mail": "user", "upn": "user", "user-principal-name": "user",
	"userprincipalname": "user", "username": "user",
	"user-id": "user", "email-address": "user", "roles": "role", "role-name": "role", "security-role": "role",
	"workspace": "scope", "scopes": "scope",
	"tenant": "scope", "business-unit": "scope", "environment": "scope", "customer": "scope",
	"permissions": "permission", "user-type": "affiliation",
	"start-date": "starts", "valid-from": "starts", "end-date": "expires", "expiry": "expires", "valid-to": "expires",
}

var notKebab = regexp.MustCompile(`[^a-z0-9]+`)

func toKebab(s string) string {
	return strings.Trim(notKebab.ReplaceAllString(strings.ToLower(s), "-"), "-")
}

// Read turns an export into permc's columns. It keeps every row. What it does not
// understand, it keeps and notes, so that permc check flags it.
func Read(text []byte, c *policy.Catalog) (*People, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = findSeparator(text)
	head, err := r.Read()
	if err == io.EOF {
		return nil, fmt.Errorf("the export is empty")
	}
	if err != nil {
		return nil, err
	}
	p := &People{titles: map[string]string{}}
	p.levelColumns(head, c)
	at, err := p.columns(head)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write(columns)
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		for i := range row {
			row[i] = formula.Unescape(row[i])
		}
		for _, fields := range p.row(row, at, c, line) {
			_ = w.Write(fields)
		}
	}
	w.Flush()
	p.CSV = out.Bytes()
	return p, w.Error()
}

// levelColumns finds columns named after the levels of scopes. Together they make
// the path; one alone is the scope.
func (p *People) levelColumns(head []string, c *policy.Catalog) {
	for n, level := range c.Levels {
		i := slices.IndexFunc(head, func(h string) bool { return toKebab(h) == level })
		if i >= 0 {
			p.levels = append(p.levels, i)
		}
		if i >= 0 && n > 0 && len(p.levels) == 1 {
			p.Notes = append(p.Notes, fmt.Sprintf("column %q has scopes at level %s, but no column has the %s above them", head[i], level, c.Levels[n-1]))
		}
	}
	if len(p.levels) < 2 {
		p.levels = nil
	}
}

// path joins the columns of levels to a scope.
func (p *People) path(row []string, line int) string {
	var parts []string
	for n, i := range p.levels {
		s := strings.ReplaceAll(strings.TrimSpace(row[i]), "/", " ")
		if s != "" && len(parts) < n {
			p.Notes = append(p.Notes, fmt.Sprintf("line %d: %q has no scope above it; kept; permc check will flag it",
				line, s))
		}
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "/")
}

// findSeparator returns the separator of the header: spreadsheets write semicolons
// in countries with decimal commas.
func findSeparator(text []byte) rune {
	head, _, _ := bytes.Cut(text, []byte("\n"))
	most := byte(',')
	for _, c := range []byte(";\t") {
		if bytes.Count(head, []byte{c}) > bytes.Count(head, []byte{most}) {
			most = c
		}
	}
	return rune(most)
}

// columns maps permc's columns to those of the export.
func (p *People) columns(head []string) (map[string]int, error) {
	at := map[string]int{}
	for i, h := range head {
		if slices.Contains(p.levels, i) {
			continue
		}
		name := toKebab(h)
		if !slices.Contains(columns, name) {
			name = headers[name]
		}
		if name == "" {
			p.Notes = append(p.Notes, fmt.Sprintf("column %q ignored: not a column that permc knows", h))
			continue
		}
		if first, twice := at[name]; twice {
			p.Notes = append(p.Notes, fmt.Sprintf("column %q ignored: %q is already the %s", h, head[first], name))
			continue
		}
		at[name] = i
	}
	if _, ok := at["user"]; !ok {
		return nil, fmt.Errorf("no column has the user: call it user, email, upn or user principal name; found %s",
			strings.Join(head, ", "))
	}
	return at, nil
}

// row returns one line for each role or permission in a row of the export.
func (p *People) row(row []string, at map[string]int, c *policy.Catalog, line int) (out [][]string) {
	get := func(name string) string {
		if i, ok := at[name]; ok {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	one := func(role, permission string) {
		fields := make([]string, len(columns))
		for i, name := range columns {
			fields[i] = get(name)
		}
		scope := get("scope")
		if scope == "" {
			scope = p.path(row, line)
		}
		fields[0], fields[2], fields[3], fields[4] = get("user"), role, permission, p.scope(scope, line)
		if fields[1] != "" {
			fields[1] = toKebab(fields[1])
		}
		out = append(out, fields)
	}
	for _, s := range splitList(get("role")) {
		id, ok := roleID(c, s)
		if !ok {
			p.Notes = append(p.Notes, fmt.Sprintf("line %d: %q is not a role of %s; kept; permc check will flag it",
				line, s, c.Product))
		}
		one(id, "")
	}
	for _, s := range splitList(get("permission")) {
		if q, _ := c.PermissionNamed(s); q != nil {
			s = q.ID
		} else {
			p.Notes = append(p.Notes, fmt.Sprintf("line %d: %q is no permission of %s; kept for permc check to point at", line, s, c.Product))
		}
		one("", s)
	}
	if len(out) == 0 {
		one("", "")
	}
	if get("user") == "" {
		p.Notes = append(p.Notes, fmt.Sprintf("line %d: no user; kept; permc check will flag it", line))
	}
	return out
}

func splitList(s string) (list []string) {
	for _, part := range strings.Split(s, ";") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// roleID finds a role by its id or title.
func roleID(c *policy.Catalog, s string) (string, bool) {
	if r, _ := c.RoleNamed(s); r != nil {
		return r.ID, true
	}
	for _, r := range c.Roles {
		if r.ID == s || policy.Fold(r.Title) == policy.Fold(s) || r.ID == toKebab(s) {
			return r.ID, true
		}
	}
	return s, false
}

// scope turns a path of titles into one of ids, and remembers both. A path with a
// part that makes no id stays the same: without that part it would name a scope
// that reaches further.
func (p *People) scope(s string, line int) string {
	if s == "" {
		return ""
	}
	var ids []string
	for _, part := range strings.Split(s, "/") {
		ids = append(ids, toKebab(part))
		if ids[len(ids)-1] == "" {
			p.Notes = append(p.Notes, fmt.Sprintf("line %d: scope %q makes no id; kept; permc check will flag it", line,
				s))
			return s
		}
	}
	for i, part := range strings.Split(s, "/") {
		path, title := strings.Join(ids[:i+1], "/"), strings.TrimSpace(part)
		switch known, ok := p.titles[path]; {
		case !ok:
			p.scopes = append(p.scopes, path)
			p.titles[path] = title
		case known != title:
			p.Notes = append(p.Notes, fmt.Sprintf("line %d: %q and %q become one scope, %s", line, known, title, path))
		}
	}
	return strings.Join(ids, "/")
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
