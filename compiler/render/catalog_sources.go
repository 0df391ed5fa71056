package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// fact is something in a catalog that has a source.
type fact struct {
	Kind       string `json:"kind"` // such as cell, role or rule
	Role       string `json:"role,omitempty"`
	Permission string `json:"permission,omitempty"`
	Name       string `json:"name,omitempty"`
	Confidence string `json:"confidence,omitempty"`
	Backs      bool   `json:"backs,omitempty"` // another source carries it
}

// Sourced is a source with its facts. A source without a title is not declared, e.g. that of a correction. One
// without a name holds the facts that have no source.
type Sourced struct {
	ID    string `json:"id"`
	Title string `json:"title,omitempty"`
	URL   string `json:"url,omitempty"`
	Read  string `json:"read,omitempty"`
	Note  string `json:"note,omitempty"`
	Facts []fact `json:"facts"`
}

// CatalogSources writes the sources of a catalog with their facts, in one of CatalogFormats.
func CatalogSources(w io.Writer, c *policy.Catalog, format string, style Style) error {
	list := SourcesOf(c)
	switch format {
	case "json":
		return writeJSON(w, struct {
			Version string    `json:"version"`
			Product string    `json:"product,omitempty"`
			Catalog string    `json:"catalog,omitempty"`
			Sources []Sourced `json:"sources"`
		}{Version, c.Product, c.Version, list}, "  ")
	case "csv":
		return sourcesCSV(w, list)
	case "markdown":
		return sourcesMarkdown(w, c, list)
	}
	return sourcesText(w, c, list, style)
}

// SourcesOf returns the sources in the catalog's order, then those that are not declared, by name.
func SourcesOf(c *policy.Catalog) []Sourced {
	facts := map[string][]fact{}
	add := func(f fact, sources ...string) {
		for i, s := range sources {
			f.Backs = i > 0
			facts[s] = append(facts[s], f)
		}
	}
	for _, x := range newMatrix(c).sorted() {
		if x.Through == "" {
			add(fact{
				Kind:       "cell",
				Role:       x.Role,
				Permission: x.Permission,
				Confidence: x.Confidence,
			}, append([]string{x.Source}, x.Backing...)...)
		}
	}
	addDeclared(c, add)
	list := []Sourced{}
	for _, s := range c.Sources {
		list = append(list, Sourced{s.ID.Name, s.Title, s.URL, s.Read, s.Note, append([]fact{}, facts[s.ID.Name]...)})
		delete(facts, s.ID.Name)
	}
	for _, id := range sortedKeys(facts) {
		list = append(list, Sourced{ID: id, Facts: facts[id]})
	}
	return list
}

// addDeclared adds the facts that are not cells.
func addDeclared(c *policy.Catalog, add func(f fact, sources ...string)) {
	named := func(f fact, source string) {
		if source != "" {
			add(f, source)
		}
	}
	for _, r := range c.Roles {
		named(fact{Kind: "role", Role: r.ID}, r.Source)
		for i := range r.Includes {
			inc := &r.Includes[i]
			named(fact{
				Kind:       "include",
				Role:       r.ID,
				Name:       inc.Role.ID,
				Confidence: inc.Confidence().String(),
			}, inc.Source)
		}
	}
	for _, p := range c.Permissions {
		named(fact{Kind: "permission", Permission: p.ID, Confidence: p.Confidence().String()}, p.Source)
		for _, x := range p.Conditions {
			named(fact{Kind: "condition", Permission: p.ID, Name: x.ID}, x.Source.Name)
		}
	}
	for i := range c.Rules {
		named(fact{Kind: "rule", Name: c.Rules[i].ID.Name}, c.Rules[i].Source.Name)
	}
	for _, d := range c.Depths {
		named(fact{Kind: "depth", Name: d.ID}, d.Source)
	}
	addWords(c, named)
	addTexts(c, "limit", c.Limits, named)
	addTexts(c, "note", c.Notes, named)
	for _, x := range c.Changes {
		for _, s := range x.Sources {
			named(fact{Kind: "change", Name: x.Date}, s.Name)
		}
	}
}

// addWords adds what the catalog says of users, scopes and groups.
func addWords(c *policy.Catalog, named func(f fact, source string)) {
	for _, a := range sortAttributes(c.UserAttributes) {
		named(fact{Kind: "attribute", Name: a.ID.Name}, a.Source.Name)
	}
	for _, a := range sortAttributes(c.ScopeAttributes) {
		named(fact{Kind: "scope-attribute", Name: a.ID.Name}, a.Source.Name)
	}
	for _, a := range sortAttributes(c.GroupAttributes) {
		named(fact{Kind: "group-attribute", Name: a.ID.Name}, a.Source.Name)
	}
	for _, d := range c.Affiliations {
		named(fact{Kind: "affiliation", Name: d.ID.Name}, d.Source.Name)
	}
	for _, d := range c.Labels {
		named(fact{Kind: "label", Name: d.ID.Name}, d.Source.Name)
	}
	for _, k := range c.GroupKinds {
		named(fact{Kind: "group-kind", Name: k.ID}, k.Source)
	}
	if c.Home != nil {
		named(fact{Kind: "home"}, c.Home.Source)
	}
}

// addTexts adds texts that name their sources at the end: "… (guide, help-page)".
func addTexts(c *policy.Catalog, kind string, texts []string, named func(f fact, source string)) {
	for _, text := range texts {
		names, ok := strings.CutSuffix(text[strings.LastIndex(text, "(")+1:], ")")
		if !ok {
			continue
		}
		for name := range strings.SplitSeq(strings.TrimPrefix(names, "from "), ", ") {
			if slices.ContainsFunc(c.Sources, func(s policy.Source) bool { return s.ID.Name == name }) {
				named(fact{Kind: kind, Name: text}, name)
			}
		}
	}
}

// kindText counts facts of a kind, such as "2 attributes of users".
func kindText(n int, kind string) string {
	switch kind {
	case "attribute":
		return Plural(n, kind) + " of users"
	case "scope-attribute":
		return Plural(n, "attribute") + " of scopes"
	case "group-attribute":
		return Plural(n, "attribute") + " of groups"
	case "group-kind":
		return Plural(n, "kind") + " of group"
	case "home":
		return "where users and groups are at home"
	}
	return Plural(n, kind)
}

// Summary counts the facts of a source by kind, such as "12 cells: 10 stated, 2 derived".
func (s *Sourced) Summary() (list []string) {
	var kinds []string
	for _, f := range s.Facts {
		if !slices.Contains(kinds, f.Kind) {
			kinds = append(kinds, f.Kind)
		}
	}
	for _, kind := range kinds {
		n, backed, count := 0, 0, map[string]int{}
		for _, f := range s.Facts {
			if f.Kind != kind {
				continue
			}
			n++
			count[f.Confidence]++
			if f.Backs {
				backed++
			}
		}
		line := kindText(n, kind)
		if kind == "cell" {
			line += ": " + confidenceText(count)
		}
		if backed > 0 {
			line += fmt.Sprintf("; it backs up %d", backed)
		}
		list = append(list, line)
	}
	if len(list) == 0 {
		list = []string{"nothing rests on it"}
	}
	return list
}

// heading names a source with its date.
func (s *Sourced) heading() string {
	switch {
	case s.ID == "":
		return "without a source"
	case s.Title == "":
		return s.ID
	}
	return fmt.Sprintf("%s, read %s", strings.TrimSpace(s.Title+" "+s.URL), s.Read)
}

// byRole returns the roles with a cell from the source, and their permissions.
func (s *Sourced) byRole() (roles []string, permissions map[string][]string) {
	permissions = map[string][]string{}
	for _, f := range s.Facts {
		if f.Kind != "cell" {
			continue
		}
		if permissions[f.Role] == nil {
			roles = append(roles, f.Role)
		}
		name := f.Permission
		if f.Confidence != policy.Stated.String() {
			name += " (" + f.Confidence + ")"
		}
		permissions[f.Role] = append(permissions[f.Role], name)
	}
	slices.Sort(roles)
	return roles, permissions
}

func sourcesText(w io.Writer, c *policy.Catalog, list []Sourced, style Style) error {
	var b strings.Builder
	if c.Product != "" {
		fmt.Fprintf(&b, "%s  %s %s\n\n", style.bold(c.Product), c.Title, style.dim(c.Version))
	}
	for i := range list {
		s := &list[i]
		if i > 0 {
			b.WriteByte('\n')
		}
		if s.Title != "" {
			fmt.Fprintf(&b, "%s  ", style.cyan(s.ID))
		}
		fmt.Fprintf(&b, "%s\n", s.heading())
		for _, line := range s.Summary() {
			fmt.Fprintf(&b, "  %s\n", line)
		}
		roles, permissions := s.byRole()
		for _, r := range roles {
			fmt.Fprintf(&b, "    %s: %s\n", r, strings.Join(permissions[r], ", "))
		}
	}
	_, err := io.WriteString(w, Plain(b.String(), style))
	return err
}

func sourcesMarkdown(w io.Writer, c *policy.Catalog, list []Sourced) error {
	var b strings.Builder
	if c.Product != "" {
		fmt.Fprintf(&b, "# Sources of %s\n\n%s, catalog %s\n\n", cellText(c.Title), cellText(c.Product),
			cellText(c.Version))
	}
	b.WriteString("| Source | Read | Facts |\n| --- | --- | --- |\n")
	for i := range list {
		s := &list[i]
		name := strings.TrimSpace(s.ID + " " + strings.TrimSpace(s.Title+" "+s.URL))
		if s.ID == "" {
			name = s.heading()
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", cellText(name), cellText(s.Read),
			cellText(strings.Join(s.Summary(), "; ")))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func sourcesCSV(w io.Writer, list []Sourced) error {
	b := []byte("source,read,kind,role,permission,name,confidence,backs,title,url\n")
	for i := range list {
		s := &list[i]
		facts := s.Facts
		if len(facts) == 0 {
			facts = []fact{{}} // so that the source is listed
		}
		for _, f := range facts {
			backs := ""
			if f.Backs {
				backs = "yes"
			}
			for n, x := range []string{s.ID, s.Read, f.Kind, f.Role, f.Permission, f.Name, f.Confidence, backs, s.Title,
				s.URL} {
				b = appendCSV(appendComma(b, n), x)
			}
			b = append(b, '\n')
		}
	}
	_, err := w.Write(safeCSV(b))
	return err
}
