package drift

import (
	"fmt"
	"strings"

	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/load/observe/match"
	"permc.dev/permc/compiler/policy"
)

// area is a part of the declaration for which the files are complete.
type area struct {
	observe.Area
	scope *policy.Scope // or nil: every scope
	in    *policy.Group // or nil: every group
	only  map[any]bool  // roles and permissions, or nil: all
	known bool          // its scope and its group are declared
}

// areas finds the declared names of the areas of an observation.
func areas(m *match.Match, o *observe.Observation) (list []area) {
	for _, a := range o.Areas {
		x := area{Area: a, known: true}
		if a.Scope != observe.None {
			x.scope = m.Scopes[a.Scope].Of
			x.known = x.scope != nil
		}
		if a.Group != observe.None {
			x.in = m.Groups[a.Group].Of
			x.known = x.known && x.in != nil
		}
		if a.Only != nil {
			x.only = map[any]bool{}
			for _, name := range a.Only {
				role, permission := m.Thing(&observe.Thing{What: name, Either: true})
				if role.Of != nil {
					x.only[role.Of] = true
				}
				if permission.Of != nil {
					x.only[permission.Of] = true
				}
			}
		}
		list = append(list, x)
	}
	return list
}

// covers reports whether the files would list something if it were there.
func (a *area) covers(k key) bool {
	switch {
	case !a.known, k.user != nil && a.leavesOut(k.user):
		return false
	case k.in != nil && k.group != nil && !a.Nested:
		return false
	case k.in != nil:
		return a.Members && (a.Group == observe.None || a.in == k.in)
	case k.user != nil && !a.Users, k.group != nil && !a.Groups:
		return false
	case k.role != nil && (!a.Roles || a.only != nil && !a.only[k.role]):
		return false
	case k.permission != nil && (!a.Grants || a.only != nil && !a.only[k.permission]):
		return false
	}
	return a.Scope == observe.None || a.scope == k.scope || a.Below && k.scope.Within(a.scope)
}

// leavesOut reports whether the files never list people of a user's domain.
func (a *area) leavesOut(u *policy.User) bool {
	at := strings.LastIndexByte(u.ID, '@')
	for _, domain := range a.Except {
		if at >= 0 && strings.EqualFold(u.ID[at+1:], domain) {
			return true
		}
	}
	return false
}

// words says what an area has.
func (a *area) words(catalog *policy.Catalog) string {
	what := a.listKinds(catalog)
	if len(what) == 0 || !a.known {
		return ""
	}
	text := strings.Join(what, ", ")
	if a.scope != nil {
		text += " on " + a.scope.Path
		if a.Below {
			text += " and below"
		}
	} else if a.Roles || a.Grants {
		text += " on every scope"
	}
	if a.only != nil {
		text += fmt.Sprintf(" (%d roles and permissions)", len(a.only))
	}
	if len(a.Except) > 0 {
		text += ", without people of " + strings.Join(a.Except, ", ")
	}
	return text
}

// listKinds returns the kinds of entries, members and facts that an area is complete for.
func (a *area) listKinds(catalog *policy.Catalog) (what []string) {
	for _, x := range []struct {
		has  bool
		name string
	}{{a.Roles && a.Users, "roles of users"}, {a.Grants && a.Users, "permissions of users"},
		{a.Roles && a.Groups, "roles of groups"}, {a.Grants && a.Groups, "permissions of groups"}} {
		if x.has {
			what = append(what, x.name)
		}
	}
	if a.Members && a.Group == observe.None {
		what = append(what, "members of every group")
	} else if a.Members && a.in != nil {
		what = append(what, "members of group "+a.in.ID)
	}
	for _, f := range a.Facts {
		if has := catalog.UserAttributes[f]; has != nil {
			what = append(what, f+" of users in the files")
		}
	}
	return what
}
