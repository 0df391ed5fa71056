package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// manCommand prints the manual page that releases include.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man",
		Short:   "print the manual page",
		Long:    "Prints the manual page of all commands, as man reads it: permc man > permc.1.",
		Example: examples("permc man"),
		Hidden:  true,
		Args:    takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := writeManual(cmd.OutOrStdout(), cmd.Root()); err != nil {
				return failed(err)
			}
			return nil
		},
	}
}

// writeManual writes the help of all commands as a page in roff.
func writeManual(w io.Writer, root *cobra.Command) error {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH PERMC 1 \"\" \"permc %s\"\n.SH NAME\npermc \\- %s\n", roff(versionText()), roff(root.Short))
	fmt.Fprintf(&b, ".SH DESCRIPTION\n%s\n.SH OPTIONS OF EVERY COMMAND\n%s.SH COMMANDS\n", roff(root.Long),
		verbatim(root.PersistentFlags().FlagUsages()))
	for _, c := range root.Commands() {
		if c.Hidden {
			continue
		}
		fmt.Fprintf(&b, ".SS %s\n%s\n%s", roff("permc "+c.Use), roff(c.Long),
			verbatim(c.LocalNonPersistentFlags().FlagUsages()))
		if c.HasExample() {
			b.WriteString(verbatim(c.Example))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func verbatim(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return ".PP\n.nf\n" + roff(strings.TrimRight(text, "\n")) + "\n.fi\n"
}

// roff escapes what begins a request or an escape.
func roff(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, `\`, `\e`), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "-", `\-`)
}
