package diff

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Gates are what a change may not do.
type Gates struct {
	FailOnGain bool
	Forbid     []Matcher
	MaxLost    float64 // a percentage of the rows of the base; less than zero: any
}

// Matcher selects rows; what is empty fits everything.
type Matcher struct {
	User, Affiliation, Role, Permission, Action, Scope, Sensitivity string
}

// fields are the names of a matcher's fields with their values, in order.
func (m *Matcher) fields() []struct {
	Name  string
	Value *string
} {
	return []struct {
		Name  string
		Value *string
	}{{"user", &m.User}, {"affiliation", &m.Affiliation}, {"role", &m.Role}, {"permission", &m.Permission},
		{"action", &m.Action}, {"scope", &m.Scope}, {"sensitivity", &m.Sensitivity}}
}

func (m Matcher) String() string {
	var parts []string
	for _, f := range m.fields() {
		if *f.Value != "" {
			parts = append(parts, f.Name+"="+*f.Value)
		}
	}
	return strings.Join(parts, ",")
}

// ParseMatcher reads what String writes.
func ParseMatcher(s string) (m Matcher, err error) {
	for part := range strings.SplitSeq(s, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || value == "" {
			return m, fmt.Errorf("%q: want FIELD=VALUE, such as permission=manage-users", part)
		}
		fields := m.fields()
		i := slices.IndexFunc(fields, func(f struct {
			Name  string
			Value *string
		}) bool {
			return f.Name == name
		})
		if i < 0 {
			return m, fmt.Errorf("%q: want one of user, affiliation, role, permission, action, scope, sensitivity", name)
		}
		if *fields[i].Value != "" {
			return m, fmt.Errorf("%s stands here twice", name)
		}
		*fields[i].Value = value
	}
	return m, nil
}

// ReviewMatcher is a matcher that a declaration names.
func ReviewMatcher(m policy.Matcher) Matcher {
	return Matcher{m.User.Name, m.Affiliation.Name, m.Role.Name, m.Permission.Name, m.Action.Name, m.Scope.Name, m.Sensitivity.Name}
}

// Hit is a gate that a change does not pass.
type Hit struct {
	Gate    string // as on the command line
	Message string
	Changes []*Change
}

// Hits are the gates that changes do not pass. The base held so many rows, and
// sensitivities are those of either catalog.
func (g *Gates) Hits(changes []Change, held int, base *policy.Policy) (list []Hit) {
	var more, lost []*Change
	for i := range changes {
		switch c := &changes[i]; {
		case c.Kind.More():
			more = append(more, c)
		case c.Kind == Lost:
			lost = append(lost, c)
		}
	}
	if g.FailOnGain && len(more) > 0 {
		list = append(list, Hit{"fail-on-gain", fmt.Sprintf("%s or widened, and none may be", count(len(more), "permission is gained", "permissions are gained")), more})
	}
	for _, m := range g.Forbid {
		var fits []*Change
		for _, c := range more {
			if m.fits(c, base) {
				fits = append(fits, c)
			}
		}
		if len(fits) > 0 {
			list = append(list, Hit{"forbid " + m.String(), count(len(fits), "forbidden permission is gained or widened", "forbidden permissions are gained or widened"), fits})
		}
	}
	if g.MaxLost >= 0 && held > 0 && float64(len(lost))*100 > g.MaxLost*float64(held) {
		list = append(list, Hit{fmt.Sprintf("max-lost %g%%", g.MaxLost), fmt.Sprintf("%d of %s lost, %.1f%%",
			len(lost), count(held, "permission is", "permissions are"), float64(len(lost))*100/float64(held)), lost})
	}
	return list
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// fits reports whether the matcher selects what somebody gains.
func (m *Matcher) fits(c *Change, base *policy.Policy) bool {
	r := c.After
	switch {
	case m.User != "" && policy.Fold(m.User) != policy.Fold(r.User.ID),
		m.Affiliation != "" && m.Affiliation != r.User.Affiliation,
		m.Permission != "" && m.Permission != r.Permission.ID,
		m.Scope != "" && m.Scope != r.Scope.Path && !strings.HasPrefix(r.Scope.Path, m.Scope+"/"),
		m.Role != "" && !throughRole(r, m.Role),
		m.Action != "" && !slices.Contains(newActions(c), m.Action):
		return false
	}
	return m.Sensitivity == "" || m.Sensitivity == r.Permission.Sensitivity || base != nil && m.Sensitivity == sensitivity(base, r.Permission.ID)
}

func sensitivity(p *policy.Policy, id string) string {
	if x := p.Catalog.PermissionByID[id]; x != nil {
		return x.Sensitivity
	}
	return ""
}

func throughRole(r *policy.Row, id string) bool {
	return slices.ContainsFunc(r.Via, func(v policy.Via) bool { return roleID(v.Role) == id || roleID(v.From) == id })
}

// newActions are the actions that come, or all where the row is widened
// otherwise.
func newActions(c *Change) []string {
	after := names(c.After)
	if c.Before == nil {
		return after
	}
	come := slices.DeleteFunc(slices.Clone(after), func(a string) bool { return slices.Contains(names(c.Before), a) })
	if len(come) == 0 {
		return after
	}
	return come
}

// Verdict says in a word what changes are: equal, more, less or incomparable.
func Verdict(changes []Change) string {
	more, less := false, false
	for i := range changes {
		more = more || changes[i].Kind.More()
		less = less || changes[i].Kind.Less()
	}
	switch {
	case more && less:
		return "incomparable"
	case more:
		return "more"
	case less:
		return "less"
	}
	return "equal"
}
