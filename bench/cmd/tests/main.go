// Command tests runs the tests of some modules, prints what go test prints, and lists at the end which tests were
// skipped and why: a test that did not run has not passed.
//
// The modules run side by side, since the tests of some wait a lot. The first one is built before the others start:
// they build commands of it, which takes minutes once.
//
//	tests FOLDER [FLAG…] [-- FOLDER [FLAG…]]…
package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
)

func main() {
	modules := split(os.Args[1:])
	if len(modules) > 1 {
		_ = exec.Command("go", "-C", modules[0][0], "build", "./...").Run() // its tests report what does not build
	}
	r := newReport(os.Stdout)
	errs := make([]error, len(modules))
	var group sync.WaitGroup
	for i, args := range modules {
		group.Go(func() { errs[i] = run(r, args) })
	}
	group.Wait()
	failed := false
	for i, err := range errs {
		if err != nil {
			fmt.Fprintf(os.Stderr, "tests in %s: %v\n", modules[i][0], err)
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
	return cmd.Wait()
}
