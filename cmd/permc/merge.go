package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/ask/shard"
	"permc.dev/permc/compiler/render"
)

func mergeCommand(g *globals) *cobra.Command {
	var outputs []flags.Output
	var known baselineFlags
	cmd := &cobra.Command{
		Use:   "merge STATE…",
		Short: "print the findings of a table that several processes made",
		Long: `Reads the states that permc compile --shard wrote, one of each shard, and prints
the findings of the whole project, which it does not need. The findings and the
exit code are those of one run of permc check. A folder stands for the files
*.json in it.`,
		Example: examples(`
			permc merge state-*.json
			permc merge --fail-on warning -f text -f sarif=permc.sarif states`),
		Args: takes(1, unlimited),
		RunE: func(cmd *cobra.Command, paths []string) error { return g.merge(cmd, paths, outputs, &known) },
	}
	known.flags(cmd)
	addOutputs(cmd.Flags(), &outputs, "format of the findings", render.FindingFormats)
	return cmd
}

func (g *globals) merge(cmd *cobra.Command, paths []string, outputs []flags.Output, known *baselineFlags) error {
	if err := known.read(false); err != nil {
		return err
	}
	m, err := readStates(paths)
	if err != nil {
		return failed(err)
	}
	if g.given("as-of") && g.date != m.AsOf {
		return failed(fmt.Errorf("the states are as of %s: leave out --as-of, or compile the shards as of %s",
			m.AsOf, g.date))
	}
	r := known.report(&render.Findings{
		Files:    m.Files,
		Policy:   m.Policy,
		AsOf:     m.AsOf,
		Findings: m.Findings,
		Users:    m.Users,
		Notes:    m.Notes,
		Whole:    g.verbose,
		Place:    placeInRepository,
	})
	if err := writeFindings(cmd.OutOrStdout(), outputs, r); err != nil {
		return err
	}
	known.printFixed(cmd.ErrOrStderr(), r)
	return g.verdict(r)
}

// readStates reads the states of all shards.
func readStates(paths []string) (*shard.Merged, error) {
	paths, err := listStates(paths)
	if err != nil {
		return nil, err
	}
	var states []*shard.State
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		s, err := shard.Decode(path, text)
		if err != nil {
			return nil, err
		}
		states = append(states, s)
	}
	return shard.Merge(states, paths)
}

// listStates returns the files of states, in place of folders with them.
func listStates(paths []string) (list []string, err error) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			list = append(list, path)
			continue
		}
		inside, err := fs.Glob(os.DirFS(path), "*.json")
		if err != nil || len(inside) == 0 {
			return nil, fmt.Errorf("%s has no states: no files *.json", path)
		}
		for _, name := range inside {
			list = append(list, filepath.Join(path, name))
		}
	}
	return list, nil
}
