// Command change measures permc diff on changes of few people and of everybody, in every format, against permc compile
// of the same project.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"permc.dev/permc/bench/gen"
)

// alone is the argument with which this program runs permc: the system counts the peak of a new process from that of
// the one that starts it, and the one that makes 100,000 users is large.
const alone = "run-alone"

var formats = []string{"text", "markdown", "github", "json", "html"}

func main() {
	if len(os.Args) > 2 && os.Args[1] == alone {
		os.Exit(runAlone(os.Args[2], os.Args[3:]))
	}
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

// once is one run.
type once struct {
	CPU  time.Duration
	Peak int64 // bytes
}

// measure prints what compile and diff use. Each round runs all of them, so that other work on the machine slows them
// alike.
func (c *change) measure(permc, dir string, runs int) error {
	names := slices.Concat([]string{"compile -f csv"}, formats)
	all := make([][]once, len(names))
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
		fmt.Printf("| %s | %.3g | %d | %.1f |\n", name, m.CPU.Seconds(), m.Peak>>20, m.CPU.Seconds()/compile.CPU.Seconds())
	}
	fmt.Println()
	return nil
}

// median is the run with the median of CPU, and the largest peak.
func median(list []once) once {
	list = slices.SortedFunc(slices.Values(list), func(a, b once) int { return int(a.CPU - b.CPU) })
	m := list[len(list)/2]
	for _, r := range list {
		m.Peak = max(m.Peak, r.Peak)
	}
	return m
}

// timed runs permc with its output read through a pipe.
func timed(permc, dir string, args []string) (r once, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	c := exec.Command(self, append([]string{alone, permc}, args...)...)
	c.Dir = dir
	text, err := c.Output()
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(text, &r)
}

func runAlone(permc string, args []string) int {
	c := exec.Command(permc, args...)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err == nil {
		_, err = io.Copy(io.Discard, out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	_ = c.Wait() // it may have findings
	if code := c.ProcessState.ExitCode(); code > 1 {
		fmt.Fprintf(os.Stderr, "permc ends with %d\n", code)
		return 1
	}
	r := once{
		CPU:  c.ProcessState.UserTime() + c.ProcessState.SystemTime(),
		Peak: c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10,
	}
	if json.NewEncoder(os.Stdout).Encode(r) != nil {
		return 1
	}
	return 0
}
