package main

import (
	"bytes"
	"encoding/xml"
	"os"
	"strings"
	"testing"
)

// junit is what build servers read of JUnit's XML, with everything that the
// schema asks for.
type junit struct {
	XMLName  xml.Name `xml:"testsuites"`
	Tests    *int     `xml:"tests,attr"`
	Failures *int     `xml:"failures,attr"`
	Suites   []struct {
		Name     *string  `xml:"name,attr"`
		Tests    *int     `xml:"tests,attr"`
		Failures *int     `xml:"failures,attr"`
		Errors   *int     `xml:"errors,attr"`
		Skipped  *int     `xml:"skipped,attr"`
		Time     *float64 `xml:"time,attr"`
		Cases    []struct {
			Name    *string  `xml:"name,attr"`
			Class   *string  `xml:"classname,attr"`
			Time    *float64 `xml:"time,attr"`
			File    string   `xml:"file,attr"`
			Line    int      `xml:"line,attr"`
			Failure *struct {
				Message *string `xml:"message,attr"`
				Type    *string `xml:"type,attr"`
				Text    string  `xml:",chardata"`
			} `xml:"failure"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

// TestJUnit reads what test -f junit writes, with names and messages that mean
// something in XML or cannot stand in it.
func TestJUnit(t *testing.T) {
	t.Chdir(t.TempDir())
	hostile := `<b>"ana"&'o]]>`
	project := map[string]string{
		"a\u0001<&>.yaml": `product: call-manager
scopes: {acme: {}}
users: {"<b>\"ana\"&'o]]>": {roles: [{role: owner}]}}
rules: {"no-roles": {deny: {permission: "roles:write"}, message: "no \u0001 <way> & ]]> \u202E \ufffe out\e[31m"}}
expect: [{user: "<b>\"ana\"&'o]]>", can: "roles:write"}]
`,
		"b.yaml": `expect: [{user: "<b>\"ana\"&'o]]>", can: "portal-users:read"}, {can: "roles:write"}]`,
	}
	for name, text := range project {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	if code := run([]string{"test", "--as-of", "2026-06-15", "--min-coverage", "90", "-f", "junit"}, &out,
		&errs); code != exitExpected {
		t.Fatalf("exit code %d, want %d: %s", code, exitExpected, errs.String())
	}
	var got junit
	if err := xml.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in\n%s", err, out.String())
	}
	if strings.ContainsFunc(out.String(), func(r rune) bool {
		return r < ' ' && r != '\n' || r == '\u202E' ||
			r == '\uFFFE'
	}) {
		t.Errorf("characters that cannot stand in XML, or hide it, in\n%q", out.String())
	}
	if len(got.Suites) != 3 || *got.Tests != 4 || *got.Failures != 3 {
		t.Fatalf("%d suites, %d tests, %d failures, want 3, 4, 3 in\n%s", len(got.Suites), *got.Tests, *got.Failures,
			out.String())
	}
	for _, s := range got.Suites {
		if s.Name == nil || s.Tests == nil || *s.Tests != len(s.Cases) || s.Failures == nil || s.Errors == nil ||
			s.Skipped == nil || s.Time == nil {
			t.Errorf("a suite lacks something: %+v", s)
		}
		for _, c := range s.Cases {
			if c.Name == nil || c.Class == nil || c.Time == nil ||
				c.Failure != nil && (c.Failure.Message == nil || c.Failure.Type == nil) {
				t.Errorf("a case lacks something: %+v", c)
			}
		}
	}
	first := got.Suites[0].Cases[0]
	if first.Failure == nil || !strings.Contains(first.Failure.Text, `\u{1} <way> & ]]> \u{202E}`) || first.Line != 5 {
		t.Errorf("got %+v with failure %+v", first, first.Failure)
	}
	if want := `"<b>\"ana\"&'o]]>" can "portal-users:read"`; *got.Suites[1].Cases[0].Name != want {
		t.Errorf("got %s, want %s for %s", *got.Suites[1].Cases[0].Name, want, hostile)
	}
}
