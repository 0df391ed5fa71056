package render

import (
	"bytes"
	"io"
)

// FindingsGitHub writes findings as workflow commands, which GitHub shows on
// their lines, and as the summary of the job where there is one. What is waived
// or in the baseline is in the summary alone.
func FindingsGitHub(w, summary io.Writer, r *Report) error {
	a := annotations{}
	for i := range r.Findings {
		if d := &r.Findings[i]; d.Waiver == nil && !d.Baseline {
			a.add(level(d.Severity), r.Files, d.Pos, d.Rule, d.Message)
		}
	}
	if err := a.write(w); err != nil || summary == nil {
		return err
	}
	var b bytes.Buffer
	if err := FindingsMarkdown(&b, r); err != nil {
		return err
	}
	text := b.Bytes()
	if len(text) > longestSummary {
		end := bytes.LastIndexByte(text[:longestSummary-200], '\n') + 1
		text = append(text[:end:end], "\n…and more: the summary of a job has an end.\n"...)
	}
	_, err := summary.Write(text)
	return err
}
