// Package roles answers which roles are one role, which assignments give nothing, and how few would do.
//
// Nothing is proposed that could change the effective-permission table, or make a rule find something. So a role that
// anything asks for by name counts as something that it gives.
package roles

import (
	"context"
	"slices"
	"strings"
	"sync"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Question says what is asked for.
type Question struct {
	User *policy.User // only the assignments of this user; nil: everything
	Near float64      // from which share of what two roles give they are near each other
	All  bool         // also compare roles of the catalog that nobody holds
	Most int          // how many sets of roles to try for a person, at most

	RolesAlone bool // no people and no groups
}

// Defaults of a Question.
const (
	DefaultNear = 0.8
	DefaultMost = 20_000
)

// Answer holds what a project's roles, assignments and groups have in common.
type Answer struct {
	Question
	Policy   *policy.Policy
	Compared int       // roles that were compared
	Skipped  int       // roles that were not, because nobody holds them
	Same     [][]*Role // roles that give the same, each list sorted by id
	Inside   []Pair    // all that Left gives, Right gives as well
	Near     []Pair
	Unused   []*Role
	ByOne    []*Role
	People   []Person // who need fewer assignments, sorted by id
	New      []Candidate
	Groups   [][]*policy.Group // that always have the same members
}

// Role is a role with its holders.
type Role struct {
	*policy.Role
	Holders int
	First   *policy.User      // one of the holders, the first by id
	Named   []string          // what asks for the role by name
	Sure    policy.Confidence // how sure the catalog is of all that the role gives
}

// Pair is two roles and what one gives that the other does not.
type Pair struct {
	Left, Right *Role
	Common      int // what both give, counted by permission, action, records and reach
	Total       int // what either gives
	LeftOnly    []*policy.Permission
	RightOnly   []*policy.Permission
	Includes    bool // Right includes Left in the catalog
}

// Likeness returns the share of what either role gives that both give.
func (p *Pair) Likeness() float64 { return float64(p.Common) / float64(p.Total) }

// Ask answers a question, and returns all findings of the project as well.
func Ask(ctx context.Context, p *compiler.Project, q Question) (*Answer, []diag.Finding, error) {
	s := NewSurvey(p.Policy, q)
	found, err := p.Visit(ctx, s.Worker)
	if err != nil {
		return nil, nil, err
	}
	return s.Answer(), found, nil
}

// Survey answers a question after it has seen everybody.
type Survey struct {
	study  *study
	mu     sync.Mutex
	counts []*count
}

// NewSurvey begins to answer a question about a policy.
func NewSurvey(p *policy.Policy, q Question) *Survey { return &Survey{study: newStudy(p, q)} }

// Worker returns a function that looks at one user. Each goroutine needs its own.
func (s *Survey) Worker() func(*policy.Access) {
	c := newCount(s.study)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts = append(s.counts, c)
	return c.visit
}

// Answer returns the answer.
func (s *Survey) Answer() *Answer {
	q := s.study.q
	a := &Answer{Question: q, Policy: s.study.policy}
	roles := s.study.rolesOf(s.counts)
	for _, c := range s.counts {
		a.People = append(a.People, c.people...)
	}
	slices.SortFunc(a.People, func(x, y Person) int { return strings.Compare(x.User.ID, y.User.ID) })
	if q.User != nil {
		return a
	}
	a.compare(s.study, roles)
	if !q.RolesAlone {
		a.New = newRoles(s.study)
		a.Groups = alikeGroups(s.study.policy)
	}
	return a
}

// count counts the holders of roles among the users of one worker.
type count struct {
	*study
	holders []int
	first   []*policy.User
	last    []*policy.User
	people  []Person
	worker  *worker
}

func newCount(s *study) *count {
	n := len(s.policy.Catalog.Roles)
	return &count{study: s, holders: make([]int, n), first: make([]*policy.User, n), last: make([]*policy.User, n),
		worker: newWorker(s)}
}

func (c *count) visit(a *policy.Access) {
	u := a.User
	for i := range a.Roles {
		r := a.Roles[i].Role.Index
		if c.last[r] == u {
			continue
		}
		c.last[r] = u
		c.holders[r]++
		if c.first[r] == nil || u.ID < c.first[r].ID {
			c.first[r] = u
		}
	}
	if c.q.RolesAlone || c.q.User != nil && c.q.User != u {
		return
	}
	if person, ok := c.worker.person(u); ok {
		c.people = append(c.people, person)
	}
}

// rolesOf adds up the holders of each role.
func (s *study) rolesOf(counts []*count) []*Role {
	var list []*Role
	for i, r := range s.policy.Catalog.Roles {
		x := &Role{Role: r, Named: s.named[r], Sure: s.sureOf(r)}
		for _, c := range counts {
			x.Holders += c.holders[i]
			if f := c.first[i]; f != nil && (x.First == nil || f.ID < x.First.ID) {
				x.First = f
			}
		}
		list = append(list, x)
	}
	return list
}

// sureOf returns how sure the catalog is of what a role gives, as of the least certain.
func (s *study) sureOf(r *policy.Role) (sure policy.Confidence) {
	if known, ok := s.sure[r]; ok {
		return known
	}
	for _, c := range r.Cells {
		sure = max(sure, c.Confidence)
	}
	for i := range r.Includes {
		sure = max(sure, r.Includes[i].Confidence(), s.sureOf(r.Includes[i].Role))
	}
	s.sure[r] = sure
	return sure
}

// compare finds roles that nobody or one person holds, and compares the others with each other.
func (a *Answer) compare(s *study, roles []*Role) {
	assigned := assignedRoles(a.Policy)
	var some []*Role
	for _, r := range roles {
		switch {
		case r.Holders == 0 && !assigned[r.Role]:
			a.Unused = append(a.Unused, r)
		case r.Holders == 1:
			a.ByOne = append(a.ByOne, r)
		}
		if r.Holders > 0 || r.Custom || assigned[r.Role] || a.All {
			some = append(some, r)
		}
	}
	a.Compared, a.Skipped = len(some), len(roles)-len(some)
	comparePairs(a, s, some)
}

// assignedRoles returns the roles that are assigned today or later, even if nobody holds them.
func assignedRoles(p *policy.Policy) map[*policy.Role]bool {
	set := map[*policy.Role]bool{}
	look := func(list []policy.Entry) {
		for i := range list {
			if e := &list[i]; e.Role != nil && e.Ends.End() >= p.AsOf {
				set[e.Role] = true
			}
		}
	}
	for _, u := range p.Users {
		look(u.Entries)
	}
	for _, g := range p.Groups {
		look(g.Entries)
	}
	return set
}
