// Package person finds the people behind logins, teams, ids, addresses and names.
//
// Who may agree to a change is decided strictly: a login, an id or an address must be written as the people of the
// base are. Who is the same person as somebody else is decided generously: nobody agrees to a change of their own
// under another spelling.
package person

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/signer"
)

// Person is somebody, as far as spellings tell.
type Person struct {
	Logins []string // with their systems, such as gh:kim
	IDs    []string // addresses and ids of users

	texts  []signer.Signer // all spellings but logins
	logins []signer.Signer // logins without their systems
	folded []string        // logins with their systems, folded
}

// New returns somebody by any spellings.
func New(spellings ...string) *Person {
	p := &Person{}
	for _, s := range spellings {
		p.add(s, false, false)
	}
	return p
}

// OfUser returns a user of a project with a catalog.
func OfUser(u *policy.User, c *policy.Catalog) *Person {
	p := &Person{IDs: []string{u.ID}, texts: []signer.Signer{signer.ReadID(u.ID, c.ExactUsers)}}
	p.addUser(u)
	return p
}

// add notes a spelling. With exact, another user may have the id in another case.
func (p *Person) add(spelling string, id, exact bool) {
	if policy.IsLogin(spelling) {
		_, login, _ := strings.Cut(spelling, ":")
		p.Logins = appendNew(p.Logins, spelling)
		p.folded = appendNew(p.folded, policy.Fold(spelling))
		p.logins = append(p.logins, signer.Read(login))
		return
	}
	if id {
		p.IDs = appendNew(p.IDs, spelling)
	}
	p.texts = append(p.texts, signer.ReadID(spelling, exact))
}

// addUser notes the name of a user and the ids in other systems.
func (p *Person) addUser(u *policy.User) {
	if u.Name != "" {
		p.texts = append(p.texts, signer.Read(u.Name))
	}
	for _, ids := range u.IDs {
		for _, id := range ids {
			p.texts = append(p.texts, signer.Read(id))
		}
	}
}

// With returns somebody with the spellings of both.
func (p *Person) With(other *Person) *Person {
	if other == nil {
		return p
	}
	return &Person{slices.Concat(p.Logins, other.Logins), slices.Concat(p.IDs, other.IDs),
		slices.Concat(p.texts, other.texts), slices.Concat(p.logins, other.logins),
		slices.Concat(p.folded, other.folded)}
}

// Name returns the first login, or else the first id.
func (p *Person) Name() string {
	if len(p.Logins) > 0 {
		return p.Logins[0]
	}
	if len(p.IDs) > 0 {
		return p.IDs[0]
	}
	return ""
}

// Texts returns all spellings but logins, folded and in order.
func (p *Person) Texts() (list []string) {
	for _, s := range p.texts {
		list = append(list, s.String())
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// IsNobody reports whether there is no spelling.
func (p *Person) IsNobody() bool { return len(p.folded)+len(p.texts) == 0 }

// MayBe reports whether two may be one person, by any spelling of either.
func (p *Person) MayBe(q *Person) bool {
	if slices.ContainsFunc(p.folded, func(login string) bool {
		return slices.ContainsFunc(q.folded, func(other string) bool { return signer.Alike(login, other) })
	}) {
		return true
	}
	return anySame(p.texts, q.texts) || anySame(p.logins, q.texts) || anySame(p.texts, q.logins)
}

func anySame(a, b []signer.Signer) bool {
	return slices.ContainsFunc(a, func(x signer.Signer) bool {
		return slices.ContainsFunc(b, func(y signer.Signer) bool { return signer.Same(x, y) })
	})
}

// Count returns how many people some are, at least.
func Count(list []*Person) (n int) {
	group := make([]int, len(list))
	for i := range list {
		group[i] = i
		for j := range i {
			if group[j] != group[i] && list[i].MayBe(list[j]) {
				join(group[:i+1], group[i], group[j])
			}
		}
	}
	for i, g := range group {
		if !slices.Contains(group[:i], g) {
			n++
		}
	}
	return n
}

// join gives all of one group the number of another.
func join(group []int, from, to int) {
	for i, g := range group {
		if g == from {
			group[i] = to
		}
	}
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
