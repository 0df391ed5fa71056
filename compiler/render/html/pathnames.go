package html

import (
	"cmp"
	"strings"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// pathNames names what is on paths by titles. What has no title, or shares it, keeps its id.
type pathNames struct{ titles map[string]string } // by kind and id

// newPathNames collects the titles of a policy.
func newPathNames(p *policy.Policy) *pathNames {
	n, repeated := &pathNames{map[string]string{}}, repeatedTitles(p)
	add := func(kind, title, id string) {
		if title != "" && !repeated[kind+":"+render.Safe(title)] {
			n.titles[kind+" "+id] = title
		}
	}
	for _, r := range p.Catalog.Roles {
		add("role", r.Title, r.ID)
	}
	for _, x := range p.Catalog.Permissions {
		add("permission", x.Title, x.ID)
	}
	for _, s := range p.Scopes {
		add("scope", s.Title, s.Path)
	}
	for _, g := range p.Groups {
		add("group", g.Title, g.ID)
	}
	return n
}

// prefixes come before the id of what is no permission, with its kind.
var prefixes = []struct{ text, kind string }{
	{"role ", "role"}, {"member of group ", "group"}, {"owner of group ", "group"}, {"group ", "group"},
}

// of names one or more things of a path, with commas between them.
func (n *pathNames) of(text string) string {
	parts := strings.Split(text, ", ")
	for i, s := range parts {
		parts[i] = n.one(s)
	}
	return strings.Join(parts, ", ")
}

func (n *pathNames) one(s string) string {
	for _, p := range prefixes {
		id, ok := strings.CutPrefix(s, p.text)
		if title := n.titles[p.kind+" "+id]; ok && title != "" {
			return p.text + title
		}
	}
	if title := n.titles["permission "+s]; title != "" {
		return title
	}
	return s
}

// on names one or more scopes, with commas between them.
func (n *pathNames) on(text string) string {
	parts := strings.Split(text, ", ")
	for i, path := range parts {
		if title := n.titles["scope "+path]; title != "" {
			parts[i] = title
		}
	}
	return strings.Join(parts, ", ")
}

// line says what a line of paths reaches, where and for whom.
func (n *pathNames) line(l *render.PathsLine) string {
	text := n.of(strings.Join(l.What, ", "))
	if l.On != "" {
		text += " on " + n.on(l.On)
	}
	if l.For != "" {
		text += ", for " + n.of(l.For)
	}
	return text
}

// leads are the words that come before an id in a sentence, with the kinds of thing that it may name.
var leads = map[string][]string{
	"through": {"role", "group"}, "of": {"role"}, "in": {"role"}, "role": {"role"}, "group": {"group"},
	"by": {"permission", "role"}, "on": {"scope"},
}

// sentence names what a sentence of permc mentions, where the word before says what kind of thing it is.
func (n *pathNames) sentence(text string) string {
	words := strings.Split(text, " ")
	for i := 1; i < len(words); i++ {
		id := strings.TrimRight(words[i], ",;)")
		for _, kind := range leads[strings.ToLower(strings.TrimLeft(words[i-1], "("))] {
			if title := n.titles[kind+" "+id]; title != "" {
				words[i] = title + words[i][len(id):]
				break
			}
		}
	}
	return strings.Join(words, " ")
}

// short returns the title of a thing of a kind, or else its id.
func (n *pathNames) short(kind, id string) string { return cmp.Or(n.titles[kind+" "+id], id) }
