package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// writePage writes a page that a command prints or names in its arguments, where {out} is the file. Findings and gates
// may end the command with 1.
func writePage(t *testing.T, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	printed := true
	for i, a := range args {
		printed = printed && !strings.Contains(a, "{out}")
		args[i] = strings.ReplaceAll(a, "{out}", file)
	}
	cmd := exec.Command(permc, args...)
	cmd.Dir = "../.."
	var complaints strings.Builder
	cmd.Stderr = &complaints
	text, err := cmd.Output()
	if printed && err == nil {
		err = os.WriteFile(file, text, 0o644)
	}
	if _, missing := os.Stat(file); missing != nil {
		t.Fatalf("permc %s: %v: %s", strings.Join(args, " "), err, complaints.String())
	}
	return file
}

// writeParts writes a report in parts, and returns the whole and a part.
func writeParts(t *testing.T) (whole, part string) {
	t.Helper()
	dir := t.TempDir()
	whole = writeReport(t, dir, "examples/services-hub", "--max-rows", "60")
	parts, err := filepath.Glob(filepath.Join(dir, "*", "*.html"))
	if err != nil || len(parts) == 0 {
		t.Fatalf("no parts: %v", err)
	}
	return whole, parts[0]
}

// TestEveryPage: no kind of page that permc writes complains, in any of its views, and all of its program has run.
func TestEveryPage(t *testing.T) {
	const day = "2026-12-01"
	whole, part := writeParts(t)
	for _, page := range []struct{ name, file string }{
		{"report", report(t, "examples/services-hub")},
		{"violations", report(t, "examples/services-hub-violations")},
		{"catalog without levels", report(t, "examples/call-manager")},
		{"filtered", report(t, "examples/services-hub", "--user", "ben@contoso.example")},
		{"whole of parts", whole},
		{"part", part},
		{"diff", writePage(t, "diff", "--against", "./examples/change/before", "examples/change/after", "--as-of", day,
			"-f", "html={out}")},
		{"catalog", writePage(t, "catalog", "services-hub", "-f", "html")},
		{"another catalog", writePage(t, "catalog", "dynamics-365-customer-service", "-f", "html")},
		{"paths", pathsPage(t, "examples/services-hub")},
		{"evidence", writePage(t, "review", "examples/access-review/filled.csv", "-C", "examples/access-review/before",
			"--as-of", day, "--evidence", "{out}")},
	} {
		t.Run(page.name, func(t *testing.T) { openViews(t, page.file) })
	}
}

// openViews shows every view of a page. What it complains about fails the test.
func openViews(t *testing.T, file string) {
	t.Helper()
	b := open(t, file, chromedp.EmulateViewport(1280, 900))
	b.do(settled())
	if b.count("script") > 0 && !eval[bool](b, `document.documentElement.dataset.ready === ""`) {
		t.Error("the program of the page did not run to its end")
	}
	for _, id := range eval[[]string](b, `[...document.querySelectorAll("main .view")].map(v => v.id)`) {
		b.goTo(id)
	}
}
