package diff

import (
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Fact is a changed property of a user, a scope or a permission that rules and matchers can
// ask for, or by which the system knows it.
type Fact struct {
	About string // user, scope, group, role or permission
	Name  string // which one
	// status, affiliation, home, attribute NAME, id in SYSTEM, labels, level, inherits, kind, owners, sensitivity,
	// sensitivity of ACTION, name in the system, or name in the system of ACTION
	What          string
	Before, After string // "" for none
	Causes        []Cause
}

// IsIdentity reports whether it is an id or a name by which the system knows somebody or something: with another one,
// the access is somebody else's.
func (f *Fact) IsIdentity() bool {
	return strings.HasPrefix(f.What, "id in ") || strings.HasPrefix(f.What, "name in the system")
}

// userFacts lists the changed facts of a user on both sides.
func (p *Policies) userFacts(b, h *policy.User) (list []Fact) {
	add := func(what, before, after string, pos func(base bool, u *policy.User) policy.Pos) {
		f := Fact{About: "user", Name: h.ID, What: what, Before: before, After: after}
		for _, c := range []Cause{{Pos: pos(false, h)}, {Base: true, Pos: pos(true, b)}} {
			if c.Pos.IsValid() && len(f.Causes) == 0 {
				f.Causes = []Cause{c}
			}
		}
		if len(f.Causes) == 0 {
			f.Causes = []Cause{{Pos: h.Pos}}
		}
		list = append(list, f)
	}
	if b.Disabled != h.Disabled {
		add("status", b.Status(), h.Status(), p.statusPos)
	}
	if b.Affiliation != h.Affiliation {
		add("affiliation", b.Affiliation, h.Affiliation, p.affiliationPos)
	}
	identityFacts(b.IDs, h.IDs, func(what, before, after string) {
		add(what, before, after, func(base bool, u *policy.User) policy.Pos {
			return p.identityPos(base, u, strings.TrimPrefix(what, "id in "))
		})
	})
	if x, y := homePath(b), homePath(h); x != y {
		add("home", x, y, func(bool, *policy.User) policy.Pos { return policy.Pos{} })
	}
	for _, name := range attributeNames(b.Attributes, h.Attributes) {
		if x, y := b.Attributes[name], h.Attributes[name]; !slices.Equal(x, y) {
			add("attribute "+name, strings.Join(x, ", "), strings.Join(y, ", "),
				func(base bool, u *policy.User) policy.Pos {
					return p.attributePos(base, u, name)
				})
		}
	}
	return list
}

// homePath returns the path of the scope that a user is at home on, or "".
func homePath(u *policy.User) string {
	if u.Home == nil {
		return ""
	}
	return u.Home.Path
}

func attributeNames(a, b map[string][]string) []string {
	if len(a)+len(b) == 0 {
		return nil
	}
	names := map[string]bool{}
	for name := range a {
		names[name] = true
	}
	for name := range b {
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func (p *Policies) affiliationPos(base bool, u *policy.User) policy.Pos {
	if p.facts.Affiliation == nil {
		return policy.Pos{}
	}
	return p.facts.Affiliation(base, u)
}

func (p *Policies) identityPos(base bool, u *policy.User, system string) policy.Pos {
	if p.facts.Identity == nil {
		return policy.Pos{}
	}
	return p.facts.Identity(base, u, system)
}

func (p *Policies) statusPos(base bool, u *policy.User) policy.Pos {
	if p.facts.Status == nil {
		return policy.Pos{}
	}
	return p.facts.Status(base, u)
}

func (p *Policies) attributePos(base bool, u *policy.User, name string) policy.Pos {
	if p.facts.Attribute == nil {
		return policy.Pos{}
	}
	return p.facts.Attribute(base, u, name)
}

// factCauses returns the lines that describe a user differently from the other side; own is the user of this side.
func (p *Policies) factCauses(own, other *policy.User, base bool) (list []Cause) {
	b, h := other, own
	if base {
		b, h = own, other
	}
	for _, f := range p.userFacts(b, h) {
		for _, c := range f.Causes {
			c.Why = strings.TrimSpace(f.What + " of " + h.ID)
			list = append(list, c)
		}
	}
	return list
}
