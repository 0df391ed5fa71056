package main

import (
	"strings"
	"sync"
	"testing"
)

const events = `{"Action":"start","Package":"x/a"}
{"Action":"run","Package":"x/a","Test":"TestGood"}
{"Action":"output","Package":"x/a","Test":"TestGood","Output":"=== RUN   TestGood\n"}
{"Action":"output","Package":"x/a","Test":"TestGood","Output":"    a_test.go:3: quiet\n"}
{"Action":"pass","Package":"x/a","Test":"TestGood"}
{"Action":"output","Package":"x/a","Test":"TestPage","Output":"=== RUN   TestPage\n"}
{"Action":"output","Package":"x/a","Test":"TestPage","Output":"    b_test.go:97: no browser was found\n"}
{"Action":"output","Package":"x/a","Test":"TestPage","Output":"--- SKIP: TestPage (0.00s)\n"}
{"Action":"skip","Package":"x/a","Test":"TestPage"}
{"Action":"output","Package":"x/a","Output":"PASS\n"}
{"Action":"output","Package":"x/a","Output":"ok  \tx/a\t0.1s\n"}
{"Action":"pass","Package":"x/a"}
{"Action":"output","Package":"x/b","Test":"TestBad","Output":"    b_test.go:1: wrong\n"}
{"Action":"fail","Package":"x/b","Test":"TestBad"}
{"Action":"output","Package":"x/b","Output":"FAIL\tx/b\t0.1s\n"}
{"ImportPath":"x/c","Action":"build-output","Output":"c.go:1: undefined: y\n"}
{"Action":"output","Package":"x/d","Output":"?   \tx/d\t[no test files]\n"}
{"Action":"skip","Package":"x/d"}
not JSON
`

const printed = "ok  \tx/a\t0.1s\n    b_test.go:1: wrong\nFAIL\tx/b\t0.1s\nc.go:1: undefined: y\n" +
	"?   \tx/d\t[no test files]\nnot JSON\n"

func TestReport(t *testing.T) {
	var b strings.Builder
	r := newReport(&b)
	r.read(strings.NewReader(events))
	if b.String() != printed {
		t.Errorf("printed\n%s\nwant\n%s", b.String(), printed)
	}
	b.Reset()
	r.printSkipped()
	for _, want := range []string{"SKIPPED: 1 test did not run", "\n  no browser was found\n    TestPage in x/a\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	b.Reset()
	newReport(&b).printSkipped()
	if b.String() != "\nEvery test ran.\n" {
		t.Errorf("nothing skipped: %q", b.String())
	}
}

// TestSideBySide: the events of several modules do not mix.
func TestSideBySide(t *testing.T) {
	var b strings.Builder
	r := newReport(&b)
	var group sync.WaitGroup
	for _, module := range []string{"x/", "y/"} {
		group.Go(func() { r.read(strings.NewReader(strings.ReplaceAll(events, "x/", module))) })
	}
	group.Wait()
	if len(b.String()) != 2*len(printed) || strings.Count(b.String(), "    b_test.go:1: wrong\n") != 2 {
		t.Errorf("printed\n%s", b.String())
	}
	b.Reset()
	if r.printSkipped(); !strings.Contains(b.String(), "SKIPPED: 2 tests did not run") {
		t.Errorf("the skipped tests of one module are missing in\n%s", b.String())
	}
}
