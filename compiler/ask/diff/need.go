package diff

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/person"
)

// need says why the owners of an entry must agree and who of them may, or returns nil.
func (x *assembly) need(i int, edits []string) *Need {
	n := &Need{Owner: &x.owners[i], About: ownershipText(&x.owners[i])}
	gaining := append(x.reasons(n, i), x.pathReasons(n, i)...)
	if x.owners[i].Is("policy") && len(x.answer.Policy) > 0 {
		n.Reasons = append(n.Reasons, countText(len(x.answer.Policy), "policy change", "policy changes")+
			", the first is "+policyChangeText(&x.answer.Policy[0]))
		gaining = append(gaining, x.silencing...)
	}
	if edits[i] != "" {
		n.Reasons = append(n.Reasons, edits[i])
	}
	if judge := x.sides.GatesPolicy(); judge != nil {
		c := Vocabularies{VocabularyOf(judge), VocabularyOf(x.answer.Head)}
		if why := x.whyUnjudged(c, i, judge); why != "" {
			n.Reasons = append(n.Reasons, "it cannot be judged otherwise: the change "+why)
		}
	}
	if len(n.Reasons) == 0 {
		return nil
	}
	x.approvers(n, gaining)
	return n
}

// reasons notes what the change does that the entry is about, and returns who gains by it.
func (x *assembly) reasons(n *Need, i int) (gaining []gainer) {
	all, people := sumOwned(x.everybody, i)
	var suffix string
	if x.now != nil {
		now, more := sumOwned(x.now.everybody(), i)
		if people = append(people, more...); !all.gains.any() && now.gains.any() {
			all.gains, suffix = now.gains, ", compared with the base as it is now"
		}
	}
	add := func(h *gateHit, one, many, suffix string) {
		if !h.any() {
			return
		}
		text := countText(h.rows+h.roles, one, many) + ", the first is " + h.first
		if h.handed > 0 {
			text += fmt.Sprintf(" (%d under another id or name in the system)", h.handed)
		}
		if h.from != 0 {
			text += ", from " + h.from.String() + " on"
		}
		n.Reasons = append(n.Reasons, text+suffix)
		n.Rows, n.Roles = n.Rows+h.rows, n.Roles+h.roles
		if n.First == "" {
			n.First, n.From = h.first, h.from
		}
	}
	add(&all.gains, "gain", "gains", suffix)
	add(&all.losses, "loss", "losses", "")
	for _, p := range people {
		h := &p.owned[i].gains
		gaining = append(gaining, gainer{x.user(p), andMore(h.first, h.rows+h.roles)})
	}
	return gaining
}

// user returns who gains something, as described on both sides.
func (x *assembly) user(u *Person) *person.Person {
	c := x.users.of.Catalog
	p := person.OfUser(u.User(), c).With(x.people.Find(u.User().ID))
	if u.Base != nil && u.Head != nil {
		p = p.With(person.OfUser(u.Base, c))
	}
	if logins := loginsIn(u.User().ID); len(logins) > 0 {
		p = p.With(x.somebody(logins))
	}
	return p
}

// gainer names somebody who gains by a change, and what they gain.
type gainer struct {
	*person.Person
	what string
}

// andMore names the first of several things.
func andMore(first string, n int) string {
	if n > 1 {
		first += fmt.Sprintf(" and %d more", n-1)
	}
	return first
}

// approvers finds which approvers may agree, and how many have. Nobody agrees to a change of their own, or to their
// own gain: each gain needs enough others.
func (x *assembly) approvers(n *Need, gaining []gainer) {
	var able []*person.Person
	for _, p := range x.people.Approvers(n.Owner.Approvers) {
		if slices.ContainsFunc(x.authors, p.MayBe) {
			n.Barred = append(n.Barred, Barred{Who: p.Name(), Why: "made the change"})
			continue
		}
		able = append(able, p)
	}
	own := make([][]bool, len(gaining)) // per gain, whose own it is
	for i, p := range able {
		var theirs []string
		gains := 0
		for j, g := range gaining {
			if own[j] = append(own[j], p.MayBe(g.Person)); own[j][i] {
				gains++
				theirs = append(theirs, g.what)
			}
		}
		switch {
		case gains == 0:
			n.Able = append(n.Able, p)
		case gains < len(gaining):
			n.Able = append(n.Able, p)
			slices.Sort(theirs)
			to := strings.Join(slices.Compact(theirs), ", ")
			n.Barred = append(n.Barred, Barred{Who: p.Name(), To: to, Why: "their own"})
		default:
			n.Barred = append(n.Barred, Barred{Who: p.Name(), Why: "gains by the change"})
		}
		if slices.Contains(x.approved, p) {
			n.Agreed = append(n.Agreed, p)
		}
	}
	n.Missing = max(0, n.Owner.Min-countFor(able, own, func(p *person.Person) bool {
		return slices.Contains(n.Agreed, p)
	}))
	n.Stuck = countFor(able, own, func(*person.Person) bool { return true }) < n.Owner.Min
}

// countFor returns how many of some people have agreed to the gain to which the fewest have.
func countFor(able []*person.Person, own [][]bool, agreed func(*person.Person) bool) int {
	of := func(mine []bool) int {
		var list []*person.Person
		for i, p := range able {
			if agreed(p) && (mine == nil || !mine[i]) {
				list = append(list, p)
			}
		}
		return person.Count(list)
	}
	least := of(nil)
	for _, mine := range own {
		if slices.Contains(mine, true) {
			least = min(least, of(mine))
		}
	}
	return least
}

// edits says for each entry how the change edits it or its approvers, or "". They have to agree to that: a change
// could else drop its owners for the next one.
func (x *assembly) edits() []string {
	list := make([]string, len(x.owners))
	if x.sides.Base == nil || x.sides.Gates == nil {
		return list
	}
	gone := leftOver(x.sides.Base.Declared().Owners, x.sides.Head.Declared().Owners)
	was, is := x.directory(x.sides.Base), x.directory(x.sides.Head)
	for i := range x.owners {
		o := &x.owners[i]
		at := slices.IndexFunc(gone, func(g policy.Ownership) bool { return sayAlike(g, *o) })
		if at >= 0 {
			gone = slices.Delete(gone, at, at+1)
			list[i] = "the change removes or edits this entry"
		} else if sayPeople(was.Approvers(o.Approvers)) != sayPeople(is.Approvers(o.Approvers)) {
			list[i] = "the change edits who its approvers are"
		}
	}
	return list
}

// directory returns the people that a project declares.
func (x *assembly) directory(p *compiler.Project) *person.Directory {
	return person.NewDirectory(p.Declared().People, x.users)
}

// sayPeople writes who some people are.
func sayPeople(list []*person.Person) string {
	var all []string
	for _, p := range list {
		logins, ids := slices.Clone(p.Logins), slices.Clone(p.IDs)
		slices.Sort(logins)
		slices.Sort(ids)
		all = append(all, fmt.Sprintf("%q %q %q", logins, ids, p.Texts()))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// hits returns a hit for each need to which too few agree.
func (g *Agreement) hits() (list []Hit) {
	if !g.Asked {
		return nil
	}
	for i := range g.Needs {
		if n := &g.Needs[i]; n.Missing > 0 {
			list = append(list, Hit{Gate: "unapproved", Message: g.message(n), Rows: n.Rows, Roles: n.Roles,
				First: n.First, From: n.From})
		}
	}
	return list
}

// message says how many more must agree, and of whom.
func (g *Agreement) message(n *Need) string {
	s := fmt.Sprintf("%d of %s must agree to %q", n.Owner.Min, n.Approvers(), n.About)
	switch len(n.Agreed) {
	case 0:
		s += ", and nobody has"
	default:
		s += ", and " + countText(n.Missing, "more is missing", "more are missing")
	}
	s += " for commit " + shortCommit(g.Commit)
	if n.Stuck {
		s += "; too few of them may agree to this change"
	}
	return s
}

// Approvers names the approvers as the entry does.
func (n *Need) Approvers() string {
	var list []string
	for _, r := range n.Owner.Approvers {
		list = append(list, r.Name)
	}
	return strings.Join(list, ", ")
}
