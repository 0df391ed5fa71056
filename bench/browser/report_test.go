package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

type row struct {
	User, Scope, Permission, Status, Sensitivity string
	Actions                                      []string
	Via                                          []struct {
		Kind     string
		Group    string
		Position struct {
			File         string
			Line, Column int
		}
	}
}

// table is the table as permc compile writes it.
func table(t *testing.T, project string, flags ...string) (rows []row) {
	t.Helper()
	args := []string{"compile", project, "--as-of", "2026-12-01", "-f", "json", "--fail-on", "never"}
	cmd := exec.Command(permc, append(args, flags...)...)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Rows []row }
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Rows
}

var examples = []string{"services-hub", "services-hub-violations", "call-manager", "dynamics-365-customer-service",
	"own-product", "extended-catalog"}

// partOf selects the part of a large example that a page shows without its program.
var partOf = map[string][]string{"dynamics-365-customer-service": {"--scope", "production/customer-service/emea"}}

// TestMatrix: without a program every row of the table stands on the page, and
// the live matrix counts the same.
func TestMatrix(t *testing.T) {
	t.Parallel()
	for _, name := range examples {
		t.Run(name, func(t *testing.T) {
			project := "examples/" + name
			rows := table(t, project, partOf[name]...)
			file := report(t, project, partOf[name]...)
			if n := open(t, file, noScript()).count(".one .matrix td a"); n != len(rows) {
				t.Errorf("%d cells for %d rows", n, len(rows))
			}
			b := open(t, file+"#matrix")
			b.has("#grid [role=status]", sumOf(rows))
		})
	}
}

// sumOf counts rows in the words of the page.
func sumOf(rows []row) string {
	people, by := map[string]bool{}, map[string]int{}
	for _, r := range rows {
		people[r.User] = true
		if len(r.Actions) == 0 {
			r.Status = "withheld"
		}
		by[r.Status]++
	}
	text := fmt.Sprintf("%s permission%s held", thousands(by["active"]), map[bool]string{false: "s"}[by["active"] == 1])
	for _, kind := range []string{"invited", "disabled"} {
		if by[kind] > 0 {
			text += fmt.Sprintf("; %s more of %s users", thousands(by[kind]), kind)
		}
	}
	if by["withheld"] > 0 {
		text += fmt.Sprintf("; %s withheld entirely", thousands(by["withheld"]))
	}
	return fmt.Sprintf("%s, of %d p", text, len(people))
}

// thousands writes a number below a million as the page does.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// TestSame: the page's program says of each cell what the page says without it,
// also of more actions than a number of 32 bits holds.
func TestSame(t *testing.T) {
	t.Parallel()
	wide := t.TempDir()
	data, err := os.ReadFile("testdata/wide.json")
	if err == nil {
		err = os.WriteFile(filepath.Join(wide, "access.json"), data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	projects := map[string]string{"wide": wide, "hostile": hostileProject(t)}
	for _, name := range examples {
		projects[name] = "examples/" + name
	}
	for name, project := range projects {
		t.Run(name, func(t *testing.T) {
			b := open(t, report(t, project, partOf[name]...)+"#matrix", chromedp.EmulateViewport(1400, 9000))
			b.do(settled())
			static := eval[[]string](b,
				`[...document.querySelectorAll(".one .matrix td a")]
					.map(a => a.children[0].textContent + " | " + a.children[1].textContent).sort()`)
			live := eval[[]string](b,
				`[...document.querySelectorAll("#grid td.open")]
					.map(td => td.textContent + " | " + td.getAttribute("aria-label")).sort()`)
			if diff := cmp.Diff(static, live); diff != "" {
				t.Errorf("cells (-without +with the program):\n%s", diff)
			}
		})
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	b := open(t, report(t, "examples/services-hub")+"#matrix")
	of := func(keep func(row) bool) string {
		return sumOf(slices.DeleteFunc(table(t, "examples/services-hub"), func(r row) bool { return !keep(r) }))
	}
	status := "#grid [role=status]"
	b.do(chromedp.SendKeys(chromedp.CSS("[name=text]"), "carla"))
	b.has(status, of(func(r row) bool { return strings.Contains(r.User, "carla") }))
	b.do(settled(), chromedp.Click(chromedp.CSS("[type=reset]")), chromedp.SetValue(chromedp.CSS("[name=scope]"), "1"),
		chromedp.Evaluate[chromedp.Void](
			`document.querySelector("[name=scope]").dispatchEvent(new Event("input", {bubbles: true}))`))
	b.has(status, of(func(r row) bool { return r.Scope == "contoso/americas" }))
	b.do(settled(), chromedp.Click(chromedp.CSS("[type=reset]")), settled(),
		chromedp.Click(chromedp.CSS("[name=individual]")))
	b.has(status, of(func(r row) bool {
		for _, v := range r.Via {
			if v.Kind != "grant" && v.Kind != "group-grant" {
				return false
			}
		}
		return true
	}))
	b.goTo("matrix?special=groups")
	b.has(status, of(func(r row) bool {
		for _, v := range r.Via {
			if v.Group == "" {
				return false
			}
		}
		return true
	}))
	b.do(settled(), chromedp.Click(chromedp.CSS("[type=reset]")),
		chromedp.SendKeys(chromedp.CSS("[name=text]"), "nobody at all"))
	b.has(status, "No match")
}

// TestPanel: a cell opens its sources, by mouse and by keyboard, and gives the
// focus back.
func TestPanel(t *testing.T) {
	t.Parallel()
	b := open(t, report(t, "examples/services-hub")+"#matrix")
	b.do(chromedp.SendKeys(chromedp.CSS("[name=text]"), "carla"), settled(),
		chromedp.Click(chromedp.CSS("#grid td.open")))
	want := table(t, "examples/services-hub")
	for _, r := range want {
		if strings.HasPrefix(r.User, "carla") {
			at := r.Via[0].Position
			b.has("#panel", r.User, r.Permission, r.Scope, fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column))
			break
		}
	}
	b.do(chromedp.KeyEvent(kb.Escape))
	if !eval[bool](b, `document.querySelector("#panel").hidden && document.activeElement.matches("td.open")`) {
		t.Error("Escape does not close the panel and go back to the cell")
	}
	b.do(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(kb.Enter))
	b.has("#panel", "carla@contoso.example")
}

// TestWalk reaches the matrix with nothing but the keyboard.
func TestWalk(t *testing.T) {
	t.Parallel()
	b := open(t, report(t, "examples/services-hub"))
	b.do(chromedp.KeyEvent(kb.Tab))
	if got := eval[string](b, "document.activeElement.textContent"); !strings.Contains(got, "Skip") {
		t.Errorf("the first stop is %q", got)
	}
	for range 40 {
		if eval[bool](b, `document.activeElement.getAttribute("href") === "#matrix"`) {
			break
		}
		b.do(chromedp.KeyEvent(kb.Tab))
	}
	b.do(chromedp.KeyEvent(kb.Enter))
	for range 30 {
		if eval[bool](b, `document.activeElement.closest("#grid tbody") !== null`) {
			break
		}
		b.do(chromedp.KeyEvent(kb.Tab))
	}
	b.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.End))
	for range 40 {
		if eval[bool](b, `document.activeElement.matches("td.open")`) {
			break
		}
		b.do(chromedp.KeyEvent(kb.ArrowLeft))
	}
	b.do(chromedp.KeyEvent(kb.Enter))
	b.has("#panel", "ana@contoso.example", "view-open-canvas")
}

// TestChange: the page of a change says what permc diff says.
func TestChange(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "change.html")
	cmd := exec.Command(permc, "diff", "--against", "./examples/change/before", "examples/change/after", "--as-of",
		"2026-12-01", "-f", "html="+file, "-f", "json")
	cmd.Dir = "../.."
	out, _ := cmd.Output() // gates end it with 1
	var doc struct {
		Changes []struct{ Kind, User, Scope, Permission string }
		Gates   []struct{ Gate string }
	}
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	b := open(t, file)
	for _, g := range doc.Gates {
		b.has("#overview", g.Gate)
	}
	words := map[string]string{"gained": "gains", "lost": "loses", "widened": "has more", "narrowed": "has less",
		"reason-changed": "reason changed"}
	for _, c := range doc.Changes {
		b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("location.hash = %q", "user:"+c.User)))
		b.has(fmt.Sprintf("[id='user:%s']", c.User), words[c.Kind], c.Scope, c.Permission)
	}
	if n := open(t, file, noScript()).count("article"); n == 0 {
		t.Error("without a program nobody is there")
	}
}
