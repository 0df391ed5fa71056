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
		return map[string]any{id: map[string]any{"name": name, "affiliation": "customer", "grants": grants},
			"zed@c.example": role("global-administrator")}
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
			for format, want := range map[string]string{"markdown": "\n| zed@c.example ",
				"github": "zed@c.example gains", "text": "\nzed@c.example"} {
				var out, said bytes.Buffer
				run([]string{"diff", "--against", "./base", "head", "--as-of", "2026-12-01", "-f", format}, &out, &said)
				if !strings.Contains("\n"+out.String(), want) {
					t.Errorf("-f %s does not name the one who gains; it begins\n%.600s\n%s", format, out.String(),
						said.String())
				}
				if n := utf8.RuneCount(out.Bytes()); format == "markdown" && n >= 65536 {
					t.Errorf("the comment has %d characters", n)
				}
			}
		})
	}
}

// The names in the system of what a comment mentions do not make it too long for GitHub.
func TestManyNamesInComment(t *testing.T) {
	users := func(scopes int) map[string]any {
		users := map[string]any{}
		for i := range 500 {
			roles := []any{}
			for k := range scopes {
				roles = append(roles, map[string]any{"role": "r", "scope": fmt.Sprintf("s%04d", i*2+k)})
			}
			users[fmt.Sprintf("u%04d", i)] = map[string]any{"roles": roles}
		}
		return users
	}
	scopes := map[string]any{}
	for i := range 1001 {
		scopes[fmt.Sprintf("s%04d", i)] = map[string]any{"external": strings.Repeat("N", 150) + fmt.Sprint(i)}
	}
	catalog := map[string]any{
		"product":     "p",
		"levels":      []any{"account"},
		"permissions": map[string]any{"use": map[string]any{"level": "account"}},
		"roles": map[string]any{"r": map[string]any{"level": "account",
			"permissions": map[string]any{"use": map[string]any{}}}},
	}
	t.Chdir(t.TempDir())
	for i, dir := range []string{"base", "head"} {
		text, err := json.Marshal(map[string]any{"catalog": catalog, "scopes": scopes, "users": users(i + 1)})
		if err != nil || os.Mkdir(dir, 0o777) != nil || os.WriteFile(dir+"/access.json", text, 0o666) != nil {
			t.Fatal("cannot write the project")
		}
	}
	var out, said bytes.Buffer
	run([]string{"diff", "--against", "./base", "head", "--as-of", "2026-12-01", "-f", "markdown"}, &out, &said)
	if n := utf8.RuneCount(out.Bytes()); n >= 65536 || n < 50000 {
		t.Errorf("the comment has %d characters", n)
	}
	for _, want := range []string{"\nNames in the system:\n\n- scope s", "\n- …and "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the comment does not have %q:\n%s", want, said.String())
		}
	}
}

// writeProject writes a project of Services Hub with these users.
func writeProject(t *testing.T, dir string, users map[string]any) {
	t.Helper()
	workspaces := map[string]any{"emea": map[string]any{"labels": []string{"first"}}}
	text, err := json.Marshal(map[string]any{"product": "services-hub", "users": users,
		"scopes": map[string]any{"contoso": map[string]any{"scopes": workspaces}}})
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
