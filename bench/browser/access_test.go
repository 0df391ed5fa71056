package browser

import (
	_ "embed"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// audit looks for what WCAG 2.2 AA asks and a program can see.
//
//go:embed testdata/audit.js
var audit string

func theme(name string) action {
	return call(emulation.SetEmulatedMedia,
		emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme",
			Value: name}}})
}

func media(name string) action {
	return call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: name})
}

func (b *tab) audit(what string) {
	b.Helper()
	for _, problem := range eval[[]string](b, audit) {
		b.Errorf("%s: %s", what, problem)
	}
}

// everyView lists a view of each kind in the report of services-hub.
var everyView = []string{"overview", "findings", "matrix", "expiry", "people", "user:carla@contoso.example", "groups",
	"group:support",
	"roles", "role:csam", "permissions", "permission:health", "scopes", "scope:contoso/emea", "about"}

// changeViews lists a view of each kind on the page of a change.
var changeViews = []string{"overview", "people", "user:ben@contoso.example", "permissions", "lines", "findings",
	"policy", "about"}

// writeChange writes the page of a change.
func writeChange(t *testing.T, file string) {
	t.Helper()
	cmd := exec.Command(permc, "diff", "--against", "./examples/change/before", "examples/change/after", "--as-of",
		"2026-12-01", "-f", "html="+file)
	cmd.Dir = "../.."
	_ = cmd.Run() // gates end it with 1
}

// TestAccessible audits every kind of view, light and dark.
func TestAccessible(t *testing.T) {
	t.Parallel()
	change := filepath.Join(t.TempDir(), "change.html")
	writeChange(t, change)
	for _, page := range []struct {
		name, file string
		views      []string
	}{
		{"services-hub", report(t, "examples/services-hub"), everyView},
		{"violations", report(t, "examples/services-hub-violations"), []string{"findings", "matrix"}},
		{"call-manager", report(t, "examples/call-manager"), []string{"overview", "roles", "matrix"}},
		{"change", change, changeViews},
	} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(page.name+" "+scheme, func(t *testing.T) {
				b := open(t, page.file, theme(scheme))
				for _, v := range page.views {
					b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("location.hash = %q", v)),
						chromedp.WaitVisible(chromedp.CSS(fmt.Sprintf("[id=%q]", v))))
					b.audit(v)
				}
				if page.name == "services-hub" {
					b.do(chromedp.Evaluate[chromedp.Void]("location.hash = 'matrix'"), settled(),
						chromedp.Click(chromedp.CSS("#grid td.open")))
					b.audit("the panel")
				}
			})
		}
	}
	open(t, report(t, "examples/services-hub"), noScript()) // and nothing is on the console
}

// TestTheme: the button turns light to dark, and it stays.
func TestTheme(t *testing.T) {
	t.Parallel()
	file := report(t, "examples/services-hub")
	b := open(t, file, theme("light"))
	paper := func() string { return eval[string](b, "getComputedStyle(document.body).backgroundColor") }
	before := paper()
	b.do(settled(), chromedp.Click(chromedp.CSS("#theme")))
	after := paper()
	if before == after {
		t.Errorf("still %s", after)
	}
	b.do(chromedp.Reload())
	if paper() != after {
		t.Errorf("after a reload it is %s again", paper())
	}
}

// TestPrint: with --print full everything is on paper, and nothing is wider than the paper.
func TestPrint(t *testing.T) {
	t.Parallel()
	pages := map[string]string{"hostile": report(t, hostileProject(t), "--print", "full")}
	for _, name := range []string{"services-hub", "dynamics-365-customer-service", "call-manager"} {
		pages[name] = report(t, "examples/"+name, "--print", "full")
	}
	for name, file := range pages {
		t.Run(name, func(t *testing.T) {
			b := open(t, file+"#people", chromedp.EmulateViewport(695, 1000), media("print"))
			if hidden := eval[[]string](b,
				`[...document.querySelectorAll(".view")].filter(v => v.offsetHeight === 0).map(v => v.id)`); len(hidden) > 0 {
				t.Errorf("not on paper: %v", hidden)
			}
			const wide = `[...document.querySelectorAll("main table, main svg, main p, main li, main dd")]
				.filter(e => e.checkVisibility() && !e.closest(".vh"))
				.map(e => [e, Math.ceil(e.getBoundingClientRect().right), e.closest(".wide") ? 1024 : 695])
				.filter(([, right, paper]) => right > paper)
				.map(([e, right]) => right + " px: " + e.outerHTML.slice(0, 160))`
			for _, s := range eval[[]string](b, wide) {
				t.Error("cut on paper: ", s)
			}
		})
	}
}
