package diff

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/silence/baseline"
	"permc.dev/permc/schema"
)

func besideOf(p *compiler.Project) *load.Beside {
	if p == nil {
		return &load.Beside{}
	}
	b := p.Beside()
	return &b
}

// schemaChanges compares the files that change what the schema admits.
func schemaChanges(base, head *load.Beside) []PolicyChange {
	type file struct {
		Rel  string
		Data []byte
	}
	files := func(b *load.Beside) (list []file) {
		for _, t := range b.Schema {
			list = append(list, file{t.Rel, t.Data})
		}
		return list
	}
	return compareLists("schema", files(base), files(head), func(f file) policy.Ref {
		return policy.Ref{Name: f.Rel}
	}, noText)
}

// knownEntry is an entry of a baseline, with the first file that has it.
type knownEntry struct {
	baseline.Entry
	file string
}

// knownEntries returns the entries of a project's baselines, by name, with their counts. It skips files that cannot
// be read: check reports those.
func knownEntries(b *load.Beside, exact bool) map[string]*knownEntry {
	list := map[string]*knownEntry{}
	for _, f := range b.Baselines {
		b, err := baseline.Read(f.Name, f.Data, rules.Lasting)
		if err != nil {
			continue
		}
		for i := range b.Entries {
			e := &knownEntry{b.Entries[i], f.Rel}
			name := e.Name(exact)
			if first := list[name]; first != nil {
				first.Count += e.Count
				continue
			}
			list[name] = e
		}
	}
	return list
}

// baselineChanges compares the findings that baselines know, each with its count.
func baselineChanges(b, h map[string]*knownEntry) (list []PolicyChange) {
	var names []string
	for name := range b {
		names = append(names, name)
	}
	for name := range h {
		if b[name] == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		was, is := b[name], h[name]
		e := cmp.Or(is, was)
		c := PolicyChange{What: "baseline", Name: entryText(&e.Entry), How: "changed"}
		switch {
		case was == nil:
			c.How, c.Text = "added", timesText(is.Count)
		case is == nil:
			c.How, c.Text, c.Base = "removed", timesText(was.Count), true
		case was.Count == is.Count:
			continue
		default:
			c.Text = fmt.Sprintf("count %d -> %d, ", was.Count, is.Count)
		}
		c.Text += "in " + e.file
		list = append(list, c)
	}
	return list
}

// timesText writes a count above one.
func timesText(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf("count %d, ", n)
}

// entryText describes an entry of a baseline.
func entryText(e *baseline.Entry) string {
	s := e.Rule
	if whom := e.User + e.Group; whom != "" {
		s += " of " + whom
	}
	for _, x := range []string{e.Role, e.Permission, e.Action} {
		if x != "" {
			s += ", " + x
		}
	}
	if e.Scope != "" {
		s += " on " + e.Scope
	}
	return s
}

// catalogChanges say that another product or version is meant, and what has
// changed in a catalog of the project's own.
func catalogChanges(base, head *compiler.Project) (list []PolicyChange) {
	b, h := base.Policy.Catalog, head.Policy.Catalog
	was, is := ownCatalog(base), ownCatalog(head)
	var parts []string
	if b.Product != h.Product {
		parts = append(parts, "product "+b.Product+" -> "+h.Product)
	}
	if b.Version != h.Version {
		parts = append(parts, "version "+cmp.Or(b.Version, "none")+" -> "+cmp.Or(h.Version, "none"))
	}
	if x, y := pinOf(base), pinOf(head); x != y && (x == "" || y == "") { // else the version says it
		parts = append(parts, "pin "+cmp.Or(x, "none")+" -> "+cmp.Or(y, "none"))
	}
	described := func(d policy.Described) policy.Ref { return d.ID }
	attribute := func(a policy.DeclaredAttribute) policy.Ref { return a.ID }
	list = slices.Concat(
		compareLists("permission", was.Permissions, is.Permissions, func(p policy.DeclaredPermission) policy.Ref {
			return p.ID
		}, nil),
		compareLists("role", was.Roles, is.Roles, func(r policy.DeclaredRole) policy.Ref { return r.ID }, nil),
		compareLists("affiliation", was.Affiliations, is.Affiliations, described, nil),
		compareLists("label", was.Labels, is.Labels, described, nil),
		compareLists("attribute", was.UserAttributes, is.UserAttributes, attribute, nil),
		compareLists("scope attribute", was.ScopeAttributes, is.ScopeAttributes, attribute, nil),
		compareLists("group attribute", was.GroupAttributes, is.GroupAttributes, attribute, nil))
	parts = append(parts, fieldDifferences(restOfCatalog(was), restOfCatalog(is))...)
	if len(parts) == 0 {
		return list
	}
	at := head.Declared().Product.Pos
	if c := head.Declared().Catalog; c != nil {
		at = c.Pos
	}
	return append([]PolicyChange{{What: "catalog", How: "changed", Text: clipText(strings.Join(parts, "; ")), Pos: at}},
		list...)
}

// pinOf returns the catalog version that a project pins, or "". An extended catalog has it in its extends.
func pinOf(p *compiler.Project) string {
	_, version, _ := schema.SplitVersion(p.Declared().Product.Name)
	return version
}

func ownCatalog(p *compiler.Project) (c policy.DeclaredCatalog) {
	if x := p.Declared().Catalog; x != nil {
		c = *x
	}
	return c
}

// restOfCatalog returns a catalog without the parts that are listed separately.
func restOfCatalog(c policy.DeclaredCatalog) policy.DeclaredCatalog {
	if c.LevelTree != nil {
		c.Levels = []policy.Ref{{Name: levelsText(c.LevelTree)}}
	}
	return policy.DeclaredCatalog{Extends: c.Extends, Title: c.Title, Levels: c.Levels, Nested: c.Nested,
		ClosedLabels: c.ClosedLabels, ExactUsers: c.ExactUsers, Dangling: c.Dangling, Home: c.Home,
		GroupKinds: c.GroupKinds, Default: c.Default,
		DefaultForAll: c.DefaultForAll, Sources: c.Sources, Notes: c.Notes}
}

// levelsText writes a tree of levels: org > (repo, team).
func levelsText(list []policy.DeclaredLevel) string {
	var parts []string
	for _, l := range list {
		text := l.ID.Name
		if l.Nested {
			text += " nested"
		}
		if len(l.Levels) > 0 {
			text += " > (" + levelsText(l.Levels) + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// levelChanges say which scopes are at another level, of levels that both sides have.
func levelChanges(base, head *compiler.Project) (list []PolicyChange) {
	if base.Policy == nil || head.Policy == nil {
		return nil
	}
	b, h := base.Policy, head.Policy
	for _, s := range h.Scopes {
		was := b.ScopeByPath[s.Path]
		if was == nil {
			continue
		}
		from, to := b.Catalog.LevelOf(was), h.Catalog.LevelOf(s)
		if from != to && slices.Contains(h.Catalog.Levels, from) && slices.Contains(b.Catalog.Levels, to) {
			list = append(list, PolicyChange{What: "scope", Name: s.Path + ", level", How: "changed",
				Text: from + " -> " + to,
				Pos:  scopePos(s, was, "level")})
		}
	}
	return list
}

// factChanges say what has changed of the facts that rules look at: the domains,
// and the labels and attributes of scopes that both sides have.
func factChanges(b, h policy.Declared) []PolicyChange {
	domains := compareLists("domain", b.Domains, h.Domains, func(d policy.Domain) policy.Ref { return d.Name },
		func(d policy.Domain) string { return d.Affiliation.Name })
	both := map[string]int{}
	was, is := scopeFacts(b.Scopes, "", both), scopeFacts(h.Scopes, "", both)
	shared := func(f scopeFact) bool { return both[f.scope] < 2 }
	return append(domains, compareLists("scope", slices.DeleteFunc(was, shared), slices.DeleteFunc(is, shared),
		func(f scopeFact) policy.Ref { return policy.Ref{Name: f.Fact, Pos: f.Pos} }, func(f scopeFact) string {
			return f.Values
		})...)
}

// scopeFact is an attribute of a scope, its labels, or that it inherits nothing.
type scopeFact struct {
	Fact, Values string
	scope        string
	Pos          policy.Pos
}

func scopeFacts(list []policy.DeclaredScope, above string, seen map[string]int) (facts []scopeFact) {
	for _, s := range list {
		path := above + s.ID.Name
		seen[path]++
		if len(s.Labels) > 0 {
			facts = append(facts, scopeFact{path + ", labels", shortText(s.Labels), path, s.Labels[0].Pos})
		}
		if s.Inherits.Name == "false" {
			facts = append(facts, scopeFact{path + ", inherits", "false", path, s.Inherits.Pos})
		}
		for _, a := range s.Attributes {
			facts = append(facts, scopeFact{path + ", attribute " + a.Name.Name, shortText(a.Values), path, a.Name.Pos})
		}
		facts = append(facts, scopeFacts(s.Scopes, path+"/", seen)...)
	}
	return facts
}

// hashText identifies a text by its content.
func hashText(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }
