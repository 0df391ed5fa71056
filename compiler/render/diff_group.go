package render

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// fewestFolded is the least number of people who change alike to fold them into one entry.
const fewestFolded = 3

// entry is what changes for one person, or alike for several.
type entry struct {
	people []*diff.Person // in their order
	alike  bool           // the same lines cause it for all of them
}

// entries groups people who change in the same way for the same cause, even if on different lines of their own. They
// have the same rank, so the gravest still comes first.
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

// blocksOf returns the changes of the people of an entry, with the lines that cause them for the first person.
func (d *Diff) blocksOf(e *entry) []block {
	list := d.blocks(e.people[0])
	if !e.folded() {
		return list
	}
	for i := range list {
		list[i].causes = slices.Clone(list[i].causes) // reused for the next person
		for j, c := range list[i].causes {
			list[i].causes[j] = dropName(c, e.people[0])
		}
	}
	if e.alike {
		return list
	}
	for _, p := range e.people[1:mostLines] {
		for i, x := range d.blocks(p) {
			for _, c := range x.causes {
				if c = dropName(c, p); i < len(list) && !slices.Contains(list[i].causes, c) {
					list[i].causes = append(list[i].causes, c)
				}
			}
		}
	}
	return list
}

// dropName returns a cause without the name of its person.
func dropName(c diff.Cause, p *diff.Person) diff.Cause {
	if rest, ok := strings.CutSuffix(c.Why, p.User().ID); ok {
		if rest, ok = strings.CutSuffix(rest, " of "); ok {
			c.Why = rest
		}
	}
	return c
}

// isShared reports whether a cause is a line that belongs to no single person.
func isShared(why string) bool {
	for _, prefix := range []string{"group ", "what ", "the scope ", "its label", "rule ", "conditions "} {
		if strings.HasPrefix(why, prefix) {
			return true
		}
	}
	return false
}

// folded reports whether the entry is about several people.
func (e *entry) folded() bool { return len(e.people) > 1 }

// who names the person, or counts the people and names a group they share.
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

// each names the people of an entry before numbers that apply to each.
func (d *Diff) each(e *entry) string {
	if e.folded() {
		return d.who(e) + ", each"
	}
	return Short(d.who(e))
}

// about adds the affiliation or group that the people share.
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

// group returns the group that gives all the changes, or nil.
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

// names returns the ids of the people, up to a number, and counts the rest.
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

// word returns the verb for a kind, singular or plural.
func (e *entry) word(k diff.Kind) string {
	if e.folded() {
		return severalWords[k]
	}
	return kindWords[k]
}

// counts returns the number of rows of each kind for each person.
func (e *entry) counts() [diff.ReasonChanged + 1]int { return e.people[0].Counts }

// mostLines limits the lines named for a change of several people.
const mostLines = 3

// moreLines says that a block has further lines, or "".
func (e *entry) moreLines() string {
	if e.alike || len(e.people) <= mostLines {
		return ""
	}
	return "and other lines"
}

// mostScopes limits the scopes that are named before they are counted.
const mostScopes = 10

// on names the scopes of a block, shortening long lists.
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

// allScopes says that scopes are all those of a level, or all of them, below a scope; "" if they are not.
func allScopes(p *policy.Policy, paths []string) string {
	named := map[*policy.Scope]bool{}
	for _, path := range paths {
		s := p.ScopeByPath[path]
		if s == nil {
			return ""
		}
		named[s] = true
	}
	top, level := commonScope(p, paths)
	for top != nil && named[top] { // look for the scope that all are below
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

// commonScope returns the lowest scope that holds all of some, or nil, and the level that all have, or -1.
func commonScope(p *policy.Policy, paths []string) (top *policy.Scope, level int) {
	for i, path := range paths {
		s := p.ScopeByPath[path]
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
	return top, level
}

// mostFixed limits the listed fixed findings of one rule.
const mostFixed = 10

// fixed returns the first fixed findings of each rule, and the number of others.
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
