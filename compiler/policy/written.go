package policy

import "slices"

// Written says in which files an entry or a membership counts for a rule.
type Written struct {
	Except []string // the globs of files in which it does not
	counts []bool   // by number of a file
}

// NewWritten returns the files that a predicate accepts.
func NewWritten(files *Files, accept func(path string) bool) *Written {
	w := &Written{counts: make([]bool, len(files.list)+1)}
	for i, f := range files.list {
		w.counts[i+1] = f.Rel != "" && accept(f.Path())
	}
	return w
}

// At reports whether a place is in one of the files. What is only tried out is in none.
func (w *Written) At(p Pos) bool {
	return p.IsValid() && int(p.File) < len(w.counts) && w.counts[p.File]
}

// Place is where an entry or a membership of a user, or of a group as group:ID, is written.
type Place struct {
	Of  string
	Pos Pos
}

// Elsewhere has places in other files at which entries and memberships are written as well: in CUE, references to
// them, one of each file.
type Elsewhere map[Place][]Pos

// Respelled returns the places with other spellings of user ids.
func (e Elsewhere) Respelled(spellings map[string]string) Elsewhere {
	if len(e) == 0 || len(spellings) == 0 {
		return e
	}
	out := Elsewhere{}
	for place, at := range e {
		if right, ok := spellings[place.Of]; ok {
			place.Of = right
		}
		out[place] = append(out[place], at...)
	}
	return out
}

// Of returns all places of an entry or a membership of a user or, unless that is nil, of a group.
func (e Elsewhere) Of(u *User, g *Group, pos Pos) []Pos {
	if len(e) == 0 {
		return []Pos{pos}
	}
	place := Place{"", pos}
	if g != nil {
		place.Of = "group:" + g.ID
	} else {
		place.Of = u.ID
	}
	return append([]Pos{pos}, e[place]...)
}

// IdleGlob is a glob of a rule that matches no file.
type IdleGlob struct {
	Ref
	Rule string
}

// Ways are the memberships as declared, by who is in a group.
type Ways struct {
	Users  map[string][]Step // by id
	Groups map[*Group][]Step
}

// Step is one membership.
type Step struct {
	Group *Group
	Pos   Pos
	Terms *Terms
	Also  []Pos // places in other files at which it is written as well
}

// on reports whether the membership counts on a day.
func (s *Step) on(day Date) bool {
	p, ok := s.Terms.Period()
	return ok && p.Covers(day)
}

// periods returns the dated ones among the memberships through which a user is, or comes to be, in groups.
func (w *Ways) periods(u *User) (list []Periods) {
	if w == nil {
		return nil
	}
	add := func(steps []Step) {
		for i := range steps {
			if p, ok := steps[i].Terms.Period(); ok && steps[i].Terms != nil {
				list = append(list, Periods{p})
			}
		}
	}
	add(w.Users[u.ID])
	for i := range u.Memberships {
		add(w.Groups[u.Memberships[i].Group])
	}
	return list
}

// Through returns, for each group that a user is in on a day, the memberships on any way into it for whose places a
// predicate holds: one of each file.
func (w *Ways) Through(u *User, day Date, holds func(Pos) bool) map[*Group][]Pos {
	found := map[*Group][]Pos{}
	follow := func(steps []Step, before []Pos) {
		for i := range steps {
			s := &steps[i]
			if !s.on(day) {
				continue
			}
			list := found[s.Group]
			for _, p := range before {
				list = addFile(list, p)
			}
			if holds(s.Pos) {
				list = addFile(list, s.Pos)
			}
			for _, p := range s.Also {
				if holds(p) {
					list = addFile(list, p)
				}
			}
			found[s.Group] = list
		}
	}
	follow(w.Users[u.ID], nil)
	for _, g := range w.innermostFirst(u, day) {
		follow(w.Groups[g], found[g])
	}
	return found
}

// addFile adds a place unless there is one of its file.
func addFile(list []Pos, p Pos) []Pos {
	if slices.ContainsFunc(list, func(x Pos) bool { return x.File == p.File }) {
		return list
	}
	return append(list, p)
}

// innermostFirst returns the groups that a user is in on a day, each before those that it is in.
func (w *Ways) innermostFirst(u *User, day Date) (list []*Group) {
	seen := map[*Group]bool{}
	var visit func(steps []Step)
	visit = func(steps []Step) {
		for i := range steps {
			if s := &steps[i]; s.on(day) && !seen[s.Group] {
				seen[s.Group] = true
				visit(w.Groups[s.Group])
				list = append(list, s.Group)
			}
		}
	}
	visit(w.Users[u.ID])
	slices.Reverse(list)
	return list
}

// AsksWhere reports whether a rule depends on where something is written.
func (r *DeclaredRule) AsksWhere() bool {
	return r.Forbid != nil && len(r.Forbid.Files)+len(r.Forbid.ExceptFiles) > 0
}

// AnyAsksWhere reports whether one of some rules does.
func AnyAsksWhere(list []DeclaredRule) bool {
	return slices.ContainsFunc(list, func(r DeclaredRule) bool { return r.AsksWhere() })
}
