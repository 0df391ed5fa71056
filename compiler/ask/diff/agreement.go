package diff

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/person"
)

// Agreement says who must agree to a change, and who has.
type Agreement struct {
	Declared bool          // there are owners
	Base     bool          // they are those of the base
	Files    *policy.Files // of their places
	Needs    []Need
	Unowned  Unowned
	Asked    bool   // there are approvals to count
	Commit   string // that they must be about
	Ignored  []Ignored
}

// Need is a part of a change to which owners must agree.
type Need struct {
	Owner   *policy.Ownership
	About   string   // what the entry is about
	Reasons []string // why it counts
	First   string   // the first change, or ""
	Rows    int      // changes of rows
	Roles   int      // changes of roles
	Paths   int      // that are new
	Path    *NewWay  // the first of them, or nil
	From    policy.Date
	Able    []*person.Person // who may agree
	Barred  []Barred
	Agreed  []*person.Person
	Missing int  // how many more must agree
	Stuck   bool // too few may agree
}

// NewWay is a new path, and who could take it.
type NewWay struct {
	By   *paths.Fresh
	Path *reach.Path
}

// Barred is an approver who may not agree, or not to all.
type Barred struct {
	Who string
	To  string // what they may not agree to, or "": to nothing
	Why string
}

// Ignored is an approval that does not count.
type Ignored struct{ Who, Why string }

// Unowned counts the changes that have no owner.
type Unowned struct {
	Gains, Losses, Policy, Paths int
	First                        string
}

// Any reports whether a change has no owner.
func (u *Unowned) Any() bool { return u.Gains+u.Losses+u.Policy+u.Paths > 0 }

// judgingUsers finds the users of the judging side by their keys. Those of the change link nobody.
type judgingUsers struct {
	of *policy.Policy
	by map[string]*policy.User
}

func newJudgingUsers(p *policy.Policy) *judgingUsers {
	u := &judgingUsers{p, make(map[string]*policy.User, len(p.Users))}
	for _, x := range p.Users {
		u.by[u.UserKey(x.ID)] = x
	}
	return u
}

func (u *judgingUsers) UserKey(id string) string    { return u.of.Catalog.UserKey(id) }
func (u *judgingUsers) IsExact() bool               { return u.of.Catalog.ExactUsers }
func (u *judgingUsers) Find(id string) *policy.User { return u.by[u.UserKey(id)] }

// assembly finds who must agree.
type assembly struct {
	*OwnersQuestion
	sides     *Sides
	answer    *Answer
	everybody []Person    // of the comparison
	now       *Comparison // with the base as it is now, or nil
	users     *judgingUsers
	people    *person.Directory
	authors   []*person.Person
	approved  []*person.Person
	silencing []gainer // whose findings the change silences
}

// answer says who must agree to a change, and who has.
func (q *OwnersQuestion) answer(s *Sides, a *Answer, c, now *Comparison) *Agreement {
	judge := s.Judge()
	g := &Agreement{Declared: len(q.owners) > 0, Base: judge != s.Head, Files: judge.Files, Commit: q.Commit,
		Asked: q.Approvals != nil}
	x := &assembly{OwnersQuestion: q, sides: s, answer: a, everybody: c.everybody(), now: now,
		users: newJudgingUsers(judge.Policy)}
	x.people = person.NewDirectory(judge.Policy.People, x.users)
	for i := range q.owners {
		x.people.Approvers(q.owners[i].Approvers) // those that people does not name, too
	}
	x.findAuthors()
	if q.Approvals != nil {
		g.Ignored = x.countApprovals()
	}
	x.silencing = x.silenced(c)
	edits := x.edits()
	for i := range q.owners {
		if n := x.need(i, edits); n != nil {
			g.Needs = append(g.Needs, *n)
		}
	}
	x.unowned(&g.Unowned)
	return g
}

// findAuthors finds who made the change, in all spellings.
func (x *assembly) findAuthors() {
	list := [][]string{}
	for _, a := range x.Authors {
		list = append(list, []string{a})
	}
	if x.Approvals != nil {
		list = append(list, x.Approvals.Authors...)
	}
	for _, spellings := range list {
		if p := x.somebody(spellings); !p.IsNobody() {
			x.authors = append(x.authors, p)
		}
	}
}

func shortCommit(id string) string { return id[:min(len(id), 12)] }

// silenced returns the people whose findings the change silences.
func (x *assembly) silenced(c *Comparison) (list []gainer) {
	type about struct{ rule, user, scope string }
	known := map[about]bool{}
	for i := range c.BaseFound {
		if f := &c.BaseFound[i]; f.Silenced() {
			known[about{f.Rule, f.User, f.Scope}] = true
		}
	}
	seen := map[string]bool{}
	for i := range c.HeadFound {
		f := &c.HeadFound[i]
		if f.Silenced() && f.User != "" && !known[about{f.Rule, f.User, f.Scope}] && !seen[f.User] {
			seen[f.User] = true
			p, head := person.New(f.User), x.sides.Head.Policy
			if i, ok := head.FindUser(f.User); ok {
				p = person.OfUser(head.Users[i], x.users.of.Catalog)
			}
			p = p.With(x.people.Find(f.User))
			list = append(list, gainer{p, "the silenced " + f.Rule + " of " + f.User})
		}
	}
	return list
}

// unowned counts the changes that have no owner.
func (x *assembly) unowned(u *Unowned) {
	all, _ := sumOwned(x.everybody, len(x.owners))
	u.Gains, u.Losses = all.gains.rows+all.gains.roles, all.losses.rows+all.losses.roles
	u.First = all.gains.first
	if u.First == "" {
		u.First = all.losses.first
	}
	if !slices.ContainsFunc(x.owners, func(o policy.Ownership) bool { return o.Is("policy") }) {
		u.Policy = len(x.answer.Policy)
	}
	first := ""
	if u.Paths, first = x.unownedPaths(); u.First == "" && u.Paths > 0 {
		u.First = "a path to " + first
	}
	if u.First == "" && u.Policy > 0 {
		u.First = policyChangeText(&x.answer.Policy[0])
	}
}

// policyChangeText names a policy change.
func policyChangeText(c *PolicyChange) string {
	return strings.Join(slices.DeleteFunc([]string{c.What, c.Name, c.How}, func(s string) bool { return s == "" }), " ")
}
