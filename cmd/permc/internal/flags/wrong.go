package flags

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"permc.dev/permc/compiler/diag"
)

// DescribeError returns an error of parsing flags in permc's words: which flag, what is wrong, and what is allowed.
func DescribeError(cmd *cobra.Command, err error) error {
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		if e.GetValue() == "" {
			return prefix(e.GetFlag(), e.Unwrap())
		}
		return fmt.Errorf("%s %s: %w", shownName(e.GetFlag()), diag.Quote(e.GetValue()), e.Unwrap())
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		word, _ := pflag.UnquoteUsage(e.GetFlag())
		return fmt.Errorf("%s needs a value: %s", shownName(e.GetFlag()), word)
	}
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return describeUnknown(cmd, e)
	}
	return err
}

// prefix puts the name of a flag before an error.
func prefix(f *pflag.Flag, err error) error {
	if errors.Is(err, errEmpty) {
		return fmt.Errorf("--%s %w", f.Name, err)
	}
	return fmt.Errorf("%s: %w", shownName(f), err)
}

// shownName returns the shortest name of a flag.
func shownName(f *pflag.Flag) string {
	if f.Shorthand != "" {
		return "-" + f.Shorthand
	}
	return "--" + f.Name
}

// describeUnknown suggests a similar flag, or names the command that has the flag.
func describeUnknown(cmd *cobra.Command, e *pflag.NotExistError) error {
	name, what := e.GetSpecifiedName(), ""
	if group := e.GetSpecifiedShortnames(); group != "" {
		what = "unknown flag " + diag.Quote("-"+name)
		if group != name {
			what += " in " + diag.Quote("-"+group)
		}
		name, _, _ = strings.Cut(group, "=")
	} else {
		what = "unknown flag " + diag.Quote("--"+name)
	}
	if len(name) > 1 {
		if near := diag.Nearest(name, listFlags(cmd)); near != "" {
			return fmt.Errorf("%s; did you mean --%s?", what, near)
		}
		if other := findOwner(cmd.Root(), name); other != nil {
			return fmt.Errorf("%s; it is a flag of %s", what, other.CommandPath())
		}
	}
	return fmt.Errorf("%s; %s --help lists the flags", what, cmd.CommandPath())
}

func listFlags(cmd *cobra.Command) (names []string) {
	add := func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	}
	cmd.Flags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	return names
}

// findOwner returns a command that has a flag, or nil.
func findOwner(cmd *cobra.Command, name string) *cobra.Command {
	if cmd.LocalNonPersistentFlags().Lookup(name) != nil {
		return cmd
	}
	for _, c := range cmd.Commands() {
		if owner := findOwner(c, name); owner != nil {
			return owner
		}
	}
	return nil
}
