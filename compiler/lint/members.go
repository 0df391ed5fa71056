package lint

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Member is a membership that a rule checks.
type Member struct {
	*policy.Member
	Group *policy.Group
}

// Name returns the member as messages name it.
func (m *Member) Name() string {
	if m.User != nil {
		return diag.Quote(m.User.ID)
	}
	return "group " + diag.Quote(m.Inner.ID)
}

// members checks the memberships of a group that say more than a name, and those that repeat another one.
func (w *Worker) members(g *policy.Group) {
	for i := range g.Special {
		w.member(&Member{&g.Special[i], g})
	}
}

func (w *Worker) member(m *Member) {
	for i := range w.linter.rules {
		if r := &w.linter.rules[i]; r.Member != nil && r.Member(w.as(r), m) {
			return
		}
	}
}
