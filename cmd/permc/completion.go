package main

import (
	"context"
	_ "embed" // completion.bash
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/edit/fix"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/rulebook"
	"permc.dev/permc/schema"
)

// offer is what a shell may complete: names, each with a tab and what it means.
type offer func(p *policy.Policy) []string

// completing gives a shell the names of the project at hand. What cannot be
// read offers nothing, and says nothing: the shell is in the middle of a line.
func (g *globals) completing(offer offer) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		p := g.atHand(args)
		if p == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return starting(offer(p), start), cobra.ShellCompDirectiveNoFileComp
	}
}

// atHand is the project that the command would read, if that is quick.
func (g *globals) atHand(paths []string) *policy.Policy {
	if g.prepare() != nil {
		return nil
	}
	return g.quickly(paths)
}

// quickly is the project at the paths, or nil if that would take long or it
// cannot be evaluated.
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

// starting are the names that begin so, without regard to case.
func starting(names []string, start string) (list []string) {
	for _, n := range names {
		if len(n) >= len(start) && strings.EqualFold(n[:len(start)], start) && !strings.ContainsAny(n, "\n\r") {
			list = append(list, n)
		}
	}
	return list
}

func described(id, title string) string {
	if title == "" {
		return id
	}
	return id + "\t" + render.Safe(strings.Join(strings.Fields(title), " "))
}

func usersOf(p *policy.Policy) (list []string) {
	for _, u := range p.Users {
		if policy.Fold(u.ID) != "" && !strings.ContainsRune(u.ID, '\t') {
			list = append(list, described(u.ID, u.Name))
		}
	}
	return list
}

func rolesOf(p *policy.Policy) (list []string) {
	for _, r := range p.Catalog.Roles {
		list = append(list, described(r.ID, r.Title))
	}
	return list
}

func permissionsOf(p *policy.Policy) (list []string) {
	for _, x := range p.Catalog.Permissions {
		list = append(list, described(x.ID, x.Title))
	}
	return list
}

func scopesOf(p *policy.Policy) (list []string) {
	for _, s := range p.Scopes {
		list = append(list, described(s.Path, s.Title))
	}
	return list
}

func affiliationsOf(p *policy.Policy) (list []string) {
	for _, a := range p.Catalog.Affiliations {
		list = append(list, described(a.ID.Name, a.Title))
	}
	return list
}

// offers are what the flags of every command that has them complete.
var offers = map[string]offer{
	"user": usersOf, "role": rolesOf, "permission": permissionsOf, "scope": scopesOf, "affiliation": affiliationsOf, "forbid": matchersOf,
}

// matchersOf are the first parts of a matcher.
func matchersOf(p *policy.Policy) (list []string) {
	for _, x := range []struct {
		key string
		of  offer
	}{{"permission", permissionsOf}, {"role", rolesOf}, {"affiliation", affiliationsOf}, {"scope", scopesOf}, {"user", usersOf}} {
		for _, name := range x.of(p) {
			list = append(list, x.key+"="+name)
		}
	}
	return append(list, "sensitivity=low", "sensitivity=medium", "sensitivity=high", "sensitivity=critical")
}

// complete attaches the names to the flags of a command and of those under it.
func (g *globals) complete(cmd *cobra.Command) {
	for name, offer := range offers {
		if cmd.Flags().Lookup(name) != nil {
			_ = cmd.RegisterFlagCompletionFunc(name, g.completing(offer))
		}
	}
	if cmd.Flags().Lookup("rule") != nil {
		_ = cmd.RegisterFlagCompletionFunc("rule", fixed(slices.Sorted(slices.Values(slices.Concat(fix.Removed, fix.Renamed)))...))
	}
	if cmd.Flags().Lookup("product") != nil {
		_ = cmd.RegisterFlagCompletionFunc("product", fixed(schema.Products()...))
		_ = cmd.RegisterFlagCompletionFunc("ci", fixed("github", "gitlab"))
	}
	if list := formatsOf[cmd.Name()]; list != nil {
		_ = cmd.RegisterFlagCompletionFunc("format", orFile(list))
	}
	if cmd.PersistentFlags().Lookup("fail-on") != nil {
		_ = cmd.RegisterFlagCompletionFunc("fail-on", fixed("error", "never", "warning"))
	}
	for _, c := range cmd.Commands() {
		if c.ValidArgsFunction == nil {
			c.ValidArgsFunction = g.arguments()[c.Name()]
		}
		g.complete(c)
	}
}

// arguments are what the arguments of a command complete; others take files.
func (g *globals) arguments() map[string]cobra.CompletionFunc {
	return map[string]cobra.CompletionFunc{
		"explain": g.inOrder(usersOf, permissionsOf),
		"who":     g.inOrder(heldOf),
		"compare": g.inOrder(comparedOf, comparedOf),
		"rules":   g.rulesAtHand,
		"catalog": productsOrFiles,
	}
}

// bashAlone is what the script for bash takes from the package bash-completion,
// for where that is missing: the words up to the cursor, which bash itself would
// part at : and = and, for names of hosts, at @.
//
//go:embed completion.bash
var bashAlone string

// bashNeeds is what cobra says of its script, which is not so of ours.
const bashNeeds = "This script depends on the 'bash-completion' package.\nIf it is not installed already, you can install it via your OS's package manager.\n"

// bashWithoutPackage makes the completion of bash work by itself.
func bashWithoutPackage(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	bash, _, err := root.Find([]string{"completion", "bash"})
	if err != nil || bash.Name() != "bash" {
		return
	}
	bash.Parent().RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage("completion %q: want bash, zsh, fish or powershell", args[0])
		}
		return cmd.Help()
	}
	bash.Parent().Args = cobra.ArbitraryArgs
	bash.Parent().Short = "the script that completes commands, and names of the project, in a shell"
	bash.Long = strings.Replace(bash.Long, bashNeeds, "It uses the package bash-completion where that is installed, and works without it.\n", 1)
	script := bash.RunE
	bash.RunE = func(cmd *cobra.Command, args []string) error {
		if _, err := fmt.Fprint(cmd.OutOrStdout(), bashAlone); err != nil {
			return failed(err)
		}
		return script(cmd, args)
	}
}

func heldOf(p *policy.Policy) []string     { return append(permissionsOf(p), rolesOf(p)...) }
func comparedOf(p *policy.Policy) []string { return append(usersOf(p), rolesOf(p)...) }

// fixed completes names that are always the same.
func fixed(names ...string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		return starting(names, start), cobra.ShellCompDirectiveNoFileComp
	}
}

// formatsOf are the formats that each command writes.
var formatsOf = map[string][]string{
	"catalog": render.CatalogFormats, "check": findingFormats, "compare": render.CompareFormats, "compile": tableFormats, "diff": render.DiffFormats,
	"explain": render.ExplainFormats, "init": {"cue", "yaml"}, "review": render.ReviewFormats, "rules": ruleFormats, "test": render.TestFormats, "who": render.WhoFormats,
}

// orFile completes names, and behind a = those of files.
func orFile(names []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, start string) ([]string, cobra.ShellCompDirective) {
		if strings.Contains(start, "=") {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return starting(names, start), cobra.ShellCompDirectiveNoFileComp
	}
}

// inOrder completes arguments, each with its own names; after them, files.
func (g *globals) inOrder(offers ...offer) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= len(offers) {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return g.completing(offers[len(args)])(cmd, nil, start)
	}
}

// rulesAtHand are the rules that permc rules explains.
func (g *globals) rulesAtHand(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var ids []string
	for _, d := range rulebook.List() {
		ids = append(ids, described(d.ID, d.What))
	}
	if p := g.atHand(nil); p != nil {
		for _, r := range p.Rules {
			if !p.Files.File(r.Pos.File).Shipped {
				ids = append(ids, described(r.ID, r.Message))
			}
		}
	}
	slices.Sort(ids)
	return starting(ids, start), cobra.ShellCompDirectiveNoFileComp
}

// productsOrFiles are what permc catalog takes.
func productsOrFiles(_ *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
	return starting(schema.Products(), start), cobra.ShellCompDirectiveDefault
}
