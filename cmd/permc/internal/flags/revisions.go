package flags

import (
	"context"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// revisions completes the branches and tags of the repository, and folders, which begin as paths.
func revisions(p Project, start string) ([]string, cobra.ShellCompDirective) {
	if strings.HasPrefix(start, ".") || strings.HasPrefix(start, "/") {
		return folders(p, start)
	}
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
	defer stop()
	out, err := exec.CommandContext(ctx, "git", "for-each-ref", "--format=%(refname:short)",
		"refs/heads", "refs/remotes", "refs/tags").Output()
	if err != nil {
		return folders(p, start)
	}
	before, last := "", start
	if i := strings.LastIndex(start, ".."); i >= 0 { // the end of a range
		i += len(start[i:]) - len(strings.TrimLeft(start[i:], "."))
		before, last = start[:i], start[i:]
	}
	var names []string
	for _, name := range append([]string{"HEAD"}, strings.Fields(string(out))...) {
		for _, found := range Starting([]string{name}, last) {
			names = append(names, before+found)
		}
	}
	if len(names) == 0 {
		return folders(p, start)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
