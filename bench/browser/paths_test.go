package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// pathsPage writes the page of what people of a project could make of their access.
func pathsPage(t *testing.T, project string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "paths.html")
	args = append([]string{"paths", project, "--as-of", "2026-12-01", "-f", "html"}, args...)
	cmd := exec.Command(permc, args...)
	cmd.Dir = "../.."
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestPathsPage: pictures have words, the gravest people come first, and the page of each lists the steps.
func TestPathsPage(t *testing.T) {
	t.Parallel()
	b := open(t, pathsPage(t, "examples/services-hub"))
	for _, scheme := range []string{"light", "dark"} {
		b.do(theme(scheme))
		for _, view := range []string{"overview", "user:leo@microsoft.example", "about"} {
			b.goTo(view)
			b.audit(view + " " + scheme)
		}
	}
	b.goTo("user:leo@microsoft.example")
	b.has("[id='user:leo@microsoft.example'] table", "somebody else (customer) gives leo@microsoft.example")
	words := eval[string](b,
		`document.querySelector("[id='user:leo@microsoft.example'] svg").getAttribute("aria-label")`)
	if !strings.Contains(words, "Learning: manage") {
		t.Errorf("the picture says %q", words)
	}
	first := eval[string](b, `document.querySelector("#overview tbody tr").textContent`)
	if !strings.Contains(first, "critical") {
		t.Errorf("the first person is %q", first)
	}
	open(t, pathsPage(t, "examples/services-hub"), noScript())
}

// TestHostilePaths: nothing of a declaration runs on the page of paths, and all of it is text.
func TestHostilePaths(t *testing.T) {
	t.Parallel()
	users, permissions, roles, scopes := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
	for i, s := range hostile {
		scope := fmt.Sprintf("s-%d", i)
		scopes[scope] = map[string]any{"title": s}
		permissions[fmt.Sprintf("p-%d", i)] = map[string]any{"title": s, "level": "place", "grantable": true,
			"sensitivity": "critical", "delegates": []any{map[string]any{"gives": map[string]any{"grantable": true},
				"to": "users", "inferred": s}}}
		roles[fmt.Sprintf("r-%d", i)] = map[string]any{"title": s, "level": "place",
			"permissions": map[string]any{fmt.Sprintf("p-%d", i): map[string]any{}}}
		users[visible(s)] = map[string]any{"name": s, "affiliation": "in",
			"roles": []any{map[string]any{"role": fmt.Sprintf("r-%d", i), "scope": scope}}}
	}
	text, err := json.Marshal(map[string]any{"users": users, "scopes": scopes, "catalog": map[string]any{
		"title": hostile[1], "version": hostile[2], "product": "hostile", "levels": []string{"place"},
		"affiliations": map[string]any{"in": map[string]any{}}, "permissions": permissions, "roles": roles}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "access.json"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	b := open(t, pathsPage(t, dir))
	if eval[bool](b, "'pwned' in window") || b.count("script") != 1 ||
		b.count("img, iframe, object, embed, [onload], [onerror], [onmouseover], a[href^='javascript']") > 0 {
		t.Error("something of a declaration is more than text")
	}
	if strings.ContainsAny(eval[string](b, "document.documentElement.outerHTML"), "\u202E\u2066\u200B") {
		t.Error("what hides text is on the page as it is")
	}
	for _, s := range hostile[:10] {
		if text := eval[string](b, "document.querySelector('#overview table').textContent"); !strings.Contains(text,
			s) {
			t.Errorf("%q is not on the page as it is written", s)
		}
	}
}

// TestManyPaths: a page of many people stays small, and says what it leaves out.
func TestManyPaths(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("catalog: {levels: [place], permissions: {manage: {level: place, grantable: true, sensitivity: " +
		"high, " +
		"delegates: [{gives: {grantable: true}, to: users}]}, sign: {level: place, grantable: true, sensitivity: " +
		"critical}}, roles: {}}\n" +
		"scopes: {s: {}}\nusers:\n")
	const people = 2500
	for i := range people {
		fmt.Fprintf(&b, "  u%04d@x.example: {grants: [{permission: manage, scope: s}]}\n", i)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "access.yaml"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	file := pathsPage(t, dir)
	if info, err := os.Stat(file); err != nil || info.Size() > 3e6 {
		t.Errorf("%v bytes: %v", info.Size(), err)
	}
	page := open(t, file)
	page.has("#overview", "2,500 people can get more", "500 people with paths that are less sensitive",
		"1,800 people of this table", "permc paths USER")
	page.do(chromedp.WaitVisible(chromedp.CSS("#overview .graph svg")))
}
