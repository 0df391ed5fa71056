// Package shard splits the work on one project among several processes: each makes the table of some users, and a state
// for the checks that need all of them. The states of all shards give the findings, without the project.
package shard

import (
	"slices"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// State is what one shard found. The first one also has what does not depend on the users of a shard.
type State struct {
	Version string
	Index   int // from one
	Of      int
	Inputs  Inputs

	Stopped bool           // the project has errors, Found, and no table
	Notes   []diag.Related // about files
	Found   []diag.Finding
	Part    lint.Part
	Whole   *Whole // of the first shard, unless it is stopped

	Excerpts []Place
}

// Inputs are what the states of one run have in common.
type Inputs struct {
	Program string // and its version
	AsOf    policy.Date
	Filter  string // that rows must pass
	Files   []File
}

// File is one source file.
type File struct {
	Name    string
	Shipped bool
	Size    int
	SHA256  string
}

// Place is an excerpt with its place.
type Place struct {
	Pos     policy.Pos
	Excerpt policy.Excerpt
}

// Run is what a state says of the run that made it, besides the project.
type Run struct {
	Program string
	Filter  string
	AsOf    policy.Date
}

// NewState returns the state of a share of a project, after its table was written with the findings found.
func NewState(p *compiler.Project, found []diag.Finding, run Run) *State {
	s := &State{
		Version: Version,
		Index:   p.Share.Index,
		Of:      p.Share.Of,
		Inputs:  Inputs{Program: run.Program, AsOf: run.AsOf, Filter: run.Filter},
		Stopped: p.Policy == nil,
		Notes:   p.Notes,
		Found:   found,
		Part:    p.Share.Part,
	}
	for _, f := range p.Files.All() {
		s.Inputs.Files = append(s.Inputs.Files, File{f.Name, f.Shipped, f.Size(), f.Hash()})
	}
	if s.Index == 1 && !s.Stopped {
		s.Whole = newWhole(p)
	}
	s.Excerpts = s.excerpts(p.Files)
	return s
}

// excerpts returns what the files say at each place that a finding can have.
func (s *State) excerpts(files *policy.Files) (list []Place) {
	seen := map[policy.Pos]bool{}
	s.eachPos(func(pos policy.Pos) {
		if pos.IsValid() && !seen[pos] {
			seen[pos] = true
			list = append(list, Place{pos, files.Excerpt(pos)})
		}
	})
	return list
}

// eachPos visits every place that a finding can have.
func (s *State) eachPos(visit func(policy.Pos)) {
	about := func(d *diag.Finding) {
		visit(d.Pos)
		for _, r := range d.Related {
			visit(r.Pos)
		}
	}
	for _, n := range s.Notes {
		visit(n.Pos)
	}
	for i := range s.Found {
		about(&s.Found[i])
	}
	w := s.Whole
	if w == nil {
		return
	}
	for i := range w.Found {
		about(&w.Found[i])
	}
	for i := range w.Unless {
		about(&w.Unless[i].Finding)
	}
	for _, x := range w.Scopes {
		visit(x.Pos)
	}
	for i := range w.Rules {
		visit(w.Rules[i].Pos)
	}
	for _, x := range w.Corrections {
		visit(x.Pos)
	}
	for i := range w.Waivers {
		x := &w.Waivers[i].DeclaredWaiver
		for _, pos := range []policy.Pos{x.Pos, x.Rule.Pos, x.ApproverAt, x.ExpiresAt} {
			visit(pos)
		}
	}
	for i := range w.Suppressions {
		x := &w.Suppressions[i]
		for _, pos := range []policy.Pos{x.Pos, x.Line, x.UntilAt, x.FaultAt} {
			visit(pos)
		}
		for _, r := range x.Rules {
			visit(r.Pos)
		}
	}
}

// Whole is a policy as far as findings depend on it once every user has been checked.
type Whole struct {
	Found  []diag.Finding
	Unless []lint.Unless
	Users  int // who are not invited

	Product, Extends string
	ExactUsers       bool
	Corrections      []policy.Correction
	FailOn           string
	Severities       map[string]string
	InFiles          map[int32]map[string]string
	External         []policy.External
	Rules            []Rule
	Scopes           []Scope // whose holders are counted
	Waivers          []Waiver
	Suppressions     []policy.Suppression
}

// Rule is a declared rule.
type Rule struct {
	ID, Severity, Message, Help string

	Pos   policy.Pos
	Deny  bool
	Count *Count // of holders, or nil
}

// Count is what a rule says about the holders of a role or a permission.
type Count struct {
	Role, Permission string
	AllActions       []string // of the permission
	Actions          policy.Actions
	Except           []string
	Groups           []policy.Ref
	Direct           bool
	Bounds           policy.Bounds
}

// Scope is a scope on which holders are counted.
type Scope struct {
	Index, Level int
	Path         string
	Pos          policy.Pos
}

// Waiver is a waiver with those who would approve their own.
type Waiver struct {
	policy.DeclaredWaiver
	Signed        bool
	Beneficiaries []Person
}

// Person is a user as far as signatures depend on it.
type Person struct{ ID, Name string }

func newWhole(p *compiler.Project) *Whole {
	found, unless := p.Whole()
	q := p.Policy
	w := &Whole{
		Found:        found,
		Unless:       unless,
		Product:      q.Catalog.Product,
		Extends:      q.Catalog.Extends,
		ExactUsers:   q.Catalog.ExactUsers,
		Corrections:  q.Catalog.Corrections,
		FailOn:       q.FailOn,
		Severities:   q.Severities,
		InFiles:      q.InFiles,
		External:     q.External,
		Suppressions: q.Suppressions,
	}
	if q.Others != nil {
		w.Users = q.Others.Users
	}
	for _, u := range q.Users {
		if !u.Invited {
			w.Users++
		}
	}
	for _, r := range q.Rules {
		w.Rules = append(w.Rules, newRule(r))
	}
	for _, s := range q.Scopes {
		if slices.ContainsFunc(q.Rules, func(r *policy.Rule) bool {
			return r.Holders != nil &&
				r.Holders.Level == s.Level
		}) {
			w.Scopes = append(w.Scopes, Scope{s.Index, s.Level, s.Path, s.Pos})
		}
	}
	for _, x := range q.Waivers {
		y := Waiver{DeclaredWaiver: x.DeclaredWaiver, Signed: x.Signed}
		for _, u := range x.Beneficiaries {
			y.Beneficiaries = append(y.Beneficiaries, Person{u.ID, u.Name})
		}
		w.Waivers = append(w.Waivers, y)
	}
	return w
}

func newRule(r *policy.Rule) Rule {
	x := Rule{ID: r.ID, Severity: r.Severity, Message: r.Message, Help: r.Help, Pos: r.Pos, Deny: r.Deny != nil}
	h := r.Holders
	if h == nil {
		return x
	}
	x.Count = &Count{Actions: h.Actions, Groups: h.Groups, Direct: h.Direct, Bounds: h.Bounds}
	if h.Role != nil {
		x.Count.Role = h.Role.ID
	} else {
		x.Count.Permission, x.Count.AllActions = h.Permission.ID, h.Permission.Actions
	}
	for _, e := range h.Except {
		x.Count.Except = append(x.Count.Except, e.ID)
	}
	return x
}
