package browser

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// changed writes the page of a change between two texts of access.yaml.
func changed(t *testing.T, before, after string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"before": before, "after": after} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "access.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(permc, "diff", "--against", "./before", "after", "--as-of", "2026-12-01", "-f",
		"html=page.html")
	cmd.Dir = dir
	out, _ := cmd.CombinedOutput() // gates end it with 1
	file := filepath.Join(dir, "page.html")
	if _, err := os.Stat(file); err != nil {
		t.Fatalf("%s", out)
	}
	return file
}

// crowd declares so many people, most with a permission on one of the given scopes.
func crowd(n int, permission string) string {
	var b strings.Builder
	b.WriteString("product: services-hub\nscopes: {northwind: {scopes: {emea: {}, apac: {}}}}\nusers:\n")
	for i := range n {
		fmt.Fprintf(&b, "  person.%d@northwind.example: {name: Person %d, affiliation: customer, grants: "+
			"[{permission: %s, scope: northwind/emea, expires: 2027-01-%02d}]}\n", i, i, permission, 1+i%28)
	}
	return b.String()
}

// TestChangePage: the verdict comes first, with each gate and its share; then people by name, the gravest first.
func TestChangePage(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "change.html")
	writeChange(t, file)
	b := open(t, file)
	b.has(".banner.error", "Blocked by 2 gates", "forbid sensitivity=critical", "of 32 gains",
		"2 people gain critical access")
	b.has("#overview .columns", "Mia Novak", "11 of 31 actions held, 35.5%", "PASSED")
	b.goTo("people")
	if got := b.column("#people-table", 0); !strings.HasPrefix(got[0], "Mia Novak") {
		t.Errorf("first: %q", got)
	}
	b.goTo("people?sort=-loses")
	if got := b.column("#people-table", 0); !strings.HasPrefix(got[0], "Ben Okafor") {
		t.Errorf("who loses most: %q", got)
	}
	b.goTo("user:mia@microsoft.example")
	levels := b.column(`[id="user:mia@microsoft.example"] .ways`, 1)
	if joined := strings.Join(levels, " "); !strings.HasPrefix(joined, "critical critical high") ||
		!strings.HasSuffix(joined, "low") {
		t.Errorf("levels: %q", levels)
	}
	b.goTo("lines")
	b.has("#lines tbody", "after/users.yaml:17:20", "before/people.yaml:7:20", "Ben Okafor")
	if n := b.count("#overview details[open], #about details[open]"); n > 0 {
		t.Errorf("%d charts or hashes are unfolded", n)
	}
}

// TestChangeSorts: a heading sorts people, numbers with the largest first, and a second click turns the order. A link
// keeps it.
func TestChangeSorts(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "change.html")
	writeChange(t, file)
	b := open(t, file+"#people")
	click := func(column int, want string) []string {
		t.Helper()
		heading := fmt.Sprintf("#people-table th:nth-child(%d)", column)
		b.do(settled(), chromedp.Click(chromedp.CSS(heading+" button")), settled())
		if got := eval[string](b, fmt.Sprintf("document.querySelector(%q).ariaSort", heading)); got != want {
			t.Errorf("column %d is sorted %q, not %s", column, got, want)
		}
		return b.column("#people-table", column-1)
	}
	number := func(a, b string) int { // of digits, or nothing
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	}
	falling := click(7, "descending")
	if !slices.IsSortedFunc(falling, func(a, b string) int { return number(b, a) }) || falling[0] == "" {
		t.Errorf("who loses most first: %q", falling)
	}
	if rising := click(7, "ascending"); !slices.IsSortedFunc(rising, number) {
		t.Errorf("who loses least first: %q", rising)
	}
	names := click(1, "ascending")
	if !slices.IsSorted(names) || len(names) != len(falling) {
		t.Errorf("by name: %q", names)
	}
	again := open(t, file+eval[string](b, "location.hash"))
	again.has("#people-table tbody", "Mia Novak")
	if got := again.column("#people-table", 0); !slices.Equal(got, names) {
		t.Errorf("the address leads to %q, not %q", got, names)
	}
}

// TestChangeVerdicts: a change that nothing blocks says so, and what to look at all the same.
func TestChangeVerdicts(t *testing.T) {
	t.Parallel()
	b := open(t, changed(t, crowd(5, "learning"), crowd(5, "learning")))
	b.has(".banner.fine", "no gates are declared", "Nobody’s access changes")
	b = open(t, changed(t, crowd(5, "learning"), crowd(5, "health")))
	b.has(".banner.warning", "5 people gain high access", "Person 0")
}

// TestChangeCrowd: people who change alike share a line, all are counted, and nothing claims to have found everybody.
func TestChangeCrowd(t *testing.T) {
	t.Parallel()
	file := changed(t, crowd(30_000, "learning"), crowd(30_000, "health"))
	b := open(t, file+"#people")
	b.has(".bar", "access change")
	if n := b.count("#people-table tbody tr"); n != 28 {
		t.Errorf("%d lines", n)
	}
	b.do(chromedp.SendKeys(chromedp.CSS("[id='people:people:find']"), "person.29999@"), settled())
	b.has("#people [role=status]", "0 of 28 lines", "not named on this page")
	b.goTo("lines")
	b.has("#lines", "Too many people change")
	if info, err := os.Stat(file); err != nil || info.Size() > 4<<20 {
		t.Errorf("%d bytes", info.Size())
	}
}

// TestChangePhone: on a phone no part of the page is wider than the screen.
func TestChangePhone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "change.html")
	writeChange(t, file)
	b := open(t, file, chromedp.EmulateViewport(390, 844))
	for _, view := range changeViews {
		b.goTo(view)
		if wide := eval[int](b, "document.documentElement.scrollWidth"); wide > 390 {
			t.Errorf("%s: %d px", view, wide)
		}
		const cut = `[...document.querySelectorAll("main .view:not(.away) :is(p, li, h2, h3, .plain td, .plain tbody th)")]
			.filter(e => e.checkVisibility() && !e.closest(".vh, .scroll, .tabs"))
			.filter(e => Math.ceil(e.getBoundingClientRect().right) > 390)
			.map(e => e.outerHTML.slice(0, 120))`
		for _, s := range eval[[]string](b, cut) {
			t.Errorf("%s: %s", view, s)
		}
	}
}

// TestChangePrinted: a small change is a few pages with all of its lines, a large one some pages without them.
func TestChangePrinted(t *testing.T) {
	t.Parallel()
	small := filepath.Join(t.TempDir(), "change.html")
	writeChange(t, small)
	for _, page := range []struct {
		file string
		most int
	}{{small, 5}, {changed(t, crowd(2000, "learning"), crowd(2000, "health")), 9}} {
		b := open(t, page.file, theme("light"))
		pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(),
			chromedp.PDFPrintBackground()))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1)); n > page.most {
			t.Errorf("%d pages, want at most %d", n, page.most)
		}
	}
}
