package starter

import (
	"fmt"
	"strings"

	"permc.dev/permc/compiler/policy"
)

func cueDeclaration(c *policy.Catalog, from *People) ([]byte, error) {
	if from != nil {
		e := &example{catalog: c}
		return []byte(e.cue(from)), nil
	}
	e, err := exampleOf(c)
	if err != nil {
		return nil, err
	}
	return []byte(e.cue(nil)), nil
}

func yamlDeclaration(c *policy.Catalog, from *People) ([]byte, error) {
	if from != nil {
		e := &example{catalog: c}
		return []byte(e.yaml(from)), nil
	}
	e, err := exampleOf(c)
	if err != nil {
		return nil, err
	}
	return []byte(e.yaml(nil)), nil
}

// about writes the comment at the top of a starter: the names in the catalog.
func (e *example) about() string {
	c := e.catalog
	var b strings.Builder
	fmt.Fprintf(&b, "Who may do what in %s.\n\n", c.Title)
	fmt.Fprintf(&b, "roles:        %s\n", joinIDs(c.Roles, func(r *policy.Role) string { return r.ID }))
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
	fmt.Fprintf(&b, "Full list: permc catalog %s", c.Product)
	return b.String()
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
		b.WriteString(from.scopesCUE())
		fmt.Fprintf(&b, "\n// The users are in %s, one line for each role or permission.\n", from.File)
		if from.Ignore != "" {
			fmt.Fprintf(&b, "\n// The original export.\nignore: [%s]\n", quoteText(from.Ignore))
		}
		return b.String()
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
	return b.String()
}

func (e *example) yaml(from *People) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# yaml-language-server: $schema=%s\n", Editor)
	b.WriteString(commentLines("#", e.about()))
	fmt.Fprintf(&b, "product: %s\n\n# Levels of scopes: %s.\n", e.catalog.Product,
		e.catalog.WriteLevels())
	if from != nil {
		b.WriteString(from.scopesYAML())
		fmt.Fprintf(&b, "\n# The users are in %s, one line for each role or permission.\n", from.File)
		if from.Ignore != "" {
			fmt.Fprintf(&b, "\n# The original export.\nignore: [%s]\n", quoteText(from.Ignore))
		}
		return b.String()
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
	return b.String()
}
