// Package bash completes in bash without the package bash-completion.
package bash

import (
	_ "embed" // completion.bash
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// bashAlone does what the script for bash takes from the package bash-completion, in case that is missing: it splits
// the line up to the cursor into words. Bash itself would also split at : and = and, for names of hosts, at @.
//
//go:embed completion.bash
var bashAlone string

// bashNeeds quotes a passage of cobra's help that is wrong for our script.
const bashNeeds = "This script depends on the 'bash-completion' package.\n" +
	"If it is not installed already, you can install it via your OS's package manager.\n"

// Complete makes completion in bash work without other packages. It wraps the errors of writing.
func Complete(root *cobra.Command, failed func(error) error) {
	cmd, _, err := root.Find([]string{"completion", "bash"})
	if err != nil {
		panic(err) // cobra adds it
	}
	const works = "It uses the package bash-completion if that is installed, and works without it.\n"
	cmd.Long = strings.Replace(cmd.Long, bashNeeds, works, 1)
	script := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if _, err := io.WriteString(cmd.OutOrStdout(), bashAlone); err != nil {
			return failed(err)
		}
		return script(cmd, args)
	}
}
