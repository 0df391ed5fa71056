package render

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// details writes what the matrix cannot show.
func (m *matrix) details(b *strings.Builder, style Style) {
	section := func(title string) { fmt.Fprintf(b, "\n%s\n", style.bold(title)) }
	section("About the permissions")
	for _, p := range m.catalog.Permissions {
		fmt.Fprintf(b, "  %s  %s\n", style.cyan(p.ID), p.Title)
		for _, line := range permissionNotes(p) {
			fmt.Fprintf(b, "      %s\n", line)
		}
	}
	m.conditional(b, style, section)
	m.declared(b, style)
	m.homes(b, section)
	if len(m.catalog.GroupKinds) > 0 {
		section("Kinds of group")
		for _, k := range m.catalog.GroupKinds {
			fmt.Fprintf(b, "  %s  %s: %s\n", style.cyan(k.ID), k.Title, k.Description)
		}
	}
	m.origins(b, style, section)
	for _, list := range []struct {
		title string
		texts []string
	}{{"Not computed", m.catalog.Limits}, {"Notes", m.catalog.Notes}} {
		if len(list.texts) > 0 {
			section(list.title)
		}
		for _, s := range list.texts {
			fmt.Fprintf(b, "  %s\n", s)
		}
	}
	if len(m.catalog.Changes) > 0 {
		section("Changes")
	}
	for _, c := range m.catalog.Changes {
		fmt.Fprintf(b, "  %s  %s\n", c.Date, c.What)
	}
}

// conditional writes which cells count for some users only.
func (m *matrix) conditional(b *strings.Builder, style Style, section func(title string)) {
	titled := false
	for _, r := range m.catalog.Roles {
		for i := range r.Cells {
			c := &r.Cells[i]
			if c.When == nil {
				continue
			}
			if !titled {
				section("Conditions of cells")
				titled = true
			}
			fmt.Fprintf(b, "  %s  %s: %s\n", style.cyan(r.ID), c.Permission.ID, cellWay(c))
		}
	}
}

// homes writes where users and groups are at home.
func (m *matrix) homes(b *strings.Builder, section func(title string)) {
	h := m.catalog.Home
	if h == nil {
		return
	}
	section("Homes")
	fmt.Fprintf(b, "  Users and groups are at home on one %s, and hold roles there.\n",
		strings.Join(m.catalog.LevelNames(h.Levels), " or "))
	if on := elsewhere(m.catalog); on != "" {
		fmt.Fprintf(b, "  Users also hold roles on other scopes with %s.\n", on)
	}
}

// origins writes the rules, corrections and sources of the catalog.
func (m *matrix) origins(b *strings.Builder, style Style, section func(title string)) {
	if len(m.catalog.Rules) > 0 {
		section("Rules")
		for i := range m.catalog.Rules {
			r := &m.catalog.Rules[i]
			fmt.Fprintf(b, "  %s  %s: %s\n", style.cyan(r.ID.Name), ruleForm(r), r.Message)
		}
	}
	if len(m.catalog.Corrections) > 0 {
		section("Corrections by this project")
		for _, x := range m.catalog.Corrections {
			about, is := x.What()
			fmt.Fprintf(b, "  %s: %s: %s (%s)\n", about, is, x.Reason, x.Source)
		}
	}
	if len(m.catalog.Sources) > 0 {
		section("Sources")
		for _, s := range m.catalog.Sources {
			fmt.Fprintf(b, "  %s  %s, read %s\n", style.cyan(s.ID.Name), strings.TrimSpace(s.Title+" "+s.URL), s.Read)
		}
	}
}

func permissionNotes(p *policy.Permission) (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if len(p.Actions) > 1 || p.ActionSensitivity != nil {
		add("actions: %s", policy.JoinNames(p.RatedActions(), ", "))
	}
	if p.GrantTo != nil {
		add("grantable to: %s", strings.Join(p.GrantTo, ", "))
	}
	if p.Grantors != "" {
		add("granted by: %s", p.Grantors)
	}
	if p.Deprecated != "" {
		add("deprecated: %s", p.Deprecated)
	}
	for _, c := range p.Conditions {
		add("condition %s: %s", c.ID, c.Text)
	}
	for _, c := range p.Capabilities {
		add("can: %s", strings.Join(slices.DeleteFunc([]string{c.Page, c.Tab, c.Text}, func(s string) bool {
			return s == ""
		}), " / "))
	}
	for _, q := range p.Implies {
		add("implies: %s", q.ID)
	}
	if p.When != nil {
		add("derived from: %s", p.When)
	}
	if p.Sensitivity != "" || p.Source != "" {
		add("sensitivity %s; source %s", orDash(p.Sensitivity), orDash(p.Source))
	}
	return list
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// ruleForm names the form of a declared rule.
func ruleForm(r *policy.DeclaredRule) string {
	switch {
	case r.Deny != nil:
		return "deny"
	case r.Forbid != nil:
		return "forbid"
	case r.Conflict != nil:
		return "conflict"
	case r.Require != nil:
		return "require"
	case r.Holders != nil:
		return "holders"
	case r.PerUser != nil:
		return "per-user"
	}
	return "labels"
}
