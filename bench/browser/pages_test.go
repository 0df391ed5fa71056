package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	args = slices.Clone(args)
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

// TestEveryPage: no kind of page that permc writes complains, in any of its views, and all of its program has run.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	const day = "2026-12-01"
	users := filepath.Join(t.TempDir(), "users.csv")
	if err := os.WriteFile(users, []byte("id,role\nana,agent\nzoe,agent\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, page := range []struct{ name, file string }{
		{"report", report(t, "examples/services-hub")},
		{"violations", report(t, "examples/services-hub-violations")},
		{"catalog without levels", report(t, "examples/call-manager")},
		{"filtered", report(t, "examples/services-hub", "--user", "ben@contoso.example")},
		{"diff", writePage(t, "diff", "--against", "./examples/change/before", "examples/change/after", "--as-of", day,
			"-f", "html={out}")},
		{"catalog", writePage(t, "catalog", "services-hub", "-f", "html")},
		{"another catalog", writePage(t, "catalog", "dynamics-365-customer-service", "-f", "html")},
		{"paths", pathsPage(t, "examples/services-hub")},
		{"drift", writePage(t, "drift", "table", users, "examples/own-product", "--as-of", day, "-f", "html={out}")},
		{"evidence", writePage(t, "review", "examples/access-review/filled.csv", "examples/access-review/before",
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
