package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/edit/change"
	"permc.dev/permc/compiler/policy"
)

// entryFlags say what is given or taken.
type entryFlags struct {
	role, permission, group, scope string
	actions                        []string
	starts                         policy.Date
	until                          flags.Until
	reason, ticket                 string

	isNew             bool // the user is not declared yet
	name, affiliation string
}

// what adds the flags that name an entry or a membership.
func (e *entryFlags) what(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(flags.Role(&e.role), "role", "the role")
	f.Var(flags.Permission(&e.permission), "permission", "the permission")
	f.Var(flags.Group(&e.group), "group", "the group to be a member of")
	f.VarP(flags.Scope(&e.scope), "scope", "s", "the scope of the role or permission (default: the only one that fits)")
}

func grantCommand(g *globals) *cobra.Command {
	var e entryFlags
	var c changeFlags
	cmd := &cobra.Command{
		Use:   "grant USER|group:GROUP (--role ROLE | --permission PERMISSION | --group GROUP) [PATH…]",
		Short: "give somebody a role, a permission or a membership",
		Long: `Adds an entry to the declaration, in the file where the user or group is declared
and in its format. Keeps comments and layout. Compiles the result first: writes
nothing if permc check would newly fail. Prints what changes for people. A user
who is not declared yet needs --new: permc declares them in the file with the
most users of that affiliation or domain.`,
		Example: examples(`
			permc grant ana@contoso.example --role services-admin --scope contoso
			permc grant ana@contoso.example --permission learning -s contoso/emea --until 2026-12-31
			permc grant ana@contoso.example --permission learning --until 3m
			permc grant ana@contoso.example --group support --reason "Covers for Bo" --ticket OPS-7
			permc grant noa@contoso.example --new --name "Noa Levi" --group support
			permc grant group:support --permission health -s contoso/emea --diff`),
		Args: takes(1, unlimited),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.changeEntry(cmd, args, &e, &c, func(p *policy.Policy) (change.Step, error) {
				return e.step(p, args[0])
			})
		},
	}
	e.what(cmd)
	e.terms(cmd)
	c.add(cmd)
	return cmd
}

// terms adds the flags that say how something is given, and to whom.
func (e *entryFlags) terms(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(flags.Actions(&e.actions), "action", "only this action of the permission; may be repeated")
	f.Var(flags.Date(&e.starts), "from", "the first day")
	f.Var(flags.LastDay(&e.until), "until", "the last day, or how long: e.g. 90d, 12w, 3m, 1y")
	f.Var(flags.Text(&e.reason), "reason", "why it is given")
	f.Var(flags.Text(&e.ticket), "ticket", "where it was asked for")
	f.BoolVar(&e.isNew, "new", false, "declare the user, who is not declared yet")
	f.Var(flags.Text(&e.name), "name", "with --new: the user's name")
	f.Var(flags.Affiliation(&e.affiliation), "affiliation",
		"with --new: the user's affiliation, if the domain does not imply it")
}

// only checks that one of role, permission and group is given, and that the other flags fit it.
func (e *entryFlags) only() error {
	given := 0
	for _, s := range []string{e.role, e.permission, e.group} {
		if s != "" {
			given++
		}
	}
	switch {
	case given == 0:
		return usage("name what to give or take: --role, --permission or --group")
	case given > 1:
		return usage("--role, --permission and --group exclude each other: use one command for each")
	case e.group != "" && e.scope != "":
		return usage("--scope: a membership has no scope; the group says where its members have something")
	case e.permission == "" && len(e.actions) > 0:
		return usage("--action: only a permission has actions; add --permission")
	case !e.isNew && (e.name != "" || e.affiliation != ""):
		return usage("--name and --affiliation are for a user who is not declared yet: add --new")
	}
	return nil
}

// changeEntry makes the edit of a command whose first argument is the holder, once its flags are checked.
func (g *globals) changeEntry(cmd *cobra.Command, args []string, e *entryFlags, c *changeFlags,
	step func(*policy.Policy) (change.Step, error)) error {
	if err := e.only(); err != nil {
		return err
	}
	p, err := g.bound(cmd, args[1:])
	if err != nil {
		return err
	}
	one, err := step(p.Policy)
	if err != nil {
		g.stopProgress()
		return err
	}
	return g.change(cmd, p, args[1:], []change.Step{one}, c)
}

// step returns the edit that gives somebody what the flags say.
func (e *entryFlags) step(p *policy.Policy, holder string) (s change.Step, err error) {
	n := names{policy: p}
	if e.isNew {
		s.User, s.New = n.newUser(holder, e.name, e.affiliation), true
	} else if s.User, s.Group = n.holder("USER", holder); n.err != nil && s.User == nil &&
		!strings.HasPrefix(holder, "group:") {
		return s, usage("%v%s", n.err, sayNew(n.err.Error()))
	}
	s.Add = &change.Entry{
		Starts: e.starts, Ends: e.until.From(cmp.Or(e.starts, p.AsOf)), Reason: e.reason, Ticket: e.ticket,
	}
	if e.scope != "" {
		if x := n.scope("--scope", e.scope); x != nil {
			s.Add.Scope = x.Path
		}
	}
	switch {
	case e.role != "":
		if r := n.role("--role", e.role); r != nil {
			s.Add.Role = r.ID
		}
	case e.group != "":
		if x := n.group("--group", e.group); x != nil {
			s.Add.Group = x.ID
		}
	default:
		x := n.permission("--permission", e.permission)
		if x != nil {
			s.Add.Permission = x.ID
		}
		for _, a := range e.actions {
			n.action("--action", a, x)
		}
		s.Add.Actions = e.actions
	}
	return s, n.err
}

// sayNew ends an error about an unknown user.
func sayNew(text string) string {
	if strings.HasSuffix(text, "?") {
		return " To declare a new user, add --new"
	}
	return "; to declare a new user, add --new"
}

// newUser returns a user who is not declared yet.
func (n *names) newUser(id, name, affiliation string) *policy.User {
	if strings.HasPrefix(id, "group:") {
		n.err = usage("--new: only users can be declared, not groups")
		return nil
	}
	for _, u := range n.policy.Users {
		if n.policy.Catalog.UserKey(u.ID) == n.policy.Catalog.UserKey(id) {
			n.err = usage("--new: %q is declared already; leave out --new", u.ID)
			return nil
		}
	}
	if affiliation != "" {
		n.affiliation("--affiliation", affiliation)
	}
	return &policy.User{ID: id, Name: name, Affiliation: affiliation}
}
