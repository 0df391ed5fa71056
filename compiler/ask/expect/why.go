package expect

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Cause is one reason why somebody fails an expectation.
type Cause struct {
	Kind       string // one of the kinds below
	Message    string // to stand after the user
	Permission *policy.Permission
	Scope      *policy.Scope  // or nil
	Row        *policy.Row    // what is found, with its sources, or nil
	Rule       *policy.Rule   // that withholds, or nil
	See        []diag.Related // entries that would give it
}

// The kinds of causes.
const (
	Held       = "held"       // and must not be
	NotHeld    = "not-held"   // nothing gives it
	Elsewhere  = "elsewhere"  // held on other scopes
	Incomplete = "incomplete" // without an action that is asked for
	OtherRole  = "other-role" // not through the role that is named
	Withheld   = "withheld"   // by a deny rule
	Invited    = "invited"    // and has not accepted
	Disabled   = "disabled"
	Expired    = "expired"     // an entry would give it
	NotYet     = "not-yet"     // an entry will give it
	Rejected   = "rejected"    // an entry that would give it is at fault
	Unmet      = "unmet"       // the requirement that it is derived from
	WrongLevel = "wrong-level" // it never stands on such a scope
	Deprecated = "deprecated"  // nobody can hold it
)

// most is how many causes are shown of one user, and how many of a kind of
// thing within a cause.
const most = 5

// miss explains why a user fails: on a later day only by what is held then.
func (e *Expectation) miss(p *policy.Policy, a *policy.Access, from policy.Date) Miss {
	m := Miss{User: a.User, From: from}
	if !e.Entry.Can.Given() {
		for i := range a.Rows {
			if e.breaks(&a.Rows[i]) {
				m.Causes = append(m.Causes, e.held(&a.Rows[i]))
			}
		}
	}
	if !e.Entry.Cannot.Given() && from == 0 {
		for _, x := range e.permissions {
			if !e.can(a, x) {
				m.Causes = append(m.Causes, e.lacks(p, a, x)...)
			}
		}
	}
	if len(m.Causes) > most {
		m.More, m.Causes = len(m.Causes)-most, m.Causes[:most]
	}
	return m
}

// held is a row that must not be there.
func (e *Expectation) held(r *policy.Row) Cause {
	set := r.Actions & e.asked(r.Permission)
	c := found(Held, r, "holds %s", phrase(r.Permission, set, r.Scope))
	if len(e.permissions) > 0 && e.Entry.IsOnly {
		c.Message += ", which is not among them"
	}
	return c
}

func found(kind string, r *policy.Row, format string, args ...any) Cause {
	return Cause{Kind: kind, Message: fmt.Sprintf(format, args...), Permission: r.Permission, Scope: r.Scope, Row: r.Clone()}
}

// phrase is a permission with actions, where it has several, on a scope.
func phrase(p *policy.Permission, set policy.Actions, on *policy.Scope) string {
	text := fmt.Sprintf("%q", p.ID)
	if len(p.Actions) > 1 && set != 0 {
		text += " (" + policy.JoinNames(p.Names(set), ", ") + ")"
	}
	if on != nil {
		text += fmt.Sprintf(" on %q", on.Path)
	}
	return text
}

// lacks is why a user cannot do what is named.
func (e *Expectation) lacks(p *policy.Policy, a *policy.Access, x *policy.Permission) (list []Cause) {
	if e.Entry.Can.Given() && e.scope != nil && !x.Levels.Has(e.scope.Level) {
		return []Cause{e.because(WrongLevel, x, "cannot hold %q on %q: that is a %s, and the permission stands on a %s", x.ID, e.scope.Path,
			p.Catalog.Levels[e.scope.Level], policy.JoinNames(p.Catalog.LevelNames(x.Levels), " or "))}
	}
	var other []*policy.Scope
	for i := range a.Rows {
		switch r := &a.Rows[i]; {
		case r.Permission != x:
		case !e.covers(r.Scope):
			if r.Held() {
				other = append(other, r.Scope)
			}
		default:
			list = append(list, e.short(a.User, r)...)
		}
	}
	if len(list) == 0 && len(other) > 0 {
		list = append(list, e.because(Elsewhere, x, "holds %s on %s, and not on %q", phrase(x, 0, nil), paths(other), e.scope.Path))
	}
	list = append(list, e.entries(p, a.User, x)...)
	if len(list) == 0 {
		list = append(list, e.nothing(x))
	}
	return list
}

func (e *Expectation) because(kind string, x *policy.Permission, format string, args ...any) Cause {
	return Cause{Kind: kind, Message: fmt.Sprintf(format, args...), Permission: x, Scope: e.scope}
}

func paths(list []*policy.Scope) string {
	var text []string
	for _, s := range list[:min(most, len(list))] {
		text = append(text, fmt.Sprintf("%q", s.Path))
	}
	if n := len(list) - most; n > 0 {
		text = append(text, fmt.Sprintf("%d more", n))
	}
	return strings.Join(text, ", ")
}

// short is why a row does not have what is asked for.
func (e *Expectation) short(u *policy.User, r *policy.Row) (list []Cause) {
	x := r.Permission
	if e.meets(r, x) && u.Disabled {
		return []Cause{found(Disabled, r, "is disabled: %s is held once the user is enabled again", phrase(x, 0, r.Scope))}
	}
	if e.meets(r, x) {
		return []Cause{found(Invited, r, "is invited: an invitation gives %s once it is accepted", phrase(x, 0, r.Scope))}
	}
	wanted := e.asked(x)
	for _, w := range r.Withheld {
		i := slices.Index(x.Actions, w.Action)
		if wanted>>i&1 == 0 || len(e.Entry.Actions) == 0 && r.Held() {
			continue
		}
		c := found(Withheld, r, "has %q of %q on %q withheld by rule %s%s", w.Action, x.ID, r.Scope.Path, w.Rule.ID, said(w.Rule))
		c.Rule = w.Rule
		list = append(list, c)
	}
	missing := wanted &^ r.Actions
	if len(e.Entry.Actions) > 0 && missing&given(r) != missing {
		list = append(list, found(Incomplete, r, "holds %s without %s", phrase(x, r.Actions, r.Scope), policy.JoinNames(x.Names(missing&^given(r)), ", ")))
	}
	if e.role != nil && len(list) == 0 {
		set := r.Actions &^ e.left(r)
		list = append(list, found(OtherRole, r, "holds %s, but not through %q", phrase(x, set, r.Scope), e.role.ID))
	}
	return list
}

// given are the actions that sources give, withheld or not.
func given(r *policy.Row) (set policy.Actions) {
	for i := range r.Via {
		set |= r.Via[i].Actions
	}
	return set
}

// said is a rule's message, to stand behind its id.
func said(r *policy.Rule) string {
	if r.Message == "" {
		return ""
	}
	return ": " + r.Message
}

// entries are those that would give the permission and do not: out of force,
// or rejected.
func (e *Expectation) entries(p *policy.Policy, u *policy.User, x *policy.Permission) (list []Cause) {
	look := func(entries []policy.Entry, in *policy.Membership) {
		for i := range entries {
			n := &entries[i]
			if kind, text := e.idle(n, u, in); kind != "" && e.gives(p, n, x) {
				c := e.because(kind, x, "%s", text)
				c.See = []diag.Related{{Pos: n.Pos, Message: "the entry here"}}
				if !in.In(e.AsOf) {
					c.See = append(c.See, diag.Related{Pos: in.Pos, Message: "the membership here"})
				}
				list = append(list, c)
			}
		}
	}
	look(u.Entries, nil)
	for i := range u.Memberships {
		look(u.Memberships[i].Group.Entries, &u.Memberships[i])
	}
	return list
}

// idle is why an entry gives nothing on the day, if it does not.
func (e *Expectation) idle(n *policy.Entry, u *policy.User, in *policy.Membership) (kind, text string) {
	through := ""
	if n.Role != nil {
		through = fmt.Sprintf("through %q on %q", n.Role.ID, n.Scope.Path)
	} else {
		through = "through the grant of " + phrase(n.Permission, n.Actions, n.Scope)
	}
	switch fault := n.FaultFor(u); {
	case fault != 0:
		return Rejected, fmt.Sprintf("would have it %s, which is rejected: %s", through, fault)
	case n.Starts > e.AsOf:
		return NotYet, fmt.Sprintf("will have it %s from %s on", through, n.Starts)
	case n.Ends.End() < e.AsOf:
		return Expired, fmt.Sprintf("had it %s until %s", through, n.Ends)
	case !in.In(e.AsOf) && in.Periods.Over(e.AsOf):
		return Expired, fmt.Sprintf("would have it %s, but the membership of group %q %s", through, in.Group.ID, in.Idle(e.AsOf))
	case !in.In(e.AsOf):
		return NotYet, fmt.Sprintf("would have it %s, but the membership of group %q %s", through, in.Group.ID, in.Idle(e.AsOf))
	}
	return "", ""
}

// gives reports whether an entry would give a permission where it is looked
// for, with an action that is.
func (e *Expectation) gives(p *policy.Policy, n *policy.Entry, x *policy.Permission) bool {
	if n.Permission == x && n.Actions&e.asked(x) == 0 {
		return false
	}
	if e.scope != nil && e.Entry.Can.Given() {
		return n.Gives(x, e.scope)
	}
	return slices.ContainsFunc(p.Scopes, func(s *policy.Scope) bool { return e.covers(s) && n.Gives(x, s) })
}

// nothing is what there is to say where nothing gives the permission.
func (e *Expectation) nothing(x *policy.Permission) Cause {
	where := "anywhere"
	if e.scope != nil {
		where = fmt.Sprintf("on %q", e.scope.Path)
	}
	switch {
	case x.Deprecated != "":
		return e.because(Deprecated, x, "does not hold %q: it is deprecated, so nobody can", x.ID)
	case x.When != nil:
		return e.because(Unmet, x, "does not hold %q %s: it is derived, and what it needs is not met: %s", x.ID, where, x.When)
	}
	return e.because(NotHeld, x, "does not hold %q %s: nothing gives it", x.ID, where)
}
