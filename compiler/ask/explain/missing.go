package explain

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// whyNot finds every prerequisite that is not met.
func (a *Answer) whyNot(targets []*policy.Scope) {
	if a.Permission.Deprecated != "" {
		a.miss("a permission in use", policy.Pos{}, "%q is deprecated: %s", a.Permission.ID, a.Permission.Deprecated)
	}
	if len(targets) == 0 {
		a.wrongLevel()
	}
	if a.User.Waits() {
		if a.User.Invited {
			a.miss("an accepted invitation", a.User.Pos, "%s is invited and holds nothing until they accept",
				diag.Quote(a.User.ID))
		} else {
			m := a.miss("a user who is not disabled", a.User.Pos,
				"%s is disabled: nothing is held until the user is enabled again", diag.Quote(a.User.ID))
			m.Help = "remove status: disabled"
		}
		if slices.ContainsFunc(a.Rows, func(r policy.Row) bool { return a.Holds(&r) }) {
			return
		}
	}
	before := len(a.Missing)
	a.withheld(targets)
	a.unmet()
	a.conditional(targets)
	a.idle()
	a.stopped()
	a.elsewhere()
	if a.Permission.When == nil && a.Permission.Deprecated == "" &&
		(len(a.Missing) == before || a.onlyElsewhere(before)) && len(targets) > 0 {
		a.noEntry(targets)
	}
}

func (a *Answer) miss(requirement string, pos policy.Pos, format string, args ...any) *Missing {
	a.Missing = append(a.Missing, Missing{Requirement: requirement, Message: fmt.Sprintf(format, args...), Pos: pos})
	return &a.Missing[len(a.Missing)-1]
}

// wrongLevel says where the permission applies.
func (a *Answer) wrongLevel() {
	levels := strings.Join(a.Policy.Catalog.LevelNames(a.Permission.Levels), " or ")
	if a.Scope == nil {
		a.miss("a scope of level "+levels, policy.Pos{}, "%q applies to level %s, but the project has no such scope",
			a.Permission.ID, levels)
		return
	}
	m := a.miss("a scope of level "+levels, a.Scope.Pos,
		"%q applies to level %s, but %q is of level %s and has no such scope below it",
		a.Permission.ID, levels, a.Scope.Path, a.Policy.Catalog.Levels[a.Scope.Level])
	for s := a.Scope.Parent; s != nil; s = s.Parent {
		if a.Permission.Levels.Has(s.Level) {
			m.Help = fmt.Sprintf("ask about %q, the scope above it", s.Path)
			return
		}
	}
	m.Help = "ask about a scope of level " + levels
}

// withheld names the deny rules that take actions away, or would.
func (a *Answer) withheld(targets []*policy.Scope) {
	for i := range a.Rows {
		r := &a.Rows[i]
		taken := map[*policy.Rule][]string{}
		for _, w := range r.Withheld {
			if a.Wanted()&r.Permission.Set(w.Action) != 0 {
				taken[w.Rule] = append(taken[w.Rule], w.Action)
			}
		}
		for _, rule := range a.Policy.Denies {
			if list := taken[rule]; list != nil {
				a.denied(rule, r.Scope, list, r.Via[0].Pos)
			}
		}
	}
	if slices.ContainsFunc(a.Rows, func(r policy.Row) bool { return a.given(&r) }) || len(targets) == 0 {
		return
	}
	for _, rule := range a.Policy.Denies { // rules that would take all of it
		s := targets[0]
		if rule.Deny.MatchesUser(&a.Access) && rule.Deny.Covers(a.Access.User, s, a.Access.On) &&
			rule.Deny.Selects(a.Permission)&a.Wanted() == a.Wanted() {
			a.denied(rule, s, a.Permission.Names(a.Wanted()), rule.Pos)
		}
	}
}

// given reports whether a source of a row gives an action in question, before deny rules.
func (a *Answer) given(r *policy.Row) bool {
	return slices.ContainsFunc(r.Via, func(v policy.Via) bool { return v.Actions&a.Wanted() != 0 })
}

func (a *Answer) denied(rule *policy.Rule, s *policy.Scope, actions []string, pos policy.Pos) {
	m := a.miss("not denied by "+rule.ID, pos, "rule %s withholds %s on %q%s", rule.ID, policy.JoinNames(actions, ", "),
		s.Path, withColon(rule.Message))
	m.Help = rule.Help
}

func withColon(message string) string {
	if message == "" {
		return ""
	}
	return ": " + message
}

// idle lists entries that would give the permission but do not.
func (a *Answer) idle() {
	for e, in := range allEntries(a.User) {
		fault, gives := e.FaultFor(a.User), a.gives(e)
		if !gives || fault == 0 && e.InForce(a.Policy.AsOf) && in.In(a.Policy.AsOf) {
			continue
		}
		what := describeEntry(e) + " on " + diag.Quote(e.Scope.Path)
		if in != nil {
			what += " of group " + diag.Quote(in.Group.ID)
		}
		switch {
		case !in.In(a.Policy.AsOf):
			a.miss("a membership in force", in.Pos, "%s: the membership %s", what, in.Idle(a.Policy.AsOf)).Help =
				"change the dates of the membership if the access is needed now"
		case fault != 0:
			m := a.miss("an entry that is not rejected", e.Pos, "%s gives nothing: %s", what, a.faultWords(e, fault))
			m.Help = "see permc rules " + fault.String()
		case e.Ends.End() < a.Policy.AsOf:
			a.miss("an entry in force", firstPos(e.EndsAt(), e.Pos), "%s ended on %s", what,
				e.Ends).Help = "extend expires if the access is still needed"
		default:
			a.miss("an entry in force", firstPos(e.StartsAt(), e.Pos), "%s starts on %s", what,
				e.Starts).Help = "wait until then, or set an earlier start"
		}
	}
}

// stopped says which entry would reach the scope if a scope on the way inherited.
func (a *Answer) stopped() {
	if a.Scope == nil || !a.Scope.Root().Apart {
		return
	}
	root := a.Scope.Root()
	for e := range allEntries(a.User) {
		if e.Role == nil || e.Scope == root || !root.Within(e.Scope) || e.FaultFor(a.User) != 0 ||
			!e.InForce(a.Policy.AsOf) || !roleMentions(e.Role, a.Permission, a.Wanted()) {
			continue
		}
		m := a.miss("a scope that inherits", firstPos(root.InheritPos, root.Pos),
			"%q inherits nothing, so %s on %q ends above it", root.Path, describeEntry(e), e.Scope.Path)
		if e.Role.Levels.Has(root.Level) {
			m.Help = fmt.Sprintf("give the role on %q", root.Path)
		}
		return
	}
}

func firstPos(at, otherwise policy.Pos) policy.Pos {
	if at.IsValid() {
		return at
	}
	return otherwise
}

func describeEntry(e *policy.Entry) string {
	if e.Role != nil {
		return fmt.Sprintf("role %q", e.Role.ID)
	}
	return fmt.Sprintf("the grant of %q", e.Permission.ID)
}

// gives reports whether an entry is meant to give the permission in question. If it names the wrong scope, the right
// one is unknown.
func (a *Answer) gives(e *policy.Entry) bool {
	p := a.Permission
	if e.Permission == p && e.Actions&a.Wanted() == 0 || e.Role != nil && !roleMentions(e.Role, p, a.Wanted()) {
		return false
	}
	if e.Fault == policy.WrongLevel {
		return e.Permission == p || e.Role != nil
	}
	if e.Permission != nil {
		return (e.Permission == p || e.Permission.LeadsTo(p)) && a.asked(e.Scope)
	}
	on := policy.RoleOn{Role: e.Role, Scope: e.Scope}
	return slices.ContainsFunc(a.Policy.Scopes, func(s *policy.Scope) bool {
		return p.Levels.Has(s.Level) && a.asked(s) && s.Root() == e.Scope.Root() && on.Gives(p, s)
	})
}

// roleMentions reports whether a role or one that it includes has a permission, with one of some actions.
func roleMentions(r *policy.Role, p *policy.Permission, wanted policy.Actions) bool {
	list := []*policy.Role{r}
	for i := 0; i < len(list); i++ {
		if slices.ContainsFunc(list[i].Cells, func(c policy.Cell) bool {
			return c.Permission == p && c.Actions&wanted != 0 || c.Permission.LeadsTo(p)
		}) {
			return true
		}
		for _, inc := range list[i].Includes {
			if !slices.Contains(list, inc.Role) {
				list = append(list, inc.Role)
			}
		}
	}
	return false
}

// faultWords says why an entry gives nothing.
func (a *Answer) faultWords(e *policy.Entry, f policy.Fault) string {
	switch f {
	case policy.WrongLevel:
		return fmt.Sprintf("it applies to level %s, but that scope is of level %s [%s]",
			strings.Join(a.Policy.Catalog.LevelNames(e.Levels()), " or "), a.Policy.Catalog.Levels[e.Scope.Level], f)
	case policy.WrongGroupKind:
		return fmt.Sprintf("groups of that kind cannot have it [%s]", f)
	case policy.WrongHome:
		return fmt.Sprintf("its holder is at home elsewhere [%s]", f)
	case policy.DeprecatedPermission:
		return fmt.Sprintf("the permission is deprecated [%s]", f)
	case policy.WrongAffiliation:
		allowed := []string(nil)
		if e.Role != nil {
			allowed = e.Role.Affiliations
		} else {
			allowed = e.Permission.GrantTo
		}
		return fmt.Sprintf("it is for %s users, but %s is a %s user [%s]", orNo(allowed), diag.Quote(a.User.ID),
			a.User.Affiliation, f)
	case policy.NotGrantable:
		return fmt.Sprintf("the permission cannot be granted individually [%s]", f)
	}
	return fmt.Sprintf("it starts on %s, after it expires on %s [%s]", e.Starts, e.Ends, f)
}

func orNo(list []string) string {
	if len(list) == 0 {
		return "no"
	}
	return strings.Join(list, " or ")
}

// elsewhere says where else the permission is held.
func (a *Answer) elsewhere() {
	if a.Scope == nil {
		return
	}
	var where []string
	var pos policy.Pos
	for i := range a.Access.Rows {
		if r := &a.Access.Rows[i]; r.Permission == a.Permission && a.Holds(r) && !a.asked(r.Scope) {
			if where = append(where, diag.Quote(r.Scope.Path)); len(where) == 1 {
				pos = r.Via[0].Pos
			}
		}
	}
	if len(where) > 0 {
		a.miss("the right scope", pos, "holds it on %s, not on %q", shortenList(where), a.Scope.Path)
	}
}

// onlyElsewhere reports whether, from the n-th on, only the right scope is missing.
func (a *Answer) onlyElsewhere(n int) bool {
	return len(a.Missing) == n+1 && a.Missing[n].Requirement == "the right scope"
}

// shortenList joins the first few of a list.
func shortenList(list []string) string {
	const most = 5
	if len(list) > most {
		return strings.Join(list[:most], ", ") + fmt.Sprintf(" and %d more", len(list)-most)
	}
	return strings.Join(list, ", ")
}

// Asked names the permission in question, with the action.
func (q *Question) Asked() string {
	if q.Action == "" {
		return fmt.Sprintf("%q", q.Permission.ID)
	}
	return fmt.Sprintf("%s of %q", q.Action, q.Permission.ID)
}

// noEntry says what could give the permission, because nothing does.
func (a *Answer) noEntry(targets []*policy.Scope) {
	var roles []string
	for _, r := range a.Policy.Catalog.Roles {
		switch {
		case !roleMentions(r, a.Permission, a.Wanted()):
		case r.Admits(a.User.Affiliation):
			roles = append(roles, r.ID)
		default:
			roles = append(roles, fmt.Sprintf("%s (for %s users)", r.ID, orNo(r.Affiliations)))
		}
	}
	where := ""
	if a.Scope != nil {
		where = fmt.Sprintf(" on %q", a.Scope.Path)
	}
	from := "no role gives it"
	if len(roles) > 0 {
		from = "roles that give it: " + strings.Join(roles, ", ")
	}
	m := a.miss("an entry that gives it", a.User.Pos, "no role, group or grant of %s gives %s%s", diag.Quote(a.User.ID),
		a.Asked(), where)
	switch p := a.Permission; {
	case !p.Grantable:
		m.Help = from + "; it cannot be granted individually"
	case !p.GrantableTo(a.User.Affiliation):
		m.Help = fmt.Sprintf("%s; it can be granted only to %s users", from, orNo(p.GrantTo))
	default:
		m.Help = from + "; it can be granted individually"
	}
}
