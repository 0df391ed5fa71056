package shard

import (
	"fmt"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// Merged is what all states of a run say together.
type Merged struct {
	Files    *policy.Files
	Policy   *policy.Policy // as far as findings depend on it, or nil: the project has errors
	AsOf     policy.Date
	Users    int // who are not invited
	Findings []diag.Finding
	Notes    []diag.Related
}

// Merge returns the findings of a run, given its states in any order, with the names of their files.
func Merge(states []*State, names []string) (*Merged, error) {
	states, names, err := sortStates(states, names)
	if err != nil {
		return nil, err
	}
	first := states[0]
	m := &Merged{Files: mergeFiles(states), AsOf: first.Inputs.AsOf, Notes: first.Notes}
	if first.Stopped {
		m.Findings = first.Found
		return m, nil
	}
	if err := checkCounts(states, names); err != nil {
		return nil, err
	}
	m.Policy, m.Users = first.Whole.policy(m.Files, m.AsOf), first.Whole.Users
	var found []diag.Finding
	var parts []lint.Part
	for _, s := range states {
		found, parts = append(found, s.Found...), append(parts, s.Part)
	}
	found = append(found, first.Whole.Found...)
	linter := compiler.NewLinter(m.Policy, nil)
	m.Findings = linter.Settle(append(found, linter.FinishParts(parts, first.Whole.Unless)...))
	return m, nil
}

// sortStates returns the states and their files in order of the shards, or why they are not those of one run.
func sortStates(states []*State, names []string) ([]*State, []string, error) {
	first := states[0]
	sorted, from := make([]*State, first.Of), make([]string, first.Of)
	for i, s := range states {
		if s.Of != first.Of {
			return nil, nil, fmt.Errorf("%s is one of %d shards, and %s one of %d: merge the states of one run",
				names[0], first.Of, names[i], s.Of)
		}
		if why := s.Inputs.differ(&first.Inputs); why != "" {
			return nil, nil, fmt.Errorf("%s and %s are states of different runs: %s", names[0], names[i], why)
		}
		if sorted[s.Index-1] != nil {
			return nil, nil, fmt.Errorf("%s and %s are both the state of shard %d/%d", from[s.Index-1], names[i],
				s.Index, s.Of)
		}
		sorted[s.Index-1], from[s.Index-1] = s, names[i]
	}
	for i, s := range sorted {
		if s == nil {
			return nil, nil, fmt.Errorf("the state of shard %d/%d is missing; merge needs all %[2]d", i+1, first.Of)
		}
		if s.Stopped != first.Stopped {
			return nil, nil, fmt.Errorf("%s and %s disagree about whether there is a table", from[0], from[i])
		}
	}
	return sorted, from, nil
}

// differ says what differs between two inputs, or returns "".
func (x *Inputs) differ(y *Inputs) string {
	switch {
	case x.Program != y.Program:
		return fmt.Sprintf("%s and %s", y.Program, x.Program)
	case x.AsOf != y.AsOf:
		return fmt.Sprintf("as of %s and %s", y.AsOf, x.AsOf)
	case x.Filter != y.Filter:
		return "their tables have different filters"
	}
	for i := range min(len(x.Files), len(y.Files)) {
		switch a, b := &x.Files[i], &y.Files[i]; {
		case a.Name != b.Name:
			return fmt.Sprintf("file %q and %q", b.Name, a.Name)
		case *a != *b:
			return fmt.Sprintf("%q has changed", a.Name)
		}
	}
	if len(x.Files) != len(y.Files) {
		return fmt.Sprintf("%d files and %d", len(y.Files), len(x.Files))
	}
	return ""
}

// mergeFiles returns the files of a run with what all states know of them.
func mergeFiles(states []*State) *policy.Files {
	known := states[0].Inputs.Files
	at := make([]map[policy.Pos]policy.Excerpt, len(known))
	for i := range at {
		at[i] = map[policy.Pos]policy.Excerpt{}
	}
	for _, s := range states {
		for _, x := range s.Excerpts {
			at[x.Pos.File-1][x.Pos] = x.Excerpt
		}
	}
	files := &policy.Files{}
	for i, f := range known {
		file := policy.NewExcerpts(f.Name, f.Size, at[i])
		file.Shipped = f.Shipped
		files.AddFile(file)
	}
	return files
}

// policy returns a policy on which checks give what they gave on the project's own.
func (w *Whole) policy(files *policy.Files, asOf policy.Date) *policy.Policy {
	p := &policy.Policy{
		Files: files,
		Catalog: &policy.Catalog{
			Product:     w.Product,
			Extends:     w.Extends,
			ExactUsers:  w.ExactUsers,
			Corrections: w.Corrections,
		},
		AsOf:         asOf,
		FailOn:       w.FailOn,
		Severities:   w.Severities,
		InFiles:      w.InFiles,
		External:     w.External,
		Suppressions: w.Suppressions,
	}
	for _, s := range w.Scopes {
		p.Scopes = append(p.Scopes, &policy.Scope{Index: s.Index, Level: s.Level, Path: s.Path,
			ScopeDetail: &policy.ScopeDetail{Pos: s.Pos}})
	}
	for _, r := range w.Rules {
		p.Rules = append(p.Rules, r.rule())
	}
	for _, x := range w.Waivers {
		y := &policy.Waiver{DeclaredWaiver: x.DeclaredWaiver, Signed: x.Signed}
		for _, u := range x.Beneficiaries {
			y.Beneficiaries = append(y.Beneficiaries, &policy.User{ID: u.ID, Name: u.Name})
		}
		p.Waivers = append(p.Waivers, y)
	}
	return p
}

func (r *Rule) rule() *policy.Rule {
	out := &policy.Rule{ID: r.ID, Severity: r.Severity, Message: r.Message, Help: r.Help, Pos: r.Pos}
	if r.Deny {
		out.Deny = &policy.Selector{}
	}
	if r.Count == nil {
		return out
	}
	h := &policy.Holders{Actions: r.Count.Actions, Groups: r.Count.Groups, Direct: r.Count.Direct,
		Bounds: r.Count.Bounds}
	if r.Count.Role != "" {
		h.Role = &policy.Role{ID: r.Count.Role}
	} else {
		h.Permission = &policy.Permission{ID: r.Count.Permission, Actions: r.Count.AllActions}
	}
	for _, id := range r.Count.Except {
		h.Except = append(h.Except, &policy.Role{ID: id})
	}
	out.Holders = h
	return out
}

// check returns what is wrong with the numbers in a state, or "". Whoever edits a state can also correct its checksum.
func (s *State) check() string {
	if s.Of < 1 || s.Index < 1 || s.Index > s.Of || s.Of > MostShards {
		return fmt.Sprintf("shard %d/%d", s.Index, s.Of)
	}
	if (s.Index == 1 && !s.Stopped) != (s.Whole != nil) {
		return "the part about the whole project is missing, or in the wrong state"
	}
	wrong := ""
	look := func(pos policy.Pos) {
		if pos.File < 0 || int(pos.File) > len(s.Inputs.Files) || pos.File > 0 && pos.End < pos.Off {
			wrong = "a place in no file"
		}
	}
	s.eachPos(look)
	for _, x := range s.Excerpts {
		if look(x.Pos); !x.Pos.IsValid() {
			wrong = "a place in no file"
		}
	}
	return wrong
}

// checkCounts returns an error if a state counts what no rule of the first one counts.
func checkCounts(states []*State, names []string) error {
	w := states[0].Whole
	known := map[int]bool{}
	for _, x := range w.Scopes {
		known[x.Index] = true
	}
	for i, s := range states {
		for _, t := range s.Part.Tallies {
			if t.Rule < 0 || t.Rule >= len(w.Rules) || w.Rules[t.Rule].Count == nil || !known[t.Scope] {
				return fmt.Errorf("%s is not the state of a shard: it counts what no rule does", names[i])
			}
		}
	}
	return nil
}
