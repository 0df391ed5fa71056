package fix

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// takeBack drops renames that cause an error in an entry, or a group cycle, and
// reports whether there are any: another name may be the right one.
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
			for _, p := range at[dropEnd(rel.Pos)] {
				r.leave(p, "renaming it to "+diag.Quote(p.right)+" would cause "+d.Rule+": "+d.Message)
				again = true
			}
		}
	}
	return again
}

// renamed returns the renames by the places of their names, and by the other
// places in the same entries.
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

// placesIn returns the places of the names in an entry.
func placesIn(e *policy.Entry) []policy.Pos {
	places := []policy.Pos{dropEnd(e.Pos)}
	if e.ScopePos.IsValid() {
		places = append(places, dropEnd(e.ScopePos))
	}
	for _, n := range e.Named() {
		places = append(places, dropEnd(n.Pos))
	}
	return places
}

// now returns the current place of a renamed name.
func (s *state) now(p *proposal) policy.Pos {
	off := p.origin
	for _, made := range s.history[p.file] {
		off = made.forward(off)
	}
	for i, f := range s.project.Files.All() {
		if f.Name == p.file {
			return policy.Pos{File: int32(i + 1), Off: uint32(off)}
		}
	}
	return policy.Pos{}
}
