package review

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// addLines adds the lines that give a row marked for removal.
func (o *Outcome) addLines(a *asked, groups map[groupEntry]*use) {
	if o.sheet.Rows[a.row].Decision != Remove {
		return
	}
	r := &a.table
	for i := range r.Via {
		v := &r.Via[i]
		switch u := groups[groupEntry{v.Pos, v.Group}]; {
		case Lineless(r.User, v):
		case v.Group == nil:
			o.addLine(DropEntry, v.Pos, r, v)
		case u.removed == u.rows: // nobody keeps anything it gives
			o.addLine(DropGroupEntry, v.Pos, r, v).Group = v.Group
		default:
			for _, m := range o.named(r.User, v.Group) {
				o.addLine(LeaveGroup, m.Pos, r, v).Group = m.Group
			}
		}
	}
}

// Lineless reports whether no line of a declaration gives a source: it is derived, or the product's default.
func Lineless(u *policy.User, v *policy.Via) bool {
	return v.Kind == policy.FromDerived || v.Group == nil && v.Pos == u.Pos
}

// leadsTo reports whether a member of one group is a member of the other.
func leadsTo(inner, outer *policy.Group) bool {
	return inner == outer || inner.IsWithin(outer)
}

// addLine returns the line at a position, and adds it if it is new.
func (o *Outcome) addLine(k LineKind, pos policy.Pos, r *policy.Row, v *policy.Via) *Line {
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

// Places returns the positions of the lines to change.
func (o *Outcome) Places() map[policy.Pos]bool {
	places := map[policy.Pos]bool{}
	for pos := range o.lines {
		places[pos] = true
	}
	return places
}

// linesOf returns the lines to change that give a row.
func (o *Outcome) linesOf(r *policy.Row) (list []*Line) {
	for i := range r.Via {
		v := &r.Via[i]
		if l := o.lines[v.Pos]; l != nil && !Lineless(r.User, v) {
			list = append(list, l)
		}
		if v.Group == nil {
			continue
		}
		for _, m := range o.named(r.User, v.Group) {
			if l := o.lines[m.Pos]; l != nil {
				list = append(list, l)
			}
		}
	}
	return policy.KeepFirst(list, 0)
}

// Settle takes the effects on everybody, in order of user.
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
			o.addStay(e)
		case e.kind == sooner && decision == Keep:
			o.Problems = append(o.Problems, Problem{Kind: "kept-row-ends", Warning: true, Where: e.ref.Where,
				Message: "marked keep, but would expire earlier: " + e.until,
				Help:    "extend the remaining entry to keep it as long"})
		}
		for _, l := range e.lines {
			l.add(e, decision, listed)
		}
	}
	for _, l := range o.Lines {
		o.addBroken(l)
	}
}

// add files a row by its effect, as seen from a line.
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

// addStay adds a problem for a row that remains.
func (o *Outcome) addStay(e *Effect) {
	s := Stay{e.ref, e.left}
	o.Stays = append(o.Stays, s)
	o.Problems = append(o.Problems, Problem{Kind: Stays, Where: e.ref.Where,
		Message: "marked for removal, but still granted after all the changes listed here",
		Help:    strings.Join(s.Advice(), "; ")})
}

// addBroken adds problems for rows to keep that would be lost, in whole or in part.
func (o *Outcome) addBroken(l *Line) {
	for i := range l.Kept {
		goes := "remove it too"
		if loses := l.Kept[i].Loses; loses != "" {
			goes = "take away " + loses
		}
		o.Problems = append(o.Problems, Problem{Kind: "kept-row-lost", Where: l.Kept[i].Where,
			Message: "marked keep, but removing " + l.describe() + " would " + goes,
			Help:    "these rows come from one line: keep all of them, or replace the line with something narrower"})
	}
}

// describe says what the line gives.
func (l *Line) describe() string {
	switch {
	case l.Kind == LeaveGroup:
		return fmt.Sprintf("the membership of %q", l.Group.ID)
	case l.Role != nil:
		return fmt.Sprintf("%q on %q", l.Role.ID, l.Scope.Path)
	}
	return fmt.Sprintf("the grant of %q on %q", l.Permission.ID, l.Scope.Path)
}

// Advice says what to do about a row that no line gives by itself.
func (s *Stay) Advice() (list []string) {
	for i := range s.Sources {
		v := &s.Sources[i]
		text := "another line gives it"
		switch {
		case v.Kind == policy.FromDerived && s.Row.Permission.When != nil:
			text = fmt.Sprintf("it is derived from %s; remove one of these (see permc explain %s %s -s %s)",
				s.Row.Permission.When, quoteName(s.Row.User.ID), s.Row.Permission.ID, s.Row.Scope.Path)
		case Lineless(s.Row.User, v):
			text = fmt.Sprintf("the product gives %q to users without a role: assign another role, or delete the user",
				v.Role.ID)
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}
