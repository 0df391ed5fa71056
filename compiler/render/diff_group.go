package render

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// fewestFolded is how many people must change alike to be told of as one.
const fewestFolded = 3

// entry is what changes for somebody, or alike for several people.
type entry struct {
	people []*diff.Person // in their order
	alike  bool           // the same lines bring it about for all of them
}

// entries groups people who change in the same way through the same cause,
// whatever lines of their own say so. Such people weigh the same, so that the
// gravest still comes first.
func (d *Diff) entries() (list []entry) {
	count := map[digest]int{}
	for i := range d.People {
		count[d.People[i].Key.Loose]++
	}
	at := map[digest]int{}
	for i := range d.People {
		p := &d.People[i]
		k := p.Key
		if n, known := at[k.Loose]; known {
			e := &list[n]
			e.people, e.alike = append(e.people, p), e.alike && e.people[0].Key.Exact == k.Exact
			continue
		}
		if count[k.Loose] >= fewestFolded {
			at[k.Loose] = len(list)
		}
		list = append(list, entry{[]*diff.Person{p}, true})
	}
	return list
}

// blocksOf returns what changes for the people of the entry, with the first of
// the lines that bring it about.
func (d *Diff) blocksOf(e *entry) []block {
	list := d.blocks(e.people[0])
	if !e.folded() {
		return list
	}
	for i := range list {
		list[i].causes = slices.Clone(list[i].causes) // they go with the next person's
		for j, c := range list[i].causes {
			list[i].causes[j] = impersonal(c, e.people[0])
		}
	}
	if e.alike {
		return list
	}
	for _, p := range e.people[1:mostLines] {
		for i, x := range d.blocks(p) {
			for _, c := range x.causes {
				if c = impersonal(c, p); i < len(list) && !slices.Contains(list[i].causes, c) {
					list[i].causes = append(list[i].causes, c)
				}
			}
		}
	}
	return list
}

// impersonal returns a cause without the name of the person whom it is about.
func impersonal(c diff.Cause, p *diff.Person) diff.Cause {
	if rest, ok := strings.CutSuffix(c.Why, p.User().ID); ok {
		if rest, ok = strings.CutSuffix(rest, " of "); ok {
			c.Why = rest
		}
	}
	return c
}

// shared reports whether a cause is a line that is nobody's own.
func shared(why string) bool {
	for _, prefix := range []string{"group ", "what ", "the scope ", "its label", "rule ", "conditions "} {
		if strings.HasPrefix(why, prefix) {
			return true
		}
	}
	return false
}

// folded reports whether the entry is about several people.
func (e *entry) folded() bool { return len(e.people) > 1 }

// who names the person, or says how many people there are, and of what they are
// all members.
func (d *Diff) who(e *entry) string {
	if !e.folded() {
		return e.people[0].User().ID
	}
	n := Thousands(len(e.people))
	if g := d.group(e); g != nil {
		if len(g.Users) == len(e.people) {
			return "all " + n + " members of group " + g.ID
		}
		return n + " members of group " + g.ID
	}
	return n + " people"
}

// each names the people of an entry where numbers for each of them follow.
func (d *Diff) each(e *entry) string {
	if e.folded() {
		return d.who(e) + ", each"
	}
	return Short(d.who(e))
}

// about says more of the person, or what all people have in common.
func (e *entry) about() string {
	if !e.folded() {
		return describeUser(e.people[0].User())
	}
	first := e.people[0].User()
	for _, p := range e.people {
		if u := p.User(); u.Affiliation != first.Affiliation {
			return ""
		}
	}
	if first.Affiliation == "" {
		return ""
	}
	return "  " + first.Affiliation
}

// group returns the group that gives all that changes, or nil.
func (d *Diff) group(e *entry) (g *policy.Group) {
	changes := d.Changes(e.people[0])
	for i := range changes {
		for _, v := range changes[i].Row().Via {
			if v.Group == nil || g != nil && v.Group.ID != g.ID {
				return nil
			}
			g = v.Group
		}
	}
	return g
}

// names returns the ids of the people, up to so many, and how many others there
// are.
func (e *entry) names(most int) string {
	var ids []string
	for _, p := range e.people[:min(most, len(e.people))] {
		ids = append(ids, Short(p.User().ID))
	}
	s := strings.Join(ids, ", ")
	if more := len(e.people) - len(ids); more > 0 {
		s += " and " + Thousands(more) + " more"
	}
	return s
}

// word says what happens, of one person or of several.
func (e *entry) word(k diff.Kind) string {
	if e.folded() {
		return severalWords[k]
	}
	return kindWords[k]
}

// counts counts how many rows of each kind there are for each of the people.
func (e *entry) counts() [diff.ReasonChanged + 1]int { return e.people[0].Counts }

// mostLines is how many lines are named of those that do the same to several people.
const mostLines = 3

// moreLines says that there are other lines than those of a block, or "".
func (e *entry) moreLines() string {
	if e.alike || len(e.people) <= mostLines {
		return ""
	}
	return "and other lines"
}

// mostScopes is how many scopes are named before they are counted.
const mostScopes = 10

// on says on which scopes, with long lists told in short.
func (d *Diff) on(x *block) string {
	if len(x.scopes) <= mostScopes {
		return strings.Join(x.scopes, ", ")
	}
	p := d.Head
	if x.kind == diff.Lost && d.Base != nil {
		p = d.Base
	}
	if s := allScopes(p, x.scopes); s != "" {
		return s
	}
	return strings.Join(x.scopes[:mostScopes], ", ") + " and " + Thousands(len(x.scopes)-mostScopes) + " more"
}

// allScopes says that scopes are all those of a level, or all, under another; ""
// if they are not.
func allScopes(p *policy.Policy, paths []string) string {
	named := map[*policy.Scope]bool{}
	var top *policy.Scope
	level := -1
	for i, path := range paths {
		s := p.ScopeByPath[path]
		if s == nil {
			return ""
		}
		named[s] = true
		if i == 0 {
			top, level = s, s.Level
		}
		for top != nil && !s.Within(top) {
			top = top.Parent
		}
		if s.Level != level {
			level = -1
		}
	}
	for top != nil && named[top] { // what is under it does not count itself
		top = top.Parent
		level = -1
	}
	n := 0
	for _, s := range p.Scopes {
		if (top == nil || s != top && s.Within(top)) && (level < 0 || s.Level == level) {
			n++
		}
	}
	if n != len(named) {
		return ""
	}
	text := "all " + Thousands(n) + " scopes"
	if level >= 0 {
		text = "all " + Thousands(n) + " " + p.Catalog.Levels[min(level, len(p.Catalog.Levels)-1)] + " scopes"
	}
	if top != nil {
		text += " under " + top.Path
	}
	return text
}

// mostFixed is how many fixed findings of one rule are listed.
const mostFixed = 10

// fixed returns the findings that are gone, of each rule the first, and how
// many more there are.
func (d *Diff) fixed() (list []*diag.Finding, more []string) {
	count, rules := map[string]int{}, []string{}
	for i := range d.Fixed {
		x := &d.Fixed[i]
		if count[x.Rule]++; count[x.Rule] <= mostFixed || d.Verbose {
			list = append(list, x)
		} else if count[x.Rule] == mostFixed+1 {
			rules = append(rules, x.Rule)
		}
	}
	for _, rule := range rules {
		more = append(more, Thousands(count[rule]-mostFixed)+" more of "+rule)
	}
	return list, more
}
