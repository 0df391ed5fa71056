package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"permc.dev/permc/compiler/render"
)

// Strings that begin like a command, a mention, a formula and the like, and go
// on with all else that some reader of an output acts on.
var (
	starts = []string{"::error::a", "##vso[task.b]", "@octo-org/team", "=1+1", "- /close", "--- a", "` \\", "#1",
		"</title><script>alert(1)</script>"}

	anywhere = " \n::error file=a,title=b::c\r::warning::d\u2028::notice::e\u0085::debug::f ##vso[task.x]g " +
		"##[error]h ##VSO[i]j " +
		"##teamcity[k] travis_fold:start:l \x1b[31mm\x1b]0;n\a \u202eo\u2066p\u200bq\u061cr \u009bs \x7f\U000e0041t" +
		oneWord
	oneWord = " @octo-org/team x.@octo #1 o/r#2 GH-3 !4 %five ~six &7 $8$ deadbee1 https://e.example/9 www.e.example " +
		"<script>alert(1)</script> " +
		"&#64;octo ]]> \"'`` | \\@octo \\#1 [a](b) {{c}} :tada: \ufffe"
	ofID = " ::b ##vso[c]d ##[e] @octo #1 GH-3 !4 ~six $8$ deadbee1 https://e.example <b>&#64;octo | \\@octo `[a](b)"
)

// payloads are what a string may become, the worst first.
func payloads(start string) []string {
	return []string{start + anywhere, start + " \n::error::c\r\x1b[31m\u202e##[d] @octo #1", start + oneWord,
		start + ofID}
}

// nameOfFile is what files and folders are called.
var nameOfFile = strings.ReplaceAll(payloads("::error::a")[1], "/", "%")

// outputOf is one run of permc.
type outputOf struct {
	format string // of standard output: see kinds
	args   []string
}

// kinds are how formats are to be looked at, where that is not by their name.
var kinds = map[string]string{"sarif": "json", "gitlab": "json", "rdjson": "json", "junit": "xml", "checkstyle": "xml"}

func ofFormats(formats []string, args ...string) (list []outputOf) {
	for _, f := range formats {
		at := slices.Index(append(args, "--"), "--")
		list = append(list, outputOf{cmp.Or(kinds[f], f), slices.Insert(slices.Clone(args), at, "-f", f)})
	}
	return list
}

// runs are every command in every format, in a folder with the project.
func (p *hostileProject) runs() []outputOf {
	user, other := p.says["ana@c.example"], p.name("bo@c.example")
	read, manage, reader, admin := p.name("read"), p.name("manage"), p.name("reader"), p.name("admin")
	return slices.Concat(
		[]outputOf{{"text", []string{"compile", "--review", "-f", "csv", "-o", "sheet.csv", "head"}}},
		ofFormats(render.FindingFormats, "check", "-v", "head"),
		ofFormats(render.TableFormats, "compile", "head"),
		ofFormats(render.DiffFormats, "diff", "--against", "./base", "--owners", "head"),
		ofFormats(render.DiffFormats, "diff", "--against", "./head", "--owners", "base"),
		ofFormats(render.TestFormats, "test", "head"),
		ofFormats(render.CatalogFormats, "catalog", "head"),
		ofFormats(render.CatalogDiffFormats, "catalog", "diff", "call-manager", "./head"),
		ofFormats(render.CatalogDiffFormats, "catalog", "diff", "-v", "./head", "call-manager"),
		ofFormats(render.DiffFormats, "catalog", "diff", "./head", "./head", "head"),
		ofFormats(render.WhoFormats, "who", "--", "role:"+reader, "head"),
		ofFormats(render.WhoFormats, "who", "--", read, "head"),
		ofFormats(render.ExplainFormats, "-C", "head", "explain", "--", user),
		ofFormats(render.ExplainFormats, "-C", "head", "explain", "--", other, manage),
		ofFormats(render.ExplainFormats, "-C", "head", "explain", "--", user, read),
		ofFormats(render.CompareFormats, "compare", "--all", "--", user, other, "head"),
		ofFormats(render.CompareFormats, "compare", "--", "role:"+reader, "role:"+admin, "head"),
		ofFormats(render.RuleFormats, "-C", "head", "rules", "no-export"),
		ofFormats(render.ReviewFormats, "review", "sheet.csv", "head"),
		ofFormats(render.PathsFormats, "paths", "head"),
		ofFormats(render.DriftFormats, "drift", "table", nameOfFile+".tsv", "head"),
		[]outputOf{
			{"csv", []string{"compile", "--review", "-f", "csv", "head"}},
			{"xlsx", []string{"compile", "-f", "xlsx", "head"}},
			{"html", []string{"report", "-o", "-", "head"}},
			{"patch", []string{"fix", "--diff", "head"}},
			{"patch", []string{"fmt", "--diff", "cue"}},
			{"text", []string{"explain", "--", user, anywhere, "head"}},
			{"text", []string{"compile", "--user", "##vso[a]\n::error::b", "head"}},
			{"text", []string{"no\n::error::such ##[command]"}},
			{"text", []string{"init", "##[new]", "--product", "services-hub", "--from", nameOfFile}},
		})
}

// name returns what a name of the project has become.
func (p *hostileProject) name(was string) string { return cmp.Or(p.says[was], was) }

// write writes the projects to look at: one with hostile strings and names of
// files, and as the base one that differs in each of its parts.
func (p *hostileProject) write(t *testing.T) {
	t.Helper()
	name := nameOfFile
	writeJSON(t, filepath.Join("head", name+".json"), p.value)
	writeFile(t, filepath.Join("head", "skipped "+name+".txt"), "")
	quoted := func(s string) string {
		return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `"`, `""`), "\x00", "") + `"`
	}
	writeFile(t, name+".tsv", "user\tname\trole\tscope\n"+quoted(p.says["ana@c.example"])+"\t"+quoted(anywhere)+"\t"+
		quoted(anywhere)+"\t"+
		quoted(anywhere)+"\n"+quoted(anywhere)+"\t\t"+quoted(p.name("reader"))+"\t"+quoted(anywhere)+"\n")
	writeJSON(t, "base/a.json", p.base)
	if p.base["groups"] == nil {
		return
	}
	reader := strconv.Quote(p.name("reader"))
	writeFile(t, filepath.Join("head", name, name+".yaml"), `users:
  twice:
    affiliation: staff
    name: "x

::error file=app.js::owned ##vso[task.y]

      `+"\u202e"+`"
    # permc:ignore one-role, any-role -- ::error::z ##vso[c] @octo #1 `+"\u202e"+`
    roles: [{role: `+reader+`, scope: acme/red}, {role: `+reader+`, scope: acme/red}]
`)
	writeFile(t, filepath.Join("head", name+".csv"), "user,affiliation,role,scope,reason\nthird ##vso[x],staff,\""+
		strings.ReplaceAll(p.name("reader"), `"`, `""`)+"\",acme/red,##[y]\n")
	writeFile(t, "cue/a.cue", "users: {\n// ::error::a ##vso[b]\n      \"c\": {name: \"\"\"\n::error::d\n\"\"\"}\n}\n")
	writeFile(t, nameOfFile, "Mail,Role,##vso[x]\n::error::y,##[z],\n")
}

// TestHostile writes every string of a project in every format of every
// command, and looks at the bytes.
func TestHostile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no file can be called so")
	}
	s := readShapes(t)
	var lists [][]string
	for _, start := range starts {
		lists = append(lists, payloads(start))
	}
	projects := slices.Concat(s.makeHostile(t, "own.json", lists...), s.makeHostile(t, "extended.json", lists[0]),
		s.makeHostile(t, "levels.json", lists[0]), s.makeHostile(t, "listed.json", lists[0]))
	broken := s.makeBroken(t, "own.json", payloads("::error::a")[0])
	s.walk(0, readFixture(t, "shipped.json"), func(string, int) {})
	delete(s.fields, "#DenyRule.severity")   // refused where rules are bound, so it reaches no output
	delete(s.fields, "#Extension.solutions") // a folder that must be there: see solutions.txtar
	for name, seen := range s.fields {
		if !seen {
			t.Errorf("no project in testdata/hostile has the field %s", name)
		}
	}
	for _, text := range []string{"ana@c.example", "Own product", "2026.1 of own", "sales dept", "A reason of ana",
		"Nobody exports", "The approver"} {
		if projects[0].says[text] == "" {
			t.Errorf("%q has not become hostile", text)
		}
	}
	for i := range projects[:len(starts)] {
		projects[i].try(t, projects[i].runs())
	}
	for i := range projects[len(starts):] {
		projects[len(starts)+i].try(t, slices.Concat(ofFormats(render.FindingFormats, "check", "-v", "head"),
			ofFormats(render.CatalogFormats, "catalog", "head"),
			ofFormats([]string{"text", "json", "jsonl", "markdown"}, "compile", "head"),
			ofFormats(render.DiffFormats, "diff", "--against", "./base", "head")))
	}
	broken.try(t, slices.Concat(ofFormats(render.FindingFormats, "check", "-v", "head"),
		ofFormats([]string{"text"}, "compile", "head")))
}

// try runs commands in a folder with the project.
func (p *hostileProject) try(t *testing.T, runs []outputOf) {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	p.write(t)
	t.Setenv("GITHUB_STEP_SUMMARY", "summary.md")
	for _, r := range runs {
		var stdout, stderr bytes.Buffer
		args := slices.Concat([]string{"--as-of", "2026-12-01"}, r.args)
		code := run(args, &stdout, &stderr)
		if err := os.Chdir(dir); err != nil { // -C has left it
			t.Fatal(err)
		}
		if err := cmp.Or(checkLog(r.format, stdout.Bytes()), checkBytes(r.format, stdout.Bytes())); err != nil {
			t.Errorf("%q (%d): %v", r.args, code, err)
		}
		if err := checkLog("text", stderr.Bytes()); err != nil {
			t.Errorf("%q (%d) says: %v", r.args, code, err)
		}
		if r.format == "json" && r.args[0] == "catalog" && r.args[1] != "diff" && p.says["Own product"] != "" {
			var catalog struct{ Title string }
			if err := json.Unmarshal(stdout.Bytes(), &catalog); err != nil || catalog.Title != p.says["Own product"] {
				t.Errorf("%q says %q, want %q (%v)", r.args, catalog.Title, p.says["Own product"], err)
			}
		}
		if stdout.Len() == 0 && r.format != "text" && r.format != "github" && r.format != "jsonl" &&
			r.format != "reviewers" {
			t.Errorf("%q (%d) prints nothing; %.500s", r.args, code, stderr.String())
		}
	}
	if summary, err := os.ReadFile("summary.md"); err != nil {
		t.Error(err)
	} else if err := checkMarkdown(string(summary)); err != nil {
		t.Errorf("summary: %v", err)
	}
}
