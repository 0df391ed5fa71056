package report

import (
	"fmt"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Large is how many rows one page may have to open in a browser without a
// delay that people mind; Crowd is how many people.
const (
	Large = 250_000
	Crowd = 25_000
)

// TooLarge reports whether the page is to be split by scope.
func (r *Report) TooLarge() bool { return r.Rows > Large || r.Total() > Crowd }

// Part is some scopes of a report that is split, with what is on them.
type Part struct {
	Scopes []*policy.Scope // in the order of the tree
	Rows   int
	People int // counted once for each scope
}

// String names the scopes.
func (p *Part) String() string {
	if len(p.Scopes) == 1 {
		return p.Scopes[0].Path
	}
	return fmt.Sprintf("%s to %s", p.Scopes[0].Path, p.Scopes[len(p.Scopes)-1].Path)
}

// Parts are all parts of a report.
type Parts struct {
	List []*Part
	Of   []int // the part of each scope, by index
}

// Split makes parts of at most so many rows and people: trees of scopes stay
// whole as long as they fit, and a scope always.
func (r *Report) Split(rows, people int) *Parts {
	s := &splitter{report: r, rows: rows, people: people, parts: Parts{Of: make([]int, len(r.Policy.Scopes))}}
	for _, scope := range r.Policy.Scopes {
		if scope.Parent == nil {
			s.tree(scope)
		}
	}
	return &s.parts
}

// Router returns a function that calls one with what a user has on the scopes
// of each part. Each goroutine uses its own; the access is not to be kept.
func (p *Parts) Router() func(*policy.Access, func(part int, a *policy.Access)) {
	var touched []int
	var out policy.Access
	return func(a *policy.Access, f func(int, *policy.Access)) {
		touched = touched[:0]
		for i := range a.Rows {
			if n := p.Of[a.Rows[i].Scope.Index]; !slices.Contains(touched, n) {
				touched = append(touched, n)
			}
		}
		for _, n := range touched {
			out = policy.Access{User: a.User, On: a.On, Rows: out.Rows[:0], Roles: out.Roles[:0]}
			for i := range a.Rows {
				if p.Of[a.Rows[i].Scope.Index] == n {
					out.Rows = append(out.Rows, a.Rows[i])
				}
			}
			for i := range a.Roles {
				if p.Of[a.Roles[i].Scope.Index] == n {
					out.Roles = append(out.Roles, a.Roles[i])
				}
			}
			f(n, &out)
		}
	}
}

// Collect begins the report of each part. What is about no scope is only in the
// report of the whole.
func (p *Parts) Collect(of *policy.Policy) (list []*Collector) {
	for n := range p.List {
		list = append(list, Collect(of, func(_, _, _, scope string) bool {
			s := of.ScopeByPath[scope]
			return s != nil && p.Of[s.Index] == n
		}))
	}
	return list
}

type splitter struct {
	report       *Report
	rows, people int // at most
	parts        Parts
}

// tree puts a scope with all that is under it into one part if that is
// possible.
func (s *splitter) tree(root *policy.Scope) {
	rows, people := s.size(root)
	if rows <= s.rows && people <= s.people {
		s.begin(rows, people)
		s.all(root)
		return
	}
	s.begin(s.report.ScopeRows[root.Index], s.report.Scopes[root.Index].total())
	s.add(root)
	for _, c := range root.Children {
		s.tree(c)
	}
}

// size counts the rows and people on a scope and below it. People count once for each scope.
func (s *splitter) size(scope *policy.Scope) (rows, people int) {
	rows, people = s.report.ScopeRows[scope.Index], s.report.Scopes[scope.Index].total()
	for _, c := range scope.Children {
		r, p := s.size(c)
		rows, people = rows+r, people+p
	}
	return rows, people
}

// begin makes a new part if so much does not go into the last one.
func (s *splitter) begin(rows, people int) {
	if n := len(s.parts.List); n > 0 {
		last := s.parts.List[n-1]
		if last.Rows+rows <= s.rows && last.People+people <= s.people {
			return
		}
	}
	s.parts.List = append(s.parts.List, &Part{})
}

func (s *splitter) all(root *policy.Scope) {
	s.add(root)
	for _, c := range root.Children {
		s.all(c)
	}
}

func (s *splitter) add(scope *policy.Scope) {
	n := len(s.parts.List) - 1
	p := s.parts.List[n]
	p.Scopes, s.parts.Of[scope.Index] = append(p.Scopes, scope), n
	p.Rows += s.report.ScopeRows[scope.Index]
	p.People += s.report.Scopes[scope.Index].total()
}

func (h Holders) total() int { return h.Active + h.Invited + h.Disabled }
