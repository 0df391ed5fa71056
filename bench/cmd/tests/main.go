// Command tests runs the tests of some modules, prints what go test prints, and lists at the end which tests were
// skipped and why: a test that did not run has not passed.
//
//	tests FOLDER [FLAG…] [-- FOLDER [FLAG…]]…
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
)

func main() {
	r := newReport(os.Stdout)
	failed := false
	for _, args := range split(os.Args[1:]) {
		if err := run(r, args); err != nil {
			fmt.Fprintf(os.Stderr, "tests in %s: %v\n", args[0], err)
			failed = true
		}
	}
	r.printSkipped()
	if failed {
		os.Exit(1)
	}
}

// split splits arguments at each "--".
func split(args []string) (list [][]string) {
	for len(args) > 0 {
		n := slices.Index(args, "--")
		if n < 0 {
			return append(list, args)
		}
		if n > 0 {
			list = append(list, args[:n])
		}
		args = args[n+1:]
	}
	return list
}

// run runs the tests of the module in a folder.
func run(r *report, args []string) error {
	cmd := exec.Command("go", append([]string{"-C", args[0], "test", "-json"}, append(args[1:], "./...")...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	r.read(out)
	_, _ = io.Copy(os.Stdout, out) // what was not JSON
	return cmd.Wait()
}
