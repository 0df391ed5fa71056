package starter

import (
	"encoding/json"
	"fmt"
	"strings"

	"permc.dev/permc/compiler/internal/spreadsheet"
)

// path joins the columns of levels to a scope.
func (p *People) path(r *spreadsheet.Row) string {
	var parts []string
	for n, i := range p.levels {
		s := cellOf(r, i)
		if n > 0 && len(parts) == n { // a whole path, as Contoso/EMEA beside Contoso
			s = cutPath(s, strings.Join(parts, "/")+"/")
		}
		s = strings.ReplaceAll(s, "/", " ")
		if s != "" && len(parts) < n {
			p.noteLine(r.Number, "%q has no scope above it; kept; permc check will flag it", s)
		}
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "/")
}

// cutPath returns a text without a path at its beginning, in any case.
func cutPath(s, path string) string {
	if len(s) > len(path) && strings.EqualFold(s[:len(path)], path) {
		return s[len(path):]
	}
	return s
}

// scopePaths returns the scopes of a row as paths of ids: several if the cell, or that of the innermost level, has
// several on lines or between semicolons.
func (p *People) scopePaths(cell string, r *spreadsheet.Row) (list []string) {
	above := ""
	if cell == "" {
		cell = p.path(r)
		if i := strings.LastIndexByte(cell, '/'); i >= 0 {
			above, cell = cell[:i+1], cell[i+1:]
		}
	}
	for part := range strings.FieldsFuncSeq(cell, func(c rune) bool { return strings.ContainsRune(";\r\n", c) }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, p.scope(above+part, r.Number))
		}
	}
	if len(list) == 0 {
		return []string{p.scope(above+cell, r.Number)}
	}
	return list
}

// scope turns a path of titles into one of ids, and remembers both. Two titles never become one id: one of them gets a
// number. A path with a part that makes no id stays the same: without that part it would name a scope that reaches
// further.
func (p *People) scope(s string, line int) string {
	if s == "" {
		return ""
	}
	if p.outer != "" {
		s = p.outer + "/" + s
	}
	titles := strings.Split(s, "/")
	for i := range titles {
		if titles[i] = strings.Join(strings.Fields(titles[i]), " "); titles[i] == "" {
			p.noteLine(line, "scope %q has an empty part; kept; permc check will flag it", s)
			return s
		}
	}
	var path string
	for i, title := range titles {
		key := strings.Join(titles[:i+1], "/")
		id, known := p.ids[key]
		if !known {
			id = p.freeScope(path, title)
			p.ids[key] = id
			p.scopes = append(p.scopes, id)
			p.titles[id] = title
		}
		path = id
	}
	return path
}

// freeScope returns the path of a new scope below another one, with an id that no other title has.
func (p *People) freeScope(above, title string) string {
	id := toKebab(title)
	if id == "" {
		id = strings.ReplaceAll(title, "%", "%25") // a name in another script
	}
	if above != "" {
		id = above + "/" + id
	}
	return p.freeID(p.titles, id, title, "scopes")
}

// freeID returns an id that no other title has: the wanted one, or one with a number.
func (p *People) freeID(titles map[string]string, id, title, kinds string) string {
	first, taken := titles[id]
	if !taken {
		return id
	}
	for n := 2; ; n++ {
		free := fmt.Sprintf("%s-%d", id, n)
		if _, taken := titles[free]; !taken {
			p.note("%q and %q are different %s: %s and %s", first, title, kinds, id, free)
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
