package explain

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Change is one thing an administrator could do for a user. The fields that are set tell which: a role or a
// permission on a scope, a group to join, a value of an attribute, or none: an accepted invitation.
type Change struct {
	Role       *policy.Role
	Permission *policy.Permission
	Action     string // of the permission, or "" for all
	Scope      *policy.Scope
	Group      *policy.Group
	Attribute  string
	Value      string
	Enable     bool
	Or         string // other values that work, in words
}

// String returns the change in words.
func (c Change) String() string {
	switch {
	case c.Role != nil:
		return fmt.Sprintf("assign role %q on %q", c.Role.ID, c.Scope.Path)
	case c.Action != "":
		return fmt.Sprintf("grant %s of %q on %q", c.Action, c.Permission.ID, c.Scope.Path)
	case c.Permission != nil:
		return fmt.Sprintf("grant %q on %q", c.Permission.ID, c.Scope.Path)
	case c.Group != nil:
		return fmt.Sprintf("add to group %q", c.Group.ID)
	case c.Attribute != "":
		or := ""
		if c.Or != "" {
			or = " (or " + c.Or + ")"
		}
		return fmt.Sprintf("add %q to %s%s", c.Value, c.Attribute, or)
	}
	if c.Enable {
		return "enable the user: remove status: disabled"
	}
	return "have the invitation accepted: move it from invitations to users"
}

// Kind returns the kind of the change, for programs.
func (c Change) Kind() string {
	switch {
	case c.Role != nil:
		return "assign"
	case c.Permission != nil:
		return "grant"
	case c.Group != nil:
		return "join"
	case c.Attribute != "":
		return "attribute"
	}
	if c.Enable {
		return "enable"
	}
	return "accept"
}

// Changed returns the user after some changes. Groups and policy stay as they are, even if they list the user.
func Changed(home *policy.Home, u *policy.User, changes []Change) *policy.User {
	v := *u
	v.Entries, v.Memberships = slices.Clone(u.Entries), slices.Clone(u.Memberships)
	for _, c := range changes {
		switch {
		case c.Role != nil || c.Permission != nil:
			e := c.entry()
			home.Judge(&e, u.Home, false)
			v.Entries = append(v.Entries, e)
		case c.Group != nil:
			v.Join(c.Group)
		case c.Attribute != "":
			addAttribute(&v, c.Attribute, c.Value)
		default:
			v.Invited, v.Disabled = false, false
		}
	}
	if v.HasRole() {
		v.Default = nil
	}
	return &v
}

func (c Change) entry() policy.Entry {
	// Findings name the first entry, so a new one comes last.
	e := policy.Entry{Role: c.Role, Permission: c.Permission, Scope: c.Scope, Pos: policy.Pos{File: math.MaxInt32}}
	if c.Permission != nil {
		e.Actions = c.Permission.All()
	}
	if c.Action != "" {
		e.Actions = c.Permission.Set(c.Action)
	}
	e.Judge()
	return e
}

// isMember reports whether somebody is in a group on some day.
func isMember(u *policy.User, g *policy.Group) bool {
	return slices.ContainsFunc(u.Memberships, func(m policy.Membership) bool { return m.Group == g })
}

func addAttribute(u *policy.User, attribute, value string) {
	all := make(map[string][]string, len(u.Attributes)+1)
	for name, values := range u.Attributes {
		all[name] = values
	}
	all[attribute] = append(slices.Clip(all[attribute]), value)
	u.Attributes = all
}

// Words joins several changes.
func Words(list []Change) string {
	var parts []string
	for _, c := range list {
		parts = append(parts, c.String())
	}
	return strings.Join(parts, "; ")
}
