package fix

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// takeBack leaves out renames that make an error of an entry, or of a group that
// is in itself then, and reports whether there are any: the name meant may be
// another one.
func (r *runner) takeBack() (again bool) {
	if len(r.now.done) == 0 {
		return false
	}
	at := r.now.renamed()
	for i := range r.now.findings {
		d := &r.now.findings[i]
		if d.Severity != diag.Error || d.Silenced() {
			continue
		}
		for _, rel := range append([]diag.Related{{Pos: d.Pos}}, d.Related...) {
			for _, p := range at[start(rel.Pos)] {
				r.leave(p, "as "+diag.Quote(p.right)+" it would be "+d.Rule+": "+d.Message)
				again = true
			}
		}
	}
	return again
}

// renamed are the renames by the places of their names, and by the others in
// the entries that these are in.
func (s *state) renamed() map[policy.Pos][]*proposal {
	at := map[policy.Pos][]*proposal{}
	for _, p := range s.done {
		place := s.now(p)
		at[place] = append(at[place], p)
	}
	more := map[policy.Pos][]*proposal{}
	look := func(list []policy.Entry) {
		for i := range list {
			places := placesIn(&list[i])
			for _, place := range places {
				for _, other := range places {
					if place != other && len(at[place]) > 0 {
						more[other] = append(more[other], at[place]...)
					}
				}
			}
		}
	}
	if s.project.Policy == nil {
		return at
	}
	for _, u := range s.project.Policy.Users {
		look(u.Entries)
	}
	for _, g := range s.project.Policy.Groups {
		look(g.Entries)
	}
	for place, list := range more {
		at[place] = append(at[place], list...)
	}
	return at
}

// placesIn are those of what an entry names.
func placesIn(e *policy.Entry) []policy.Pos {
	places := []policy.Pos{start(e.Pos)}
	if e.ScopePos.IsValid() {
		places = append(places, start(e.ScopePos))
	}
	for _, n := range e.Named() {
		places = append(places, start(n.Pos))
	}
	return places
}

// now is where a renamed name is.
func (s *state) now(p *proposal) policy.Pos {
	off := p.origin
	for _, made := range s.history[p.file] {
		off = made.forward(off)
	}
	for i, f := range s.project.Files.All() {
		if f.Name == p.file {
			return policy.Pos{File: int32(i + 1), Off: int32(off)}
		}
	}
	return policy.Pos{}
}
