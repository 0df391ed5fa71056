package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render/rulebook"
	"permc.dev/permc/schema"
)

// complete registers what the arguments and flags of all commands complete.
func (g *globals) complete(root *cobra.Command) {
	flags.Complete(root, func(cmd *cobra.Command, args []string) *policy.Policy {
		_, name, _ := strings.Cut(cmd.CommandPath(), " ")
		return g.atHand(args[min(len(args), leading[name]):])
	})
	for _, c := range root.Commands() {
		if c.ValidArgsFunction == nil {
			c.ValidArgsFunction = g.arguments()[c.Name()]
		}
	}
}

// leading counts the arguments of a command before its paths.
var leading = map[string]int{"catalog diff": 2, "compare": 2, "explain": 2, "grant": 1, "paths": 1, "remove": 1,
	"review": 1, "roles": 1,
	"revoke": 1, "who": 1}

// arguments returns what the arguments of a command complete; those of other commands are files.
func (g *globals) arguments() map[string]cobra.CompletionFunc {
	permissionsAndRoles := func(p *policy.Policy) []string {
		return append(flags.ListPermissions(p),
			flags.ListRoles(p)...)
	}
	holders := func(p *policy.Policy) []string { return append(flags.ListUsers(p), listGroupHolders(p)...) }
	holdersAndRoles := func(p *policy.Policy) []string { return append(holders(p), flags.ListRoles(p)...) }
	return map[string]cobra.CompletionFunc{
		"grant":   g.inOrder(holders),
		"revoke":  g.inOrder(holders),
		"remove":  g.inOrder(flags.ListUsers),
		"explain": g.inOrder(holders, flags.ListPermissions),
		"paths":   g.inOrder(flags.ListUsers),
		"roles":   g.inOrder(flags.ListUsers),
		"who": g.inOrder(func(p *policy.Policy) []string {
			return append(permissionsAndRoles(p), listGroupHolders(p)...)
		}),
		"compare": g.inOrder(holdersAndRoles, holdersAndRoles),
		"rules":   g.completeRules,
		"catalog": completeCatalog,
	}
}

// listGroupHolders lists the groups as holders of entries.
func listGroupHolders(p *policy.Policy) (list []string) {
	for _, name := range flags.ListGroups(p) {
		list = append(list, "group:"+name)
	}
	return list
}

// atHand returns the project that the command would read, if that is quick. If it cannot be read, completion offers
// nothing and prints no message: the user is in the middle of a line.
func (g *globals) atHand(paths []string) *policy.Policy {
	if g.prepare() != nil {
		return nil
	}
	return g.quickly(paths)
}

// quickly returns the project at the paths, or nil if that would take long or it cannot be evaluated.
func (g *globals) quickly(paths []string) *policy.Policy {
	opts := g.options(paths)
	opts.Progress = nil
	opts.Limits.Time = min(opts.Limits.Time, 2*time.Second)
	ctx, stop := context.WithTimeout(context.Background(), opts.Limits.Time)
	defer stop()
	p, err := compiler.Load(ctx, opts)
	if err != nil {
		return nil
	}
	return p.Policy
}

// inOrder completes arguments, each with its own names, and then files.
func (g *globals) inOrder(names ...flags.Names) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= len(names) {
			return nil, cobra.ShellCompDirectiveDefault
		}
		p := g.atHand(nil)
		if p == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return flags.Starting(names[len(args)](p), start), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeRules completes the rules that permc rules explains.
func (g *globals) completeRules(_ *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var ids []string
	for _, d := range rulebook.List() {
		ids = append(ids, flags.Described(d.ID, d.What))
	}
	if p := g.atHand(nil); p != nil {
		for _, r := range p.Rules {
			if !p.Files.File(r.Pos.File).Shipped {
				ids = append(ids, flags.Described(r.ID, r.Message))
			}
		}
	}
	slices.Sort(ids)
	return flags.Starting(ids, start), cobra.ShellCompDirectiveNoFileComp
}

// completeCatalog completes products, behind @ their versions, and files.
func completeCatalog(_ *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return catalogNames(start), cobra.ShellCompDirectiveDefault
}

func catalogNames(start string) []string {
	names := schema.Products()
	if strings.Contains(start, "@") {
		names = schema.Catalogs()
	}
	return flags.Starting(names, start)
}

// completionCommand returns permc completion SHELL: cobra's commands, in permc's words.
func completionCommand(root *cobra.Command) *cobra.Command {
	root.InitDefaultCompletionCmd()
	cmd, _, err := root.Find([]string{"completion"})
	if err != nil {
		panic(err) // cobra adds it above
	}
	root.RemoveCommand(cmd)
	cmd.Use, cmd.Short = "completion SHELL", "print a completion script for bash, zsh, fish or powershell"
	cmd.Long = `Prints a script that completes commands, flags and the names of the project in a
shell. The help of each shell says where to put the script.`
	cmd.Example = examples(`
		permc completion bash
		permc completion zsh --help`)
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage("completion %s: %w", diag.Quote(args[0]), flags.CheckChoice(args[0], listCommands(cmd)))
		}
		return cmd.Help()
	}
	for _, shell := range cmd.Commands() {
		shell.Short = "print the completion script for " + shell.Name()
		shell.Long = strings.Replace(shell.Long, "Generate the autocompletion script", "Prints the completion script",
			1)
		shell.Example = examples("permc completion " + shell.Name())
		shell.Args = takes(0, 0)
	}
	return cmd
}
