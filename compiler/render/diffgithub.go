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

// longestSummary is how many bytes a step's summary may have on GitHub.
const longestSummary = 1 << 20

// DiffGitHub writes a comparison as workflow commands, which GitHub shows on
// the changed lines, and as the summary of the job where there is one.
func DiffGitHub(w, summary io.Writer, d *Diff) error {
	a := annotations{}
	for i := range d.New {
		x := &d.New[i]
		if x.Waiver == nil {
			a.add(level(x.Severity), d.NewFiles, x.Pos, x.Rule, x.Message)
		}
	}
	for _, h := range d.Hits {
		a.add("error", nil, policy.Pos{}, "permc diff", h.Gate+": "+h.Message)
	}
	for _, p := range d.people() {
		for _, x := range p.blocks() {
			d.annotate(&a, &p, &x)
		}
	}
	if err := a.write(w); err != nil {
		return err
	}
	if summary == nil {
		return nil
	}
	_, err := io.WriteString(summary, d.markdown(longestSummary/4)) // a character has up to four bytes
	return err
}

func level(s diag.Severity) string {
	if s == diag.Error {
		return "error"
	}
	return "warning"
}

// annotate puts a change on the lines of the head that bring it about.
func (d *Diff) annotate(a *annotations, p *person, x *block) {
	text := fmt.Sprintf("%s %s %s on %s, %s", p.user.ID, kindWords[x.kind], strings.Join(x.items, ", "), strings.Join(x.scopes, ", "), x.why)
	var at policy.Pos
	for _, c := range x.causes {
		if !c.Base {
			at = c.Pos
			break
		}
	}
	a.add("notice", d.Head.Files, at, "access "+x.kind.String(), text)
}

// annotations are workflow commands by level.
type annotations map[string][]string

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
	a[level] = append(a[level], fmt.Sprintf("::%s %stitle=%s::%s\n", level, where, property(title), data(text)))
}

func (a annotations) write(w io.Writer) error {
	var b bytes.Buffer
	for _, level := range [...]string{"error", "warning", "notice"} {
		list := a[level]
		if n := len(list); n > mostAnnotations {
			list = list[:mostAnnotations-1]
			list = append(list, fmt.Sprintf("::%s title=permc::%d more of these; GitHub shows %d of a step, and the job summary has them all\n", level, n-mostAnnotations+1, mostAnnotations))
		}
		for _, line := range list {
			b.WriteString(line)
		}
	}
	_, err := b.WriteTo(w)
	return err
}

// data is text in a workflow command, where a line end would begin another.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(Safe(s))
}

// property is the value of a workflow command's property.
func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(Safe(s))
}
