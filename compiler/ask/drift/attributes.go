package drift

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// compareAttributes compares the attributes of people that the files list, such as licenses. What the files call a
// value is one of the catalog, or the map says which.
func (c *comparison) compareAttributes() {
	for _, name := range c.attributes() {
		seen := map[*policy.User]bool{}
		for i := range c.o.People {
			p, u := &c.o.People[i], c.match.People[i].Of
			if there, ok := p.Facts[name]; ok && u != nil && !c.match.Doubtful[u] {
				seen[u] = true
				c.compareAttribute(u, p, name, there)
			}
		}
		for _, u := range c.policy.Users {
			if len(u.Attributes[name]) > 0 && !seen[u] {
				c.out.NotCovered++
			}
		}
	}
}

// attributes returns the attributes that the files list and the catalog has.
func (c *comparison) attributes() (list []string) {
	for i := range c.areas {
		for _, name := range c.areas[i].Facts {
			if c.policy.Catalog.UserAttributes[name] != nil && !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

func (c *comparison) compareAttribute(u *policy.User, p *observe.Person, name string, there []string) {
	here := slices.Clone(u.Attributes[name])
	slices.Sort(here)
	var known, unknown []string
	for _, text := range there {
		switch value, ok := c.valueOf(u, p, name, text); {
		case !ok:
			unknown = append(unknown, text)
		case value != "":
			known = append(known, value)
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	if slices.Equal(known, slices.Compact(here)) {
		if len(here) > 0 && len(unknown) == 0 {
			c.out.InSync++
		}
		return
	}
	x := Item{Class: Differs, User: u.ID, Declared: true, Pos: u.Pos, Place: p.Place, Seen: strings.Join(known, ", "),
		By: ByAttribute, Person: observe.None}
	x.Message = fmt.Sprintf("%s: %s: %s here, and %s there", u.ID, name, orNothing(strings.Join(here, ", ")),
		orNothing(x.Seen))
	x.Help = "change them in the system, or in the declaration"
	if len(unknown) > 0 {
		x.Help = fmt.Sprintf("the files have %q, too, which the catalog does not have: if it is one of them, map it "+
			"under values", unknown[0])
	}
	c.out.Items = append(c.out.Items, x)
}

// valueOf returns what a value of an attribute is called here, or "" if the map says that it is nothing here.
func (c *comparison) valueOf(u *policy.User, p *observe.Person, name, text string) (value string, ok bool) {
	mapped := c.match.Values(name, text)
	if len(mapped) == 1 {
		return mapped[0], true
	}
	if len(mapped) > 1 {
		c.report(Item{Class: Ambiguous, Foreign: text, Place: p.Place, Help: "correct the map file",
			Message: fmt.Sprintf("the map has several %s for %q: %s", name, text, strings.Join(mapped, ", "))})
		return "", false
	}
	for _, v := range c.policy.Catalog.UserAttributes[name].Values {
		if policy.Fold(v.Name) == policy.Fold(text) {
			return v.Name, true
		}
	}
	for _, v := range u.Attributes[name] {
		if policy.Fold(v) == policy.Fold(text) {
			return v, true
		}
	}
	c.report(Item{Class: Unmatched, Foreign: text, Place: p.Place,
		Message: fmt.Sprintf("the catalog has no %q among %s", text, name),
		Help: fmt.Sprintf("map it in a map file, under values: {%s: {…}}; to nothing, %q, if it does not matter "+
			"here", name, "")})
	return "", false
}
