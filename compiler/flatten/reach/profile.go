package reach

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Profile is the same for two users if they have the same paths, on scopes that correspond to each other.
type Profile [sha256.Size]byte

// Profiler makes profiles. It reuses its memory, so each goroutine needs its own.
type Profiler struct {
	*World
	text  []byte
	seeds map[*policy.Scope]bool
	under []*Place
}

// Of returns the profile of a user, and the places on which their paths are. Without places, the paths of users with
// that profile are on the same scopes.
func (x *Profiler) Of(a *policy.Access) (Profile, []*Place) {
	x.text = x.text[:0]
	if x.moves(a.User) && x.ground(a) {
		x.held(a)
		return sha256.Sum256(x.text), slices.Clone(x.under)
	}
	return x.Same(a.User), nil
}

// Same returns a profile that two users share if they have the same paths on the same scopes.
func (x *Profiler) Same(u *policy.User) Profile {
	x.text = x.text[:0]
	x.declared(u)
	return sha256.Sum256(x.text)
}

// moves reports whether the paths of a user depend on nothing but what they hold where they can give something.
func (x *Profiler) moves(u *policy.User) bool {
	return x.apart && !x.mayCombine && u.Home == nil && !(x.bounds && u.Default != nil) &&
		len(x.World.attributes(u)) == 0 && len(x.around(u, x.policy.AsOf)) == 0
}

// ground adds the shape of the places where somebody can give something. It reports whether they are apart from each
// other in the order of scopes, which is that of paths.
func (x *Profiler) ground(a *policy.Access) bool {
	x.word("relative")
	clear(x.seeds)
	for i := range a.Roles {
		if h := &a.Roles[i]; len(h.Role.Delegates) > 0 {
			x.addSeed(h.Scope)
		}
	}
	for i := range a.Rows {
		if r := &a.Rows[i]; len(r.Permission.Delegates) > 0 && r.Held() {
			x.addSeed(r.Scope)
		}
	}
	x.under = x.under[:0]
	for s := range x.seeds {
		if !x.isUnder(s.Parent) {
			x.under = append(x.under, x.places.at(x.World, s))
		}
	}
	slices.SortFunc(x.under, func(p, q *Place) int { return p.scopes[0].Index - q.scopes[0].Index })
	x.number(len(x.under))
	end := -1
	for _, p := range x.under {
		if p.scopes[0].Index <= end {
			return false
		}
		end = p.scopes[len(p.scopes)-1].Index
		x.text = append(x.text, p.shape[:]...)
	}
	return true
}

// addSeed adds a scope on which somebody can give something.
func (x *Profiler) addSeed(s *policy.Scope) {
	if x.wide {
		s = s.Root()
	}
	if x.seeds == nil {
		x.seeds = map[*policy.Scope]bool{}
	}
	x.seeds[s] = true
}

// isUnder reports whether a scope is within one on which somebody can give something.
func (x *Profiler) isUnder(s *policy.Scope) bool {
	for ; s != nil; s = s.Parent {
		if x.seeds[s] {
			return true
		}
	}
	return false
}

// held adds what somebody holds on the places, in order, and what they are.
func (x *Profiler) held(a *policy.Access) {
	x.word(a.User.Affiliation)
	x.values(a.User)
	x.number(-1)
	for i := range a.User.Memberships {
		if m := &a.User.Memberships[i]; m.In(x.policy.AsOf) {
			x.number(m.Group.Index)
		}
	}
	x.number(-1)
	for i := range a.Roles {
		h := &a.Roles[i]
		if n, at := find(x.under, h.Scope); n >= 0 {
			x.number(h.Role.Index)
			x.number(n)
			x.number(at)
		}
	}
	x.number(-1)
	for i := range a.Rows {
		r := &a.Rows[i]
		n, at := find(x.under, r.Scope)
		if n < 0 || !r.Held() {
			continue
		}
		x.number(r.Permission.Index)
		x.number(n)
		x.number(at)
		x.text = binary.AppendUvarint(x.text, uint64(r.Actions))
		for action := range r.Permission.Actions {
			if bit := policy.Actions(1) << action; r.Actions&bit != 0 {
				x.text = append(x.text, byte(r.RecordsOf(bit)))
			}
		}
	}
}

// declared adds all that the access of a user depends on.
func (x *Profiler) declared(u *policy.User) {
	x.word("absolute")
	x.word(u.Affiliation)
	x.number(indexOf(u.Home))
	x.entries(u.Entries)
	x.number(-1)
	if u.Default != nil {
		x.entries([]policy.Entry{*u.Default})
	}
	x.number(-1)
	for i := range u.Memberships {
		if m := &u.Memberships[i]; m.In(x.policy.AsOf) {
			x.number(m.Group.Index)
		}
	}
	x.number(-1)
	for _, g := range x.of(u, x.policy.AsOf) {
		x.number(g.Index)
	}
	x.number(-1)
	x.values(u)
}

func indexOf(s *policy.Scope) int {
	if s == nil {
		return -1
	}
	return s.Index
}

func (x *Profiler) number(n int) { x.text = binary.AppendVarint(x.text, int64(n)) }

func (x *Profiler) flag(yes bool) {
	if yes {
		x.number(1)
	} else {
		x.number(0)
	}
}

func (x *Profiler) word(s string) {
	x.number(len(s))
	x.text = append(x.text, s...)
}

// entries adds entries. Where they are written matters to deny rules alone.
func (x *Profiler) entries(list []policy.Entry) {
	for i := range list {
		e := &list[i]
		if e.Role != nil {
			x.number(2 * e.Role.Index)
		} else {
			x.number(2*e.Permission.Index + 1)
		}
		x.number(e.Scope.Index)
		x.text = binary.AppendUvarint(x.text, uint64(e.Actions))
		for _, n := range [...]int{int(e.Fault), int(e.Starts), int(e.Ends)} {
			x.number(n)
		}
		if len(x.policy.Denies) > 0 {
			x.number(int(e.Pos.File))
		}
	}
}

// values adds the attributes of a user, in order of their names.
func (x *Profiler) values(u *policy.User) {
	if len(u.Attributes) == 0 {
		return
	}
	names := make([]string, 0, len(u.Attributes))
	for name := range u.Attributes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		x.word(name)
		x.number(len(u.Attributes[name]))
		for _, value := range u.Attributes[name] {
			x.word(value)
		}
	}
}
