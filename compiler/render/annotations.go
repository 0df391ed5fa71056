package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// mostAnnotations is how many of a kind GitHub shows of one step.
const mostAnnotations = 10

// JobSummary is a summary on GitHub, in which there is room for so many bytes.
type JobSummary struct {
	io.Writer
	Room int
}

// LongestSummary is how many bytes a step's summary may have.
const LongestSummary = 1 << 20

func level(s diag.Severity) string {
	if s == diag.Error {
		return "error"
	}
	return "warning"
}

// annotations are workflow commands by level.
type annotations map[string]*annotated

// annotated are the commands of a level that may be shown, and how many there are.
type annotated struct {
	lines []string
	n     int
}

func (a annotations) count(level string, n int) *annotated {
	x := a[level]
	if x == nil {
		x = &annotated{}
		a[level] = x
	}
	x.n += n
	return x
}

func (a annotations) add(level string, files *policy.Files, pos policy.Pos, title, text string) {
	where := ""
	if files != nil && pos.IsValid() {
		at := files.Position(pos)
		where = "file=" + property(at.File)
		if at.Line > 0 {
			where += fmt.Sprintf(",line=%d,endLine=%d,col=%d", at.Line, at.EndLine, at.Column)
		}
		if at.EndLine == at.Line && at.EndColumn > at.Column {
			where += fmt.Sprintf(",endColumn=%d", at.EndColumn)
		}
		where += ","
	}
	x := a.count(level, 1)
	x.lines = append(x.lines, fmt.Sprintf("::%s %stitle=%s::%s\n", level, where, property(title), data(text)))
}

// full counts one more, if there are more already than are shown.
func (a annotations) full(level string) bool {
	if a[level] == nil || a[level].n <= mostAnnotations {
		return false
	}
	a.count(level, 1)
	return true
}

func (a annotations) write(w io.Writer, rest string) error {
	var b bytes.Buffer
	for _, level := range [...]string{"error", "warning", "notice"} {
		x := a.count(level, 0)
		list := x.lines
		if n := x.n; n > mostAnnotations {
			list = list[:mostAnnotations-1]
			list = append(list, fmt.Sprintf("::%s title=permc::%d more; GitHub shows %d per step, %s\n", level, n-mostAnnotations+1, mostAnnotations, rest))
		}
		for _, line := range list {
			b.WriteString(line)
		}
	}
	_, err := w.Write(GuardOwn(b.Bytes()))
	return err
}

// data returns text in a workflow command, where a line end would begin
// another.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(Safe(s))
}

// property returns the value of a workflow command's property.
func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(Safe(s))
}
