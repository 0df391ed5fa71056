package diff

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Gates list what a change must not do.
type Gates struct {
	FailOnGain         bool
	FailOnPolicyChange bool

	Forbid  []Matcher
	MaxLost float64 // a percentage of the actions held in the base; less than zero: any

	Paths      bool      // list new paths
	ForbidPath []Matcher // what nobody may newly be able to give

	Owners *OwnersQuestion // or nil
}

// Matcher selects rows; what is empty fits everything.
type Matcher struct {
	User, Affiliation, Role, Permission, Action, Scope, Level, Sensitivity, Group string
}

// fields lists the names of a matcher's fields with their values, in order.
func (m *Matcher) fields() []struct {
	Name  string
	Value *string
} {
	return []struct {
		Name  string
		Value *string
	}{{"user", &m.User}, {"affiliation", &m.Affiliation}, {"role", &m.Role}, {"permission", &m.Permission},
		{"action", &m.Action}, {"scope", &m.Scope}, {"level", &m.Level}, {"sensitivity", &m.Sensitivity},
		{"group", &m.Group}}
}

func (m Matcher) String() string {
	var parts []string
	for _, f := range m.fields() {
		if *f.Value != "" {
			parts = append(parts, f.Name+"="+policy.QuoteIn(*f.Value, ","))
		}
	}
	return strings.Join(parts, ",")
}

// ParseMatcher reads what String writes.
func ParseMatcher(s string) (m Matcher, err error) {
	for rest, more := s, true; more; {
		var part, name, value string
		part, name, value, rest, more = cutPart(rest)
		if value == "" {
			return m, fmt.Errorf("%q: write FIELD=VALUE, e.g. permission=manage-users", part)
		}
		fields := m.fields()
		i := slices.IndexFunc(fields, func(f struct {
			Name  string
			Value *string
		}) bool {
			return f.Name == name
		})
		if i < 0 {
			return m,
				fmt.Errorf("%q: want one of user, affiliation, role, permission, action, scope, level, sensitivity, "+
					"group",
					name)
		}
		if *fields[i].Value != "" {
			return m, fmt.Errorf("%s is here twice", name)
		}
		*fields[i].Value = value
	}
	return m, nil
}

// cutPart cuts the first part of a matcher off. A comma in a quoted value is part
// of it.
func cutPart(s string) (part, name, value, rest string, more bool) {
	end := 0
	if eq := strings.IndexByte(s, '='); eq >= 0 && !strings.Contains(s[:eq], ",") {
		item := policy.CutName(s[eq+1:], ",")
		name, value, end = strings.TrimSpace(s[:eq]), item.Name, eq+1+item.To
	}
	part, rest, more = strings.Cut(s[end:], ",")
	return strings.TrimSpace(s[:end] + part), name, value, rest, more
}

// ReviewMatcher converts a declared matcher.
func ReviewMatcher(m policy.Matcher) Matcher {
	return Matcher{
		User: m.User.Name, Affiliation: m.Affiliation.Name, Role: m.Role.Name, Permission: m.Permission.Name,
		Action: m.Action.Name, Scope: m.Scope.Name, Level: m.Level.Name, Sensitivity: m.Sensitivity.Name,
		Group: m.Group.Name,
	}
}

// Add adds the gates of a declaration: a change has to pass them all.
func (g *Gates) Add(d *policy.Gates) {
	if d == nil {
		return
	}
	g.FailOnGain = g.FailOnGain || d.FailOnGain
	for _, m := range d.Forbid {
		if x := ReviewMatcher(m); !slices.Contains(g.Forbid, x) {
			g.Forbid = append(g.Forbid, x)
		}
	}
	for _, m := range d.ForbidPath {
		if x := ReviewMatcher(m); !slices.Contains(g.ForbidPath, x) {
			g.ForbidPath = append(g.ForbidPath, x)
		}
	}
	g.FailOnPolicyChange = g.FailOnPolicyChange || d.FailOnPolicyChange
	if n, err := policy.ParseShare(d.MaxLost); err == nil && (g.MaxLost < 0 || n < g.MaxLost) {
		g.MaxLost = n
	}
}
