package resolve

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// scopes binds the scope tree, sorted by path.
func (b *policyBinder) scopes() {
	external := map[*policy.Scope]policy.Ref{}
	var bind func(list []policy.DeclaredScope, parent *policy.Scope)
	bind = func(list []policy.DeclaredScope, parent *policy.Scope) {
		for i := range list {
			s := b.scope(&list[i], parent)
			b.policy.Scopes = append(b.policy.Scopes, s)
			b.policy.ScopeByPath[s.Path] = s
			if list[i].External.Given() {
				external[s] = list[i].External
			}
			bind(list[i].Scopes, s)
		}
	}
	bind(b.declared.Scopes, nil)
	b.externalScopes(external)
	slices.SortFunc(b.policy.Scopes, func(x, y *policy.Scope) int { return strings.Compare(x.Path, y.Path) })
	for i, s := range b.policy.Scopes {
		s.Index = i
		if s.Parent != nil {
			s.Parent.Children = append(s.Parent.Children, s)
		}
	}
	b.fitting = map[policy.LevelSet][]*policy.Scope{}
}

func (b *policyBinder) scope(d *policy.DeclaredScope, parent *policy.Scope) *policy.Scope {
	if len(b.scopeRoom) == 0 { // next to each other in memory, as they are looked up
		n := min(1+len(b.policy.Scopes), 1024)
		b.scopeRoom, b.scopeDetails = make([]policy.Scope, n), make([]policy.ScopeDetail, n)
	}
	s, detail := &b.scopeRoom[0], &b.scopeDetails[0]
	b.scopeRoom, b.scopeDetails = b.scopeRoom[1:], b.scopeDetails[1:]
	*detail = policy.ScopeDetail{Title: d.Title, Pos: d.ID.Pos, LevelPos: d.Level.Pos, InheritPos: d.Inherits.Pos}
	*s = policy.Scope{Path: d.ID.Name, Parent: parent, Apart: d.Inherits.Name == "false", ScopeDetail: detail}
	if parent != nil {
		s.Path = parent.Path + "/" + s.Path
	}
	s.Level = b.levelOf(d, s, parent)
	s.External = d.External.Name
	s.SystemPath = systemPath(s)
	from := len(b.unlisted)
	b.attributes(d.Attributes, b.catalog.ScopeAttributes)
	if len(d.Attributes) > 0 {
		s.Attributes = make(map[string][]string, len(d.Attributes))
	}
	for _, a := range d.Attributes {
		s.Attributes[a.Name.Name] = refNames(a.Values)
	}
	s.IDs = b.identities("scope", s.Path, d.IDs)
	var known nameSet
	for _, l := range d.Labels {
		if b.bindLabels(b.catalog, []policy.Ref{l}) != nil && !known.has(s.Labels, l.Name) {
			s.Labels = append(s.Labels, l.Name)
			s.LabelPos = append(s.LabelPos, l.Pos)
		}
	}
	for i := range b.unlisted[from:] {
		b.unlisted[from+i].Scope = s
	}
	return s
}

// scopesOf returns the scopes at some levels.
func (b *policyBinder) scopesOf(levels policy.LevelSet) []*policy.Scope {
	list, ok := b.fitting[levels]
	if !ok {
		for _, s := range b.policy.Scopes {
			if levels.Has(s.Level) {
				list = append(list, s)
			}
		}
		b.fitting[levels] = list
	}
	return list
}

// allowedOf returns the help that lists the scopes of some levels.
func (b *policyBinder) allowedOf(levels policy.LevelSet) string {
	text, ok := b.allowed[levels]
	if !ok {
		if b.allowed == nil {
			b.allowed = map[policy.LevelSet]string{}
		}
		text = diag.Allowed(scopePaths(b.scopesOf(levels)))
		b.allowed[levels] = text
	}
	return text
}

// scopeAt returns the scope with a path, or nil. The scopes of one user are mostly in one tree, so it
// tries the last one's tree first.
func (b *policyBinder) scopeAt(path string) *policy.Scope {
	const few = 8
	if b.lastScope == nil || b.lastScope.Path == path {
		return cmp.Or(b.lastScope, b.policy.ScopeByPath[path])
	}
	root := b.lastScope.Root()
	if rest, inside := strings.CutPrefix(path, root.Path); inside && len(root.Children) <= few {
		if rest == "" {
			return root
		}
		for _, c := range root.Children {
			if c.Path == path {
				return c
			}
		}
	}
	return b.policy.ScopeByPath[path]
}

// scopeFor returns the scope that an entry names, or the only one that fits.
func (b *policyBinder) scopeFor(r policy.Ref, levels policy.LevelSet, at policy.Pos) *policy.Scope {
	if r.Given() {
		s := b.scopeAt(r.Name)
		if b.lastScope = s; s == nil {
			b.unknown("scope", r, b.paths())
		}
		return s
	}
	fitting := b.scopesOf(levels)
	if len(fitting) == 1 {
		return fitting[0]
	}
	if b.full() {
		return nil
	}
	d := diag.Stopf("unknown-scope", at, "no scope is named, but %d fit", len(fitting))
	if len(fitting) == 0 {
		d.Message = "no scope is named, and none has a level that fits"
		d.Help = "declare a scope at level " + strings.Join(b.catalog.LevelNames(levels), " or ")
	} else {
		d.Help = b.allowedOf(levels)
	}
	b.fail(d)
	return nil
}

// paths returns the paths of all scopes.
func (b *policyBinder) paths() []string {
	if b.allPaths == nil {
		b.allPaths = scopePaths(b.policy.Scopes)
	}
	return b.allPaths
}

func scopePaths(list []*policy.Scope) (paths []string) {
	for _, s := range list {
		paths = append(paths, s.Path)
	}
	return paths
}
