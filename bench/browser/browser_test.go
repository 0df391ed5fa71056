// Package browser reads what permc report writes in a real browser: it clicks,
// types and prints as people do, and lets nothing run that is not the page's.
package browser

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var (
	permc   string // the program
	browser context.Context
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	permc = filepath.Join(dir, "permc")
	build := exec.Command("go", "build", "-o", permc, "./cmd/permc")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%v: %s", err, out))
	}
	path := find()
	if path == "" {
		return m.Run() // each test says that it is skipped
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.WindowSize(1400, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	defer stop()
	ctx, stop = chromedp.NewContext(ctx)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		panic(fmt.Sprintf("%s does not start: %v", path, err))
	}
	browser = ctx
	return m.Run()
}

// find is where the browser is, or "".
func find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

type action = chromedp.Action[chromedp.Void]

// call is a command of the protocol as an action.
func call[P, R any](c cdp.Command[P, R], params P) action {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// tab is one page in the browser, with what went wrong on it.
type tab struct {
	*testing.T
	ctx context.Context

	mu   sync.Mutex
	said []string
}

// open opens a file of HTML. Whatever the page complains about fails the test.
func open(t *testing.T, file string, before ...action) *tab {
	t.Helper()
	if browser == nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no browser was found: apt-get install chromium")
		}
		t.Skip("no browser was found: apt-get install chromium")
	}
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 5*time.Minute) // others work beside it
	t.Cleanup(stop)
	b := &tab{T: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	// Whoever watches the network has the browser decode each document a second time, in one long task.
	b.do(call(network.Disable, cdp.Empty{}))
	b.do(before...)
	b.do(call(log.Enable, cdp.Empty{}), chromedp.Navigate("file://"+file))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, s := range b.said {
			t.Error("the page complains: ", s)
		}
	})
	return b
}

func (b *tab) listen(e any) {
	add := func(format string, args ...any) {
		b.mu.Lock()
		b.said = append(b.said, fmt.Sprintf(format, args...))
		b.mu.Unlock()
	}
	switch e := e.(type) {
	case *runtime.EventConsoleAPICalled:
		for _, a := range e.Args {
			add("console.%s %s", e.Type, a.Value)
		}
	case *runtime.EventExceptionThrown:
		add("%v", e.ExceptionDetails)
	case *log.EventEntryAdded:
		add("%s: %s", e.Entry.Source, e.Entry.Text)
	case *page.EventJavascriptDialogOpening:
		add("a dialog opens: %s", e.Message)
		go chromedp.Do(b.ctx, call(page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{}))
	}
}

func (b *tab) do(actions ...action) {
	b.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// eval is the value of an expression on the page.
func eval[T any](b *tab, expression string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// settled waits until the page has drawn what the last action asked for: a click
// on something that is drawn anew would miss it.
func settled() action {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Run(ctx,
			chromedp.Evaluate[bool]("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => "+
				"done(true))))", chromedp.EvalAwaitPromise))
		return err
	})
}

// text is what people read of the first element that a selector finds.
func (b *tab) text(selector string) string {
	b.Helper()
	return eval[string](b, fmt.Sprintf("document.querySelector(%q)?.innerText ?? 'there is no '+%q", selector,
		selector))
}

func (b *tab) count(selector string) int {
	b.Helper()
	return eval[int](b, fmt.Sprintf("document.querySelectorAll(%q).length", selector))
}

// has fails unless an element's text has all of some parts. A page draws when
// it comes to it, so it is asked again for a while.
func (b *tab) has(selector string, parts ...string) {
	b.Helper()
	missing := func() (text, part string) {
		text = b.text(selector)
		for _, p := range parts {
			if !strings.Contains(text, p) {
				return text, p
			}
		}
		return text, ""
	}
	text, part := missing()
	for range 100 {
		if part == "" {
			return
		}
		time.Sleep(100 * time.Millisecond)
		text, part = missing()
	}
	b.Errorf("%s: want %q in %q", selector, part, text)
}

// noScript turns JavaScript off.
func noScript() action {
	return call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// shared names the folder of files that several tests read.
func shared() string { return filepath.Dir(permc) }

// written holds the reports that several tests open: those of examples, and those of generated projects.
var written sync.Map

// report writes the report of a project in the repository, or of some files.
func report(t *testing.T, project string, flags ...string) string {
	t.Helper()
	if !strings.HasPrefix(project, "examples/") && !strings.HasPrefix(project, shared()) {
		return writeReport(t, t.TempDir(), project, flags...)
	}
	key := strings.Join(append([]string{project}, flags...), " ")
	once, _ := written.LoadOrStore(key, &sync.Once{})
	dir := filepath.Join(shared(), fmt.Sprintf("%x", sha256.Sum256([]byte(key))))
	once.(*sync.Once).Do(func() {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		writeReport(t, dir, project, flags...)
	})
	return filepath.Join(dir, "access.html")
}

func writeReport(t *testing.T, dir, project string, flags ...string) string {
	t.Helper()
	out := filepath.Join(dir, "access.html")
	cmd := exec.Command(permc, append([]string{"report", project, "--as-of", "2026-12-01", "-o", out}, flags...)...)
	cmd.Dir = "../.."
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return out
}
