package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// What a declaration can say beside roles and permissions: attributes, labels,
// affiliations and depths.

type jsonAttributes struct {
	User  []jsonAttribute `json:"user,omitempty"`
	Scope []jsonAttribute `json:"scope,omitempty"`
	Group []jsonAttribute `json:"group,omitempty"`
}

type jsonAttribute struct {
	ID     string   `json:"id"`
	Title  string   `json:"title,omitempty"`
	Values []string `json:"values,omitempty"`
	Closed bool     `json:"closed,omitempty"`
	Source string   `json:"source,omitempty"`
}

type jsonDescribed struct {
	ID          string `json:"id"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Source      string `json:"source,omitempty"`
}

type jsonDepth struct {
	ID     string `json:"id"`
	Title  string `json:"title,omitempty"`
	Reach  string `json:"reach"`
	Access string `json:"access"`
	Source string `json:"source,omitempty"`
}

// sortAttributes returns the attributes of users, scopes or groups, by name.
func sortAttributes(of map[string]*policy.DeclaredAttribute) []*policy.DeclaredAttribute {
	return slices.SortedFunc(maps.Values(of), func(a, b *policy.DeclaredAttribute) int {
		return cmp.Compare(a.ID.Name, b.ID.Name)
	})
}

func attributesJSON(c *policy.Catalog) *jsonAttributes {
	if len(c.UserAttributes)+len(c.ScopeAttributes)+len(c.GroupAttributes) == 0 {
		return nil
	}
	list := func(of map[string]*policy.DeclaredAttribute) (out []jsonAttribute) {
		for _, a := range sortAttributes(of) {
			out = append(out, jsonAttribute{a.ID.Name, a.Title, refNames(a.Values), a.Closed, a.Source.Name})
		}
		return out
	}
	return &jsonAttributes{list(c.UserAttributes), list(c.ScopeAttributes), list(c.GroupAttributes)}
}

func describedJSON(list []policy.Described) (out []jsonDescribed) {
	for _, d := range list {
		out = append(out, jsonDescribed{d.ID.Name, d.Title, d.Description, d.Source.Name})
	}
	return out
}

func depthsJSON(c *policy.Catalog) (out []jsonDepth) {
	for _, d := range c.Depths {
		out = append(out, jsonDepth{d.ID, d.Title, reachText(d.Reach), recordsOf(d.Own), d.Source})
	}
	return out
}

func recordsOf(own bool) string {
	if own {
		return "own"
	}
	return "all"
}

// declared writes what a declaration can say of users and scopes, and in which
// words a cell can say how far it reaches.
func (m *matrix) declared(b *strings.Builder, style Style) {
	c := m.catalog
	section := func(title string, n int) {
		if n > 0 {
			fmt.Fprintf(b, "\n%s\n", style.bold(title))
		}
	}
	for _, of := range []struct {
		title string
		list  []*policy.DeclaredAttribute
	}{{"Attributes of users", sortAttributes(c.UserAttributes)},
		{"Attributes of scopes", sortAttributes(c.ScopeAttributes)},
		{"Attributes of groups", sortAttributes(c.GroupAttributes)}} {
		section(of.title, len(of.list))
		for _, a := range of.list {
			fmt.Fprintf(b, "  %s\n      %s\n", strings.TrimSpace(style.cyan(a.ID.Name)+"  "+a.Title), valuesText(a))
		}
	}
	for _, of := range []struct {
		title string
		list  []policy.Described
	}{{"Affiliations", c.Affiliations}, {"Labels", c.Labels}} {
		section(of.title, len(of.list))
		for _, d := range of.list {
			fmt.Fprintf(b, "  %s\n", strings.TrimSpace(style.cyan(d.ID.Name)+"  "+joinTexts(d.Title, d.Description)))
		}
	}
	section("Depths", len(c.Depths))
	for _, d := range c.Depths {
		fmt.Fprintf(b, "  %s  %s: reach %s, access %s\n", style.cyan(d.ID), d.Title, reachText(d.Reach),
			recordsOf(d.Own))
	}
}

// joinTexts joins a title and a description, either of which may be empty.
func joinTexts(title, description string) string {
	if title == "" || description == "" {
		return title + description
	}
	return title + ": " + description
}

// valuesText says which values an attribute takes.
func valuesText(a *policy.DeclaredAttribute) string {
	if len(a.Values) == 0 {
		if a.Closed {
			return "values: none"
		}
		return "values: any"
	}
	text := "values: " + strings.Join(refNames(a.Values), ", ")
	if !a.Closed {
		text += "; another one is a warning"
	}
	return text
}
