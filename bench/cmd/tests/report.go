package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// event holds one line of go test -json.
type event struct {
	Action, Package, Test, Output string
}

// name is a test of a package; that of the package itself has no test.
type name struct{ pkg, test string }

// report prints the output of packages and of failed tests, and collects the skipped ones. Modules whose tests run side
// by side share it.
type report struct {
	mu      sync.Mutex
	w       io.Writer
	output  map[name][]string
	skipped map[string][]string // tests, by reason
}

func newReport(w io.Writer) *report {
	return &report{w: w, output: map[name][]string{}, skipped: map[string][]string{}}
}

// read reads events until the end.
func (r *report) read(events io.Reader) {
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			r.line(line)
		}
		if err != nil {
			return
		}
	}
}

// line reads one event, or prints a line that is none.
func (r *report) line(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var e event
	if json.Unmarshal([]byte(text), &e) != nil {
		fmt.Fprint(r.w, text)
		return
	}
	r.event(&e)
}

func (r *report) event(e *event) {
	at := name{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.w, e.Output)
	case "output":
		if e.Test == "" && e.Output != "PASS\n" && !strings.HasPrefix(e.Output, "testing: warning: no tests to run") {
			fmt.Fprint(r.w, e.Output)
			return
		}
		r.output[at] = append(r.output[at], e.Output)
	case "fail":
		for _, line := range r.output[at] {
			if !strings.HasPrefix(line, "=== ") {
				fmt.Fprint(r.w, line)
			}
		}
		delete(r.output, at)
	case "skip":
		if e.Test != "" {
			reason := reasonOf(r.output[at])
			r.skipped[reason] = append(r.skipped[reason], e.Test+" in "+e.Package)
		}
		delete(r.output, at)
	case "pass":
		delete(r.output, at)
	}
}

// place matches where a test says something.
var place = regexp.MustCompile(`^\S+\.go:\d+: `)

// reasonOf returns why a test was skipped: what it said last.
func reasonOf(output []string) string {
	for _, line := range slices.Backward(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			return place.ReplaceAllString(line, "")
		}
	}
	return "no reason given"
}

// printSkipped lists the tests that were skipped, by reason.
func (r *report) printSkipped() {
	var reasons []string
	n := 0
	for reason, tests := range r.skipped {
		reasons = append(reasons, reason)
		n += len(tests)
	}
	if n == 0 {
		fmt.Fprintln(r.w, "\nEvery test ran.")
		return
	}
	slices.Sort(reasons)
	count := fmt.Sprintf("%d tests", n)
	if n == 1 {
		count = "1 test"
	}
	fmt.Fprintf(r.w, "\n%s\nSKIPPED: %s did not run\n", strings.Repeat("=", 72), count)
	for _, reason := range reasons {
		fmt.Fprintf(r.w, "\n  %s\n", reason)
		tests := r.skipped[reason]
		for _, test := range tests[:min(len(tests), 5)] {
			fmt.Fprintf(r.w, "    %s\n", test)
		}
		if more := len(tests) - 5; more > 0 {
			fmt.Fprintf(r.w, "    and %d more\n", more)
		}
	}
	fmt.Fprintln(r.w, strings.Repeat("=", 72))
}
