package drift

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// item returns an item about an entry or a membership.
func (c *comparison) item(class Class, k key) Item {
	x := Item{key: k, Class: class, Role: idOf(k.role), Permission: permissionOf(k.permission), Declared: true,
		Person: observe.None}
	if k.user != nil {
		x.User = k.user.ID
	} else {
		x.Group = k.group.ID
	}
	if k.in != nil {
		x.In = k.in.ID
	}
	if k.scope != nil {
		x.Scope = k.scope.Path
	}
	return x
}

// subject names the holder of a key.
func subject(k key) string {
	if k.group != nil {
		return "group " + k.group.ID
	}
	return k.user.ID
}

func quoteGroup(g *policy.Group) string { return fmt.Sprintf("%q", g.ID) }

// what names what a key is about: role "owner" on "acme".
func what(k key) string {
	switch {
	case k.in != nil:
		return fmt.Sprintf("membership in group %q", k.in.ID)
	case k.role != nil:
		return fmt.Sprintf("role %q on %q", k.role.ID, k.scope.Path)
	}
	return fmt.Sprintf("permission %q on %q", k.permission.ID, k.scope.Path)
}

// compareSeen looks for everything that is there in the declaration.
func (c *comparison) compareSeen() {
	for i := range c.seen {
		s := &sight{&c.seen[i], c.facts.keys[c.seen[i].fact]}
		f := c.facts.list[s.fact]
		list := []Item{}
		if f.state == inForce {
			list = append(c.otherActions(s, s.key, &f), c.otherInheritance(s, &f)...)
		} else if g := c.throughHere(s); g != nil && f.state == absent {
			list = c.direct(s, g)
		} else {
			list = append(list, c.compareOne(s, &f))
			if c.brief { // an import writes the entry, and cannot write this
				for _, x := range c.otherInheritance(s, &f) {
					x.Class = Differs
					list = append(list, x)
				}
			}
		}
		if len(list) == 0 {
			c.out.InSync++
		}
		for _, x := range list {
			x.Place = s.Place
			c.out.Items = append(c.out.Items, x)
		}
	}
}

// compareOne returns the item of something that is there, and not in force here.
func (c *comparison) compareOne(s *sight, f *fact) (x Item) {
	switch f.state {
	case ended:
		x = c.item(Kept, s.key)
		x.Pos, x.Day = f.pos, f.day
		x.Message = fmt.Sprintf("%s: %s%s ended %s, still there", subject(s.key), what(s.key), way(s.key, f), f.day)
		x.Help = "remove it in the system, or extend expires"
		return x
	case early:
		x = c.item(Early, s.key)
		x.Pos, x.Day = f.pos, f.day
		x.Message = fmt.Sprintf("%s: %s%s starts %s, already there", subject(s.key), what(s.key), way(s.key, f), f.day)
		x.Help = "remove it in the system until then, or move starts"
		return x
	}
	x = c.item(Extra, s.key)
	x.Declared, x.Actions, x.Person = s.known, s.actions, s.person
	who := subject(s.key)
	if s.user != nil && !strings.Contains(who, "@") && s.user.Name != "" && s.user.Name != who {
		who += " (" + s.user.Name + ")" // an id alone says nothing
	}
	x.Message = fmt.Sprintf("%s: %s is there, and not declared", who, what(s.key))
	x.Help = "remove it in the system, or declare it"
	switch {
	case f.state == rejected:
		x.Pos = f.pos
		x.Message = fmt.Sprintf("%s: %s is there, and its declaration is rejected (%s)", subject(s.key), what(s.key),
			f.fault)
		x.Help = "remove it in the system, or correct the declaration: permc check"
	case !s.known:
		x.Help += fmt.Sprintf("; no user %q is declared", s.user.ID)
		if near := c.nearUser(s.person); near != "" {
			x.Help += fmt.Sprintf(", the nearest is %q", near)
		}
	}
	return x
}

// way names the group through which a user is declared to have something: through group "support".
func way(k key, f *fact) string {
	if f.via == nil {
		return ""
	}
	return " through group " + k.user.NameWay(f.via, quoteGroup)
}

// direct returns the items of something that comes through a group here, and is given directly there.
func (c *comparison) direct(s *sight, g *policy.Group) []Item {
	through := s.key
	through.user, through.group = nil, g
	f := c.facts.of(through)
	if list := c.otherActions(s, s.key, &f); len(list) > 0 {
		return list
	}
	x := c.item(Differs, s.key)
	x.Pos, x.By, x.Seen = g.Pos, Directly, "direct"
	x.Message = fmt.Sprintf("%s: %s comes through group %s here, and is given directly there", subject(s.key),
		what(s.key), s.key.user.NameWay(g, quoteGroup))
	x.Help = "remove it from the user in the system, or declare it at the user"
	return []Item{x}
}

// nearUser returns the declared user whose name is most like that of somebody whom nobody declares, or "". It looks
// through everybody, so it is asked for the first of them only.
func (c *comparison) nearUser(person int32) string {
	const most = 5000
	near, ok := c.near[person]
	if !ok && len(c.near) < most {
		near = strings.Join(c.match.NearUsers(&c.o.People[person]), "")
		c.near[person] = near
	}
	return near
}

// actionsNamed returns the actions with some names, in any case: ids or names in the system.
func actionsNamed(p *policy.Permission, names []string) (set policy.Actions) {
	for i, id := range p.Actions {
		external := ""
		if p.ActionExternal != nil {
			external = p.ActionExternal[i]
		}
		if slices.ContainsFunc(names, func(n string) bool {
			return strings.EqualFold(id, n) || external != "" && strings.EqualFold(external, n)
		}) {
			set |= 1 << i
		}
	}
	return set
}

// throughHere returns the group through which a user is declared to have an entry, or nil.
func (c *comparison) throughHere(s *sight) *policy.Group {
	if s.user == nil || !s.known || s.in != nil {
		return nil
	}
	for i := range s.user.Memberships {
		m := &s.user.Memberships[i]
		if !m.In(c.policy.AsOf) {
			continue
		}
		k := s.key
		k.user, k.group = nil, m.Group
		if c.facts.of(k).state == inForce {
			return m.Group
		}
	}
	return nil
}

// compareDeclared looks for everything that is in force in the export.
func (c *comparison) compareDeclared() {
	for i, k := range c.facts.keys[:c.facts.declared] {
		f := c.facts.list[i]
		if f.state != inForce || c.facts.there[i] > 0 {
			continue
		}
		if c.skipped(k) {
			c.out.Ignored++
			continue
		}
		if !c.covered(k) {
			c.out.NotCovered++
			continue
		}
		if c.doubtful(k) {
			continue // counted on neither side
		}
		c.out.Items = append(c.out.Items, c.missing(k, f))
	}
}

func (c *comparison) covered(k key) bool {
	for i := range c.areas {
		if c.areas[i].covers(k) {
			return true
		}
	}
	return false
}

// skipped reports whether the map file ignores a declared entry.
func (c *comparison) skipped(k key) bool {
	if !c.match.Ignores() {
		return false
	}
	n := namesOf(k)
	return c.ignored[k] || k.user != nil && c.match.Skipped[k.user] || c.match.Skips(&n) != nil
}

func pathOf(s *policy.Scope) string {
	if s == nil {
		return ""
	}
	return s.Path
}

// missing returns the item of something that is declared and not there, or there by another way.
func (c *comparison) missing(k key, f fact) Item {
	if g := c.throughThere(k); g != nil {
		x := c.item(Differs, k)
		x.Pos, x.By, x.Seen = f.pos, ByGroup, "group:"+g.ID
		x.Message = fmt.Sprintf("%s: %s is given directly here, and comes through group %q there", subject(k), what(k),
			g.ID)
		x.Help = "give it directly in the system, or declare it at the group"
		return x
	}
	x := c.item(Missing, k)
	x.Pos = f.pos
	x.Message = fmt.Sprintf("%s: %s is declared, and not there", subject(k), what(k))
	if f.via != nil {
		x.Message = fmt.Sprintf("%s: %s is declared%s, and not there", subject(k), what(k), way(k, &f))
	}
	x.Help = "give it in the system, or remove it here"
	if name := c.unclear[subject(k)]; name != "" && k.in == nil {
		x.Doubt = name
		x.Help = fmt.Sprintf("the export has %q there, which the catalog does not have: if it is the same, map it",
			name)
	}
	return x
}

// throughThere returns a group that gives a user an entry in the export, or nil.
func (c *comparison) throughThere(k key) *policy.Group {
	if k.user == nil || k.in != nil {
		return nil
	}
	for _, g := range c.groupsOf[k.user] {
		in, has := key{user: k.user, in: g}, k
		has.user, has.group = nil, g
		if c.isThere(has) && c.isThere(in) {
			return g
		}
	}
	return nil
}

// compareStates finds users who are disabled on one side alone.
func (c *comparison) compareStates() {
	for i := range c.o.People {
		u, p := c.match.People[i].Of, &c.o.People[i]
		if u == nil || u.Invited {
			continue
		}
		x := Item{Class: Off, User: u.ID, Declared: true, Pos: u.Pos, Place: p.Place, Person: int32(i)}
		switch {
		case p.State == observe.Disabled && !u.Disabled:
			x.Message = fmt.Sprintf("%s: disabled there, active here", u.ID)
			x.Help = "add status: disabled, or remove the user"
		case p.State == observe.Enabled && u.Disabled:
			x.Message = fmt.Sprintf("%s: disabled here, enabled there", u.ID)
			x.Help = "disable the account in the system, or remove status"
		default:
			continue
		}
		c.out.Items = append(c.out.Items, x)
	}
}
