package observe

import (
	"cmp"
	"slices"
	"strings"
)

// scimResource is a user or a group of SCIM 2.0.
type scimResource struct {
	ID       string       `json:"id"`
	External string       `json:"externalId"`
	User     string       `json:"userName"`
	Name     string       `json:"displayName"`
	Active   *bool        `json:"active"`
	Emails   []scimValue  `json:"emails"`
	Roles    *[]scimValue `json:"roles"`
	Rights   *[]scimValue `json:"entitlements"`
	Members  *[]scimValue `json:"members"`
	Schemas  []string     `json:"schemas"`
}

type scimValue struct {
	Value   string `json:"value"`
	Display string `json:"display"`
	Type    string `json:"type"`
	Ref     string `json:"$ref"`
}

// scimMember is a member of a group: its id may be a user's or a group's, which may come later.
type scimMember struct {
	scimValue
	in int32
	at Place
}

const scimHelp = "ask for the next pages with startIndex; permc import scim --how lists the requests"

// scim reads lists of users and of groups, in pages.
type scim struct {
	*builder
	users, groups scimPages
	rights        bool
	members       []int32 // groups whose members are listed
	bare          []int32 // groups without the attribute
	inside        []scimMember
	ids           map[string]bool // of users
}

// scimPages are the parts of a list that are there.
type scimPages struct {
	what  string
	total int
	parts [][2]int // first and last
	ids   map[string]bool
	file  int32
	any   bool
}

func readSCIM(b *builder, files []Input) error {
	s := &scim{builder: b, users: scimPages{what: "users", ids: map[string]bool{}},
		groups: scimPages{what: "groups", ids: map[string]bool{}}, ids: map[string]bool{}}
	for i := range files {
		if !files[i].looksJSON() {
			return b.refuse(Place{int32(i), 1}, scimHelp, "SCIM is JSON")
		}
		if err := s.file(&files[i], int32(i)); err != nil {
			return err
		}
	}
	for i := range s.inside {
		s.addMember(&s.inside[i])
	}
	if s.users.check(b) && s.rights {
		area := Area{Roles: true, Grants: true, Users: true, Scope: None, Group: None}
		for _, f := range b.o.Files {
			if name := b.opts.scopeOf(f.Name); name != "" {
				area.Scope = b.scope(Scope{Path: []string{name}})
			}
		}
		b.o.Areas = append(b.o.Areas, area)
	}
	if len(s.members) == 0 && len(s.bare) > 0 {
		b.gap(b.o.Groups[s.bare[0]].Place, "ask for the attribute members", "no group has its members in the files")
		s.bare = nil
	}
	s.coverMembers()
	b.o.Effective = !s.groups.any
	return nil
}

// coverMembers says whose members the files list. A group without the attribute may be empty, or its members hidden.
func (s *scim) coverMembers() {
	if n := len(s.bare); n > 0 {
		s.note("groups without the attribute members are not compared: %d, such as %q", n, s.o.Groups[s.bare[0]].Name)
	}
	if !s.groups.check(s.builder) {
		return
	}
	unclear := s.unclear()
	for _, g := range s.members {
		if !unclear[g] {
			s.o.Areas = append(s.o.Areas, Area{Members: true, Nested: true, Group: g, Scope: None})
		}
	}
}

// unclear returns the groups that have members whom no list of users has.
func (s *scim) unclear() map[int32]bool {
	groups := map[int32]bool{}
	for _, m := range s.o.Members {
		if m.Person == None {
			continue
		}
		if p := &s.o.People[m.Person]; len(p.Logins) == 0 {
			groups[m.In] = true
			s.gap(m.Place, "give the lists of users, too, of the same day: "+scimHelp,
				"member %s of %s is in no list of users", p.ID, s.o.Groups[m.In].Name)
		}
	}
	return groups
}

func (s *scim) file(in *Input, file int32) error {
	scope := None
	if name := s.opts.scopeOf(in.Name); name != "" {
		scope = s.scope(Scope{Path: []string{name}, Place: Place{file, 1}})
	}
	pages, ids := &s.users, []string(nil)
	var x scimResource
	l, err := s.readList(in, file, []string{"Resources"}, func(next *listReader, at Place) error {
		if err := next.decode(at, &x); err != nil {
			return err
		}
		switch {
		case x.ID == "":
			return s.refuse(at, scimHelp, "a resource has no id")
		case x.User != "":
			s.user(&x, scope, at)
		case x.Members != nil || x.Name != "":
			pages = &s.groups
			s.groupOf(&x, at)
		default:
			return s.refuse(at, scimHelp, "a resource is neither a user nor a group")
		}
		ids = append(ids, strings.ToLower(x.ID))
		return nil
	})
	if err != nil {
		return err
	}
	total, ok := l.number("totalResults")
	if !ok {
		return s.refuse(Place{file, 1}, scimHelp, "no list of SCIM: it has no totalResults")
	}
	first, ok := l.number("startIndex")
	if !ok {
		first = 1
	}
	for _, id := range ids {
		pages.ids[id] = true
	}
	pages.add(s.builder, total, first, l.n, file)
	return nil
}

func (p *scimPages) add(b *builder, total, first, n int, file int32) {
	if p.any && p.total > 0 && total > 0 && p.total != total {
		b.gap(Place{file, 1}, "export all pages on the same day", "contradicts %s: there are %d %s, and %d by that file",
			b.o.Files[p.file].Name, total, p.what, p.total)
	}
	p.any = true
	p.total, p.file = max(p.total, total), file
	p.parts = append(p.parts, [2]int{max(first, 1), max(first, 1) + n - 1})
}

// check reports whether all of a list is there.
func (p *scimPages) check(b *builder) bool {
	if !p.any {
		return false
	}
	slices.SortFunc(p.parts, func(x, y [2]int) int { return cmp.Compare(x[0], y[0]) })
	next := 1
	for _, part := range p.parts {
		if part[0] <= next {
			next = max(next, part[1]+1)
		}
	}
	if n := len(p.ids); next > p.total && n != p.total && p.total > 0 {
		b.gap(Place{p.file, 1}, "give each page of one day once: "+scimHelp,
			"totalResults of %s is %d, and the number of different ids in the files is %d", p.what, p.total, n)
		return false
	}
	if next > p.total {
		return true
	}
	b.gap(Place{p.file, 1}, scimHelp, "%s from %d of %d are not in the files", p.what, next, p.total)
	return false
}

func (s *scim) user(x *scimResource, scope int32, at Place) {
	p := Person{ID: x.ID, Logins: []string{x.User}, Name: x.Name, Home: None, Place: at}
	for _, e := range x.Emails {
		p.Logins = append(p.Logins, e.Value)
	}
	if x.External != "" && x.External != x.User {
		p.Logins = append(p.Logins, x.External)
	}
	if x.Active != nil {
		p.State = map[bool]State{true: Enabled, false: Disabled}[*x.Active]
	}
	s.ids[strings.ToLower(x.ID)] = true
	who := Holder{s.person(p), None}
	var all []string
	for _, list := range []*[]scimValue{x.Roles, x.Rights} {
		if list == nil {
			continue
		}
		s.rights = true
		for _, v := range *list {
			all = append(all, v.Value)
			if v.Value != "" {
				is := s.thing(named{what: v.Value, ids: [3]string{v.Display}, either: true})
				s.entry(Entry{Holder: who, Thing: is, Scope: scope, Place: at})
			}
		}
	}
	if x.Roles != nil || x.Rights != nil {
		s.allOf(who, scope, all, at)
	}
}

func (s *scim) groupOf(x *scimResource, at Place) {
	g := s.group(Group{ID: x.ID, Name: x.Name, Home: None, Place: at})
	s.o.Groups[g].Name = x.Name
	if x.Members == nil {
		s.bare = append(s.bare, g)
		return
	}
	s.members = append(s.members, g)
	var all []string
	for _, m := range *x.Members {
		all = append(all, m.Value)
		s.inside = append(s.inside, scimMember{m, g, at})
	}
	s.allOf(Holder{None, g}, None, all, at)
}

// addMember adds a member of a group, once all users and groups are known. The type of a member is optional.
func (s *scim) addMember(m *scimMember) {
	_, isGroup := s.builder.groups["id:"+strings.ToLower(m.Value)]
	isGroup = isGroup && !s.ids[strings.ToLower(m.Value)] || strings.EqualFold(m.Type, "group") ||
		m.Type == "" && strings.Contains(strings.ToLower(m.Ref), "/groups/")
	if isGroup {
		inner := s.group(Group{ID: m.Value, Name: m.Display, Home: None, Place: m.at})
		s.member(Member{Holder{None, inner}, m.in, m.at})
		return
	}
	p := s.person(Person{ID: m.Value, Name: m.Display, Home: None, Place: m.at})
	if p == None {
		s.gap(m.at, scimHelp, "a member of %s has no value", s.o.Groups[m.in].Name)
		return
	}
	s.member(Member{Holder{p, None}, m.in, m.at})
}
