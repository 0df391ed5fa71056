package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"permc.dev/permc/cmd/permc/internal/flags"
)

// helpWidth is the longest line of help.
const helpWidth = 100

// printUsage prints how a command is used, with examples.
func printUsage(cmd *cobra.Command) error {
	w := cmd.OutOrStderr()
	fmt.Fprintf(w, "Usage:\n")
	if !cmd.HasParent() {
		fmt.Fprintf(w, "  %s COMMAND [flags]\n", cmd.CommandPath())
	} else {
		fmt.Fprintf(w, "  %s\n", cmd.UseLine())
	}
	printCommands(w, cmd)
	if cmd.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", cmd.Example)
	}
	local, every := cmd.LocalNonPersistentFlags(), cmd.InheritedFlags()
	if !cmd.HasParent() {
		every = cmd.PersistentFlags()
	}
	printFlags(w, "Flags", local)
	printFlags(w, "Flags of every command", every)
	if !cmd.HasParent() {
		fmt.Fprintf(w, "\n%s COMMAND --help describes a command.\n", cmd.CommandPath())
	}
	return nil
}

// printCommands lists the commands below a command, by group.
func printCommands(w io.Writer, cmd *cobra.Command) {
	for _, group := range cmd.Groups() {
		printGroup(w, cmd, group.Title, group.ID)
	}
	printGroup(w, cmd, "Commands", "")
}

func printGroup(w io.Writer, cmd *cobra.Command, title, id string) {
	first := true
	for _, c := range cmd.Commands() {
		if c.GroupID != id || c.Hidden {
			continue
		}
		if first {
			fmt.Fprintf(w, "\n%s:\n", title)
			first = false
		}
		fmt.Fprintf(w, "  %-10s  %s\n", c.Name(), c.Short)
	}
}

func printFlags(w io.Writer, title string, f *pflag.FlagSet) {
	if f.HasAvailableFlags() {
		fmt.Fprintf(w, "\n%s:\n%s", title, f.FlagUsagesWrapped(helpWidth))
	}
}

// examples indents the lines of examples.
func examples(text string) string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		lines = append(lines, "  "+strings.TrimSpace(line))
	}
	return strings.Join(lines, "\n")
}

// addFormat adds -f FORMAT.
func addFormat(f *pflag.FlagSet, to *string, what string, formats []string) {
	f.VarP(flags.Choice(to, "FORMAT", "text", formats...), "format", "f", what+": "+strings.Join(formats, ", "))
}

// addOutputs adds -f FORMAT or FORMAT=FILE, which may be repeated.
func addOutputs(f *pflag.FlagSet, to *[]flags.Output, what string, formats []string) {
	f.VarP(flags.Outputs(to, formats), "format", "f",
		what+": "+strings.Join(formats, ", ")+"; FORMAT=FILE writes to a file; may be repeated")
}
