package starter

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// exampleFor returns what a starter is made of. With users from an export, it needs no example.
func exampleFor(c *policy.Catalog, from *People, ignore []string) (*example, error) {
	e := &example{catalog: c}
	if from == nil {
		var err error
		if e, err = exampleOf(c); err != nil {
			return nil, err
		}
	}
	e.ignore = ignore
	return e, nil
}

// ignored writes the patterns of files that are no part of the declaration.
func (e *example) ignored(mark string) string {
	if len(e.ignore) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s Files that are not part of this declaration.\nignore: [\n", mark)
	for _, name := range e.ignore {
		fmt.Fprintf(&b, "%s%s,\n", map[string]string{"#": "  ", "//": "\t"}[mark], quoteText(name))
	}
	return b.String() + "]\n"
}

// about writes the comment at the top of a starter: what the catalog has.
func (e *example) about() string {
	c := e.catalog
	var b strings.Builder
	fmt.Fprintf(&b, "Who may do what in %s.\n\nroles:\n", c.Title)
	b.WriteString(titleLines(c.Roles, func(r *policy.Role) (id, title string) { return r.ID, r.Title }))
	fmt.Fprintf(&b, "permissions:  %s\n", joinIDs(currentPermissions(c), func(p *policy.Permission) string {
		return p.ID
	}))
	if len(c.Affiliations) > 0 {
		fmt.Fprintf(&b, "affiliations: %s\n", joinIDs(c.Affiliations, func(a policy.Described) string {
			return a.ID.Name
		}))
	}
	if len(c.Labels) > 0 {
		fmt.Fprintf(&b, "labels:       %s\n", joinIDs(c.Labels, func(l policy.Described) string { return l.ID.Name }))
	}
	b.WriteString(e.attributes())
	if len(c.GroupKinds) > 0 {
		b.WriteString("kinds of groups:\n" + titleLines(c.GroupKinds, func(k policy.GroupKind) (id, title string) {
			return k.ID, k.Title
		}))
	}
	if len(c.Rules) > 0 {
		b.WriteString("\nRules of the product:\n")
		for _, r := range c.Rules {
			fmt.Fprintf(&b, "- %s\n", r.Message)
		}
	}
	fmt.Fprintf(&b, "\nFull list: permc catalog %s", c.Product)
	return b.String()
}

// titleLines writes a line for each of some named things.
func titleLines[T any](all []T, of func(T) (id, title string)) string {
	width := 0
	for _, x := range all {
		id, _ := of(x)
		width = max(width, len(id))
	}
	var b strings.Builder
	for _, x := range all {
		id, title := of(x)
		b.WriteString(strings.TrimRight(fmt.Sprintf("  %-*s  %s", width, id, title), " ") + "\n")
	}
	return b.String()
}

// attributes writes what the catalog knows about users besides their roles: licences, for example.
func (e *example) attributes() string {
	known := e.catalog.UserAttributes
	if len(known) == 0 {
		return ""
	}
	ids := slices.Sorted(maps.Keys(known))
	return "attributes of a user:\n" + titleLines(ids, func(id string) (string, string) {
		a := known[id]
		values := joinIDs(a.Values, func(v policy.Ref) string { return v.Name })
		if a.Title != "" && values != "" {
			return id, a.Title + ": " + values
		}
		return id, a.Title + values
	})
}

// currentPermissions returns the permissions that are not deprecated.
func currentPermissions(c *policy.Catalog) (list []*policy.Permission) {
	for _, p := range c.Permissions {
		if p.Deprecated == "" {
			list = append(list, p)
		}
	}
	return list
}

// grantable returns a permission for an example of a grant, or nil.
func (e *example) grantable() *policy.Permission {
	for _, p := range e.catalog.Permissions {
		if p.Grantable && p.Deprecated == "" && len(p.GrantTo) == 0 {
			return p
		}
	}
	return nil
}

func commentLines(mark, text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(mark+" "+l, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// more lists what else a declaration may have, for both formats.
func (e *example) more(entry func(*policy.Permission) string) string {
	text := "More fields: grants (single permissions), groups, invitations, rules, waivers,\n" +
		"expect (checks for permc test).\n"
	if p := e.grantable(); p != nil {
		text += "A user with a grant:\n\n" + entry(p)
	}
	return text
}

func (e *example) cue(from *People) string {
	var b strings.Builder
	b.WriteString(commentLines("//", e.about()))
	fmt.Fprintf(&b, "package access\n\nproduct: %q\n", e.catalog.Product)
	fmt.Fprintf(&b, "\n// Levels of scopes: %s.\n", e.catalog.WriteLevels())
	if from != nil {
		b.WriteString(from.scopesCUE() + from.domainLines("//") + from.groupsCUE())
		fmt.Fprintf(&b, "\n// The users are in %s, one line for each %s.\n", from.File,
			from.given())
		return b.String() + e.ignored("//")
	}
	ids := exampleLevels(e.catalog, e.role)
	for i, id := range ids {
		if strings.Contains(id, ":") {
			ids[i] = quoteText(id)
		}
	}
	b.WriteString("scopes: " + strings.Join(ids, ": scopes: ") +
		": {}\n\nusers: {\n\t\"ana@contoso.example\": {\n\t\tname: \"Ana Diaz\"\n")
	if e.who != "" {
		fmt.Fprintf(&b, "\t\taffiliation: %q\n", e.who)
	}
	fmt.Fprintf(&b, "\t\troles: [{role: %q, scope: %q}]\n\t}\n}\n\n", e.role.ID, e.scope)
	b.WriteString(commentLines("//", e.more(func(p *policy.Permission) string {
		return fmt.Sprintf("\tgrants: [{permission: %q, scope: \"…\", expires: \"2027-01-31\", reason: \"…\"}]", p.ID)
	})))
	return b.String() + e.ignored("//")
}

func (e *example) yaml(from *People) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# yaml-language-server: $schema=%s\n", Editor)
	b.WriteString(commentLines("#", e.about()))
	fmt.Fprintf(&b, "product: %s\n\n# Levels of scopes: %s.\n", e.catalog.Product,
		e.catalog.WriteLevels())
	if from != nil {
		b.WriteString(from.scopesYAML() + from.domainLines("#") + from.groupsYAML())
		fmt.Fprintf(&b, "\n# The users are in %s, one line for each %s.\n", from.File,
			from.given())
		return b.String() + e.ignored("#")
	}
	indent := ""
	ids := exampleLevels(e.catalog, e.role)
	for i, id := range ids {
		last := ""
		if i == len(ids)-1 {
			last = " {}"
		}
		fmt.Fprintf(&b, "%sscopes:\n%s  %s:%s\n", indent, indent, id, last)
		indent += "    "
	}
	b.WriteString("\nusers:\n  ana@contoso.example:\n    name: Ana Diaz\n")
	if e.who != "" {
		fmt.Fprintf(&b, "    affiliation: %s\n", e.who)
	}
	fmt.Fprintf(&b, "    roles:\n      - role: %s\n        scope: %s\n\n", e.role.ID, e.scope)
	b.WriteString(commentLines("#", e.more(func(p *policy.Permission) string {
		return fmt.Sprintf("    grants:\n      - {permission: %q, scope: …, expires: 2027-01-31, reason: …}", p.ID)
	})))
	return b.String() + e.ignored("#")
}
