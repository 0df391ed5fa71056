package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whoever comes to hold most is named in a comment and in the annotations,
// however many others come before by name, and however long their names are.
func TestGravestFirst(t *testing.T) {
	role := func(id string) map[string]any {
		return map[string]any{"affiliation": "customer", "roles": []any{map[string]any{"role": id, "scope": "contoso"}}}
	}
	flood := func(head bool) map[string]any {
		users := map[string]any{"zed@c.example": map[string]any{"affiliation": "customer"}}
		for i := range 3000 {
			u := role("services-admin")
			if head {
				u["grants"] = []any{map[string]any{"permission": "health", "scope": "contoso/emea"}}
			}
			users[fmt.Sprintf("a%04d@c.example", i)] = u
		}
		if head {
			users["zed@c.example"] = role("global-administrator")
		}
		return users
	}
	long := func(id, name string) map[string]any {
		grants := []any{map[string]any{"permission": "learning", "scope": "contoso/emea"}}
		return map[string]any{id: map[string]any{"name": name, "affiliation": "customer", "grants": grants}, "zed@c.example": role("global-administrator")}
	}
	nobody := map[string]any{"zed@c.example": map[string]any{"affiliation": "customer"}}
	for name, sides := range map[string][2]map[string]any{
		"many people":  {flood(false), flood(true)},
		"a long id":    {nobody, long(strings.Repeat("a", 66000), "Al")},
		"a long name":  {nobody, long("a@c.example", strings.Repeat("n", 66000))},
		"wide letters": {nobody, long("a@c.example", strings.Repeat("漢", 66000))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			t.Setenv("GITHUB_STEP_SUMMARY", "")
			for i, dir := range []string{"base", "head"} {
				writeProject(t, dir, sides[i])
			}
			for format, want := range map[string]string{"markdown": "\n| zed@c.example ", "github": "zed@c.example gains", "text": "\nzed@c.example"} {
				var out, said bytes.Buffer
				run([]string{"diff", "--against", "./base", "head", "--as-of", "2026-12-01", "-f", format}, &out, &said)
				if !strings.Contains("\n"+out.String(), want) {
					t.Errorf("-f %s does not name the one who gains; it begins\n%.600s\n%s", format, out.String(), said.String())
				}
				if n := utf8.RuneCount(out.Bytes()); format == "markdown" && n >= 65536 {
					t.Errorf("the comment has %d characters", n)
				}
			}
		})
	}
}

// writeProject writes a project of Services Hub with these users.
func writeProject(t *testing.T, dir string, users map[string]any) {
	t.Helper()
	text, err := json.Marshal(map[string]any{"product": "services-hub", "users": users,
		"scopes": map[string]any{"contoso": map[string]any{"scopes": map[string]any{"emea": map[string]any{"labels": []string{"first"}}}}}})
	if err == nil {
		err = os.Mkdir(dir, 0o777)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "access.json"), text, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}
