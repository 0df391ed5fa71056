package browser

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// hostile are texts that would run, break out of where they stand, or hide what
// they say, if a page took them for anything but text.
var hostile = []string{
	`<script>pwned=1</script>`,
	`</script><script>pwned=1</script>`,
	`</style></title></textarea><img src=x onerror=pwned=1>`,
	`<!--<script>`,
	`"><svg onload=pwned=1>`,
	`' onmouseover=pwned=1 x='`,
	`javascript:pwned=1`,
	`{{.}}${pwned=1}`,
	`=HYPERLINK("http://x.example","y")`,
	`&lt;script&gt;pwned=1&lt;/script&gt;`,
	"a\u202Ecod.exe\u2066\u200B",
	"\u2028\u2029line",
	strings.Repeat("Ä very long name ", 600),
}

// hostileProject has each text wherever a declaration takes one.
func hostileProject(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	q := func(s string) string { return fmt.Sprintf("%q", s) }
	fmt.Fprintf(&b, "catalog: {\n  product: \"hostile\", title: %s, version: %s\n  levels: [\"place\"]\n",
		q(hostile[0]), q(hostile[1]))
	fmt.Fprintf(&b, "  sources: s: {title: %s, url: %s, read: \"2026-01-01\"}\n  notes: [%s]\n", q(hostile[4]),
		q(hostile[6]), q(hostile[1]))
	for i, s := range hostile {
		fmt.Fprintf(&b,
			"  permissions: \"p-%d\": {title: %s, description: %s, level: \"place\", grantable: true, actions: "+
				"[\"view\", \"use\"], conditions: c: text: %s, source: \"s\"}\n", i, q(s), q(s), q(s))
		fmt.Fprintf(&b,
			"  roles: \"r-%d\": {title: %s, description: %s, level: \"place\", permissions: \"p-%d\": {note: %s}, "+
				"source: \"s\"}\n", i, q(s), q(s), i, q(s))
	}
	b.WriteString("}\nrules: no: {message: " + q(hostile[1]) + ", help: " + q(hostile[2]) +
		", forbid: permission: \"p-1\"}\n")
	var waivers []string
	for i, s := range hostile {
		id := q(visible(s))
		fmt.Fprintf(&b, "scopes: \"s-%d\": title: %s\n", i, q(s))
		fmt.Fprintf(&b,
			"groups: \"g-%d\": {title: %s, members: [%s], grants: [{permission: \"p-%d\", scope: \"s-%d\", reason: "+
				"%s, ticket: %s}]}\n", i, q(s), id, i, i, q(s), q(s))
		fmt.Fprintf(&b, "users: %s: {name: %s, roles: [{role: \"r-%d\", scope: \"s-%d\", expires: \"2026-12-24\"}]}\n",
			id, q(s), i, i)
		waivers = append(waivers,
			fmt.Sprintf("{user: %s, rule: \"expires-soon\", role: \"r-%d\", reason: %s, approver: %s, ticket: %s, "+
				"expires: \"2027-01-01\"}", id, i, q(s), q(s), q(s)))
	}
	fmt.Fprintf(&b, "waivers: [%s]\n", strings.Join(waivers, ", "))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "access.cue"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// visible is a text as an id of a user, in which nothing may hide.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("\u202E\u2066\u200B\u2028\u2029", r) {
			return '_'
		}
		return r
	}, strings.TrimSpace(s))
}

// TestHostile: nothing of a declaration runs, and all of it is text.
func TestHostile(t *testing.T) {
	t.Parallel()
	b := open(t, report(t, hostileProject(t)))
	for _, view := range []string{"overview", "findings", "matrix", "expiry", "people", "groups", "group:g-3",
		"user:%3DHYPERLINK%28%22http://x.example%22%2C%22y%22%29",
		"roles", "role:r-1", "permissions", "permission:p-2", "scopes", "scope:s-3", "about"} {
		b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("location.hash = %q", view)),
			chromedp.WaitVisible(chromedp.CSS(fmt.Sprintf("[id=%q]", view))))
		if view == "matrix" {
			b.do(chromedp.SendKeys(chromedp.CSS("[name=text]"), "<script>"), settled(),
				chromedp.Click(chromedp.CSS("#grid td.open")))
			b.has("#panel", hostile[0])
		}
		if strings.ContainsAny(b.text("body"), "\u202E\u2066\u200B") {
			t.Errorf("%s: what hides text is shown raw", view)
		}
	}
	if eval[bool](b, "'pwned' in window") {
		t.Error("something ran")
	}
	if n := b.count("script"); n != 3 {
		t.Errorf("%d script elements", n)
	}
	if n := b.count("img, iframe, object, embed, [onload], [onerror], [onmouseover], a[href^='javascript']"); n > 0 {
		t.Errorf("%d elements that the page does not write", n)
	}
	text := eval[string](b, "document.querySelector('#people-table').textContent")
	for _, s := range hostile[:10] {
		if !strings.Contains(text, s) {
			t.Errorf("%q is not on the page as it is written", s)
		}
	}
}

// TestHostileChange: nor on the page of a change.
func TestHostileChange(t *testing.T) {
	t.Parallel()
	dir, base := hostileProject(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(base, "access.cue"),
		[]byte("catalog: {product: \"hostile\", title: \"t\", version: \"1\", levels: [\"place\"], permissions: p: "+
			"{title: \"p\", level: \"place\", grantable: true}, roles: {}}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "change.html")
	// findings end it with 1
	out, _ := exec.Command(permc, "diff", "--against", base, dir, "--as-of", "2026-12-01", "-f",
		"html="+file).CombinedOutput()
	if _, err := os.Stat(file); err != nil {
		t.Fatalf("%s", out)
	}
	b := open(t, file)
	for _, view := range []string{"people", "findings", "policy"} {
		b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("location.hash = %q", view)),
			chromedp.WaitVisible(chromedp.CSS("#"+view)))
	}
	if eval[bool](b, "'pwned' in window") || b.count("script") != 1 || b.count("img, [onload], [onerror]") > 0 {
		t.Error("something of a declaration is more than text")
	}
	for _, s := range hostile[:10] {
		if text := eval[string](b, "document.querySelector('#people-table').textContent"); !strings.Contains(text, s) {
			t.Errorf("%q is not on the page as it is written", s)
		}
	}
}

// TestPolicy: what the page does not bring itself is not run, even if it should
// get in.
func TestPolicy(t *testing.T) {
	t.Parallel()
	b := open(t, report(t, "examples/services-hub"))
	eval[bool](b, `(() => {
		const tries = [
			() => { const s = document.createElement("script"); s.textContent = "pwned = 1"; document.body.append(s); },
			() => { document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='pwned = 1'>"); },
			() => {
				const e = document.createElement("div");
				e.setAttribute("onclick", "pwned = 1");
				document.body.append(e);
				e.click();
			},
			() => {
				const s = document.createElement("style");
				s.textContent = "body { outline-width: 99px }";
				document.head.append(s);
			},
		];
		for (const f of tries) try { f(); } catch { /* refused */ }
		return true;
	})()`)
	b.do(settled())
	if eval[bool](b, "'pwned' in window") {
		t.Error("a script that is not the page's has run")
	}
	if eval[bool](b, "getComputedStyle(document.body).outlineWidth === '99px'") {
		t.Error("a style that is not the page's is in force")
	}
	b.mu.Lock()
	if len(b.said) == 0 {
		t.Error("nothing was refused")
	}
	b.said = nil // that it was refused is no complaint
	b.mu.Unlock()
}
