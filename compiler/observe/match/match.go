// Package match finds what a declaration calls the people, groups, roles and scopes of a system. It never guesses: a
// name that fits nothing, or several things, stays unmatched.
package match

import (
	"path"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/observe"
	"permc.dev/permc/compiler/policy"
)

// Found is what a name of the system means here. Of is nil if it fits nothing, or several things.
type Found[T any] struct {
	Of        *T
	Ambiguous string // why it may be several things, or ""
	Near      []string
	Ignored   *observe.Ignore // or nil
}

// Match finds the names of an observation in a policy.
type Match struct {
	People []Found[policy.User]
	Groups []Found[policy.Group]
	Scopes []Found[policy.Scope]

	Doubtful       map[*policy.User]bool  // several people fit
	DoubtfulGroups map[*policy.Group]bool // likewise

	policy *policy.Policy
	o      *observe.Observation
	names  *observe.Map
	scope  string // that the files are about
	asOf   policy.Date

	users   map[string]*policy.User
	things  map[named]thing
	userIDs []string
	ids     map[string][]*policy.Scope // scopes by the last part of their path, and by title, folded
	gids    map[string][]*policy.Group
}

// named is what the system calls a role or permission.
type named struct {
	what, ids     string
	grant, either bool
}

type thing struct {
	role       Found[policy.Role]
	permission Found[policy.Permission]
}

// Names of everything in an observation.
func New(p *policy.Policy, o *observe.Observation, names *observe.Map, scope string) *Match {
	if names == nil {
		names = &observe.Map{}
	}
	m := &Match{
		policy: p, o: o, names: names, scope: scope, asOf: p.AsOf,
		Doubtful: map[*policy.User]bool{}, DoubtfulGroups: map[*policy.Group]bool{},
		users: map[string]*policy.User{}, things: map[named]thing{}, ids: map[string][]*policy.Scope{},
		gids: map[string][]*policy.Group{},
	}
	m.index()
	m.matchPeople()
	m.matchGroups()
	for i := range o.Scopes {
		m.Scopes = append(m.Scopes, m.matchScope(&o.Scopes[i]))
	}
	return m
}

func (m *Match) index() {
	for _, u := range m.policy.Users {
		m.users[m.policy.Catalog.UserKey(u.ID)] = u
		m.userIDs = append(m.userIDs, u.ID)
	}
	for _, s := range m.policy.Scopes {
		m.addScope(s.Path[strings.LastIndexByte(s.Path, '/')+1:], s)
		if s.Title != "" {
			m.addScope(s.Title, s)
		}
	}
	for _, g := range m.policy.Groups {
		m.gids[foldName(g.ID)] = appendOnce(m.gids[foldName(g.ID)], g)
		if g.Title != "" {
			m.gids[foldName(g.Title)] = appendOnce(m.gids[foldName(g.Title)], g)
		}
	}
}

func (m *Match) addScope(name string, s *policy.Scope) {
	m.ids[foldName(policy.ScopeName(name))] = appendOnce(m.ids[foldName(policy.ScopeName(name))], s)
}

func appendOnce[T comparable](list []T, x T) []T {
	if slices.Contains(list, x) {
		return list
	}
	return append(list, x)
}

// foldName makes names equal that differ only in case and in blanks.
func foldName(s string) string { return policy.Fold(strings.Join(strings.Fields(s), " ")) }

// User returns the declared user with an id, or nil.
func (m *Match) User(id string) *policy.User { return m.users[m.policy.Catalog.UserKey(id)] }

// Guest returns the address that a guest's principal name stands for, or "": ana_contoso.com#EXT#@tenant is
// ana@contoso.com.
func Guest(login string) string {
	i := strings.Index(strings.ToUpper(login), "#EXT#")
	if i <= 0 {
		return ""
	}
	at := strings.LastIndexByte(login[:i], '_') // a domain has none
	if at <= 0 {
		return ""
	}
	return login[:at] + "@" + login[at+1:i]
}

func (m *Match) matchPeople() {
	claims := map[*policy.User][]int{}
	for i := range m.o.People {
		p := &m.o.People[i]
		f := m.matchPerson(p)
		if f.Of != nil {
			claims[f.Of] = append(claims[f.Of], i)
		}
		m.People = append(m.People, f)
	}
	for u, all := range claims {
		if len(all) == 1 {
			continue
		}
		m.Doubtful[u] = true
		for _, i := range all {
			m.People[i] = Found[policy.User]{Ambiguous: "several accounts fit user \"" + u.ID + "\": " + m.titles(all)}
		}
	}
}

func (m *Match) titles(all []int) string {
	var list []string
	for _, i := range all {
		p := &m.o.People[i]
		title := p.Title()
		if p.ID != "" && p.ID != title {
			title += " (" + p.ID + ")"
		}
		list = append(list, title)
	}
	return strings.Join(list, ", ")
}

// matchPerson takes the first of a person's names that is a declared user, and then what the map says.
func (m *Match) matchPerson(p *observe.Person) (f Found[policy.User]) {
	names := []string{p.ID}
	for _, l := range p.Logins {
		names = append(names, l)
		if g := Guest(l); g != "" {
			names = append(names, g)
		}
	}
	if f.Ignored = m.ignored(func(x *observe.Ignore) bool {
		return x.User != "" && matchesAny(x.User, append(names, p.Name)) &&
			x.Role+x.Permission+x.Scope+x.Group == ""
	}); f.Ignored != nil {
		return f
	}
	var native *policy.User
	for _, n := range names {
		if u := m.User(n); n != "" && u != nil {
			native = u
			break
		}
	}
	mapped := observe.Look(m.names.Users, append(names, p.Name)...)
	switch {
	case p.Clashes:
		f.Ambiguous = "the files contradict each other about " + p.Title()
		if native != nil {
			m.Doubtful[native] = true
		}
		return f
	case len(mapped) > 1:
		f.Ambiguous = "the map has several users for " + p.Title() + ": " + strings.Join(mapped, ", ")
		return f
	case len(mapped) == 1:
		u := m.User(mapped[0])
		if native != nil && u != native {
			f.Ambiguous = "the map says \"" + mapped[0] + "\", the name says \"" + native.ID + "\""
			m.Doubtful[native] = true
			if u != nil {
				m.Doubtful[u] = true
			}
			return f
		}
		native = u
	}
	f.Of = native
	return f
}

// NearUsers returns the declared user whose name is most like a person's, if one is.
func (m *Match) NearUsers(p *observe.Person) []string {
	if near := diag.Nearest(p.Title(), m.userIDs); near != "" {
		return []string{near}
	}
	return nil
}

// ignored returns the first ignore that is in force and fits, or nil.
func (m *Match) ignored(fits func(*observe.Ignore) bool) *observe.Ignore {
	for i := range m.names.Ignore {
		if x := &m.names.Ignore[i]; m.asOf <= x.Ends && fits(x) {
			return x
		}
	}
	return nil
}

func matchesAny(pattern string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return n != "" && observe.Matches(pattern, n) })
}

func (m *Match) matchGroups() {
	claims := map[*policy.Group][]int{}
	for i := range m.o.Groups {
		g := &m.o.Groups[i]
		f := m.matchGroup(g)
		if f.Of != nil {
			claims[f.Of] = append(claims[f.Of], i)
		}
		m.Groups = append(m.Groups, f)
	}
	for g, all := range claims {
		if len(all) == 1 {
			continue
		}
		m.DoubtfulGroups[g] = true
		for _, i := range all {
			m.Groups[i] = Found[policy.Group]{Ambiguous: "several groups fit group \"" + g.ID + "\""}
		}
	}
}

func (m *Match) matchGroup(g *observe.Group) (f Found[policy.Group]) {
	names := []string{g.ID, g.Name}
	if f.Ignored = m.ignored(func(x *observe.Ignore) bool {
		return x.Group != "" && matchesAny(x.Group, names) && x.User+x.Role+x.Permission+x.Scope == ""
	}); f.Ignored != nil {
		return f
	}
	var native []*policy.Group
	for _, n := range names {
		if n != "" && len(native) == 0 {
			native = m.gids[foldName(n)]
		}
	}
	mapped := observe.Look(m.names.Groups, names...)
	for _, id := range mapped {
		for _, x := range m.gids[foldName(id)] {
			native = appendOnce(native, x)
		}
	}
	switch {
	case len(native) == 1 && len(mapped) < 2:
		f.Of = native[0]
	case len(native) > 1 || len(mapped) > 1:
		f.Ambiguous = "several groups are called " + g.Name
		for _, x := range native {
			m.DoubtfulGroups[x] = true
		}
	default:
		var ids []string
		for _, x := range m.policy.Groups {
			ids = append(ids, x.ID)
		}
		f.Near = nearest(names, ids)
	}
	return f
}

func nearest(names, ids []string) []string {
	for _, n := range names {
		if near := diag.Nearest(n, ids); n != "" && near != "" {
			return []string{near}
		}
	}
	return nil
}

// matchScope finds a scope by its path, by a path of ids or titles, or by its last part alone if one scope has it.
func (m *Match) matchScope(s *observe.Scope) (f Found[policy.Scope]) {
	names := []string{s.ID, s.Title(), path.Base(s.Title())}
	if f.Ignored = m.ignored(func(x *observe.Ignore) bool {
		return x.Scope != "" && matchesAny(x.Scope, names) && x.User+x.Role+x.Permission+x.Group == ""
	}); f.Ignored != nil {
		return f
	}
	native := m.named(s)
	mapped := observe.Look(m.names.Scopes, s.ID, s.Title(), last(s.Path))
	for _, to := range mapped {
		x := m.policy.ScopeByPath[to]
		if x == nil {
			f.Near = nearest([]string{to}, m.paths())
			return f
		}
		native = appendOnce(native, x)
	}
	switch len(native) {
	case 1:
		f.Of = native[0]
	case 0:
		f.Near = nearest([]string{s.Title(), last(s.Path)}, m.paths())
	default:
		f.Ambiguous = "several scopes fit \"" + s.Title() + "\": " + pathsOf(native)
	}
	return f
}

// PathOf returns the path of the only declared scope that has a name: its path, its title or the last part of its path.
// It returns any other name as it is.
func PathOf(p *policy.Policy, name string) string {
	if name == "" || p.ScopeByPath[name] != nil {
		return name
	}
	m := &Match{policy: p, ids: map[string][]*policy.Scope{}, gids: map[string][]*policy.Group{}, users: map[string]*policy.User{}}
	m.index()
	if list := m.ids[foldName(name)]; len(list) == 1 {
		return list[0].Path
	}
	return name
}

func pathsOf(list []*policy.Scope) string {
	var paths []string
	for _, s := range list {
		paths = append(paths, s.Path)
	}
	return strings.Join(paths, ", ")
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

func (m *Match) paths() (list []string) {
	for _, s := range m.policy.Scopes {
		list = append(list, s.Path)
	}
	return list
}

func (m *Match) named(s *observe.Scope) []*policy.Scope {
	if x := m.policy.ScopeByPath[s.Title()]; x != nil {
		return []*policy.Scope{x}
	}
	if s.ID != "" {
		if list := m.ids[foldName(s.ID)]; len(list) == 1 {
			return list
		}
	}
	if root := m.root(); s.Root && root != nil {
		if list := m.below(root, s); len(list) > 0 {
			return list
		}
	}
	if len(s.Path) == 1 {
		parts := strings.Split(s.Path[0], "/")
		if list := m.ids[foldName(s.Path[0])]; len(list) > 0 || len(parts) == 1 {
			return list
		}
		return m.walk(parts)
	}
	return m.walk(s.Path)
}

// root returns the scope that a whole export is about: the one that was named for it, or the only outermost one.
func (m *Match) root() (root *policy.Scope) {
	if m.scope != "" {
		if x := m.policy.ScopeByPath[m.scope]; x != nil {
			return x
		}
		if list := m.ids[foldName(m.scope)]; len(list) == 1 {
			return list[0]
		}
		return nil
	}
	for _, s := range m.policy.Scopes {
		if s.Parent == nil {
			if root != nil {
				return nil
			}
			root = s
		}
	}
	return root
}

// below finds a scope in the tree of an export whose outermost scope may have another name.
func (m *Match) below(root *policy.Scope, s *observe.Scope) []*policy.Scope {
	if root == nil || len(s.Path) == 0 {
		return nil
	}
	level := []*policy.Scope{root}
	for _, part := range s.Path[1:] {
		level = childrenNamed(level, part)
	}
	return level
}

// walk follows a path of ids or titles from the outermost scopes.
func (m *Match) walk(parts []string) []*policy.Scope {
	var level []*policy.Scope
	for i, part := range parts {
		if i > 0 {
			level = childrenNamed(level, part)
			continue
		}
		for _, s := range m.ids[foldName(part)] {
			if s.Parent == nil {
				level = append(level, s)
			}
		}
	}
	return level
}

func childrenNamed(of []*policy.Scope, name string) (list []*policy.Scope) {
	for _, s := range of {
		for _, c := range s.Children {
			id := policy.ScopeName(c.Path[strings.LastIndexByte(c.Path, '/')+1:])
			if foldName(id) == foldName(name) || foldName(c.Title) == foldName(name) {
				list = append(list, c)
			}
		}
	}
	return list
}
