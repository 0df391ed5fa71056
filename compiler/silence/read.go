// Package silence decides which findings are open and which are silenced: by waivers, by the baseline, or by comments
// in CUE and YAML files:
//
//	// permc:ignore redundant-grant until 2027-01-31 -- covers for Bo
package silence

import (
	"path"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// mark begins a comment that suppresses findings.
const mark = "permc:ignore"

// span is a piece of a text.
type span struct{ from, to int }

// Read returns the suppressions in the wanted files of a project. The files have no errors.
func Read(files *policy.Files, wanted func(file int32) bool) (list []policy.Suppression) {
	for i, f := range files.All() {
		comments := commentsOf(f)
		if num := int32(i + 1); comments != nil && wanted(num) && strings.Contains(f.Data, mark) {
			list = append(list, inFile(f, num, comments(f.Data))...)
		}
	}
	return list
}

// commentsOf returns a function that finds the comments of a file, or nil if its format has none.
func commentsOf(f *policy.File) func(text string) []span {
	switch strings.ToLower(path.Ext(f.Rel)) {
	case ".cue":
		return cueComments
	case ".yaml", ".yml":
		return yamlComments
	}
	return nil
}

// inFile reads the comments of a file. A comment alone on its line is about the next line with content, unless an
// empty line comes first; others are about their own line.
func inFile(f *policy.File, num int32, comments []span) (list []policy.Suppression) {
	alone := map[int]bool{} // starts of lines that are only a comment
	for _, c := range comments {
		if start := lineOf(f.Data, c.from); strings.TrimSpace(f.Data[start:c.from]) == "" {
			alone[start] = true
		}
	}
	for _, c := range comments {
		s, ok := parseComment(f.Data, num, c)
		if !ok {
			continue
		}
		line := lineOf(f.Data, c.from)
		for alone[line] {
			line = endOfLine(f.Data, line) + 1
		}
		if line < len(f.Data) && strings.TrimSpace(f.Data[line:endOfLine(f.Data, line)]) != "" {
			s.Line = policy.Pos{File: num, Off: uint32(line), End: uint32(endOfLine(f.Data, line))}
		}
		list = append(list, s)
	}
	return list
}

// lineOf returns the start of the line of an offset.
func lineOf(text string, at int) int { return strings.LastIndexByte(text[:at], '\n') + 1 }

// endOfLine returns the end of the line of an offset.
func endOfLine(text string, at int) int {
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(text)
}
