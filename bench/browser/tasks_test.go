package browser

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"
)

// task is an event of a trace: something the browser did, and how much of the processor it took in microseconds.
type task struct {
	Name     string  `json:"name"`
	Process  int     `json:"pid"`
	Thread   int     `json:"tid"`
	Start    float64 `json:"ts"`
	Took     float64 `json:"dur"`
	Computed float64 `json:"tdur"`
	Args     struct {
		Name string `json:"name"`
	} `json:"args"`
}

// tracer collects what the browser does.
type tracer struct {
	mu    sync.Mutex
	tasks []task
	done  chan struct{}
}

func (r *tracer) listen(e any) {
	switch e := e.(type) {
	case *tracing.EventDataCollected:
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, v := range e.Value {
			var t task
			if json.Unmarshal(v, &t) == nil {
				r.tasks = append(r.tasks, t)
			}
		}
	case *tracing.EventTracingComplete:
		select {
		case r.done <- struct{}{}:
		default: // a later tracer's
		}
	}
}

// traceVariable names the variable for which TestLongTasks logs times.
const traceVariable = "PERMC_TRACE"

// TestLongTasks walks through the page of 20,000 people. With PERMC_TRACE=1 it logs how long each step keeps a reader
// waiting. Machines differ, so that fails nothing.
func TestLongTasks(t *testing.T) {
	if os.Getenv(traceVariable) == "" {
		t.Parallel()
	}
	dir, _ := generated(t, 20_000)
	file := report(t, dir)
	b := open(t, file)
	b.do(chromedp.Navigate("about:blank"))
	b.traced("opening", func() {
		b.do(chromedp.Navigate("file://" + file))
		b.has("#overview", "20,000")
	})
	b.traced("entering the matrix", func() {
		b.goTo("matrix")
		b.has("#grid [role=status]", "permission")
	})
	for _, name := range []string{"sensitivity", "role"} {
		b.traced("filtering by "+name, func() {
			b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(f => { f.selectedIndex = 1;
				f.dispatchEvent(new Event("input", { bubbles: true })); })(document.querySelector("#grid [name=%s]"))`, name)))
		})
	}
	b.traced("scrolling", func() {
		for range 10 {
			b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#grid .live").scrollTop += 5000`), settled())
		}
	})
	for _, view := range []string{"expiry", "people", "findings", "roles", "scopes", "groups", "overview"} {
		b.traced("entering "+view, func() { b.goTo(view) })
	}
}

// traced does a step, and logs the tasks that it needs over 20 ms of the processor for, the longest first, if asked.
func (b *tab) traced(step string, do func()) {
	b.Helper()
	if os.Getenv(traceVariable) == "" {
		do()
		return
	}
	r := &tracer{done: make(chan struct{}, 1)}
	if err := chromedp.Listen(b.ctx, r.listen); err != nil {
		b.Fatal(err)
	}
	b.do(call(tracing.Start, tracing.StartParams{TraceConfig: &tracing.TraceConfig{
		IncludedCategories: []string{"toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"}}}))
	do()
	time.Sleep(time.Second)
	b.do(call(tracing.End, cdp.Empty{}))
	<-r.done
	b.Log(step, r.long())
}

// long lists the tasks of the page that compute for over 20 ms, with what they consist of.
func (r *tracer) long() (list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	main := map[[2]int]bool{}
	for _, t := range r.tasks {
		if t.Name == "thread_name" && t.Args.Name == "CrRendererMain" {
			main[[2]int{t.Process, t.Thread}] = true
		}
	}
	var longest []task
	for _, t := range r.tasks {
		if main[[2]int{t.Process, t.Thread}] && t.Name == "RunTask" && t.Computed > 20_000 {
			longest = append(longest, t)
		}
	}
	slices.SortFunc(longest, func(a, b task) int { return cmp.Compare(b.Computed, a.Computed) })
	for _, t := range longest {
		list = append(list, fmt.Sprintf("%.0f ms %v\n", t.Computed/1000, r.partsOf(t)))
	}
	return list
}

// partsOf sums what a task computes, in milliseconds by kind.
func (r *tracer) partsOf(t task) map[string]int {
	parts := map[string]int{}
	for _, p := range r.tasks {
		if p.Process == t.Process && p.Thread == t.Thread && p.Name != "RunTask" && p.Start >= t.Start &&
			p.Start+p.Took <= t.Start+t.Took && p.Computed > 5000 {
			parts[p.Name] += int(p.Computed / 1000)
		}
	}
	return parts
}
