package review

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// ask adds the lines that give a row that is to be removed.
func (o *Outcome) ask(a *asked, groups map[groupEntry]*use) {
	if o.sheet.Rows[a.row].Decision != Remove {
		return
	}
	r := &a.table
	for i := range r.Via {
		v := &r.Via[i]
		switch u := groups[groupEntry{v.Pos, v.Group}]; {
		case Lineless(r.User, v):
		case v.Group == nil:
			o.line(DropEntry, v.Pos, r, v)
		case u.removed == u.rows: // nobody is to keep anything that it gives
			o.line(DropGroupEntry, v.Pos, r, v).Group = v.Group
		default:
			for _, m := range o.named(r.User) {
				if leads(m.Group, v.Group) {
					o.line(LeaveGroup, m.Pos, r, v).Group = m.Group
				}
			}
		}
	}
}

// Lineless reports whether no line of a declaration gives a source: what is
// derived, and what the product gives by default.
func Lineless(u *policy.User, v *policy.Via) bool {
	return v.Kind == policy.FromDerived || v.Group == nil && v.Pos == u.Pos
}

// leads reports whether a member of one group is a member of the other.
func leads(inner, outer *policy.Group) bool {
	return inner == outer || inner.IsWithin(outer)
}

// line is the line at a place, which is added if it is new.
func (o *Outcome) line(k LineKind, pos policy.Pos, r *policy.Row, v *policy.Via) *Line {
	if l := o.lines[pos]; l != nil {
		return l
	}
	l := &Line{Kind: k, Pos: pos, User: r.User, Scope: v.Scope, Role: v.Role}
	switch {
	case v.From != nil:
		l.Role = v.From
	case v.Role == nil && v.Implier != nil:
		l.Permission = v.Implier
	case v.Role == nil:
		l.Permission = r.Permission
	}
	o.lines[pos] = l
	o.Lines = append(o.Lines, l)
	return l
}

// Places are those of the lines to change.
func (o *Outcome) Places() map[policy.Pos]bool {
	places := map[policy.Pos]bool{}
	for pos := range o.lines {
		places[pos] = true
	}
	return places
}

// through are the lines to change that a row comes through.
func (o *Outcome) through(r *policy.Row) (list []*Line) {
	for i := range r.Via {
		v := &r.Via[i]
		if l := o.lines[v.Pos]; l != nil && !Lineless(r.User, v) {
			list = union(list, []*Line{l})
		}
		if v.Group == nil {
			continue
		}
		for _, m := range o.named(r.User) {
			if l := o.lines[m.Pos]; l != nil && leads(m.Group, v.Group) {
				list = union(list, []*Line{l})
			}
		}
	}
	return list
}

func union(list, more []*Line) []*Line {
	for _, l := range more {
		if !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	return list
}

// Settle takes what the changes do to everybody, in order of user.
func (o *Outcome) Settle(effects []Effect) {
	for i := range effects {
		e := &effects[i]
		decision, listed := Undecided, e.sheet >= 0
		if listed {
			decision = o.sheet.Rows[e.sheet].Decision
		}
		switch {
		case e.kind == gained:
			o.Gained = append(o.Gained, e.ref.Row)
		case e.kind == stays && decision == Remove:
			o.stay(e)
		case e.kind == sooner && decision == Keep:
			o.Problems = append(o.Problems, Problem{Kind: "kept-row-ends", Warning: true, Where: e.ref.Where,
				Message: "is to be kept, and would end earlier: " + e.until, Help: "extend what is left of it, if it is to last"})
		}
		for _, l := range e.lines {
			l.add(e, decision, listed)
		}
	}
	for _, l := range o.Lines {
		o.breaks(l)
	}
}

// add puts a row where it belongs, as seen from a line.
func (l *Line) add(e *Effect, decision Decision, listed bool) {
	if e.ref.Row.User != l.User && l.Kind != DropGroupEntry {
		l.Shared = true
	}
	to := &l.Unlisted
	switch {
	case decision == Remove:
		to = &l.Asked
	case e.kind == stays:
		to = &l.Stays
	case e.kind == sooner:
		to = &l.Ends
	case decision == Keep:
		to = &l.Kept
	case e.ref.Row.User != l.User:
		to = &l.Others
	case listed:
		to = &l.Undecided
	}
	*to = append(*to, e.ref)
}

// stay says that a row is there still.
func (o *Outcome) stay(e *Effect) {
	s := Stay{e.ref, e.left}
	o.Stays = append(o.Stays, s)
	o.Problems = append(o.Problems, Problem{Kind: Stays, Where: e.ref.Where,
		Message: "is to be removed, and is there still when every line is changed", Help: strings.Join(s.Advice(), "; ")})
}

// breaks says that rows go that are to be kept, or something of them.
func (o *Outcome) breaks(l *Line) {
	for i := range l.Kept {
		goes := "goes"
		if loses := l.Kept[i].Loses; loses != "" {
			goes = "loses " + loses
		}
		o.Problems = append(o.Problems, Problem{Kind: "kept-row-lost", Where: l.Kept[i].Where,
			Message: "is to be kept, and " + goes + " with " + l.what(),
			Help:    "what a line gives stays or goes together: keep all of it, or write something narrower in its place"})
	}
}

// what a line gives, in words.
func (l *Line) what() string {
	switch {
	case l.Kind == LeaveGroup:
		return fmt.Sprintf("the membership of %q", l.Group.ID)
	case l.Role != nil:
		return fmt.Sprintf("%q on %q", l.Role.ID, l.Scope.Path)
	}
	return fmt.Sprintf("the grant of %q on %q", l.Permission.ID, l.Scope.Path)
}

// Advice is what to do about a row that no line of its own gives.
func (s *Stay) Advice() (list []string) {
	for i := range s.Sources {
		v := &s.Sources[i]
		text := "another line gives it"
		switch {
		case v.Kind == policy.FromDerived && s.Row.Permission.When != nil:
			text = fmt.Sprintf("it is derived: held by whoever has %s; take some of that away (permc explain %s %s -s %s says what)",
				s.Row.Permission.When, quoted(s.Row.User.ID), s.Row.Permission.ID, s.Row.Scope.Path)
		case Lineless(s.Row.User, v):
			text = fmt.Sprintf("the product gives %q to whoever has no role: assign another one, or delete the user", v.Role.ID)
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}
