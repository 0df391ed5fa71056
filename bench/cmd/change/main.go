// Command change measures permc diff on changes of few people and of everybody, in every format, against permc compile
// of the same project.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"permc.dev/permc/bench/alone"
	"permc.dev/permc/bench/gen"
)

var formats = []string{"text", "markdown", "github", "json", "html"}

func main() {
	alone.Serve()
	users := pflag.IntP("users", "n", 100_000, "number of users")
	runs := pflag.Int("runs", 5, "runs of each command, in rounds")
	keep := pflag.String("keep", "", "folder for the projects (default: a temporary one)")
	pflag.Parse()
	if err := measure(*users, *runs, *keep); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func measure(users, runs int, dir string) error {
	if dir == "" {
		temporary, err := os.MkdirTemp("", "permc-change")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temporary)
		dir = temporary
	}
	permc := filepath.Join(dir, "permc")
	build := exec.Command("go", "build", "-o", permc, "./cmd/permc")
	build.Dir, build.Stderr = "..", os.Stderr // go -C bench runs this in bench
	if err := build.Run(); err != nil {
		return fmt.Errorf("permc: %w", err)
	}
	list, err := write(dir, users)
	if err != nil {
		return err
	}
	for _, c := range list {
		if err := c.measure(permc, dir, runs); err != nil {
			return err
		}
	}
	return nil
}

// change is a project before and after a change.
type change struct{ name, base, head string }

// measure prints what compile and diff use. Each round runs all of them, so that other work on the machine slows them
// alike.
func (c *change) measure(permc, dir string, runs int) error {
	names := slices.Concat([]string{"compile -f csv"}, formats)
	all := make([][]alone.Run, len(names))
	for range runs {
		for i, name := range names {
			args := []string{"compile", "--as-of", gen.AsOf, "-f", "csv", c.head}
			if i > 0 {
				args = []string{"diff", "--as-of", gen.AsOf, "-f", name, "--against", "./" + c.base, "./" + c.head}
			}
			r, err := timed(permc, dir, args)
			if err != nil {
				return fmt.Errorf("permc %v: %w", args, err)
			}
			all[i] = append(all[i], r)
		}
	}
	fmt.Printf("%s:\n\n| | CPU s | peak MiB | CPU against compile |\n|---|--:|--:|--:|\n", c.name)
	compile := median(all[0])
	for i, name := range names {
		m := median(all[i])
		if i > 0 {
			name = "diff -f " + name
		}
		fmt.Printf("| %s | %.3g | %d | %.1f |\n", name, m.CPU.Seconds(), m.Peak>>20,
			m.CPU.Seconds()/compile.CPU.Seconds())
	}
	fmt.Println()
	return nil
}

// median returns the run with the median of CPU, and the largest peak.
func median(list []alone.Run) alone.Run {
	list = slices.SortedFunc(slices.Values(list), func(a, b alone.Run) int { return int(a.CPU - b.CPU) })
	m := list[len(list)/2]
	for _, r := range list {
		m.Peak = max(m.Peak, r.Peak)
	}
	return m
}

// timed runs permc with its output read through a pipe.
func timed(permc, dir string, args []string) (alone.Run, error) {
	c := exec.Command(permc, args...)
	c.Dir = dir
	return alone.Measure(context.Background(), c, true, func(err error, stderr *bytes.Buffer) error {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
			return nil // it has findings
		}
		if err != nil {
			return fmt.Errorf("%w: %s", err, stderr)
		}
		return nil
	})
}
