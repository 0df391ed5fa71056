package expect

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Cause is one reason why a user fails an expectation.
type Cause struct {
	Kind       string // one of the kinds below
	Message    string // completes a sentence that begins with the user
	Permission *policy.Permission
	Scope      *policy.Scope  // or nil
	Row        *policy.Row    // the row found, with its sources, or nil
	Rule       *policy.Rule   // the deny rule, or nil
	See        []diag.Related // the entries that would give it
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
	Rejected   = "rejected"    // an entry that would give it is rejected
	Unmet      = "unmet"       // the requirement of a derived permission
	WrongLevel = "wrong-level" // it never applies to such a scope
	Deprecated = "deprecated"  // nobody can hold it
)

// mostCauses limits the causes shown for one user, and the scopes in one cause.
const mostCauses = 5

// miss explains why a user fails. On a later day only held permissions count.
func (e *Expectation) miss(p *policy.Policy, h *held, from policy.Date) Miss {
	m := Miss{User: h.User, From: from}
	if e.never != nil {
		m.Causes = []Cause{*e.never}
		return m
	}
	if !e.Entry.Can.Given() {
		for r := range h.rows(e, e.only()) {
			if e.breaks(r) {
				m.Causes = append(m.Causes, e.held(r))
			}
		}
	}
	if !e.Entry.Cannot.Given() && from == 0 {
		for _, x := range e.permissions {
			if !e.can(h, x) {
				m.Causes = append(m.Causes, e.lacks(p, h.Access, x)...)
			}
		}
	}
	if len(m.Causes) > mostCauses {
		m.More, m.Causes = len(m.Causes)-mostCauses, m.Causes[:mostCauses]
	}
	return m
}

// vacuous returns why nobody can ever hold what nobody may, or nil. Such an expectation fails: it would pass for
// another reason than its author thinks.
func (e *Expectation) vacuous(c *policy.Catalog) *Cause {
	var cause Cause
	switch x := e.permissions[0]; {
	case x.Deprecated != "":
		cause = e.because(Deprecated, x, "cannot hold %q anyway: it is deprecated, so this could never fail", x.ID)
	case e.scope != nil && c.BelowAny(1<<e.scope.Level)&x.Levels == 0:
		cause = e.because(WrongLevel, x,
			"cannot hold %q on or below %q anyway: it is held on a %s, so this could never fail", x.ID,
			e.scope.Path, strings.Join(c.LevelNames(x.Levels), " or "))
	default:
		return nil
	}
	return &cause
}

// held returns the cause for a row that must not be there.
func (e *Expectation) held(r *policy.Row) Cause {
	set := r.Actions & e.asked(r.Permission)
	c := causeOf(Held, r, "holds %s", describePermission(r.Permission, set, r.Scope))
	if len(e.permissions) > 0 && e.Entry.IsOnly {
		c.Message += ", which is not in the list"
	}
	return c
}

func causeOf(kind string, r *policy.Row, format string, args ...any) Cause {
	return Cause{
		Kind:       kind,
		Message:    fmt.Sprintf(format, args...),
		Permission: r.Permission,
		Scope:      r.Scope,
		Row:        r.Clone(),
	}
}

// describePermission returns a permission with its actions, if it has several, and its scope.
func describePermission(p *policy.Permission, set policy.Actions, on *policy.Scope) string {
	text := fmt.Sprintf("%q", p.ID)
	if len(p.Actions) > 1 && set != 0 {
		text += " (" + policy.JoinNames(p.Names(set), ", ") + ")"
	}
	if on != nil {
		text += fmt.Sprintf(" on %q", on.Path)
	}
	return text
}

// lacks returns the reasons why a user cannot do what the expectation names.
func (e *Expectation) lacks(p *policy.Policy, a *policy.Access, x *policy.Permission) (list []Cause) {
	if e.Entry.Can.Given() && e.scope != nil && !x.Levels.Has(e.scope.Level) {
		return []Cause{e.because(WrongLevel, x, "cannot hold %q on %q: that is a %s, the permission applies to a %s",
			x.ID, e.scope.Path,
			p.Catalog.Levels[e.scope.Level], strings.Join(p.Catalog.LevelNames(x.Levels), " or "))}
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
		list = append(list, e.because(Elsewhere, x, "holds %s on %s, but not on %q", describePermission(x, 0, nil),
			listPaths(other), e.scope.Path))
	}
	list = append(list, e.conditional(p, a, x)...)
	list = append(list, e.entries(p, a.User, x)...)
	if len(list) == 0 {
		list = append(list, e.nothing(x))
	}
	return list
}

func (e *Expectation) because(kind string, x *policy.Permission, format string, args ...any) Cause {
	return Cause{Kind: kind, Message: fmt.Sprintf(format, args...), Permission: x, Scope: e.scope}
}

func listPaths(list []*policy.Scope) string {
	var text []string
	for _, s := range list[:min(mostCauses, len(list))] {
		text = append(text, fmt.Sprintf("%q", s.Path))
	}
	if n := len(list) - mostCauses; n > 0 {
		text = append(text, fmt.Sprintf("%d more", n))
	}
	return strings.Join(text, ", ")
}

// short returns the reasons why a row falls short of the expectation.
func (e *Expectation) short(u *policy.User, r *policy.Row) (list []Cause) {
	x := r.Permission
	if e.meets(r, x) && u.Disabled {
		return []Cause{causeOf(Disabled, r, "is disabled: %s is held once the user is enabled again",
			describePermission(x, 0, r.Scope))}
	}
	if e.meets(r, x) {
		return []Cause{causeOf(Invited, r, "is invited and gets %s on accepting the invitation",
			describePermission(x, 0, r.Scope))}
	}
	wanted := e.asked(x)
	for _, w := range r.Withheld {
		i := slices.Index(x.Actions, w.Action)
		if wanted>>i&1 == 0 || len(e.Entry.Actions) == 0 && r.Held() {
			continue
		}
		c := causeOf(Withheld, r, "has %q of %q on %q withheld by rule %s%s", w.Action, x.ID, r.Scope.Path, w.Rule.ID,
			ruleMessage(w.Rule))
		c.Rule = w.Rule
		list = append(list, c)
	}
	missing := wanted &^ r.Actions
	if len(e.Entry.Actions) > 0 && missing&givenActions(r) != missing {
		list = append(list, causeOf(Incomplete, r, "holds %s without %s", describePermission(x, r.Actions, r.Scope),
			policy.JoinNames(x.Names(missing&^givenActions(r)), ", ")))
	}
	if e.role != nil && len(list) == 0 {
		set := r.Actions &^ e.left(r)
		list = append(list, causeOf(OtherRole, r, "holds %s, but not through %q", describePermission(x, set, r.Scope),
			e.role.ID))
	}
	return list
}

// givenActions returns the actions that the sources of a row give, withheld or not.
func givenActions(r *policy.Row) (set policy.Actions) {
	for i := range r.Via {
		set |= r.Via[i].Actions
	}
	return set
}

// ruleMessage returns a rule's message, to follow its id.
func ruleMessage(r *policy.Rule) string {
	if r.Message == "" {
		return ""
	}
	return ": " + r.Message
}

// entries returns causes for entries that would give the permission but do not: out of force, or rejected.
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

// conditional returns a cause for each held role that gives the permission only to users who meet a condition.
func (e *Expectation) conditional(p *policy.Policy, a *policy.Access, x *policy.Permission) (list []Cause) {
	for _, s := range p.Scopes {
		if !e.covers(s) || e.Entry.Can.Given() && e.scope != nil && s != e.scope {
			continue
		}
		for _, c := range a.Conditionals(x, e.asked(x), s) {
			cause := e.because(Unmet, x, "has role %q on %q, which gives %q only with %s", c.Held.Role.ID,
				c.Held.Scope.Path, x.ID, c.Cell.When)
			if !slices.ContainsFunc(list, func(o Cause) bool { return o.Message == cause.Message }) {
				cause.See = []diag.Related{{Pos: c.Held.Entry.Pos, Message: "the entry here"}}
				list = append(list, cause)
			}
		}
	}
	return list
}

// idle says why an entry gives nothing on the day, if so.
func (e *Expectation) idle(n *policy.Entry, u *policy.User, in *policy.Membership) (kind, text string) {
	through := ""
	if n.Role != nil {
		through = fmt.Sprintf("through %q on %q", n.Role.ID, n.Scope.Path)
	} else {
		through = "through the grant of " + describePermission(n.Permission, n.Actions, n.Scope)
	}
	switch fault := n.FaultFor(u); {
	case fault != 0:
		return Rejected, fmt.Sprintf("would hold it %s, but that is rejected: %s", through, fault)
	case n.Starts > e.AsOf:
		return NotYet, fmt.Sprintf("will hold it %s from %s", through, n.Starts)
	case n.Ends.End() < e.AsOf:
		return Expired, fmt.Sprintf("held it %s until %s", through, n.Ends)
	case !in.In(e.AsOf) && in.Periods.Over(e.AsOf):
		return Expired, fmt.Sprintf("would have it %s, but the membership of group %q %s", through, in.Group.ID,
			in.Idle(e.AsOf))
	case !in.In(e.AsOf):
		return NotYet, fmt.Sprintf("would have it %s, but the membership of group %q %s", through, in.Group.ID,
			in.Idle(e.AsOf))
	}
	return "", ""
}

// gives reports whether an entry would give a permission, with one of the named actions, on a scope that the
// expectation covers.
func (e *Expectation) gives(p *policy.Policy, n *policy.Entry, x *policy.Permission) bool {
	if n.Permission == x && n.Actions&e.asked(x) == 0 {
		return false
	}
	if e.scope != nil && e.Entry.Can.Given() {
		return n.Gives(x, e.scope)
	}
	return slices.ContainsFunc(p.Scopes, func(s *policy.Scope) bool { return e.covers(s) && n.Gives(x, s) })
}

// nothing returns the cause if nothing gives the permission.
func (e *Expectation) nothing(x *policy.Permission) Cause {
	where := "anywhere"
	if e.scope != nil {
		where = fmt.Sprintf("on %q", e.scope.Path)
	}
	switch {
	case x.Deprecated != "":
		return e.because(Deprecated, x, "does not hold %q: nobody can hold a deprecated permission", x.ID)
	case x.When != nil:
		return e.because(Unmet, x, "does not hold %q %s: it is derived, and its requirement is not met: %s", x.ID,
			where, x.When)
	}
	return e.because(NotHeld, x, "does not hold %q %s: nothing gives it", x.ID, where)
}
