package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// DiffFormats are the formats of a comparison of two projects.
var DiffFormats = []string{"text", "json", "markdown", "github", "html"}

// Diff is what a change does to people, and to findings about them.
type Diff struct {
	Base, Head         *policy.Policy // Base is nil where there is none
	BaseName, HeadName string
	Note               string                                  // what a reader must know first
	People             []diff.Person                           // the gravest first
	Changes            func(*diff.Person) []diff.Change        // of one of them, valid until the next call
	Changer            func() func(*diff.Person) []diff.Change // the same, for another goroutine
	Facts              []diff.Fact                             // of scopes and permissions
	New, Fixed         []diag.Diagnostic
	NewFiles           *policy.Files // of New's places
	Unchanged          int
	Policy             []diff.PolicyChange
	Hits               []diff.Hit
	Blocking           int // new findings that do not let it pass
	Links              Links
	Verbose            bool // name everybody
}

// Blocked reports whether the change does not pass.
func (d *Diff) Blocked() bool { return len(d.Hits) > 0 || d.Blocking > 0 }

// files are those of one side.
func (d *Diff) files(base bool) *policy.Files {
	if base {
		return d.Base.Files
	}
	return d.Head.Files
}

// block are changes of one person that happen alike.
type block struct {
	kind   diff.Kind
	why    string // how it is held and was
	scopes []string
	items  []string // permissions, with actions where there are several
	causes []diff.Cause
	rank   int // the gravity of the gravest item
}

// blocks puts together what a person gains or loses in the same way, by scope,
// then scopes with the same permissions; then roles that no row tells of.
func (d *Diff) blocks(p *diff.Person) (list []block) {
	type alike struct {
		kind       diff.Kind
		why, scope string
	}
	byKey := map[alike][]int{}
	changes := d.Changes(p)
	for i := range changes {
		c := &changes[i]
		key := alike{c.Kind, reason(c), c.Row().Scope.Path}
		same := func(n int) bool { return slices.Equal(list[n].causes, c.Causes) }
		at := slices.IndexFunc(byKey[key], same)
		if at < 0 {
			at = len(byKey[key])
			byKey[key] = append(byKey[key], len(list))
			list = append(list, block{kind: c.Kind, why: key.why, scopes: []string{key.scope}, causes: c.Causes})
		}
		n := byKey[key][at]
		list[n].items = append(list[n].items, item(c))
		list[n].rank = max(list[n].rank, c.Gravity())
	}
	for i := range p.Roles {
		if c := &p.Roles[i]; !toldByRows(changes, c) {
			list = append(list, block{kind: c.Kind, why: roleReason(c), scopes: []string{c.Scope.Path}, items: []string{"role " + c.Role.ID}, causes: c.Causes})
		}
	}
	slices.SortStableFunc(list, func(a, b block) int { return cmp.Compare(a.kind, b.kind) })
	return mergeScopes(list)
}

// toldByRows reports whether a row that changes the same way names the role.
func toldByRows(changes []diff.Change, c *diff.RoleChange) bool {
	return slices.ContainsFunc(changes, func(x diff.Change) bool {
		return (x.Kind.More() && c.Kind.More() || x.Kind.Less() && c.Kind.Less()) && slices.Contains(x.Roles, c.Role.ID)
	})
}

// roleReason says how long a role is held, and that nothing else changes by it.
func roleReason(c *diff.RoleChange) string {
	s := "it adds no permission"
	switch c.Kind {
	case diff.Lost:
		s = "it removes no permission"
	case diff.Widened:
		s = "held longer, but it adds no permission"
	case diff.Narrowed:
		s = "held for a shorter time, but it removes no permission"
	}
	if c.Group != nil {
		s = "through group " + c.Group.ID + ", " + s
	}
	return s + period(c.From, c.Until)
}

// period says on which days something is otherwise, if not from now on.
func period(from, until policy.Date) (s string) {
	if from != 0 {
		s += ", from " + from.String()
	}
	if until != 0 {
		s += ", until " + until.String()
	}
	return s
}

func mergeScopes(list []block) (out []block) {
	type alike struct {
		kind       diff.Kind
		why, items string
	}
	byKey := map[alike][]int{}
	for _, b := range list {
		key := alike{b.kind, b.why, strings.Join(b.items, "\n")}
		if at := slices.IndexFunc(byKey[key], func(n int) bool { return slices.Equal(out[n].causes, b.causes) }); at >= 0 {
			n := byKey[key][at]
			out[n].scopes = append(out[n].scopes, b.scopes...)
			continue
		}
		byKey[key] = append(byKey[key], len(out))
		out = append(out, b)
	}
	return out
}

// item is the permission of a change, with what of it comes or goes.
func item(c *diff.Change) string {
	id := c.Row().Permission.ID
	if s := gravest(c); s == "critical" || s == "high" {
		id += " [" + s + "]"
	}
	switch c.Kind {
	case diff.Widened, diff.Narrowed:
		return id
	case diff.Lost:
		return id + terms(c.Before)
	}
	return id + terms(c.Row())
}

// terms are the actions and conditions of a row, where there is something to say.
func terms(r *policy.Row) string {
	var parts []string
	if len(r.Permission.Actions) > 1 || !r.Held() {
		parts = append(parts, describeActions(r))
	}
	if len(r.Permission.ConditionIDs) > 0 {
		parts = append(parts, "if "+strings.Join(r.Permission.ConditionIDs, " and "))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// gravest is how sensitive what a change is about was or is, whichever is graver.
func gravest(c *diff.Change) string {
	return sensitivity(c.Gravity())
}

func sensitivity(rank int) string {
	if rank == 0 {
		return ""
	}
	return diff.Sensitivities[rank-1]
}

// reason says how something is held or was, and what of it changes.
func reason(c *diff.Change) string {
	switch c.Kind {
	case diff.Gained:
		why := "through " + DescribeSources(c.After) + marksOf(c.After) + lasts(c, c.After)
		if c.Again != 0 {
			why += ", from " + c.Again.String() + " as before"
		}
		return why
	case diff.Lost:
		why := "was through " + DescribeSources(c.Before)
		if c.After != nil {
			why += marksOf(c.After)
		}
		why += period(c.From, c.Until)
		if c.Again != 0 {
			why += ", held again from " + c.Again.String()
		}
		return why
	case diff.ReasonChanged:
		return otherReason(c) + period(c.From, 0)
	}
	return difference(c)
}

// difference says what a row gives otherwise than before.
func difference(c *diff.Change) string {
	var parts []string
	ends := false
	for _, d := range c.Differences {
		what, until := strings.CutSuffix(d.What, "until")
		ends = ends || until
		if d.More != (c.Kind == diff.Widened) && d.More != d.Less {
			continue
		}
		if until {
			what = what + "expiry"
		}
		parts = append(parts, fmt.Sprintf("%s: %s -> %s", what, orNone(d.Before), orNone(d.After)))
	}
	if !ends {
		return strings.Join(parts, ", ") + period(c.From, c.Until)
	}
	return cmp.Or(strings.Join(parts, ", "), "on different days"+period(c.From, c.Until))
}

func orNone(s string) string {
	if s == "" || s == "no end" {
		return "none"
	}
	return s
}

// lasts says on which days something that comes is held.
func lasts(c *diff.Change, r *policy.Row) string {
	until := c.Until
	if until == 0 && c.From == 0 && !r.Mixed() {
		until = r.Ends
	}
	return period(c.From, until)
}

func otherReason(c *diff.Change) string {
	say := func(r *policy.Row) string {
		if r == nil {
			return "nothing"
		}
		s := DescribeSources(r)
		if !r.Held() {
			s = "nothing left of " + s
		}
		return s + describeWithheld(r)
	}
	before, after := say(c.Before), say(c.After)
	if before != after {
		return "was through " + before + ", now through " + after
	}
	if c.Before.User.Affiliation != c.After.User.Affiliation {
		return "affiliation " + c.Before.User.Affiliation + " -> " + c.After.User.Affiliation
	}
	return "through " + after + ", in another entry"
}

// marksOf are what is special about a row that comes.
func marksOf(r *policy.Row) (s string) {
	s = describeWithheld(r)
	switch {
	case r.Mixed():
		s += " (" + strings.Join(describeParts(r), "; ") + ")"
	case r.Own:
		s += ", own records only"
	}
	if r.User.Invited {
		s += ", once the invitation is accepted"
	}
	return s
}

// causeText is where a change was made.
func (d *Diff) causeText(c diff.Cause) string {
	lead, at, why := d.causeParts(c)
	return lead + at + why
}

// causeParts say where a change was made: what stands before the place, the
// place, and why.
func (d *Diff) causeParts(c diff.Cause) (lead, at, why string) {
	at = strings.TrimSuffix(place(d.files(c.Base).Position(c.Pos)), ": ")
	lead = "at "
	if c.Base {
		lead = "was at "
	}
	if c.Why != "" {
		why = " (" + Safe(d.whyText(c)) + ")"
	}
	return lead, at, why
}

// whyText says why a line is a cause; of a scope, that it comes or goes.
func (d *Diff) whyText(c diff.Cause) string {
	path, ok := strings.CutPrefix(c.Why, "the scope ")
	switch {
	case !ok || d.Base == nil:
	case !c.Base && d.Base.ScopeByPath[path] == nil:
		return "scope " + path + " added"
	case c.Base && d.Head.ScopeByPath[path] == nil:
		return "scope " + path + " removed"
	}
	return c.Why
}

// policyText is a policy change in a line.
func (d *Diff) policyText(p diff.PolicyChange) string {
	s := p.What
	if p.Name != "" {
		s += " " + Safe(p.Name)
	}
	s += " " + p.How
	if p.Text != "" {
		s += ": " + Safe(p.Text)
	}
	return s
}

// Sum is the whole in one line.
func (d *Diff) Sum() string {
	var gain, lose, other, facts int
	for i := range d.People {
		p := &d.People[i]
		more, less := p.More(), p.Less()
		if more {
			gain++
		}
		if less {
			lose++
		}
		switch {
		case more || less:
		case p.HasAccess():
			other++
		default:
			facts++
		}
	}
	var parts []string
	for _, x := range [...]struct {
		n         int
		one, many string
	}{
		{gain, "%s gains", "%s gain"}, {lose, "%s loses", "%s lose"},
		{other, "reason changed for %s", "reason changed for %s"},
		{facts, "only attributes changed for %s", "only attributes changed for %s"},
	} {
		if x.n > 0 {
			parts = append(parts, fmt.Sprintf(Choose(x.n, x.one, x.many), countPeople(x.n)))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "none")
	}
	head := "Access change: "
	if d.Blocked() {
		head = "Blocked by " + d.blockers() + ". " + head
	}
	return head + strings.Join(parts, ", ")
}

// blockers count what does not let the change pass.
func (d *Diff) blockers() string {
	var parts []string
	if n := len(d.Hits); n > 0 {
		parts = append(parts, Plural(n, "gate"))
	}
	if d.Blocking > 0 {
		parts = append(parts, Plural(d.Blocking, "new finding"))
	}
	return strings.Join(parts, " and ")
}

// mostNamed is how many people are named for one permission in a headline.
const mostNamed = 3

// Headlines names who comes to hold what is critical or high, the gravest first
// and then what few come to hold. Permissions with the same people share a line.
func (d *Diff) Headlines() (list []string) {
	for _, rank := range []string{"critical", "high"} {
		who, ids := d.gainers(rank)
		slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(len(who[a]), len(who[b])) })
		for len(ids) > 0 {
			people, alike, others := who[ids[0]], []string{}, []string{}
			for _, id := range ids {
				if slices.Equal(who[id], people) {
					alike = append(alike, id)
				} else {
					others = append(others, id)
				}
			}
			list = append(list, fmt.Sprintf("%s: %s for %s", rank, strings.Join(alike, ", "), namedPeople(people)))
			ids = others
		}
	}
	return list
}

// gainers returns who comes to hold the permissions of a sensitivity, and these
// permissions in the order of the first person.
func (d *Diff) gainers(rank string) (who map[string][]string, ids []string) {
	who = map[string][]string{}
	for i := range d.People {
		p := &d.People[i]
		for _, e := range p.Effects {
			id := e.Permission.ID
			known := who[id]
			if !e.More || sensitivity(int(e.Gravity)) != rank || len(known) > 0 && known[len(known)-1] == p.User().ID {
				continue
			}
			if known == nil {
				ids = append(ids, id)
			}
			who[id] = append(known, p.User().ID)
		}
	}
	return who, ids
}

// namedPeople names some people and counts the others.
func namedPeople(ids []string) string {
	last := len(ids) - 1
	switch {
	case last == 0:
		return ids[0]
	case last < mostNamed:
		return strings.Join(ids[:last], ", ") + " and " + ids[last]
	}
	return strings.Join(ids[:mostNamed], ", ") + " and " + Thousands(len(ids)-mostNamed) + " more"
}
