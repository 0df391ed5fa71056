package review

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/person"
)

// The kinds of items.
const (
	RoleItem   = "role"
	GrantItem  = "grant"
	MemberItem = "membership"
)

// Item is the subject of one decision: an assignment, a grant or a membership, wherever it is written.
type Item struct {
	User  *policy.User  // has it, or is the member
	Group *policy.Group // likewise, if User is nil
	Kind  string
	Entry *policy.Entry // of an assignment or a grant
	Into  *policy.Group // of a membership
	Terms *policy.Terms // likewise, or nil
	Spots []policy.Pos  // where it is written; several if it is repeated
	Scope *policy.Scope // on which it gives something; nil for a membership
	Gives               // what it gives
	Notes []string      // what to look at, such as a finding
	Drop  bool          // a note suggests to remove it
	By    []string      // who should decide: ids of users

	Last *policy.Review // that confirms it, or nil
}

// Gives is what an item gives today, whether or not something else gives it, too.
type Gives struct {
	Rows        int // permissions on scopes, each once
	People      int
	Critical    []string // permissions, sorted
	Sensitivity string   // the highest
	print       uint32   // equal for items that give the same
	in          bool     // some of it passes the filter
}

// Holder returns the id of the user, or that of the group with its prefix.
func (x *Item) Holder() string {
	if x.User != nil {
		return x.User.ID
	}
	return "group:" + x.Group.ID
}

// What returns the name of the role, the permission or the group.
func (x *Item) What() string {
	switch {
	case x.Into != nil:
		return x.Into.ID
	case x.Entry.Role != nil:
		return x.Entry.Role.ID
	}
	text := x.Entry.Permission.ID
	if named := x.Entry.Named(); len(named) > 0 {
		var list []string
		for _, a := range named {
			list = append(list, x.Entry.Permission.Actions[a.Action])
		}
		slices.Sort(list)
		text += " (" + strings.Join(slices.Compact(list), ", ") + ")"
	}
	return text
}

// Path returns the scope, or "".
func (x *Item) Path() string {
	if x.Scope == nil {
		return ""
	}
	return x.Scope.Path
}

// Starts returns the first day, or 0.
func (x *Item) Starts() policy.Date {
	switch {
	case x.Entry != nil:
		return x.Entry.Starts
	case x.Terms != nil:
		return x.Terms.Starts
	}
	return 0
}

// Ends returns the last day, or 0.
func (x *Item) Ends() policy.Date {
	switch {
	case x.Entry != nil:
		return x.Entry.Ends
	case x.Terms != nil:
		return x.Terms.Ends
	}
	return 0
}

// Why returns the reason and the ticket.
func (x *Item) Why() (reason, ticket string) {
	switch {
	case x.Entry != nil && x.Entry.Detail != nil:
		return x.Entry.Detail.Reason, x.Entry.Detail.Ticket
	case x.Terms != nil:
		return x.Terms.Reason, x.Terms.Ticket
	}
	return "", ""
}

// benefits reports whether somebody who signs has the item: as the user, or in the group.
func (x *Item) benefits(signs func(*policy.User) bool) bool {
	if x.User != nil {
		return signs(x.User)
	}
	return slices.ContainsFunc(x.Group.Users, signs)
}

// key returns what identifies the item: all that is written about it but why.
func (x *Item) key(userKey func(string) string) uint64 {
	holder := "group:" + x.holderGroup()
	if x.User != nil {
		holder = "user:" + userKey(x.User.ID)
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{holder, x.Kind, x.What(), x.Path(), x.Starts().String(),
		x.Ends().String()}, "\x00")))
	return max(binary.BigEndian.Uint64(sum[:]), noMark+1)
}

func (x *Item) holderGroup() string {
	if x.Group == nil {
		return ""
	}
	return x.Group.ID
}

// subject returns what a review of the item is about.
func (s *Survey) subject(x *Item) policy.Subject {
	holder := policy.GroupHolder(x.holderGroup())
	if x.User != nil {
		holder = s.userKey(x.User.ID)
	}
	if x.Into != nil {
		return policy.MembershipIn(x.Into, holder)
	}
	return x.Entry.Subject(holder)
}

// Mark returns what a sheet identifies the item by, and what it gave.
func (s *Survey) Mark(x *Item) string { return fmt.Sprintf("e%016x-%08x", x.key(s.userKey), x.print) }

// describe names the item for people.
func (x *Item) describe() string {
	switch x.Kind {
	case MemberItem:
		return fmt.Sprintf("the membership of %q in group %q", x.Holder(), x.Into.ID)
	case RoleItem:
		return fmt.Sprintf("%q on %q of %q", x.What(), x.Path(), x.Holder())
	}
	return fmt.Sprintf("the grant of %q on %q of %q", x.What(), x.Path(), x.Holder())
}

// Survey lists the items of a project, and finds what each one gives.
type Survey struct {
	Items   []*Item // sorted: those of users, then those of groups
	policy  *policy.Policy
	userKey func(string) string
	users   map[string]*policy.User // by key
	groups  map[string]*policy.Group
	made    *Made
	in      func(*policy.Row) bool

	entries map[entryOf]*Item
	members map[*policy.User][]*Item
	nested  map[*policy.Group][]*Item // by inner group
	byKey   map[uint64]*Item
	workers []*surveyor
	mu      chan struct{} // held to add a worker
}

// NewSurvey lists the items of a project. The filter is that of the sheet.
func NewSurvey(p *compiler.Project, made *Made, in func(*policy.Row) bool) *Survey {
	s := &Survey{
		policy:  p.Policy,
		userKey: p.Policy.Catalog.UserKey,
		made:    made,
		in:      in,
		entries: map[entryOf]*Item{},
		members: map[*policy.User][]*Item{},
		nested:  map[*policy.Group][]*Item{},
		users:   make(map[string]*policy.User, len(p.Policy.Users)),
		groups:  map[string]*policy.Group{},
		byKey:   map[uint64]*Item{},
		mu:      make(chan struct{}, 1),
	}
	for _, u := range p.Policy.Users {
		s.users[s.userKey(u.ID)] = u
		s.addEntries(u, nil, u.Entries)
	}
	for _, g := range p.Policy.Groups {
		s.groups[g.ID] = g
	}
	s.addMembers()
	for _, g := range p.Policy.Groups {
		s.addEntries(nil, g, g.Entries)
	}
	for _, x := range s.Items {
		x.By = s.reviewersOf(x)
		x.Last = p.Policy.Reviews.Last(s.subject(x), x.Ends())
	}
	slices.SortStableFunc(s.Items, compareItems)
	return s
}

// compareItems orders items by holder, groups last; what gives more comes first in no order but that of names.
func compareItems(a, b *Item) int {
	if (a.User == nil) != (b.User == nil) {
		return cmp.Compare(len(a.holderGroup()), len(b.holderGroup()))
	}
	return cmp.Or(cmp.Compare(a.Holder(), b.Holder()), cmp.Compare(b.Kind, a.Kind), cmp.Compare(a.Path(), b.Path()),
		cmp.Compare(a.What(), b.What()), cmp.Compare(a.Starts(), b.Starts()))
}

// entryOf identifies an entry by its place and its user or group: a template writes those of several in one place.
type entryOf struct {
	pos   policy.Pos
	user  *policy.User
	group *policy.Group
}

func (s *Survey) addEntries(u *policy.User, g *policy.Group, list []policy.Entry) {
	for i := range list {
		e := &list[i]
		if e.ByDefault {
			continue
		}
		x := &Item{User: u, Group: g, Kind: RoleItem, Entry: e, Scope: e.Scope}
		if e.Role == nil {
			x.Kind = GrantItem
		}
		s.entries[entryOf{e.Pos, u, g}] = s.add(x, e.Pos)
	}
}

// add adds an item, or where it is written once more.
func (s *Survey) add(x *Item, at policy.Pos) *Item {
	key := x.key(s.userKey)
	if known := s.byKey[key]; known != nil {
		known.Spots = append(known.Spots, at)
		return known
	}
	x.Spots = []policy.Pos{at}
	s.byKey[key] = x
	s.Items = append(s.Items, x)
	return x
}

// addMembers adds memberships, which are declared at the group or at the member.
func (s *Survey) addMembers() {
	for _, g := range s.policy.Groups {
		for _, m := range g.Members {
			x := &Item{Kind: MemberItem, Into: g, Terms: m.Terms}
			if id, ok := strings.CutPrefix(m.Name, "group:"); ok {
				x.Group = s.groups[id]
			} else {
				x.User = s.users[s.userKey(m.Name)]
			}
			s.addMember(x, m.Pos)
		}
		for _, j := range g.Joined {
			s.addMember(&Item{Kind: MemberItem, Into: g, User: j.User, Terms: j.Terms}, j.Pos)
		}
	}
}

func (s *Survey) addMember(x *Item, at policy.Pos) {
	if x.User == nil && x.Group == nil {
		return // it is declared nowhere, which is a finding
	}
	if known := s.add(x, at); known != x {
		return
	}
	if x.User != nil {
		s.members[x.User] = append(s.members[x.User], x)
	} else {
		s.nested[x.Group] = append(s.nested[x.Group], x)
	}
}

// eachMembership calls f with each membership by which a user is in groups.
func (s *Survey) eachMembership(u *policy.User, f func(*Item)) {
	for _, x := range s.members[u] {
		f(x)
	}
	if len(s.nested) == 0 {
		return
	}
	for i := range u.Memberships {
		for _, x := range s.nested[u.Memberships[i].Group] {
			f(x)
		}
	}
}

// signatures reads who signed.
func (s *Survey) signatures(people []policy.People) *person.Signatures {
	find := func(id string) *policy.User { return s.users[s.userKey(id)] }
	return person.NewSignatures(s.policy.Users, find, s.policy.Catalog.ExactUsers, people)
}
