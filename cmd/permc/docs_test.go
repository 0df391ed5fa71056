package main

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDocs runs each `$ permc …` in the console blocks of the README files,
// from the top of the repository, and compares what the page says it prints.
// PERMC_UPDATE rewrites the pages. A line that ends in a backslash or a pipe goes on.
func TestDocs(t *testing.T) {
	pages, err := filepath.Glob("../../examples/*/README.md")
	if err != nil {
		t.Fatal(err)
	}
	bin, err := exec.LookPath("permc") // TestMain put it there
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	for _, page := range append(pages, "../../README.md", "../../docs/catalogs.md", "../../docs/owners.md",
		"../../docs/paths.md", "../../docs/roles.md") {
		old, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		out, ran := runPage(bin, string(old))
		commands += ran
		got := strings.Join(out, "\n")
		if os.Getenv("PERMC_UPDATE") != "" {
			if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if diff := cmp.Diff(string(old), got); diff != "" {
			t.Errorf("%s (-page +now):\n%s", page, diff)
		}
	}
	if commands == 0 {
		t.Error("no command in any page")
	}
	comparePicture(t, bin)
}

// runPage returns the lines of a page with what its commands print now, and how many commands it has.
func runPage(bin, text string) (out []string, commands int) {
	inBlock, command := false, ""
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case line == "```console" || inBlock && line == "```":
			inBlock = !inBlock
			out = append(out, line)
		case inBlock && (command != "" || strings.HasPrefix(line, "$ permc ")):
			command += strings.TrimPrefix(line, "$ ") + "\n"
			out = append(out, line)
			if !goesOn(line) {
				out = append(out, shell(bin, command)...)
				commands, command = commands+1, ""
			}
		case !inBlock || strings.HasPrefix(line, "$ "):
			out = append(out, line)
		}
	}
	return out, commands
}

// goesOn reports whether a command goes on in the next line.
func goesOn(line string) bool { return strings.HasSuffix(line, `\`) || strings.HasSuffix(line, "|") }

// comparePicture runs the commands in the picture of a terminal, and compares what it shows: words alone, since lines
// break elsewhere on a terminal.
func comparePicture(t *testing.T, bin string) {
	t.Helper()
	svg, err := os.ReadFile("../../docs/pictures/terminal.svg")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(svg), "</style>")
	text = html.UnescapeString(regexp.MustCompile("<[^>]*>").ReplaceAllString(text, ""))
	var got []string
	for line := range strings.SplitSeq(text, "\n") {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			got = append(append(got, line), shell(bin, command)...)
		}
	}
	join := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	if diff := cmp.Diff(join(text), join(strings.Join(got, "\n"))); diff != "" || len(got) == 0 {
		t.Errorf("docs/pictures/terminal.svg is not what permc prints: make terminal (-picture +now):\n%s", diff)
	}
}

// guideLimit is how many commands the guide has at least: a page whose blocks are no longer read has none.
const guideLimit = 10

// TestGuide follows docs/guide.md in a folder of its own: it saves each block under the name that the
// paragraph above it has, runs every command, and compares what the page says it prints. PERMC_UPDATE rewrites the
// page.
func TestGuide(t *testing.T) {
	const page = "../../docs/guide.md"
	old, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	dir, home := t.TempDir(), t.TempDir()
	g := &guide{dir: dir, env: append(os.Environ(),
		"HOME="+home, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "NO_COLOR=1",
		"GIT_AUTHOR_NAME=Ana", "GIT_AUTHOR_EMAIL=ana@contoso.example",
		"GIT_COMMITTER_NAME=Ana", "GIT_COMMITTER_EMAIL=ana@contoso.example")}
	for line := range strings.SplitSeq(string(old), "\n") {
		if err := g.line(line); err != nil {
			t.Fatalf("%s: %v", page, err)
		}
	}
	if g.commands < guideLimit {
		t.Errorf("only %d commands were run", g.commands)
	}
	got := strings.Join(g.out, "\n")
	if os.Getenv("PERMC_UPDATE") != "" {
		if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(string(old), got); diff != "" {
		t.Errorf("%s (-page +now):\n%s", page, diff)
	}
}

// guide follows a page line by line.
type guide struct {
	dir       string
	env       []string
	out       []string
	block     string // the language of the block that the line is in, or ""
	text      string // of the block
	command   string // the lines so far of one that goes on
	paragraph string // the last one
	ended     bool   // a blank line came after it
	commands  int
}

// saveAs matches where a paragraph names the file of the block below it.
var saveAs = regexp.MustCompile("[Ss]ave (?:it|this|them) as `([^`]+)`")

func (g *guide) line(line string) error {
	language, fence := strings.CutPrefix(line, "```")
	command, isCommand := strings.CutPrefix(line, "$ ")
	switch {
	case fence && g.block == "":
		g.block, g.text = language, ""
	case fence:
		block := g.block
		g.block = ""
		if block != "console" {
			g.out = append(g.out, line)
			return g.save()
		}
	case g.block == "console" && (isCommand || g.command != ""):
		g.command += command + "\n"
		g.out = append(g.out, line)
		if !goesOn(line) {
			g.commands++
			g.out = append(g.out, g.run(g.command)...)
			g.command = ""
		}
		return nil
	case g.block == "console":
		return nil
	case g.block != "":
		g.text += line + "\n"
	default:
		g.read(line)
	}
	g.out = append(g.out, line)
	return nil
}

// read reads a line of a paragraph. A blank one ends it.
func (g *guide) read(line string) {
	switch {
	case line == "":
		g.ended = true
		return
	case g.ended:
		g.paragraph, g.ended = "", false
	}
	g.paragraph += line + " "
}

// save writes the block to the file that the paragraph above it names.
func (g *guide) save() error {
	m := saveAs.FindStringSubmatch(g.paragraph)
	if m == nil {
		return fmt.Errorf("no file is named above the block that begins with %.40q", g.text)
	}
	return os.WriteFile(filepath.Join(g.dir, filepath.FromSlash(m[1])), []byte(g.text), 0o666)
}

// pageSize matches the size of a page, which changes with each edit of its layout.
var pageSize = regexp.MustCompile(`[0-9]+ kB`)

// run returns what a command prints on a terminal without colours.
func (g *guide) run(line string) []string {
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir, cmd.Env = g.dir, g.env
	out, _ := cmd.CombinedOutput() // findings and gates end with 1
	if len(bytes.TrimSpace(out)) == 0 {
		return nil
	}
	out = pageSize.ReplaceAll(out, []byte("220 kB"))
	return strings.Split(strings.TrimRight(string(out), "\n"), "\n")
}

// shell is what a command line prints: findings are shown where nothing else
// is printed.
func shell(bin, line string) []string {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("sh", "-c", bin+strings.TrimPrefix(line, "permc"))
	cmd.Dir, cmd.Stdout, cmd.Stderr = "../..", &stdout, &stderr
	_ = cmd.Run() // findings end with 1
	text := stdout.String()
	if text == "" {
		text = stderr.String()
	}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return strings.Split(strings.TrimRight(text, "\n"), "\n")
}
