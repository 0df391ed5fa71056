package render

import (
	"fmt"
	"io"
	"strings"
)

// FindingsGitHub writes findings as workflow commands, which GitHub shows on their lines, and as the job summary if
// there is one. Silenced findings appear only in the summary.
func FindingsGitHub(w io.Writer, summary *JobSummary, r *Findings) error {
	a := annotations{}
	for i := range r.Findings {
		d := &r.Findings[i]
		if d.Silenced() || d.Baseline || a.full(levelName(d.Severity)) {
			continue
		}
		at, _ := r.ours(d.Pos)
		a.add(levelName(d.Severity), at, d.Rule, messageAndHelp(d, "; "))
	}
	for _, n := range r.Notes {
		at, _ := r.ours(n.Pos)
		a.add("notice", at, "note", n.Message)
	}
	rest := "permc check -f jsonl lists all"
	if summary != nil {
		rest = "the job summary lists more"
	}
	if err := a.write(w, rest); err != nil || summary == nil {
		return err
	}
	var b strings.Builder
	if err := FindingsMarkdown(&b, r); err != nil {
		return err
	}
	_, err := io.WriteString(summary, atMost(b.String(), summary.Room))
	return err
}

// atMost cuts Markdown to a number of bytes at a line end, and says how many lines are missing.
func atMost(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	const room = 100
	if bytes < 2*room {
		return ""
	}
	text, cut := text[:bytes-room], text[bytes-room:]
	end := strings.LastIndexByte(text, '\n') + 1
	return text[:end] + fmt.Sprintf("\n…and %d more lines that do not fit on GitHub.\n",
		strings.Count(text[end:]+cut, "\n"))
}
