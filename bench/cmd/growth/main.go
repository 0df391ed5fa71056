// Command growth measures how the CPU time of permc grows with each dimension of a project: every dimension is doubled
// four times, and the exponent of the growth printed. An exponent of 1 is linear.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"permc.dev/permc/bench/alone"
	"permc.dev/permc/bench/gen"
)

// doublings is how often each dimension is doubled.
const doublings = 4

func main() {
	alone.Serve()
	runs := pflag.Int("runs", 3, "runs of each command; the fastest counts")
	only := pflag.StringSlice("only", nil, "dimensions to measure (default: all)")
	keep := pflag.String("keep", "", "folder for the projects (default: a temporary one)")
	permc := pflag.String("permc", "", "binary to measure (default: built from this repository)")
	svg := pflag.String("svg", "", "file to draw the growth of check into")
	pflag.Parse()
	all, err := measure(*runs, *only, *keep, *permc)
	if err == nil && *svg != "" {
		err = os.WriteFile(*svg, drawGrowth(all), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// measure prints a table of the dimensions, and returns what it measured.
func measure(runs int, only []string, dir, permc string) (all []series, err error) {
	if dir == "" {
		temporary, err := os.MkdirTemp("", "permc-growth")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(temporary)
		dir = temporary
	}
	if permc == "" {
		permc = filepath.Join(dir, "permc")
		build := exec.Command("go", "build", "-o", permc, "./cmd/permc")
		build.Dir, build.Stderr = "..", os.Stderr // go -C bench runs this in bench
		if err := build.Run(); err != nil {
			return nil, fmt.Errorf("permc: %w", err)
		}
	}
	fmt.Println("| dimension | from | to | command | CPU s at each size | exponent |\n|---|--:|--:|---|---|--:|")
	for _, d := range dimensions {
		if len(only) > 0 && !slices.Contains(only, d.name) {
			continue
		}
		list, err := d.measure(permc, filepath.Join(dir, d.name), runs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.name, err)
		}
		all = append(all, list...)
	}
	return all, nil
}

// dimension is one thing that grows.
type dimension struct {
	name     string
	from     int
	set      func(s *gen.Shape, n int)
	commands []string // beside check
}

// measure prints a line for each command.
func (d *dimension) measure(permc, dir string, runs int) (list []series, err error) {
	for i := range doublings + 1 {
		s := gen.Small
		d.set(&s, d.from<<i)
		if err := s.Write(filepath.Join(dir, fmt.Sprint(i))); err != nil {
			return nil, err
		}
	}
	for _, command := range append([]string{"check"}, d.commands...) {
		times := make([]float64, doublings+1)
		for range runs {
			for i := range times {
				used, err := timed(permc, filepath.Join(dir, fmt.Sprint(i)), command)
				if err != nil {
					return nil, err
				}
				if times[i] == 0 || used < times[i] {
					times[i] = used
				}
			}
		}
		fmt.Printf("| %s | %d | %d | %s | %s | %s |\n", d.name, d.from, d.from<<doublings, command, listTimes(times),
			exponent(times))
		list = append(list, series{d.name, command, d.from, times})
	}
	return list, nil
}

// listTimes writes times in seconds.
func listTimes(times []float64) string {
	var list []string
	for _, t := range times {
		list = append(list, fmt.Sprintf("%.3g", t))
	}
	return strings.Join(list, " ")
}

// exponent returns the exponent of the growth over the last doubling, without what a project takes that has nothing of
// the dimension: the line through the first two times says what that is. Differences of more times would tell where
// large pages begin, which save a part of the time. The exponent is "-" where the time hardly grows, since noise is all
// that is left then.
func exponent(times []float64) string {
	k := len(times)
	nothing := max(0, min(2*times[0]-times[1], slices.Min(times)))
	before, last := times[k-2]-nothing, times[k-1]-nothing
	if grown := last - before; grown < 0.02 || grown < 0.1*times[k-1] {
		return "-"
	}
	return fmt.Sprintf("%.2f", math.Log2(last/before))
}

// timed returns the CPU time of a command in seconds.
func timed(permc, dir, command string) (float64, error) {
	args := append(strings.Fields(command), "--as-of", gen.AsOf, "--timeout", "10m")
	c := exec.Command(permc, args...)
	c.Dir = dir
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	defer stop()
	r, err := alone.Measure(ctx, c, true, func(err error, stderr *bytes.Buffer) error {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if ok && (exit.ExitCode() == 1 || exit.ExitCode() == 4 ||
			exit.ExitCode() == 3 && !bytes.HasPrefix(stderr.Bytes(), []byte("permc:"))) {
			return nil // it has findings
		}
		if err != nil {
			return fmt.Errorf("permc %s: %w: %.2000s", command, err, stderr)
		}
		return nil
	})
	return r.CPU.Seconds(), err
}
