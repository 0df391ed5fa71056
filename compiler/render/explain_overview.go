package render

import (
	"bytes"
	"fmt"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// overview writes everything a user has.
func (t *explained) overview() {
	fmt.Fprintf(&t.b, "%s%s, as of %s\n", t.Style.bold(Safe(t.User.ID)), describeUser(t.User), t.Policy.AsOf)
	if t.User.Invited {
		t.line(0, "invited: nothing below applies until the invitation is accepted")
	}
	if t.User.Disabled {
		t.line(0, "disabled: nothing below is held until the user is enabled again")
	}
	if text := UpcomingText(countUpcoming(t.Answer)); text != "" {
		t.line(0, "%s", text)
	}
	if t.Group != nil {
		for _, fact := range groupFacts(t.Group) {
			t.hanging("  ", 4, fact)
		}
	}
	t.roles()
	t.groups()
	t.permissions()
	t.events()
	t.attributes()
	t.findings()
}

func (t *explained) roles() {
	t.title("roles")
	n := 0
	for i := range t.Access.Roles {
		h := &t.Access.Roles[i]
		if t.Scope != nil && !h.Scope.Related(t.Scope) {
			continue
		}
		n++
		text := fmt.Sprintf("%s on %s", h.Role.ID, h.Scope.Path)
		switch {
		case h.From != nil:
			text += fmt.Sprintf(", included in %s on %s", h.From.ID, h.Entry.Scope.Path)
		case h.Entry.ByDefault:
			text += ", by default"
		}
		if h.Ends != 0 {
			text += ", " + describeExpiry(h.Ends)
		}
		t.hanging("  ", 6, text+t.at(h.Entry.Pos))
		if h.Group != nil {
			t.line(6, "%s", t.membership(h.Group))
		}
		if !h.Entry.ByDefault {
			t.sayReview(6, h.Entry, h.Group)
		}
	}
	if n == 0 {
		t.line(2, "none")
	}
}

func (t *explained) groups() {
	if len(t.User.Memberships) == 0 || t.Group != nil && len(t.User.Memberships) == 1 {
		return
	}
	t.title("groups")
	for _, m := range t.User.Memberships {
		if m.Group == t.Group {
			continue
		}
		path, at := t.ways.Into(m.Group)
		text := m.Group.ID + throughInner(path) + t.at(at) + during(&m, t.Policy.AsOf)
		t.hanging("  ", 6, text)
		t.sayMembership(6, m.Group)
	}
}

// during says when a membership counts, if not always.
func during(m *policy.Membership, today policy.Date) string {
	ends, in := m.Periods.On(today)
	switch {
	case !in:
		return ", " + m.Idle(today)
	case ends != 0:
		return ", " + describeExpiry(ends)
	}
	return ""
}

func (t *explained) permissions() {
	t.title("permissions")
	table := tableText{&Table{Policy: t.Policy, Filter: Filter{Scope: t.Scope, Action: t.Action}, Style: t.Style}}
	text := table.rows(nil, table.Filter.Rows(t.Access.Rows))
	if len(text) == 0 {
		t.line(2, "none")
		return
	}
	_, rows, _ := bytes.Cut(text, []byte("\n")) // without the user's line
	t.b.Write(bytes.TrimSuffix(rows, []byte("\n")))
}

func (t *explained) events() {
	list := t.Events()
	if len(list) == 0 {
		return
	}
	t.title("upcoming")
	for _, e := range list {
		says := "expires"
		if e.Starts {
			says = "starts"
		}
		if e.Entry == nil {
			t.hanging("  "+e.On.String()+"  ", 14, e.What()+" "+says+t.at(e.Pos()))
			continue
		}
		text := fmt.Sprintf("%s on %q %s", e.What(), e.Scope.Path, says)
		if e.Group != nil {
			text += fmt.Sprintf(", of group %q", e.Group.ID)
		}
		t.hanging("  "+e.On.String()+"  ", 14, text+t.at(e.Pos()))
	}
}

func (t *explained) attributes() {
	if len(t.User.Attributes) == 0 {
		return
	}
	t.title("attributes")
	for _, name := range sortedKeys(t.User.Attributes) {
		t.hanging("  ", 4, name+": "+strings.Join(t.User.Attributes[name], ", "))
	}
}

func (t *explained) findings() {
	if len(t.Findings) == 0 {
		return
	}
	t.title("findings")
	for i := range t.Findings {
		d := &t.Findings[i]
		t.hanging("  - ", 4, describeSeverity(d)+": "+d.Message+" ["+d.Rule+"]"+t.at(d.Pos))
		if d.Severity == diag.Error && d.Help != "" && !d.Silenced() {
			t.hanging("    "+t.Style.bold("help: "), 10, d.Help)
		}
	}
}
