package flags

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// Complete registers the completion of every flag of a command and of the commands below it. The function reads the
// project that a command line is about.
func Complete(cmd *cobra.Command, read func(cmd *cobra.Command, args []string) *policy.Policy) {
	register := func(f *pflag.Flag) {
		v, ok := f.Value.(Value)
		if !ok {
			return
		}
		complete := func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
			return v.Complete(func() *policy.Policy { return read(cmd, args) }, start)
		}
		_ = cmd.RegisterFlagCompletionFunc(f.Name, complete)
	}
	cmd.PersistentFlags().VisitAll(register)
	cmd.LocalNonPersistentFlags().VisitAll(register)
	for _, c := range cmd.Commands() {
		Complete(c, read)
	}
}

// Starting returns the names that begin with start, ignoring case. A name with a line break would be two.
func Starting(names []string, start string) (list []string) {
	for _, n := range names {
		if len(n) >= len(start) && strings.EqualFold(n[:len(start)], start) && !strings.ContainsAny(n, "\n\r") {
			list = append(list, n)
		}
	}
	return list
}

// Described returns a name with a tab and its title, which shells show beside it.
func Described(id, title string) string {
	if title == "" {
		return id
	}
	return id + "\t" + render.Safe(strings.Join(strings.Fields(title), " "))
}

func nothing(Project, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

func files(Project, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

func folders(Project, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// words completes names that are always the same.
func words(names []string) completion {
	return func(_ Project, start string) ([]string, cobra.ShellCompDirective) {
		return Starting(names, start), cobra.ShellCompDirectiveNoFileComp
	}
}

// named completes names of the project. If it cannot be read there are none, and no message: the user is in the
// middle of a line.
func named(names Names) completion {
	return func(project Project, start string) ([]string, cobra.ShellCompDirective) {
		if p := project(); p != nil {
			return Starting(names(p), start), cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}
