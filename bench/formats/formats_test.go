// Package formats reads what permc check writes with programs that are not
// ours, and compares it finding by finding with permc's JSON.
package formats

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/joshdk/go-junit"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/phayes/checkstyle"
	"github.com/reviewdog/reviewdog/proto/rdf"
	"github.com/xeipuuv/gojsonschema"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"
	"google.golang.org/protobuf/encoding/protojson"
)

type finding struct {
	Rule, Severity, Message, Help, User, Group string
	Position                                   *struct {
		File                             string
		Line, Column, EndLine, EndColumn int
	}
	Related            []struct{ Message string }
	Waived, Suppressed *struct{ Reason string }
}

func (f *finding) file() string { return f.Position.File }

// said is the message, and whom it is about: of a line that several people share,
// nothing else tells.
func (f *finding) said() string {
	switch {
	case f.User != "" && !strings.Contains(f.Message, strconv.Quote(f.User)):
		return f.Message + "; this is about " + f.User
	case f.User == "" && f.Group != "" && !strings.Contains(f.Message, strconv.Quote(f.Group)):
		return f.Message + "; this is about group " + f.Group
	}
	return f.Message
}

// output is what one run wrote, by format.
type output struct {
	code     int
	findings []finding
	text     map[string][]byte
	summary  string
	dir      string
}

// live are the findings that nothing silences.
func (o *output) live() (list []finding) {
	for _, f := range o.findings {
		if f.Waived == nil && f.Suppressed == nil {
			list = append(list, f)
		}
	}
	return list
}

var permc string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "formats")
	if err != nil {
		panic(err)
	}
	permc = filepath.Join(dir, "permc")
	build := exec.Command("go", "build", "-o", permc, "./cmd/permc")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%v: %s", err, out))
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

var names = []string{"text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson", "checkstyle", "markdown"}

// check runs permc once, in all formats or in some.
func check(t *testing.T, files map[string]string, formats ...string) *output {
	t.Helper()
	if len(formats) == 0 {
		formats = names
	}
	o := &output{text: map[string][]byte{}, dir: t.TempDir()}
	out := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(o.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"check", "--as-of", "2026-06-15"}
	for _, n := range formats {
		args = append(args, "-f", n+"="+filepath.Join(out, n))
	}
	cmd := exec.Command(permc, args...)
	cmd.Dir = o.dir
	cmd.Env = append(os.Environ(), "GITHUB_STEP_SUMMARY="+filepath.Join(out, "summary"))
	printed, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		o.code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	for _, n := range append(slices.Clip(formats), "summary") {
		if o.text[n], err = os.ReadFile(filepath.Join(out, n)); err != nil && n != "summary" {
			t.Fatalf("%v: %s", err, printed)
		}
	}
	var report struct{ Findings []finding }
	if err := json.Unmarshal(o.text["json"], &report); err != nil {
		t.Fatal(err)
	}
	o.findings = report.Findings
	return o
}

const base = `product: services-hub
scopes: {contoso: {scopes: {emea: {labels: [first]}, apac: {}}}}
groups: {empty: {members: []}}
waivers: [{rule: not-grantable, user: "wei@contoso.example", permission: manage-users,
  reason: "kept <b> ::error:: %0A ]]> \u202e\n", approver: ciso@contoso.example, expires: "2026-12-31"}]
`

func user(id string) string {
	return fmt.Sprintf("users: {%q: {affiliation: customer, name: \"日本\", roles: [{role: workspace-administrator, "+
		"scope: contoso/emea}], grants: [{permission: manage-users, scope: contoso/emea}]}}\n", id)
}

var projects = map[string]struct {
	files map[string]string
	code  int
}{
	"hostile": {map[string]string{
		"access.yaml":                         base,
		"wei.yaml":                            user("wei@contoso.example"),
		"a b#c?d%0A.yaml":                     user("ana [x](http://e) <b>&@contoso.example"),
		"::error file=x,line=1::\"<b>&'.yaml": user("::error file=x::%0A, \"q\"@contoso.example"),
		"bidi\u202e\u2066.yaml":               user("bø日本@contoso.example"),
		"new\nline\r.yaml":                    user("ci@contoso.example"),
		"]]>--><![CDATA[.yaml":                user("]]>--><![CDATA[@contoso.example"),
		" ::stop-commands::x.yaml":            user("::stop-commands::x@contoso.example"),
		"##[error]a##vso[task.debug].yaml":    user("##[error]a ##vso[task.setvariable variable=a]b@contoso.example"),
		"quiet.yaml": strings.TrimSuffix(user("quiet@contoso.example"), "\n") +
			" # permc:ignore not-grantable -- kept <b> ::error:: %0A ]]> \u202e [x](http://e) ##[error]\n",
	}, 1},
	"shared": {map[string]string{
		"access.yaml": base,
		"wei.yaml":    user("wei@contoso.example"),
		"shared.cue": "package p\n\nfor n in [\"kim\", \"lee\"] {users: \"\\(n)@contoso.example\": {affiliation: " +
			"\"customer\", grants: [{permission: \"manage-users\", scope: \"contoso/emea\"}]}}\ngroups: crew: " +
			"{members: [\"kim@contoso.example\"], grants: [{permission: \"manage-users\", scope: \"contoso/emea\"}, " +
			"{permission: \"manage-users\", scope: \"contoso/apac\"}]}\n",
	}, 1},
	"stopped": {map[string]string{
		"a%0A::error::.yaml": "product: services-hub\nscopes: {contoso: {}}\nusers: " +
			"{\"]]><b>\\u202e[x](http://e)\\n::error::%0A\": {rolse: 1}}\n",
	}, 3},
	"clean": {map[string]string{"access.yaml": "product: call-manager\nscopes: {acme: {}}\nusers: {ana@acme.example: " +
		"{roles: [{role: owner}]}}\n"}, 0},
}

func each(t *testing.T, f func(t *testing.T, o *output)) {
	for name, p := range projects {
		t.Run(name, func(t *testing.T) {
			o := check(t, p.files)
			if o.code != p.code {
				t.Fatalf("exit code %d, want %d", o.code, p.code)
			}
			if (len(o.findings) == 0) != (p.code == 0) {
				t.Fatalf("%d findings with exit code %d", len(o.findings), p.code)
			}
			f(t, o)
		})
	}
}

// same compares one line for each finding.
func same(t *testing.T, want []finding, got []string, line func(*finding) string) {
	t.Helper()
	var lines []string
	for i := range want {
		lines = append(lines, line(&want[i]))
	}
	slices.Sort(lines)
	slices.Sort(got)
	if !slices.Equal(lines, got) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}

// hidden reports characters that steer a terminal or hide the order of text.
func hidden(t *testing.T, text string) {
	t.Helper()
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r == '\u202e' || r == '\u2066' }) {
		t.Errorf("control or bidirectional characters in %q", text)
	}
}

// broken is text in which no build server finds a command that begins anywhere in
// a line.
func broken(s string) string {
	return strings.NewReplacer("##[", `#\u{23}[`, "##vso[", `#\u{23}vso[`).Replace(s)
}

// safe is how permc writes the characters that the projects here hide.
func safe(s string) string {
	return strings.NewReplacer("\u202e", `\u{202E}`, "\u2066", `\u{2066}`, "\n", `\u{A}`, "\r", `\u{D}`).Replace(s)
}

// sarifSchema is the OASIS schema that go-sarif carries. Its own Validate does not
// look at the text, but at what its types write anew: defaults that the schema
// refuses, and nothing of what they do not know.
func sarifSchema(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3").Output()
	if err != nil {
		t.Fatal(err)
	}
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)),
		"pkg/report/v210/sarif/schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	schema := ""
	ast.Inspect(f, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING && len(l.Value) > len(schema) {
			schema, err = strconv.Unquote(l.Value)
		}
		return true
	})
	if err != nil || schema == "" {
		t.Fatal("no schema in go-sarif", err)
	}
	return schema
}

// TestSARIF validates against the schema and reads with go-sarif.
func TestSARIF(t *testing.T) {
	if o := check(t, projects["hostile"].files); len(o.live()) == len(o.findings) {
		t.Error("no finding is waived, so nothing is tried of that")
	}
	schema := gojsonschema.NewStringLoader(sarifSchema(t))
	each(t, func(t *testing.T, o *output) {
		result, err := gojsonschema.Validate(schema, gojsonschema.NewBytesLoader(o.text["sarif"]))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range result.Errors() {
			t.Error(e)
		}
		report, err := sarif.FromBytes(o.text["sarif"])
		if err != nil {
			t.Fatal(err)
		}
		run, seen, got := report.Runs[0], map[string]bool{}, []string(nil)
		if *run.Invocations[0].ExecutionSuccessful != (o.code != 3) {
			t.Error("executionSuccessful is wrong")
		}
		for _, r := range run.Results {
			if len(r.Suppressions) == 0 {
				r.Suppressions = nil
			}
			p := r.Locations[0].PhysicalLocation
			name, err := url.PathUnescape(*p.ArtifactLocation.URI)
			if u, e := url.Parse(*p.ArtifactLocation.URI); err != nil || e != nil || u.IsAbs() || u.RawQuery != "" ||
				u.Fragment != "" {
				t.Errorf("%s is no relative path", *p.ArtifactLocation.URI)
			}
			g := p.Region
			where := fmt.Sprint(*g.StartLine, *g.StartColumn, *g.EndLine, *g.EndColumn)
			print := r.PartialFingerprints["permc/v1"]
			if print == "" || seen[print] {
				t.Errorf("fingerprint %q is not its own", print)
			}
			seen[print] = true
			if id := *run.Tool.Driver.Rules[r.RuleIndex].ID; id != *r.RuleID {
				t.Errorf("the index of %s is that of %s", *r.RuleID, id)
			}
			why := ""
			for _, s := range r.Suppressions {
				why += *s.Kind + *s.Status + *s.Justification
			}
			hidden(t, *r.Message.Text)
			got = append(got, fmt.Sprintf("%q", []any{*r.RuleID, r.Level, *r.Message.Text, name, where, why,
				fmt.Sprint(len(r.RelatedLocations))}))
		}
		same(t, o.findings, got, func(f *finding) string {
			why := ""
			if f.Waived != nil {
				why = "externalaccepted" + safe(f.Waived.Reason)
			}
			if f.Suppressed != nil {
				why = "inSourceaccepted" + safe(f.Suppressed.Reason)
			}
			p := f.Position
			where := "1 1 1 1"
			if p.Line > 0 {
				where = fmt.Sprint(p.Line, p.Column, p.EndLine, p.EndColumn)
			}
			message := strings.ReplaceAll(safe(f.said()), "](", `\](`)
			return fmt.Sprintf("%q", []any{f.Rule, f.Severity, message, f.file(), where, why,
				fmt.Sprint(len(f.Related))})
		})
	})
}

// TestCheckstyle reads with phayes/checkstyle.
func TestCheckstyle(t *testing.T) {
	each(t, func(t *testing.T, o *output) {
		hidden(t, string(o.text["checkstyle"]))
		var got []string
		var report checkstyle.CheckStyle
		if err := xml.Unmarshal(o.text["checkstyle"], &report); err != nil {
			t.Fatal(err)
		}
		for _, f := range report.File {
			for _, e := range f.Error {
				message, _, _ := strings.Cut(e.Message, "; ")
				got = append(got, fmt.Sprintf("%q", []any{f.Name, fmt.Sprint(e.Line, e.Column), string(e.Severity),
					message, e.Source}))
			}
		}
		same(t, o.live(), got, func(f *finding) string {
			message, _, _ := strings.Cut(safe(f.Message), "; ")
			return fmt.Sprintf("%q", []any{safe(f.file()), fmt.Sprint(f.Position.Line, f.Position.Column), f.Severity,
				message, "permc." + f.Rule})
		})
	})
}

// occurrence tells tests apart that would have one name.
var occurrence = regexp.MustCompile(` \([2-9]\)$`)

// TestJUnit reads with joshdk/go-junit.
func TestJUnit(t *testing.T) {
	each(t, func(t *testing.T, o *output) {
		hidden(t, string(o.text["junit"]))
		suites, err := junit.Ingest(o.text["junit"])
		if err != nil {
			t.Fatal(err)
		}
		got, seen := []string(nil), map[string]bool{}
		for _, s := range suites {
			for _, c := range s.Tests {
				if o.code == 0 && c.Status == junit.StatusPassed {
					continue
				}
				id := c.Classname + "\n" + c.Name
				if seen[id] {
					t.Errorf("build servers take these for one test: %q", id)
				}
				seen[id] = true
				name := occurrence.ReplaceAllString(c.Name, "")
				got = append(got, fmt.Sprintf("%q", []any{name, c.Classname, string(c.Status)}))
			}
		}
		if o.code == 0 && len(suites[0].Tests) != 1 {
			t.Error("a clean project is not one test")
		}
		same(t, o.findings, got, func(f *finding) string {
			status := junit.StatusFailed
			if f.Waived != nil || f.Suppressed != nil {
				status = junit.StatusSkipped
			}
			return fmt.Sprintf("%q", []any{f.Rule + ": " + safe(f.said()), safe(f.file()), string(status)})
		})
	})
}

// TestRDJSON reads as reviewdog's parser does, with its types: unknown fields
// are refused. Columns are bytes, so the place is cut out of the file.
func TestRDJSON(t *testing.T) {
	each(t, func(t *testing.T, o *output) {
		var report rdf.DiagnosticResult
		if err := protojson.Unmarshal(o.text["rdjson"], &report); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range report.Diagnostics {
			message, _, _ := strings.Cut(d.Message, "\n")
			r := d.Location.GetRange()
			at := o.cut(t, d.Location.Path, int(r.GetStart().GetLine()),
				func(string) (int, int) { return int(r.Start.Column) - 1, int(r.End.Column) - 1 })
			got = append(got, fmt.Sprintf("%q", []any{d.Code.Value, strings.ToLower(d.Severity.String()), message,
				d.Location.Path, at}))
		}
		same(t, o.live(), got, func(f *finding) string {
			at := o.cut(t, f.file(), f.Position.Line, func(line string) (int, int) {
				r := []rune(line)
				return len(string(r[:f.Position.Column-1])), len(string(r[:f.Position.EndColumn-1]))
			})
			return fmt.Sprintf("%q", []any{f.Rule, f.Severity, safe(f.Message), f.file(), at})
		})
	})
}

// cut is a piece of a line.
func (o *output) cut(t *testing.T, file string, line int, piece func(string) (from, to int)) string {
	t.Helper()
	if line == 0 {
		return ""
	}
	text, err := os.ReadFile(filepath.Join(o.dir, file))
	if err != nil {
		t.Fatal(err)
	}
	l := strings.Split(string(text), "\n")[line-1]
	from, to := piece(l)
	return fmt.Sprint(line, l[from:to])
}

// gitlabSchema is written from the table "Code quality report format" of
// https://docs.gitlab.com/ci/testing/code_quality/.
const gitlabSchema = `{"type": "array", "items": {"type": "object",
 "required": ["description", "check_name", "fingerprint", "severity", "location"], "additionalProperties": false,
 "properties": {"description": {"type": "string", "minLength": 1}, "check_name": {"type": "string", "minLength": 1},
  "fingerprint": {"type": "string", "minLength": 1},
  "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
  "location": {"type": "object", "required": ["path", "lines"], "additionalProperties": false, "properties": {
   "path": {"type": "string", "pattern": "^[^/]"},
   "lines": {"type": "object", "required": ["begin"], "additionalProperties": false,
    "properties": {"begin": {"type": "integer", "minimum": 1}}}}}}}}`

// TestGitLab validates against a schema written from GitLab's documentation.
func TestGitLab(t *testing.T) {
	each(t, func(t *testing.T, o *output) {
		result, err := gojsonschema.Validate(gojsonschema.NewStringLoader(gitlabSchema),
			gojsonschema.NewBytesLoader(o.text["gitlab"]))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range result.Errors() {
			t.Error(e)
		}
		var list []struct {
			Description, Fingerprint, Severity string
			Check                              string `json:"check_name"`
			Location                           struct {
				Path  string
				Lines struct{ Begin int }
			}
		}
		if err := json.Unmarshal(o.text["gitlab"], &list); err != nil {
			t.Fatal(err)
		}
		var got []string
		seen := map[string]bool{}
		for _, x := range list {
			if seen[x.Fingerprint] {
				t.Errorf("fingerprint %s comes twice", x.Fingerprint)
			}
			seen[x.Fingerprint] = true
			got = append(got, fmt.Sprintf("%q", []any{x.Check, x.Description, x.Severity, x.Location.Path,
				fmt.Sprint(x.Location.Lines.Begin)}))
		}
		same(t, o.live(), got, func(f *finding) string {
			severity := map[string]string{"error": "major", "warning": "minor"}[f.Severity]
			if o.code == 3 {
				severity = "blocker"
			}
			return fmt.Sprintf("%q", []any{f.Rule, safe(f.said()), severity, f.file(),
				fmt.Sprint(max(1, f.Position.Line))})
		})
	})
}

// TestGitHub reads as the runner's ActionCommand.TryParseV2 does, written from
// its source: a line is a command if it begins with "::", up to the next "::".
func TestGitHub(t *testing.T) {
	each(t, func(t *testing.T, o *output) {
		hidden(t, string(o.text["github"]))
		undo := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
		var got []string
		warned := false
		for line := range bytes.Lines(o.text["github"]) {
			command, message, ok := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(string(line), "\n"), "::"), "::")
			level, rest, _ := strings.Cut(command, " ")
			if !ok || level != "error" && level != "warning" || level == "error" && warned {
				t.Fatalf("%q is no command, or out of order", line)
			}
			warned = level == "warning"
			p := map[string]string{}
			for x := range strings.SplitSeq(rest, ",") {
				k, v, _ := strings.Cut(x, "=")
				p[k] = undo.Replace(v)
			}
			message, _, _ = strings.Cut(undo.Replace(message), "; ")
			got = append(got, fmt.Sprintf("%q", []any{level, p["title"], p["file"], p["line"], p["col"], p["endColumn"],
				message}))
		}
		same(t, o.live(), got, func(f *finding) string {
			message, _, _ := strings.Cut(safe(f.Message), "; ")
			p := f.Position
			return fmt.Sprintf("%q", []any{f.Severity, f.Rule, broken(safe(f.file())), fmt.Sprint(p.Line),
				fmt.Sprint(p.Column), fmt.Sprint(p.EndColumn), message})
		})
		if broken(string(o.text["summary"])) != string(o.text["markdown"]) {
			t.Errorf("the summary is not the Markdown:\n%s", o.text["summary"])
		}
	})
}

// TestText reads as people and build servers do: no line is a command, by the
// runner's ActionCommand.TryParseV2, which looks at what a line begins with, and
// TryParse, which finds ##[ anywhere, as Azure's agent does ##vso[.
func TestText(t *testing.T) {
	shown := regexp.MustCompile(`^(   =| *\d* \|) `)
	form := regexp.MustCompile(`^(.*?)(?::(\d+):(\d+))?: ((?:waived |suppressed )?(?:error|warning)): (.*) \[([a-z-]+)\]$`)
	each(t, func(t *testing.T, o *output) {
		hidden(t, string(o.text["text"]))
		var got []string
		for line := range strings.Lines(string(o.text["text"])) {
			if shown.MatchString(line) {
				continue
			}
			if m := form.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
				got = append(got, fmt.Sprintf("%q", m[1:]))
			}
		}
		same(t, o.findings, got, func(f *finding) string {
			severity, line, column := f.Severity, fmt.Sprint(f.Position.Line), fmt.Sprint(f.Position.Column)
			if f.Waived != nil {
				severity = "waived " + severity
			}
			if f.Suppressed != nil {
				severity = "suppressed " + severity
			}
			if line == "0" {
				line, column = "", ""
			}
			file := safe(f.file())
			if rest, ok := strings.CutPrefix(strings.TrimSpace(file), "::"); ok {
				file = file[:len(file)-len(rest)-2] + `\u{3A}:` + rest
			}
			return fmt.Sprintf("%q", []string{broken(file), line, column, severity, broken(safe(f.Message)), f.Rule})
		})
		for _, name := range names {
			for line := range strings.Lines(string(o.text[name])) {
				if name != "github" && (strings.HasPrefix(strings.TrimSpace(line), "::") ||
					strings.Contains(line, "##[") || strings.Contains(line, "##vso[")) {
					t.Errorf("%s: a build server takes this for a command: %s", name, line)
				}
			}
		}
	})
}

// TestJSONLines reads each line by itself.
func TestJSONLines(t *testing.T) {
	each(t, func(t *testing.T, o *output) {
		var got []finding
		for d := json.NewDecoder(bytes.NewReader(o.text["jsonl"])); d.More(); {
			var f finding
			if err := d.Decode(&f); err != nil {
				t.Fatal(err)
			}
			got = append(got, f)
		}
		if n := bytes.Count(o.text["jsonl"], []byte("\n")); n != len(got) || n != len(o.findings) ||
			n > 0 && !reflect.DeepEqual(got, o.findings) {
			t.Errorf("%d lines, not the findings: %v", n, got)
		}
	})
}

// TestMarkdown renders with goldmark as GitHub does, and reads the table with
// x/net/html. What a name says stays text.
func TestMarkdown(t *testing.T) {
	each(t, func(t *testing.T, o *output) {
		hidden(t, string(o.text["markdown"]))
		var page bytes.Buffer
		if err := goldmark.New(goldmark.WithExtensions(extension.GFM),
			goldmark.WithRendererOptions(gmhtml.WithUnsafe())).Convert(o.text["markdown"], &page); err != nil {
			t.Fatal(err)
		}
		root, err := html.Parse(&page)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for n := range root.Descendants() {
			switch {
			case n.Type == html.CommentNode, n.Type == html.ElementNode &&
				!slices.Contains([]string{"html", "head", "body", "p", "strong", "table", "thead", "tbody", "tr", "th",
					"td", "a", "code"}, n.Data):
				t.Errorf("a name becomes %s", n.Data)
			case n.Data == "a" && !strings.HasSuffix(n.Attr[0].Val, textOf(n)):
				t.Errorf("a name becomes a link to %s", n.Attr[0].Val)
			case n.Data == "tr" && n.Parent.Data == "tbody":
				var cells []string
				for c := range n.ChildNodes() {
					if c.Data == "td" {
						cells = append(cells, textOf(c))
					}
				}
				got = append(got, fmt.Sprintf("%q", cells))
			}
		}
		same(t, o.findings, got, func(f *finding) string {
			severity, where := f.Severity, safe(f.file())
			if f.Waived != nil {
				severity = "waived " + severity
			}
			if f.Suppressed != nil {
				severity = "suppressed " + severity
			}
			if f.Position.Line > 0 {
				where += ":" + fmt.Sprint(f.Position.Line)
			}
			return fmt.Sprintf("%q", []string{severity, f.Rule, strings.TrimSpace(broken(where)),
				broken(safe(f.said())), broken(safe(f.Help))})
		})
	})
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for x := range n.Descendants() {
		if x.Type == html.TextNode {
			b.WriteString(x.Data)
		}
	}
	return b.String()
}

// TestLimits: what is cut is said, and errors come first.
func TestLimits(t *testing.T) {
	var users strings.Builder
	users.WriteString("user,affiliation,role,permission,scope,reason\n")
	reason := strings.Repeat("why ", 20) // as many findings are written as there is text to be about
	for i := range 26_000 {
		fmt.Fprintf(&users, "u%05d@a.example,customer,,manage-users,contoso/emea,%s\n", i, reason)
	}
	o := check(t, map[string]string{"access.yaml": base, "wei.yaml": user("wei@contoso.example"),
		"users.csv": users.String()})
	report, err := sarif.FromBytes(o.text["sarif"])
	if err != nil {
		t.Fatal(err)
	}
	run := report.Runs[0]
	if n := len(run.Results); n != 25_000 || len(o.findings) <= n {
		t.Errorf("%d results of %d findings", n, len(o.findings))
	}
	notices := run.Invocations[0].ToolExecutionNotifications
	if want := fmt.Sprintf("%d of %d findings are not listed", len(o.findings)-25_000,
		len(o.findings)); len(notices) != 1 || !strings.HasPrefix(*notices[0].Message.Text, want) {
		t.Errorf("the notices do not say that %s", want)
	}
	for _, r := range run.Results {
		if r.Level != "error" {
			t.Fatal("a warning is kept, and an error left out")
		}
	}
	if n := bytes.Count(o.text["github"], []byte("\n::error ")) + 1; n != 10 {
		t.Errorf("%d annotations of errors", n)
	}
	if n := len(o.text["summary"]); n > 1<<20 || !bytes.Contains(o.text["summary"][n-100:], []byte("more lines")) {
		t.Errorf("a summary of %d bytes", n)
	}
}

// TestSize: a log that is too large for GitHub is cut, and says so.
func TestSize(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var users strings.Builder
	users.WriteString("user,affiliation,role,permission,scope\n")
	for range 6_000 {
		id := make([]byte, 3000)
		for i := range id {
			id[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[r.IntN(36)]
		}
		fmt.Fprintf(&users, "%s@a.example,customer,,manage-users,contoso/emea\n", id)
	}
	o := check(t, map[string]string{"access.yaml": base, "wei.yaml": user("wei@contoso.example"),
		"users.csv": users.String()}, "json", "sarif")
	report, err := sarif.FromBytes(o.text["sarif"])
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(o.text["sarif"]); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	run := report.Runs[0]
	if n := len(run.Results); zipped.Len() > 10<<20 || zipped.Len() < 5<<20 || n >= len(o.findings) {
		t.Errorf("%d bytes, %d results of %d", zipped.Len(), n, len(o.findings))
	}
	notices := run.Invocations[0].ToolExecutionNotifications
	if want := fmt.Sprintf("%d of %d findings are not listed", len(o.findings)-len(run.Results),
		len(o.findings)); len(notices) != 1 || !strings.HasPrefix(*notices[0].Message.Text, want) {
		t.Errorf("the notices do not say that %s", want)
	}
}

// TestFingerprints: they stay the same when lines move.
func TestFingerprints(t *testing.T) {
	prints := func(before string) (list []string) {
		report, err := sarif.FromBytes(check(t, map[string]string{"access.yaml": base,
			"wei.yaml": user("wei@contoso.example"), "a.yaml": before + user("ana@contoso.example")}, "json",
			"sarif").text["sarif"])
		if err != nil {
			t.Fatal(err)
		}
		if !*report.Runs[0].Invocations[0].ExecutionSuccessful {
			t.Fatal("the project cannot be evaluated")
		}
		for _, r := range report.Runs[0].Results {
			list = append(list, r.PartialFingerprints["permc/v1"])
		}
		return list
	}
	if a, b := prints(""), prints("# a comment\n\n"); len(a) == 0 || !slices.Equal(a, b) {
		t.Errorf("%v are not %v", a, b)
	}
}
