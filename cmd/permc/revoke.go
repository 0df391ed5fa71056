package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler/edit/change"
	"permc.dev/permc/compiler/policy"
)

func revokeCommand(g *globals) *cobra.Command {
	var e entryFlags
	var c changeFlags
	var all bool
	cmd := &cobra.Command{
		Use:   "revoke USER|group:GROUP (--role ROLE | --permission PERMISSION | --group GROUP) [PATH…]",
		Short: "take a role, a permission or a membership away",
		Long: `Removes an entry or a membership from the declaration, in the file where it is
written. Keeps comments and layout. Compiles the result first: writes nothing if
permc check would newly fail. Prints what changes for people: the user may still
hold the same through something else.`,
		Example: examples(`
			permc revoke ana@contoso.example --role services-admin --scope contoso
			permc revoke ana@contoso.example --permission learning --all
			permc revoke ana@contoso.example --group support --diff`),
		Args: takes(1, unlimited),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.changeEntry(cmd, args, &e, &c, func(p *policy.Policy) (change.Step, error) {
				return e.cut(p, args[0], all)
			})
		},
	}
	e.what(cmd)
	cmd.Flags().Lookup("scope").Usage = "only on this scope"
	cmd.Flags().BoolVar(&all, "all", false, "take it away on every scope")
	c.add(cmd)
	return cmd
}

// cut returns the edit that takes away what the flags name.
func (e *entryFlags) cut(p *policy.Policy, holder string, all bool) (s change.Step, err error) {
	n := names{policy: p}
	s.User, s.Group = n.holder("USER", holder)
	if e.group != "" {
		g := n.group("--group", e.group)
		if n.err == nil {
			s.Cut = memberships(g, p.Catalog.UserKey, s.User, s.Group)
		}
		return s, orNone(n.err, &s, holder, "is no direct member of group", e.group)
	}
	var role *policy.Role
	var permission *policy.Permission
	if e.role != "" {
		role = n.role("--role", e.role)
	} else {
		permission = n.permission("--permission", e.permission)
	}
	if e.scope != "" {
		if x := n.scope("--scope", e.scope); x != nil {
			e.scope = x.Path
		}
	}
	if n.err != nil {
		return s, n.err
	}
	var scopes []string
	for _, x := range entriesOf(&s) {
		if x.Role == role && x.Permission == permission && !x.ByDefault && (e.scope == "" || x.Scope.Path == e.scope) {
			s.Cut = append(s.Cut, x.Pos)
			scopes = append(scopes, x.Scope.Path)
		}
	}
	slices.Sort(scopes)
	if scopes = slices.Compact(scopes); len(scopes) > 1 && !all {
		return s, usage("%s has it on %s: add --scope, or --all", holder, strings.Join(scopes, ", "))
	}
	on := ""
	if e.scope != "" {
		on = fmt.Sprintf(" on %q", e.scope)
	}
	return s, orNone(nil, &s, holder, "has no entry of its own with", e.role+e.permission, on)
}

func entriesOf(s *change.Step) []policy.Entry {
	if s.User != nil {
		return s.User.Entries
	}
	return s.Group.Entries
}

// memberships returns where a user or a group is named as a member of a group.
func memberships(g *policy.Group, key func(string) string, user *policy.User, inner *policy.Group) (list []policy.Pos) {
	for _, m := range g.Members {
		id, isGroup := strings.CutPrefix(m.Name, "group:")
		if isGroup && inner != nil && id == inner.ID || !isGroup && user != nil &&
			key(id) == key(user.ID) {
			list = append(list, m.Pos)
		}
	}
	if user != nil {
		for _, j := range g.JoinsOf(user) {
			list = append(list, j.Pos)
		}
	}
	return list
}

// orNone returns an error if there is nothing to take away.
func orNone(err error, s *change.Step, holder, lacks, what string, more ...string) error {
	if err != nil || len(s.Cut) > 0 {
		return err
	}
	help := "permc explain " + holder + " says where it comes from"
	return usage("%s %s %q%s; %s", holder, lacks, what, strings.Join(more, ""), help)
}
