package browser

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// generated returns a declaration of n users, and counts its rows. Tests of the same n share it.
func generated(t *testing.T, users int) (dir string, rows int) {
	t.Helper()
	if browser == nil {
		open(t, "") // skips, or fails
	}
	dir = filepath.Join(shared(), "generated-"+strconv.Itoa(users))
	if os.Mkdir(dir, 0o755) == nil {
		if out, err := exec.Command("go", "-C", "..", "run", "./cmd/gen", "-n", strconv.Itoa(users), "-o",
			dir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	table, err := exec.Command(permc, "compile", dir, "--as-of", "2026-12-01", "-f", "csv", "--fail-on",
		"never").Output()
	if err != nil {
		t.Fatal(err)
	}
	return dir, bytes.Count(table, []byte("\n")) - 1
}

// TestScale: 20,000 users are one page, of which only what is in sight is drawn.
func TestScale(t *testing.T) {
	t.Parallel()
	dir, rows := generated(t, 20_000)
	file := report(t, dir)
	b := open(t, file+"#matrix")
	b.has("#grid [role=status]", "permission")
	sum := 0
	for _, m := range counted.FindAllStringSubmatch(b.text("#grid [role=status]"), -1) {
		n, _ := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
		sum += n
	}
	if sum != rows {
		t.Errorf("%d rows, the table has %d", sum, rows)
	}
	if n := b.count("#grid td"); n > 2000 {
		t.Errorf("%d cells are in the page", n)
	}
	b.do(chromedp.Focus(chromedp.CSS(`#grid [tabindex="0"]`)),
		chromedp.KeyEvent(kb.End, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	last := eval[string](b, "document.activeElement.closest('tr').querySelector('th').innerText")
	if !strings.Contains(last, "user-00") {
		t.Errorf("Ctrl+End leads to %q", last)
	}
	b.do(chromedp.Navigate("file://" + file + "#people"))
	b.do(chromedp.SendKeys(chromedp.CSS("#find-person"), "user-0012345"))
	b.has("#people [role=status]", "1 person")
	b.do(settled(), chromedp.Click(chromedp.CSS("#people-list tbody th")))
	b.has("#person", "user-0012345@", "Permissions", "users.jsonl:", "Confidence")
	// What waits for the data of everybody is complete once they are read, wherever the page is opened.
	at := strings.TrimSpace(strings.ReplaceAll(b.text("#person .head .id"), "\u2068", ""))
	b = open(t, file+"#user:"+at)
	b.has("#person", at, "Permissions")
	if n := b.count("#missing:not(.away)"); n != 0 {
		t.Errorf("the page of %s also says that it is loading, or missing", at)
	}
	b = open(t, file+"#people?find=user-0012345&sort=-4")
	b.has("#people [role=status]", "1 person")
	b = open(t, file+"#matrix?text=user-0012345")
	b.has("#grid [role=status]", "of 1 person")
	b = open(t, file+"#user:nobody@example.com")
	b.has("#missing", "Not on this page")
	if n := open(t, file, noScript()).count("noscript p"); n != 2 {
		t.Errorf("without a program %d places say what is missing", n)
	}
}

// counted finds the numbers of rows in what the page says of a matrix.
var counted = regexp.MustCompile(`([\d,]+) (?:permissions? held|more of|withheld)`)

// TestSplit: more is an index and parts, and each row is in one of them.
func TestSplit(t *testing.T) {
	t.Parallel()
	dir, rows := generated(t, 30_000)
	file := report(t, dir)
	b := open(t, file)
	b.has(".note", "The report has", commas(rows)+" rows")
	links := eval[[]string](b, "[...document.querySelectorAll('#parts tbody a')].map(a => a.getAttribute('href'))")
	if len(links) < 2 {
		t.Fatalf("%d parts", len(links))
	}
	sum := 0
	for _, l := range links {
		part := open(t, filepath.Join(filepath.Dir(file), l)+"#matrix")
		part.has("#grid [role=status]", "permission")
		for _, m := range counted.FindAllStringSubmatch(part.text("#grid [role=status]"), -1) {
			n, err := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
			if err != nil {
				t.Fatal(err)
			}
			sum += n
		}
	}
	if sum != rows {
		t.Errorf("the parts have %d rows, the table %d", sum, rows)
	}
	b.do(chromedp.Navigate("file://" + file + "#scopes"))
	b.do(chromedp.SendKeys(chromedp.CSS("[id='scopes:scopes:find']"), "customer-0100/workspace-3"), settled(),
		chromedp.Click(chromedp.CSS("#scopes-table tr:not(.away) th a")),
		chromedp.WaitVisible(chromedp.CSS("#grid tbody .scope")))
	b.has("#grid", "customer-0100/workspace-3")
	if _, err := os.Stat(filepath.Join(filepath.Dir(file), "access-parts")); err != nil {
		t.Error(err)
	}
}

func commas(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return fmt.Sprint(s)
}
