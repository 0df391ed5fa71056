package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// What must be true of the bytes of an output, by format. Nothing here knows how
// permc escapes: it looks as a build server, a terminal or a reader would.

// steers reports whether a character steers a terminal or hides its order.
func steers(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

var (
	aCommand = regexp.MustCompile(`(?i)##[a-z-]*\[|travis_(fold|time):`)
	aFold    = regexp.MustCompile(`^(---|\+\+\+|~~~|\^\^\^) `)
	ownLine  = regexp.MustCompile(`^::(error|warning|notice) ` +
		`(file=[^:,]*(,line=\d+,endLine=\d+,col=\d+(,endColumn=\d+)?)?,)?title=[^:,]*::`)
)

// checkLog looks for what a build server or a terminal would act on.
func checkLog(format string, text []byte) error {
	if format == "xlsx" {
		return nil // no log shows it
	}
	for line := range bytes.Lines(text) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		if format == "patch" {
			line = bytes.TrimSuffix(line, []byte("\r"))
		}
		for _, r := range string(line) {
			if (r < ' ' || r > '~') && steers(r) && (r != '\t' || format != "patch") {
				return fmt.Errorf("%U is in %q", r, line)
			}
		}
		if aCommand.Match(line) {
			return fmt.Errorf("a command is in %q", line)
		}
		first := bytes.TrimLeftFunc(line, unicode.IsSpace)
		if bytes.HasPrefix(first, []byte("::")) && (format != "github" || !ownLine.Match(line)) {
			return fmt.Errorf("%q is a command", line)
		}
		if format == "text" && aFold.Match(line) {
			return fmt.Errorf("%q folds a log", line)
		}
	}
	return nil
}

// checkBytes looks for what a reader of a format would act on, or cannot read.
func checkBytes(format string, text []byte) error {
	switch format {
	case "json":
		return checkJSON(text)
	case "jsonl":
		for line := range bytes.Lines(text) {
			if err := checkJSON(line); err != nil {
				return err
			}
		}
	case "xml":
		return checkXML(text)
	case "csv":
		return checkCSV(text)
	case "markdown":
		return checkMarkdown(string(text))
	case "html":
		return checkPage(text)
	case "xlsx":
		return checkWorkbook(text)
	}
	return nil
}

func checkJSON(text []byte) error {
	if !json.Valid(text) {
		return fmt.Errorf("no JSON: %.200q", text)
	}
	return nil
}

func checkXML(text []byte) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// checkCSV holds that a record is a line, and no cell a formula.
func checkCSV(text []byte) error {
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return err
	}
	if lines := bytes.Count(text, []byte("\n")); lines != len(records) {
		return fmt.Errorf("%d records are on %d lines", len(records), lines)
	}
	for _, record := range records {
		for _, cell := range record {
			if strings.IndexAny(cell, "=+-@\t") == 0 {
				return fmt.Errorf("%q is a formula", cell)
			}
		}
	}
	return nil
}

// resolved is what GitHub and GitLab make something of, in text that is no code.
var resolved = []*regexp.Regexp{
	regexp.MustCompile(`(^|[^0-9A-Za-z])@[0-9A-Za-z]`),
	regexp.MustCompile(`[#!][0-9]`), regexp.MustCompile(`(?i)\bG[HL]-[0-9]`), regexp.MustCompile(`[%~&][0-9a-z"]`),
	regexp.MustCompile(`\$\S`),
	regexp.MustCompile(`\b[0-9a-f]{7,40}\b`), regexp.MustCompile(`(?i)(://|\bwww\.)`), regexp.MustCompile(`:tada:`),
	regexp.MustCompile(`\[\[|\{\{`),
}

var (
	fence    = regexp.MustCompile("`+")
	escaped  = regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)
	htmlCode = regexp.MustCompile(`<code>[^<]*</code>`)
	ownHTML  = regexp.MustCompile(`<(/?(details|summary|code|br)|!-- permc (diff|drift) --)>`)
)

func checkMarkdown(text string) error {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		prose := withoutCode(line)
		if strings.Contains(ownHTML.ReplaceAllString(prose, ""), "<") {
			return fmt.Errorf("HTML is in %q", line)
		}
		prose = html.UnescapeString(escaped.ReplaceAllString(htmlCode.ReplaceAllString(prose, "¤"), "$1"))
		for _, r := range resolved {
			if found := r.FindString(prose); found != "" {
				return fmt.Errorf("%q would be resolved in %q", found, line)
			}
		}
		if strings.HasPrefix(line, "/") {
			return fmt.Errorf("%q is a quick action", line)
		}
	}
	return nil
}

// withoutCode is a line without spans of code, found as CommonMark finds them: a
// run of backticks up to the next of the same length. Within HTML there are none.
func withoutCode(line string) string {
	if strings.HasPrefix(line, "<details>") {
		return line
	}
	var b strings.Builder
	for {
		open := firstFence(line)
		if open == nil {
			return b.String() + line
		}
		run, end := line[open[0]:open[1]], -1
		for _, close := range fence.FindAllStringIndex(line[open[1]:], -1) {
			if close[1]-close[0] == len(run) {
				end = open[1] + close[1]
				break
			}
		}
		if end < 0 {
			b.WriteString(line[:open[1]])
			line = line[open[1]:]
			continue
		}
		b.WriteString(line[:open[0]] + "¤")
		line = line[end:]
	}
}

// firstFence is the first run of backticks of which the first is not escaped.
func firstFence(line string) []int {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '`':
			at := fence.FindStringIndex(line[i:])
			return []int{i + at[0], i + at[1]}
		}
	}
	return nil
}

// checkWorkbook holds that all that a workbook consists of can be read, shows
// what it holds, and is no formula.
func checkWorkbook(text []byte) error {
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return err
		}
		part, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if err := checkXML(part); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		shown := strings.NewReplacer("\n", "", "\t", "", "\r", "").Replace(html.UnescapeString(string(part)))
		if at := strings.IndexFunc(shown, steers); at >= 0 {
			return fmt.Errorf("%s: %q", f.Name, shown[at:min(len(shown), at+80)])
		}
		if bytes.Contains(part, []byte("<f>")) || bytes.Contains(part, []byte("<f ")) {
			return fmt.Errorf("%s has a formula", f.Name)
		}
	}
	return nil
}

// TestChecks holds that the checks find what they are for.
func TestChecks(t *testing.T) {
	for _, bad := range []string{"a\n ::b", "\u00a0::b", "x ##VSO[y]", "x ##[y]", "a\rb", "\x1b[0m", "\u202e", "\u2028",
		"--- x"} {
		if checkLog("text", []byte(bad)) == nil {
			t.Errorf("%q passes", bad)
		}
	}
	for _, bad := range []string{`\@octo`, `x &#64;octo`, `\#1`, `a/b#1`, `GH-1`, `0123abc`, `www\.x`, "`a` @octo `",
		"``@octo`", `\$x`, `<b>`, `&lt;\!1`} {
		if checkMarkdown(bad) == nil {
			t.Errorf("%q passes", bad)
		}
	}
	for _, good := range []string{"`@octo`", "zed@c.example", "``a ` @octo``", "<code>&#64;octo</code>", "a \\| `#1`"} {
		if err := checkMarkdown(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}
