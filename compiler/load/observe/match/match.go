// Package match finds what a declaration calls the people, groups, roles and scopes of a system. It never guesses: a
// name that fits nothing, or several things, stays unmatched.
package match

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// Found is what a name of the system means here. Of is nil if it fits nothing, or several things.
type Found[T any] struct {
	Of        *T
	Ambiguous string // why it may be several things, or ""
	Among     []*T   // the things that it may be, of a scope, role or permission
	Near      []string
	Ignored   *observe.Ignore // or nil
}

// Match finds the names of an observation in a policy.
type Match struct {
	People  []Found[policy.User]
	Numbers []int32 // of the users in the policy, by person; observe.None for those who are none
	Groups  []Found[policy.Group]
	Scopes  []Found[policy.Scope]

	Doubtful       map[*policy.User]bool  // several people fit
	DoubtfulGroups map[*policy.Group]bool // likewise
	Skipped        map[*policy.User]bool  // people who are ignored are these users

	policy *policy.Policy
	o      *observe.Observation
	names  *observe.Map
	scope  string // that the files are about
	asOf   policy.Date

	users    map[string]int32                 // their numbers in the policy, by what their ids compare by
	last     int32                            // the number of the user who was found last, or observe.None
	spare    []string                         // for the names of a person
	called   func() map[string][]*policy.User // users by their display names, folded
	things   map[*observe.Thing]*thing
	near     nearNames
	mapped   mapped
	children map[*policy.Scope]map[string][]*policy.Scope // by a name, folded
	root     *policy.Scope                                // that a whole export is about, or nil
	ids      map[string][]*policy.Scope                   // scopes by the last part of their path, and by title, folded
	gids     map[string][]*policy.Group
	system   string     // of the files
	known    identities // declared ids
}

type thing struct {
	role       Found[policy.Role]
	permission Found[policy.Permission]
}

// New matches every name in an observation.
func New(p *policy.Policy, o *observe.Observation, names *observe.Map, scope string) *Match {
	if names == nil {
		names = &observe.Map{}
	}
	m := &Match{
		policy: p, o: o, names: names, scope: scope, asOf: p.AsOf,
		Doubtful: map[*policy.User]bool{}, DoubtfulGroups: map[*policy.Group]bool{}, Skipped: map[*policy.User]bool{},
		users: make(map[string]int32, len(p.Users)), last: observe.None, things: map[*observe.Thing]*thing{},
		ids:  map[string][]*policy.Scope{},
		gids: map[string][]*policy.Group{}, system: system(p, o, names), known: newIdentities(p),
	}
	m.called = sync.OnceValue(m.usersByName)
	m.near, m.mapped = newNearNames(p), newMapped(names, p.Catalog.UserKey)
	for i, u := range p.Users {
		m.users[p.Catalog.UserKey(u.ID)] = int32(i)
	}
	m.index()
	m.root, m.children = m.findRoot(), map[*policy.Scope]map[string][]*policy.Scope{}
	m.matchPeople()
	m.matchGroups()
	for i := range o.Scopes {
		m.Scopes = append(m.Scopes, m.matchScope(&o.Scopes[i]))
	}
	return m
}

func (m *Match) index() {
	for _, s := range m.policy.Scopes {
		for _, name := range namesOf(s) {
			if name != "" {
				m.addScope(name, s)
			}
		}
	}
	for _, g := range m.policy.Groups {
		for _, name := range []string{g.ID, g.Title, g.External} {
			if name != "" {
				m.gids[foldName(name)] = appendOnce(m.gids[foldName(name)], g)
			}
		}
	}
}

func (m *Match) usersByName() map[string][]*policy.User {
	byName := map[string][]*policy.User{}
	for _, u := range m.policy.Users {
		byName[policy.Fold(u.Name)] = append(byName[policy.Fold(u.Name)], u)
	}
	return byName
}

func (m *Match) addScope(name string, s *policy.Scope) {
	m.ids[foldName(name)] = appendOnce(m.ids[foldName(name)], s)
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
func (m *Match) User(id string) *policy.User {
	i, ok := m.users[m.policy.Catalog.UserKey(id)]
	if !ok {
		return nil
	}
	m.last = i
	return m.policy.Users[i]
}

// number returns the number of a user in the policy: mostly of the one who was found last.
func (m *Match) number(u *policy.User) int32 {
	if m.last == observe.None || m.policy.Users[m.last] != u {
		m.User(u.ID)
	}
	return m.last
}

// Guest returns the address that a guest's principal name stands for, or "": ana_contoso.com#EXT#@tenant is
// ana@contoso.com.
func Guest(login string) string {
	if strings.IndexByte(login, '#') < 0 {
		return ""
	}
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

// NamesOf returns the logins of a person, and the addresses that those of guests stand for.
func NamesOf(p *observe.Person) []string { return appendNames(make([]string, 0, len(p.Logins)+1), p) }

func appendNames(names []string, p *observe.Person) []string {
	for _, l := range p.Logins {
		names = append(names, l)
		if g := Guest(l); g != "" {
			names = append(names, g)
		}
	}
	return names
}

func (m *Match) matchPeople() {
	m.People = hugepage.Make[Found[policy.User]](len(m.o.People))[:0]
	m.Numbers = hugepage.Make[int32](len(m.o.People))
	first := hugepage.Make[int32](len(m.policy.Users)) // the first person of each user, from one
	claims := map[*policy.User][]int{}                 // of users whom several people fit
	var others []*policy.User                          // who have the name of an account with another id
	for i := range m.o.People {
		p := &m.o.People[i]
		f, other := m.matchPerson(p)
		if other != nil {
			others = append(others, other)
		}
		m.People = append(m.People, f)
		m.Numbers[i] = observe.None
		if f.Of == nil {
			continue
		}
		n := m.number(f.Of)
		m.Numbers[i] = n
		switch j := first[n]; {
		case j == 0:
			first[n] = int32(i + 1)
		case claims[f.Of] == nil:
			claims[f.Of] = []int{int(j - 1), i}
		default:
			claims[f.Of] = append(claims[f.Of], i)
		}
	}
	for _, u := range others {
		m.Doubtful[u] = m.Doubtful[u] || first[m.number(u)] == 0
	}
	for u, all := range claims {
		m.Doubtful[u] = true
		for _, i := range all {
			m.People[i] = Found[policy.User]{Ambiguous: "several accounts fit user \"" + u.ID + "\": " + m.titles(all)}
			m.Numbers[i] = observe.None
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

// matchPerson takes the user with the ids of a person, or else the first of their names that is a declared user, and
// then what the map says. It returns the user whose name fits an account with another id, too.
func (m *Match) matchPerson(p *observe.Person) (f Found[policy.User], other *policy.User) {
	names := appendNames(append(m.spare[:0], p.ID), p)
	m.spare = append(names, p.Name)
	if f.Ignored = m.ignored(func(x *observe.Ignore) bool {
		return x.User != "" && m.matchesUser(x.User, m.spare) &&
			x.Role+x.Permission+x.Scope+x.Group == ""
	}); f.Ignored != nil {
		m.ignorePerson(p, names)
		return f, nil
	}
	native, unclear, other := m.userOf(p, names)
	if unclear != "" {
		f.Ambiguous = unclear
		return f, other
	}
	mapped := m.mapped.users.Find(m.spare...)
	switch {
	case p.Clashes:
		f.Ambiguous = "the files contradict each other about " + p.Title()
		if native != nil {
			m.Doubtful[native] = true
		}
		return f, nil
	case len(mapped) > 1:
		f.Ambiguous = "the map has several users for " + p.Title() + ": " + strings.Join(mapped, ", ")
		return f, nil
	case len(mapped) == 1:
		return m.mappedPerson(mapped[0], native), nil
	}
	f.Of = native
	if native == nil && len(p.Logins) == 0 {
		f.Ambiguous = m.doubtName(p)
	}
	return f, nil
}

// doubtName says which users have the display name of somebody without a login, if there are several. Each of them may
// be meant.
func (m *Match) doubtName(p *observe.Person) string {
	var ids []string
	for _, u := range m.called()[policy.Fold(p.Name)] {
		if contradicted(u.IDs, m.idsOf(p.ID, p.Entra)) == nil {
			ids = append(ids, u.ID)
		}
	}
	if p.Name == "" || len(ids) < 2 {
		return ""
	}
	for _, id := range ids {
		m.Doubtful[m.User(id)] = true
	}
	const most = 4
	text := strings.Join(ids[:min(len(ids), most)], " or ")
	if more := len(ids) - most; more > 0 {
		text += fmt.Sprintf(" or one of %d others", more)
	}
	return fmt.Sprintf("%q has no address, and may be %s", p.Name, text)
}

// ignorePerson notes which user somebody is whom the map ignores by a name that the declaration does not have.
func (m *Match) ignorePerson(p *observe.Person, names []string) {
	u := m.userNamed(names)
	if all := identified(m.known.users, m.idsOf(p.ID, p.Entra)); len(all) > 0 {
		u = all[0]
	}
	if mapped := m.mapped.users.Find(m.spare...); u == nil && len(mapped) == 1 {
		u = m.User(mapped[0])
	}
	if u != nil {
		m.Skipped[u] = true
	}
}

// mappedPerson returns the user that the map names for a person, whose own names may fit another one.
func (m *Match) mappedPerson(id string, native *policy.User) (f Found[policy.User]) {
	u := m.User(id)
	if native == nil || u == native {
		f.Of = u
		return f
	}
	f.Ambiguous = "the map says \"" + id + "\", the name says \"" + native.ID + "\""
	m.Doubtful[native] = true
	if u != nil {
		m.Doubtful[u] = true
	}
	return f
}

// userOf returns the user with the ids of a person, or else one of their names. If it is not clear, it says why, and
// which user has the name of an account with another id.
func (m *Match) userOf(p *observe.Person, names []string) (u *policy.User, unclear string, other *policy.User) {
	if len(m.known.users) == 0 {
		return m.userNamed(names), "", nil
	}
	ids := m.idsOf(p.ID, p.Entra)
	all := identified(m.known.users, ids)
	if len(all) == 1 {
		return all[0], "", nil
	}
	if len(all) > 1 {
		for _, u := range all {
			m.Doubtful[u] = true
		}
		return nil, fmt.Sprintf("%s has the declared ids of %q and %q", p.Title(), all[0].ID, all[1].ID), nil
	}
	if u = m.userNamed(names); u == nil {
		return nil, "", nil
	}
	if id := contradicted(u.IDs, ids); id != nil {
		return nil, fmt.Sprintf("%s has the id %q in %s, and %q is declared with %s", p.Title(), id.key, id.system,
			u.ID,
			strings.Join(u.IDs[id.system], ", ")), u
	}
	return u, "", nil
}

// userNamed returns the declared user with the first name that one has, or nil.
func (m *Match) userNamed(names []string) *policy.User {
	for _, n := range names {
		if u := m.User(n); n != "" && u != nil {
			return u
		}
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

// matchesUser reports whether a pattern fits one of somebody's names.
func (m *Match) matchesUser(pattern string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		return n != "" && observe.MatchesAs(m.policy.Catalog.UserKey, pattern, n)
	})
}

func matchesAny(pattern string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return n != "" && observe.Matches(pattern, n) })
}
