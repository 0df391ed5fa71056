package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// mostAnnotations limits the annotations of one kind that GitHub shows for a step.
const mostAnnotations = 10

// JobSummary is GitHub's job summary, with its room in bytes.
type JobSummary struct {
	io.Writer
	Room int
}

// LongestSummary limits the bytes of a step's summary.
const LongestSummary = 1 << 20

func levelName(s diag.Severity) string {
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

func (a annotations) add(level string, at policy.Position, title, text string) {
	where := ""
	if at.File != "" {
		where = "file=" + escapeProperty(at.File)
		if at.Line > 0 {
			where += fmt.Sprintf(",line=%d,endLine=%d,col=%d", at.Line, at.EndLine, at.Column)
		}
		if at.EndLine == at.Line && at.EndColumn > at.Column {
			where += fmt.Sprintf(",endColumn=%d", at.EndColumn)
		}
		where += ","
	}
	x := a.count(level, 1)
	x.lines = append(x.lines, fmt.Sprintf("::%s %stitle=%s::%s\n", level, where, escapeProperty(title),
		escapeData(text)))
}

// full counts one more annotation, and reports whether there are already more than GitHub shows.
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
			list = append(list, fmt.Sprintf("::%s title=permc::%d more; GitHub shows %d per step, %s\n", level,
				n-mostAnnotations+1, mostAnnotations, rest))
		}
		for _, line := range list {
			b.WriteString(line)
		}
	}
	_, err := w.Write(GuardOwn(b.Bytes()))
	return err
}

// escapeData returns text for a workflow command. A line end in it would begin another command.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(Safe(s))
}

// escapeProperty returns the value of a workflow command's property.
func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(Safe(s))
}
