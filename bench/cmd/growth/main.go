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

// long is how many seconds a command may take to be run again.
const long = 0.4

func main() {
	alone.Serve()
	runs := pflag.Int("runs", 2, "runs of each command; the fastest counts")
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
	for _, name := range only {
		if !slices.ContainsFunc(dimensions, func(d dimension) bool { return d.name == name }) {
			return nil, fmt.Errorf("there is no dimension %q", name)
		}
	}
	fmt.Println("| dimension | from | to | command | CPU s at each size | exponent | output kB | exponent |\n" +
		"|---|--:|--:|---|---|--:|---|--:|")
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

// measure prints a line for each command.
func (d *dimension) measure(permc, dir string, runs int) (list []series, err error) {
	folder := func(i int) string { return filepath.Join(dir, fmt.Sprint(i)) }
	for i := range doublings + 1 {
		if err := d.write(permc, folder(i), d.from<<i); err != nil {
			return nil, err
		}
	}
	for _, command := range append([]string{"check"}, d.commands...) {
		times, output := make([]float64, doublings+1), make([]float64, doublings+1)
		for run := range runs {
			for i, fastest := range times {
				if run > 0 && fastest > long {
					continue
				}
				used, err := d.timed(permc, filepath.Join(folder(i), "now"), command)
				if err != nil {
					return nil, err
				}
				if cpu := used.CPU.Seconds(); run == 0 || cpu < fastest {
					times[i] = cpu
				}
				output[i] = float64(used.Output) / 1000
			}
		}
		fmt.Printf("| %s | %d | %d | %s | %s | %s | %s | %s |\n", d.name, d.from, d.from<<doublings, command,
			listNumbers(times), exponent(times, 0.02), listNumbers(output), exponent(output, 1))
		list = append(list, series{d.name, command, d.from, times})
	}
	return list, nil
}

// listNumbers writes numbers with three digits.
func listNumbers(numbers []float64) string {
	var list []string
	for _, n := range numbers {
		list = append(list, fmt.Sprintf("%.3g", n))
	}
	return strings.Join(list, " ")
}

// exponent returns the exponent of the growth over the last doubling, without what a project takes that has nothing of
// the dimension: the line through the first two times says what that is. Differences of more times would tell where
// large pages begin, which save a part of the time. The exponent is "-" where the time hardly grows, by less than
// least, since noise is all that is left then.
func exponent(times []float64, least float64) string {
	k := len(times)
	nothing := max(0, min(2*times[0]-times[1], slices.Min(times)))
	before, last := times[k-2]-nothing, times[k-1]-nothing
	if grown := last - before; grown < least || grown < 0.1*times[k-1] {
		return "-"
	}
	return fmt.Sprintf("%.2f", math.Log2(last/before))
}

// timed returns what a command used. It must have ended as a project of this dimension lets it end.
func (d *dimension) timed(permc, dir, command string) (alone.Run, error) {
	args := append(strings.Fields(command), "--as-of", gen.AsOf, "--timeout", "10m")
	c := exec.Command(permc, args...)
	c.Dir = dir
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	defer stop()
	return alone.Measure(ctx, c, true, func(err error, stderr *bytes.Buffer) error {
		exit, _ := errors.AsType[*exec.ExitError](err)
		switch {
		case d.broken && exit != nil && exit.ExitCode() == 3 && !bytes.HasPrefix(stderr.Bytes(), []byte("permc:")):
			return nil // as it should
		case !d.broken && (err == nil || exit != nil && exit.ExitCode() == 1): // 1: it has findings
			return nil
		}
		return fmt.Errorf("permc %s in %s: %v, broken: %t: %.2000s", command, dir, err, d.broken, stderr)
	})
}
