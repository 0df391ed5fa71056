package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// catchCopied puts what the page copies into the variable copied, in place of the clipboard.
var catchCopied = chromedp.Evaluate[chromedp.Void](`
	Object.defineProperty(navigator, "clipboard", { value: { writeText: async text => { copied = text; } } });
	copied = ""`)

// column returns the text of a column in the lines that are in sight.
func (b *tab) column(table string, column int) []string {
	b.Helper()
	return eval[[]string](b, fmt.Sprintf(`[...document.querySelectorAll(%q)]
		.filter(tr => tr.offsetHeight > 0)
		.map(tr => tr.cells[%d].innerText.trim())`, table+" tbody tr", column))
}

// goTo shows a part of the page.
func (b *tab) goTo(view string) {
	b.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("location.hash = %q", view)), settled())
}

// TestTables: tables sort by a click on a heading and filter by words, both are in the address, and what is in sight
// is copied as CSV in which nothing is a formula.
func TestTables(t *testing.T) {
	t.Parallel()
	file := report(t, "examples/services-hub")
	b := open(t, file+"#people")
	sort := func(column int) {
		b.do(settled(), chromedp.Click(chromedp.CSS(fmt.Sprintf("#people-table th:nth-child(%d) button", column))),
			settled())
	}
	sort(5)
	if got := b.column("#people-table", 4); got[0] != "4" || got[1] != "1" {
		t.Errorf("by critical permissions: %q", got)
	}
	if got := eval[string](b,
		"document.querySelector('#people-table th:nth-child(5)').getAttribute('aria-sort')"); got != "descending" {
		t.Errorf("sorted %q", got)
	}
	sort(8)
	days := b.column("#people-table", 7)
	if days[0] == "" || days[len(days)-1] != "" {
		t.Errorf("by next expiry: %q", days)
	}
	b.do(chromedp.SendKeys(chromedp.CSS("[id='people:people:find']"), "workspace admin"), settled())
	names := b.column("#people-table", 0)
	if len(names) == 0 || len(names) > 5 {
		t.Errorf("found %q", names)
	}
	hash := eval[string](b, "location.hash")
	again := open(t, file+hash)
	if got := again.column("#people-table", 0); strings.Join(got, ";") != strings.Join(names, ";") {
		t.Errorf("%s shows %q, want %q", hash, got, names)
	}
	b.do(catchCopied, chromedp.Click(chromedp.CSS("#people .copy")), settled())
	lines := strings.Split(strings.TrimSpace(eval[string](b, "copied")), "\r\n")
	if len(lines) != len(names)+1 || !strings.HasPrefix(lines[0], "Person,Kind,Roles") {
		t.Errorf("copied %q", lines)
	}
}

// TestCopyHostile: nothing that is copied runs in a spreadsheet.
func TestCopyHostile(t *testing.T) {
	t.Parallel()
	b := open(t, report(t, hostileProject(t))+"#people")
	text := eval[string](b, `[...document.querySelectorAll("#people-table tbody tr")]
		.flatMap(tr => [...tr.cells].map(td => td.textContent)).join("\n")`)
	if !strings.Contains(text, "=HYPERLINK") {
		t.Fatal("no formula to look for")
	}
	b.do(catchCopied, settled(), chromedp.Click(chromedp.CSS("#people .copy")), settled())
	if csv := eval[string](b, "copied"); regexp.MustCompile(`(?m)(^|,)"?[=+@]`).MatchString(csv) ||
		!strings.Contains(csv, "'=HYPERLINK") {
		t.Errorf("copied %q", csv)
	}
}

// TestState: what is chosen in the matrix and among the findings is in the address, and cards lead to a choice.
func TestState(t *testing.T) {
	t.Parallel()
	file := report(t, "examples/services-hub-violations")
	b := open(t, file+"#matrix")
	b.do(chromedp.SendKeys(chromedp.CSS("[name=text]"), "contoso"), settled())
	if hash := eval[string](b, "location.hash"); hash != "#matrix?text=contoso" {
		t.Errorf("the address is %s", hash)
	}
	b.goTo("findings?show=error")
	got := eval[[]string](b, `[...document.querySelectorAll("#findings .rule")]
		.filter(r => r.offsetHeight > 0).map(r => r.dataset.severity)`)
	if len(got) == 0 || strings.Contains(strings.Join(got, ""), "warning") {
		t.Errorf("errors alone: %q", got)
	}
	b = open(t, report(t, "examples/services-hub")+"#overview")
	b.do(settled(), chromedp.Click(chromedp.CSS("a[href='#matrix?sensitivity=critical']")), settled())
	var critical []row
	for _, r := range table(t, "examples/services-hub") {
		if r.Sensitivity == "critical" {
			critical = append(critical, r)
		}
	}
	b.has("#grid [role=status]", sumOf(critical))
	b.goTo("role:no-such-role")
	b.has("#missing", "nothing about “role:no-such-role”")
}

// TestSameNumbers: a number means the same on the overview, in the matrix and in the list of people.
func TestSameNumbers(t *testing.T) {
	t.Parallel()
	for _, name := range examples {
		b := open(t, report(t, "examples/"+name)+"#overview")
		var held string
		for _, s := range eval[[]string](b, `[...document.querySelectorAll(".cards li")].map(li => li.innerText)`) {
			if strings.Contains(s, "held") {
				held = strings.Fields(s)[0]
			}
		}
		b.goTo("matrix")
		b.has("#grid [role=status]", held+" permission")
	}
}

// TestPhone: on a phone no page is wider than the screen, and nothing is cut off.
func TestPhone(t *testing.T) {
	t.Parallel()
	b := open(t, report(t, "examples/services-hub"), chromedp.EmulateViewport(390, 844))
	for _, view := range everyView {
		b.goTo(view)
		if wide := eval[int](b, "document.documentElement.scrollWidth"); wide > 390 {
			t.Errorf("%s: %d px", view, wide)
		}
		for _, s := range eval[[]string](b,
			`[...document.querySelectorAll("main .view:not(.away) :is(p, li, dd, h2, h3, input, .plain td, .plain tbody th)")]
			.filter(e => e.checkVisibility() && !e.closest(".vh, .scroll, .live, .tabs"))
			.filter(e => e.getBoundingClientRect().width > 0 && Math.ceil(e.getBoundingClientRect().right) > 390)
			.map(e => Math.ceil(e.getBoundingClientRect().right) + " px: " + e.outerHTML.slice(0, 120))`) {
			t.Errorf("%s: %s", view, s)
		}
	}
}

// TestPrintedPages: the report of 30 people has 8 to 12 pages of A4, and many more with everything.
func TestPrintedPages(t *testing.T) {
	t.Parallel()
	dir := thirtyPeople(t)
	pages := func(flags ...string) int {
		b := open(t, report(t, dir, flags...), theme("light"))
		pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(),
			chromedp.PDFPrintBackground()))
		if err != nil {
			t.Fatal(err)
		}
		return len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1))
	}
	if n := pages("--signature"); n < 8 || n > 12 {
		t.Errorf("%d pages", n)
	}
	if n := pages("--print", "full"); n < 30 {
		t.Errorf("%d pages with everything", n)
	}
}

// thirtyPeople makes a project of a usual size.
func thirtyPeople(t *testing.T) string {
	t.Helper()
	scopes := []string{"emea", "americas", "apac", "nordics", "iberia", "dach"}
	grants := []string{"learning", "shared-files", "health", "programs", "view-all-support-cases"}
	var b strings.Builder
	b.WriteString("product: services-hub\nscopes: {northwind: {title: Northwind Traders, scopes: {")
	for _, s := range scopes {
		fmt.Fprintf(&b, "%s: {title: Workspace %s}, ", s, strings.ToUpper(s))
	}
	b.WriteString("}}}\nsettings: {report: {title: Northwind Traders AS, confidentiality: Internal}}\nusers:\n")
	for i := range 30 {
		on := scopes[i%len(scopes)]
		switch {
		case i < 3:
			fmt.Fprintf(&b,
				"  person.%d@microsoft.example: {name: Person Number %d, affiliation: microsoft, roles: [{role: "+
					"csam, scope: northwind}]}\n", i, i)
		case i%3 == 0:
			fmt.Fprintf(&b,
				"  person.%d@northwind.example: {name: Person Number %d, affiliation: customer, roles: [{role: "+
					"workspace-administrator, scope: northwind/%s, expires: 2026-12-%d}]}\n", i, i, on, 10+i/2)
		default:
			fmt.Fprintf(&b,
				"  person.%d@northwind.example: {name: Person Number %d, affiliation: customer, grants: "+
					"[{permission: %s, scope: northwind/%s}, {permission: %s, scope: northwind/%s}]}\n", i, i,
				grants[i%5], on, grants[(i+2)%5], on)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "access.yaml"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestLogo: the logo is on the page itself, with the name and how confidential the page is.
func TestLogo(t *testing.T) {
	t.Parallel()
	dir := thirtyPeople(t)
	for name, text := range map[string]string{
		"logo.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><script>pwned=1</script>` +
			`<rect width="8" height="8"/></svg>`,
		"more.yaml": "settings: {report: {logo: logo.svg}}",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b := open(t, report(t, dir))
	b.has(".bar", "Northwind Traders AS", "Internal")
	if !eval[bool](b, "document.querySelector('.logo').naturalWidth > 0") || eval[bool](b, "'pwned' in window") {
		t.Error("the logo is not shown, or ran")
	}
}
