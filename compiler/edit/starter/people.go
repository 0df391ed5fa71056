package starter

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"permc.dev/permc/compiler/internal/pattern"
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
	at       map[string]int   // the columns of the export, by permc's names
	more     map[string][]int // further ones of the same name
	scopes   []string         // paths of ids, in order
	titles   map[string]string
	ids      map[string]string // paths of ids, by paths of titles
	levels   []int             // columns that make up the scope, outermost first
	inner    inner
	outer    string // the scope around those of the inner column, or ""
	company  int    // a column of the outermost scopes with another name, or -1
	groups   groups
	domains  []string // of the users, if no column has the affiliation

	attributes []string // columns of attributes, as attr:licenses
	marks      []mark

	people   map[string]*person
	assigned map[string]bool // users with a role
	respelt  []string        // spellings of ids that were not written
	said     map[string]*lineNote
}

// columns are those that permc init writes: some of load.Columns.
var columns = []string{"user", "name", "affiliation", "role", "permission", "group", "scope", "actions", "starts",
	"expires", "reason", "ticket", "status"}

// optional are columns that are written only if the export has them.
var optional = []string{"name", "group", "status"}

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
	"start-date": "starts", "valid-from": "starts", "access-from": "starts", "from": "starts",
	"end-date": "expires", "expiry": "expires", "expiry-date": "expires", "expiration-date": "expires",
	"expires-on": "expires", "valid-to": "expires", "valid-until": "expires", "access-until": "expires",
	"group-name": "group", "groups": "group", "group-names": "group", "group-membership": "group",
	"group-memberships": "group", "security-group": "group", "security-groups": "group", "member-of": "group",
	"memberof": "group", "team": "group", "teams": "group", "team-name": "group", "gruppe": "group",
	"gruppen": "group", "sicherheitsgruppe": "group", "sicherheitsgruppen": "group",
	"until": "expires", "account-enabled": "status", "accountenabled": "status", "account-status": "status",

	"e-mail-adresse": "user", "benutzer": "user", "benutzername": "user", "anmeldename": "user", "anzeigename": "name",
	"rolle": "role", "rollen": "role", "berechtigung": "permission", "berechtigungen": "permission", "kunde": "scope",
	"mandant": "scope", "arbeitsbereich": "scope", "gultig-ab": "starts", "gultig-bis": "expires",
	"ablaufdatum": "expires",
	"grund":       "reason", "begrundung": "reason",
}

var notKebab = pattern.Lazy(`[^a-z0-9]+`)

// toKebab turns a title into an id: "Müller & Co" into "muller-co".
func toKebab(s string) string {
	plain := strings.Map(func(r rune) rune {
		if 0x300 <= r && r < 0x370 { // an accent
			return -1
		}
		return r
	}, norm.NFD.String(s))
	return strings.Trim(notKebab().ReplaceAllString(strings.ToLower(plain), "-"), "-")
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

// ReadBook turns the first sheet of a workbook that has users into permc's columns, as Read does. It reads hidden
// sheets only if no other has users.
func ReadBook(b *Book, c *policy.Catalog, names map[string]string) (*People, error) {
	first := errors.New("the export is empty")
	sheets := slices.Clone(b.Sheets)
	slices.SortStableFunc(sheets, func(a, b spreadsheet.Sheet) int { return hiddenLast(a) - hiddenLast(b) })
	for i, s := range sheets {
		p, err := readRows(s.Rows, c, names, b.From1904)
		if err == nil {
			p.Notes = append(p.noteSheets(s.Name, sheets[i+1:], names, len(sheets) > 1), p.Notes...)
			return p, nil
		}
		if i == 0 {
			first = err
		}
	}
	return nil, first
}

func hiddenLast(s spreadsheet.Sheet) int {
	if s.Hidden {
		return 1
	}
	return 0
}

// noteSheets says which sheet was read, and which others have users, too.
func (p *People) noteSheets(read string, rest []spreadsheet.Sheet, names map[string]string,
	several bool) (notes []string) {
	if several {
		notes = append(notes, fmt.Sprintf("sheet %q read, and no other", read))
	}
	for _, s := range rest {
		if s.Hidden {
			continue
		}
		if other, err := readRows(s.Rows, p.catalog, names, p.from1904); err == nil &&
			bytes.Count(other.CSV, []byte("\n")) > 1 {
			notes = append(notes,
				fmt.Sprintf("sheet %q has users, too, but was not read: save it as CSV into the project, or "+
					"put all users on one sheet", s.Name))
		}
	}
	return notes
}

func readRows(rows []spreadsheet.Row, c *policy.Catalog, names map[string]string, from1904 bool) (*People, error) {
	if len(rows) == 0 {
		return nil, errors.New("the export is empty")
	}
	p := &People{catalog: c, from1904: from1904, titles: map[string]string{}, ids: map[string]string{},
		people: map[string]*person{}, said: map[string]*lineNote{}}
	rows, err := p.findColumns(rows, names)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	write := func(fields []string) {
		var kept []string
		for i, name := range columns {
			if _, has := p.at[name]; has || !slices.Contains(optional, name) {
				kept = append(kept, fields[i])
			}
		}
		_ = w.Write(append(kept, fields[len(columns):]...))
	}
	write(slices.Concat(columns, p.attributes))
	if len(rows) == 0 {
		return nil, errors.New("the export has no users below the names of its columns")
	}
	rows = p.eachUser(p.withoutPages(p.withoutFooter(rows)))
	p.learnGroups(rows)
	p.learnRoles(rows)
	for i := range rows {
		for _, fields := range p.row(&rows[i]) {
			write(fields)
		}
	}
	w.Flush()
	p.CSV = out.Bytes()
	p.noteNoScope()
	p.noteRespelt()
	p.noteDomains(rows)
	return p, w.Error()
}

// noteDomains says how to give users an affiliation if no column does.
func (p *People) noteDomains(rows []spreadsheet.Row) {
	if _, named := p.at["affiliation"]; named || len(p.catalog.Affiliations) == 0 {
		return
	}
	var domains []string
	for i := range rows {
		_, id := splitMailbox(cellOf(&rows[i], p.at["user"]))
		if _, domain, ok := strings.Cut(strings.ToLower(id), "@"); ok && !slices.Contains(domains, domain) {
			domains = append(domains, domain)
		}
	}
	if len(domains) == 0 {
		return
	}
	slices.Sort(domains)
	p.domains = domains
	affiliations := p.affiliations()
	const most = 3
	more := ""
	if len(domains) > most {
		more = fmt.Sprintf(" and %d more domains", len(domains)-most)
	}
	p.note("no column has the affiliation; give one of %s to each of %s%s under domains in the declaration",
		strings.Join(affiliations, " or "), strings.Join(domains[:min(most, len(domains))], ", "), more)
}

func (p *People) affiliations() (list []string) {
	for _, a := range p.catalog.Affiliations {
		list = append(list, a.ID.Name)
	}
	return list
}

// mostDomains are suggested: nobody fills in a longer list by hand.
const mostDomains = 50

// domainLines writes a comment to fill in: the domains of the users, without their affiliations.
func (p *People) domainLines(mark string) string {
	if len(p.domains) == 0 {
		return ""
	}
	lines := []string{
		"Everybody needs an affiliation: " + strings.Join(p.affiliations(), " or ") + ".",
		"Fill in that of each domain, and uncomment these lines:",
		"domains:",
	}
	for _, domain := range p.domains[:min(mostDomains, len(p.domains))] {
		lines = append(lines, "  "+quoteText(domain)+`: ""`)
	}
	if more := len(p.domains) - mostDomains; more > 0 {
		lines = append(lines, fmt.Sprintf("  … and %d more", more))
	}
	if mark == "//" { // CUE wants braces around the fields
		lines[2] += " {"
		lines = append(lines, "}")
	}
	return "\n" + commentLines(mark, strings.Join(lines, "\n"))
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

// lineNote is a note about some lines.
type lineNote struct{ at, line, more int } // in Notes

// noteLine notes something about a line, once for all lines about which it says the same.
func (p *People) noteLine(line int, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if n := p.said[text]; n != nil {
		n.more++
		p.Notes[n.at] = fmt.Sprintf("line %d and %d more: %s", n.line, n.more, text)
		return
	}
	p.said[text] = &lineNote{at: len(p.Notes), line: line}
	p.note("line %d: %s", line, text)
}

// row returns one line for each role or permission in a row of the export.
func (p *People) row(r *spreadsheet.Row) (out [][]string) {
	names, fields := p.fields(r)
	p.unite(fields, r.Number)
	for _, x := range names {
		if x.id == "" {
			p.noteLine(r.Number, "%q is not a %s of %s; kept; permc check will flag it", x.name, x.kind,
				p.catalog.Product)
			x.id = x.name
		}
		line := slices.Clone(fields)
		line[slices.Index(columns, x.kind)] = x.id
		if i := slices.Index(columns, "actions"); x.kind == "permission" {
			line[i] = p.actionsOf(x.id, line[i])
		}
		out = append(out, line)
	}
	scope := ""
	if i, ok := p.at["scope"]; ok {
		scope = cellOf(r, i)
	}
	scopes := p.scopePaths(scope, r)
	if len(out) == 0 && scopes[0] != "" && p.isOwed(r) {
		out = append(out, p.withDefault(fields, r.Number))
	}
	groups := p.memberships(r, fields)
	switch {
	case len(out) > 0:
		out = append(onEach(scopes, out), groups...)
	case p.names(r, "group") != "":
		p.dropIdle(r.Number, scopes, slices.Clone(fields), ofRoles)
		out = groups
	default:
		out = [][]string{p.dropIdle(r.Number, scopes, fields, ofEntries)}
	}
	if fields[0] == "" {
		p.noteLine(r.Number, "no user; kept; permc check will flag it: if the user of the row above is meant, as in "+
			"merged cells, write it in each row")
	}
	return out
}

// fields returns the roles and permissions of a row, and its other columns except the scope.
func (p *People) fields(r *spreadsheet.Row) (names []item, fields []string) {
	fields = make([]string, len(columns))
	for i, name := range columns {
		at, ok := p.at[name]
		if !ok {
			continue
		}
		s := cellOf(r, at)
		switch name {
		case "role":
			names = append(names, p.items(p.names(r, name), "role", "permission")...)
			continue
		case "permission":
			names = append(names, p.items(p.names(r, name), "permission", "role")...)
			continue
		case "affiliation":
			s = toKebab(s)
		case "scope", "group":
			continue
		case "status":
			s = statusOf(s)
		case "starts":
			s = p.day(withoutDash(s), r.Number)
		case "expires":
			s = p.day(withoutEnd(s), r.Number)
		}
		fields[i] = s
	}
	return append(names, p.marked(r)...), append(fields, p.attributeCells(r)...)
}

// onEach returns the lines on each of some scopes.
func onEach(scopes []string, lines [][]string) (out [][]string) {
	at := slices.Index(columns, "scope")
	for _, scope := range scopes {
		for _, line := range lines {
			line = slices.Clone(line)
			line[at] = scope
			out = append(out, line)
		}
	}
	return out
}

// day returns a day as permc writes it, if it can be read in one way.
func (p *People) day(s string, line int) string {
	if s == "" {
		return ""
	}
	day, help := spreadsheet.ParseDay(s, p.from1904)
	if day.IsZero() {
		p.noteLine(line, "cannot read the date %q: %s; kept; permc check will flag it", s, help)
		return s
	}
	return day.Format("2006-01-02")
}
