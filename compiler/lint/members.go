package lint

import (
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// members checks the memberships of a group that say more than a name, and those that repeat another one.
func (w *Worker) members(g *policy.Group) {
	first := map[policy.Pos]policy.Pos{}
	for _, d := range g.Twice {
		first[d.Pos] = d.First
	}
	for i := range g.Members {
		if m := &g.Members[i]; m.Terms != nil || len(first) > 0 && first[m.Pos].IsValid() {
			w.member(w.asWritten(g, m, first[m.Pos]))
		}
	}
	for i := range g.Joined {
		if j := &g.Joined[i]; j.Terms != nil || first[j.Pos].IsValid() {
			w.member(&Member{Group: g, User: j.User, Pos: j.Pos, Terms: j.Terms, First: first[j.Pos]})
		}
	}
}

// asWritten returns a membership that the group declares.
func (w *Worker) asWritten(g *policy.Group, m *policy.DeclaredMember, first policy.Pos) *Member {
	x := &Member{Group: g, Pos: m.Pos, Terms: m.Terms, First: first}
	if inner, ok := strings.CutPrefix(m.Name, "group:"); ok {
		x.Inner = inner
		return x
	}
	x.User = w.find(m.Name)
	return x
}

// find returns the user whom a member names, in any case.
func (w *Worker) find(name string) *policy.User {
	if i, ok := w.linter.policy.FindUser(name); ok {
		return w.linter.policy.Users[i]
	}
	if w.folded == nil {
		w.folded = map[string]*policy.User{}
		for _, u := range w.linter.policy.Users {
			w.folded[policy.Fold(u.ID)] = u
		}
	}
	return w.folded[policy.Fold(name)]
}

func (w *Worker) member(m *Member) {
	for i := range w.linter.rules {
		if r := &w.linter.rules[i]; r.Member != nil && r.Member(w.as(r), m) {
			return
		}
	}
}

// Name returns the member as messages name it.
func (m *Member) Name() string {
	if m.User != nil {
		return diag.Quote(m.User.ID)
	}
	return "group " + diag.Quote(m.Inner)
}
