package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/load/observe/match"
	"permc.dev/permc/compiler/policy"
)

// holder returns the holder of something. Somebody whom nobody declares is a user without anything.
func (c *comparison) holder(h observe.Holder, at observe.Place) (k key, who holding, ok bool) {
	if h.Person == observe.None {
		return c.groupHolder(h.Group, at)
	}
	p := &c.o.People[h.Person]
	f := &c.match.People[h.Person]
	who = holding{number: c.match.Numbers[h.Person], person: h.Person, known: f.Of != nil}
	switch {
	case f.Ignored != nil:
		c.out.Ignored++
		return k, who, false
	case f.Of != nil:
		who.name = f.Of.ID
		return key{user: f.Of}, who, true
	}
	if doubt := doubtPerson(p, f.Ambiguous); doubt != nil {
		c.report(*doubt)
		return k, who, false
	}
	u := c.strangers[h.Person]
	if u == nil {
		u = c.stranger(p)
		c.strangers[h.Person] = u
	}
	who.name = u.ID
	return key{user: u}, who, true
}

func (c *comparison) groupHolder(group int32, at observe.Place) (key, holding, bool) {
	g := c.match.Groups[group]
	if g.Of == nil {
		c.groupUnknown(group, at)
		return key{}, holding{}, false
	}
	return key{group: g.Of}, holding{number: nowhere, person: observe.None, name: g.Of.ID, known: true}, true
}

// skipsSeen reports whether the map file ignores something that the files list: an entry, or a membership if e is nil.
func (c *comparison) skipsSeen(h observe.Holder, k key, e *observe.Entry) bool {
	if !c.match.Ignores() {
		return false
	}
	n := namesOf(k)
	if h.Person == observe.None {
		n.Groups = append(n.Groups, c.o.Groups[h.Group].Name)
	} else {
		p := &c.o.People[h.Person]
		n.Users = append(append(n.Users, p.ID, p.Name), match.NamesOf(p)...)
	}
	if e != nil && k.role != nil {
		n.Roles = append(append(n.Roles, e.What), e.IDs...)
	} else if e != nil {
		n.Permissions = append(append(n.Permissions, e.What), e.IDs...)
	}
	return c.match.Skips(&n) != nil
}

// namesOf returns the declared names of what a key is about.
func namesOf(k key) (n match.Names) {
	if k.user != nil {
		n.Users = []string{k.user.ID, k.user.Name}
	}
	for _, g := range []*policy.Group{k.group, k.in} {
		if g != nil {
			n.Groups = append(n.Groups, g.ID, g.Title, g.External)
		}
	}
	if r := k.role; r != nil {
		n.Roles = append([]string{r.ID, r.Title, r.External}, r.Aliases...)
	}
	if p := k.permission; p != nil {
		n.Permissions = append([]string{p.ID, p.Title, p.External}, p.Aliases...)
	}
	if s := k.scope; s != nil {
		n.Scopes = []string{s.Path, s.Title, s.External}
	}
	return n
}

// doubtPerson returns what to report of an observed person of whom nothing can be compared, or nil.
func doubtPerson(p *observe.Person, ambiguous string) *Item {
	switch {
	case ambiguous != "":
		return &Item{Class: Ambiguous, Foreign: p.Title(), Message: ambiguous, Place: p.Place,
			Help: "say which one is meant in a map file, under users; nothing of theirs is compared"}
	case len(p.Logins) == 0 && p.ID == "":
		return &Item{Class: Unmatched, Foreign: p.Name, Place: p.Place,
			Message: fmt.Sprintf("%q is a name that several people may have, and no account", p.Name),
			Help:    "export the addresses too, or map the name under users in a map file"}
	case len(p.Logins) == 0 && (p.Kind == "program" || p.Kind == "device"):
		return &Item{Class: Unmatched, Foreign: p.ID, Place: p.Place,
			Message: strings.TrimSpace(fmt.Sprintf("the %s %s has the id %q, which no user is declared with",
				p.Kind, p.Name, p.ID)),
			Help: "declare the id of its user under ids, or map the id under users in a map file"}
	case len(p.Logins) == 0:
		return &Item{Class: Unmatched, Foreign: p.ID, Place: p.Place,
			Message: strings.TrimSpace(fmt.Sprintf("no user %q is declared: the files have no address of %s", p.ID,
				cmp.Or(p.Name, "this id"))),
			Help: "export the addresses too, or map the id under users in a map file"}
	}
	return nil
}

// stranger returns a user for somebody whom nobody declares.
func (c *comparison) stranger(p *observe.Person) *policy.User {
	id := cmp.Or(append(slices.Clone(p.Logins), p.ID, p.Name)...)
	for _, l := range p.Logins {
		if g := match.Guest(l); g != "" && l == id {
			id = g
		}
	}
	u := &policy.User{ID: id, Name: p.Name, Invited: p.State == observe.Invited, Disabled: p.State == observe.Disabled}
	at := strings.LastIndexByte(id, '@')
	for _, d := range c.domains {
		if at >= 0 && strings.EqualFold(id[at+1:], d.Name.Name) {
			u.Affiliation = d.Affiliation.Name
		}
	}
	return u
}
