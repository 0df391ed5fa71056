package diff

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Fact is a changed property of a user, a scope or a permission that rules and matchers can ask for.
type Fact struct {
	About string // user, scope or permission
	Name  string // which one
	// status, affiliation, attribute NAME, labels, level, inherits, sensitivity or sensitivity of ACTION
	What          string
	Before, After string // "" for none
	Causes        []Cause
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

// Facts lists the changed facts of scopes and permissions, by name.
func (p *Policies) Facts() (list []Fact) {
	if p.base == nil {
		return nil
	}
	for _, h := range p.head.Scopes {
		b := p.base.ScopeByPath[h.Path]
		if b == nil {
			continue
		}
		add := func(what, before, after string) {
			if before != after {
				list = append(list, Fact{"scope", h.Path, what, before, after, []Cause{{Pos: scopePos(h, b, what)}}})
			}
		}
		add("level", p.base.Catalog.LevelOf(b), p.head.Catalog.LevelOf(h))
		add("inherits", inheritsText(b), inheritsText(h))
		add("labels", strings.Join(b.Labels, ", "), strings.Join(h.Labels, ", "))
		for _, name := range attributeNames(b.Attributes, h.Attributes) {
			add("attribute "+name, strings.Join(b.Attributes[name], ", "), strings.Join(h.Attributes[name], ", "))
		}
	}
	for _, h := range p.head.Catalog.Permissions {
		if b := p.base.Catalog.PermissionByID[h.ID]; b != nil {
			list = append(list, sensitivityFacts(b, h)...)
		}
	}
	return list
}

// sensitivityFacts lists the changed sensitivity of a permission, and of actions that do not just follow it.
func sensitivityFacts(b, h *policy.Permission) (list []Fact) {
	add := func(what, before, after string) {
		list = append(list, Fact{"permission", h.ID, what, before, after, []Cause{{Pos: h.Pos}}})
	}
	if b.Sensitivity != h.Sensitivity {
		add("sensitivity", b.Sensitivity, h.Sensitivity)
	}
	if b.ActionSensitivity == nil && h.ActionSensitivity == nil {
		return list
	}
	for _, a := range h.Actions {
		before, after := sensitivityOf(b, a), sensitivityOf(h, a)
		if slices.Contains(b.Actions, a) && before != after && (before != b.Sensitivity || after != h.Sensitivity) {
			add("sensitivity of "+a, before, after)
		}
	}
	return list
}

// inheritsText says whether a scope inherits from above.
func inheritsText(s *policy.Scope) string { return strconv.FormatBool(!s.Apart) }

// scopePos locates an added label, a level or inherits, or else the scope.
func scopePos(h, b *policy.Scope, what string) policy.Pos {
	if what == "inherits" && h.InheritPos.IsValid() {
		return h.InheritPos
	}
	if what == "level" && h.LevelPos.IsValid() {
		return h.LevelPos
	}
	for i, label := range h.Labels {
		if what == "labels" && !slices.Contains(b.Labels, label) {
			return h.LabelPos[i]
		}
	}
	return h.Pos
}
