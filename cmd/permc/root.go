package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"permc.dev/permc/cmd/permc/internal/bash"
	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/diag"
)

// groups are the heads under which help and docs/cli.md list the commands.
var groups = []cobra.Group{
	{ID: "compile", Title: "Compile"},
	{ID: "ask", Title: "Ask"},
	{ID: "edit", Title: "Edit"},
	{ID: "lookup", Title: "Look up"},
}

// root returns the command line. Commands remember standard output when they are made.
func root(g *globals, stdout io.Writer) *cobra.Command {
	var version bool
	cmd := &cobra.Command{
		Use:   "permc",
		Short: "compile and check who may do what",
		Long: `permc compiles declarations of users, roles and grants into one
effective-permission table, and reports access that should not exist.`,
		Example: examples(`
			permc init --product services-hub
			permc check
			permc who manage-users
			permc diff --against origin/main`),
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := flags.Check(cmd.Flags()); err != nil {
				return usage("%w", err)
			}
			return g.prepare()
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return unknownCommand(cmd, args[0])
			case version:
				return printVersion(cmd.OutOrStdout())
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	cmd.SetOut(stdout)
	cmd.SetUsageFunc(printUsage)
	cmd.SetFlagErrorFunc(describeFlagError)
	cmd.Flags().BoolVar(&version, "version", false, "print the version")
	g.flags(cmd)
	addCommands(cmd, g)
	bash.Complete(cmd, failed)
	return cmd
}

// addCommands adds the commands in the order of help.
func addCommands(root *cobra.Command, g *globals) {
	cobra.EnableCommandSorting = false
	for i := range groups {
		root.AddGroup(&groups[i])
	}
	add := func(group string, list ...*cobra.Command) {
		for _, c := range list {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("compile", checkCommand(g), compileCommand(g), mergeCommand(g))
	add("ask", whoCommand(g), compareCommand(g), explainCommand(g), testCommand(g))
	add("ask", diffCommand(g), driftCommand(g), reviewCommand(g), reportCommand(g), endsCommand(g), pathsCommand(g))
	add("ask", rolesCommand(g))
	add("edit", grantCommand(g), revokeCommand(g), removeCommand(g))
	add("edit", fixCommand(g), fmtCommand(g), initCommand(g), importCommand(g))
	add("lookup", catalogCommand(g), rulesCommand(g), completionCommand(root), versionCommand(g), helpCommand(root))
	add("lookup", manCommand())
}

// helpCommand returns permc help COMMAND. An unknown command is wrong usage here, too.
func helpCommand(root *cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "print the help of a command",
		Example: examples(`
			permc help
			permc help check`),
		ValidArgsFunction: func(_ *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return flags.Starting(listCommands(root), start), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(c, rest[0])
			}
			c.InitDefaultHelpFlag()
			return c.Help()
		},
	}
	root.SetHelpCommand(cmd)
	return cmd
}

// otherWords say which command does what people call otherwise.
var otherWords = map[string]string{
	"access": "permc explain shows what a user has, permc compile the table",
	"add":    "permc grant gives access, permc grant --new also declares a user",
	"apply": "permc review SHEET --apply makes the edits of a review sheet, " +
		"permc explain --apply N those of a proposal",
	"assign":   "did you mean \"grant\"?",
	"audit":    "permc report writes a page for auditors, permc compile --review a sheet for an access review",
	"baseline": "permc check --write-baseline FILE records the findings of today",
	"build":    "did you mean \"compile\"?",
	"delete":   "permc remove removes a user, permc revoke takes access away",
	"drop":     "permc remove removes a user, permc revoke takes access away",
	"edit":     "edit the declaration in any editor; permc grant, revoke, remove and fix edit it, too",
	"expires":  "did you mean \"ends\"?",
	"expiring": "did you mean \"ends\"?",
	"expiry":   "did you mean \"ends\"?",
	"export":   "permc compile -f csv writes the table",
	"format":   "did you mean \"fmt\"?",
	"give":     "did you mean \"grant\"?",
	"ignore":   "to silence a finding, write a waiver, or a comment on its line: permc check --help",
	"holders":  "did you mean \"who\"?",
	"lint":     "did you mean \"check\"?",
	"list":     "permc compile prints the table, permc who lists who holds something",
	"matrix":   "permc compile prints the table, permc report writes a page with the matrix",
	"move":     "edit the declaration; permc diff shows what changes for people",
	"rename":   "edit the declaration; permc check finds what still has the old name, and permc diff shows what changes",
	"replace":  "permc grant gives the new one, permc revoke takes the old one away; permc diff shows what changes",
	"rm":       "permc remove removes a user, permc revoke takes access away",
	"show":     "permc explain shows what a user has, permc compile the table",
	"silence":  "to silence a finding, write a waiver, or a comment on its line: permc check --help",
	"suppress": "to silence a finding, write a waiver, or a comment on its line: permc check --help",
	"sync":     "permc drift compares the declaration with exports of the system, permc import adds what it lacks",
	"table":    "did you mean \"compile\"?",
	"take":     "did you mean \"revoke\"?",
	"users":    "permc compile prints the table, permc explain shows what a user has",
	"validate": "did you mean \"check\"?",
	"verify":   "did you mean \"check\"?",
	"view":     "permc explain shows what a user has, permc compile the table",
	"waive":    "to silence a finding, write a waiver, or a comment on its line: permc check --help",
	"why":      "did you mean \"explain\"?",
}

// unknownCommand returns the error of a command that does not exist, with a similar one.
func unknownCommand(parent *cobra.Command, name string) error {
	if text := otherWords[name]; text != "" && !parent.HasParent() {
		return usage("unknown command %s; %s", diag.Quote(name), text)
	}
	if near := diag.Nearest(name, listCommands(parent)); near != "" {
		return usage("unknown command %s; did you mean %q?", diag.Quote(name), near)
	}
	return usage("unknown command %s; %s --help lists the commands", diag.Quote(name), parent.CommandPath())
}

func listCommands(parent *cobra.Command) (names []string) {
	for _, c := range parent.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

// describeFlagError returns wrong usage of flags. If the command is unknown, its flags are, too: the command is what to
// correct.
func describeFlagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	if args := cmd.Flags().Args(); !cmd.HasParent() && len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	return usage("%w", flags.DescribeError(cmd, err))
}

const unlimited = -1

// takes returns a check of the number of arguments.
func takes(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most == unlimited || len(args) <= most) {
			return nil
		}
		want := "no arguments"
		if _, words, ok := strings.Cut(cmd.Use, " "); ok {
			want = words
		}
		name := strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
		return usage("%s takes %s, got %s", name, want, countArguments(len(args)))
	}
}

func countArguments(n int) string {
	switch n {
	case 0:
		return "none"
	case 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}
