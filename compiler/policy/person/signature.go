package person

import (
	"slices"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/signer"
)

// Signatures find out who signed reviews, in sheets and in declarations.
type Signatures struct {
	users  []*policy.User
	find   func(id string) *policy.User
	exact  bool // the ids of two users may differ in case alone
	people []policy.People
	known  map[string]*Signature
	own    map[ofGroup]bool
}

type ofGroup struct {
	by *Signature
	of *policy.Group
}

// Signature is a text that says who decided.
type Signature struct {
	User   *policy.User // the only one who is meant, or nil
	Known  bool         // it is a user, or among the people
	Active bool         // and not a user who is disabled or only invited

	texts []signer.Signer // all spellings
}

// NewSignatures reads signatures of users and declared people. Find returns the user with an id, or nil. With exact,
// ids that differ in case are those of different users.
func NewSignatures(users []*policy.User, find func(id string) *policy.User, exact bool,
	people []policy.People) *Signatures {
	return &Signatures{users, find, exact, people, map[string]*Signature{}, map[ofGroup]bool{}}
}

// Of reads a signature.
func (s *Signatures) Of(text string) *Signature {
	if x := s.known[text]; x != nil {
		return x
	}
	x := &Signature{User: s.find(text), texts: []signer.Signer{s.read(text)}}
	s.addPeople(x)
	if x.User != nil {
		x.Known, x.Active = true, !x.User.Waits()
	} else {
		s.addUsers(x)
	}
	s.known[text] = x
	return x
}

// read reads a text, which may be the id of a user.
func (s *Signatures) read(text string) signer.Signer {
	return signer.ReadID(text, s.exact && s.find(text) != nil)
}

// addPeople adds the other spellings of a declared person.
func (s *Signatures) addPeople(x *Signature) {
	by := x.texts[0]
	for i := range s.people {
		p := &s.people[i]
		if p.IsTeam() || !slices.ContainsFunc(append(namesOf(p.Are), p.Name.Name), func(name string) bool {
			return signer.Same(by, s.read(name))
		}) {
			continue
		}
		x.Known, x.Active = true, true
		for _, name := range namesOf(p.Are) {
			x.texts = append(x.texts, s.read(name))
		}
	}
}

// addUsers looks for users who are meant.
func (s *Signatures) addUsers(x *Signature) {
	var found []*policy.User
	for _, u := range s.users {
		if x.Is(u) {
			found = append(found, u)
		}
	}
	if len(found) > 0 {
		x.Known, x.Active = true, slices.ContainsFunc(found, func(u *policy.User) bool { return !u.Waits() })
	}
	if len(found) == 1 {
		x.User = found[0]
	}
}

// Is reports whether a user signed.
func (x *Signature) Is(u *policy.User) bool {
	return u == x.User || slices.ContainsFunc(x.texts, func(s signer.Signer) bool { return s.Is(u) })
}

// IsIn reports whether a user of a group signed.
func (s *Signatures) IsIn(x *Signature, g *policy.Group) bool {
	key := ofGroup{x, g}
	in, ok := s.own[key]
	if !ok {
		in = slices.ContainsFunc(g.Users, x.Is)
		s.own[key] = in
	}
	return in
}
