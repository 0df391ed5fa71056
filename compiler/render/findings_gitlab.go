package render

import (
	"io"

	"permc.dev/permc/compiler/diag"
)

type gitlabIssue struct {
	Description string         `json:"description"`
	Check       string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
}

// FindingsGitLab writes findings as a Code Quality report. It leaves out silenced findings, which the format cannot
// express.
func FindingsGitLab(w io.Writer, r *Findings) error {
	list, seen := []gitlabIssue{}, fingerprints{}
	written, _ := r.written()
	for i, d := range written {
		print := seen.of(&r.Findings[i]) // before the cut, so that numbering is stable
		if d == nil || d.Silenced() || d.Baseline {
			continue
		}
		at := r.place(d)
		where := gitlabLocation{at.File, gitlabLines{max(1, at.Line)}}
		list = append(list, gitlabIssue{messageOf(d, "; "), d.Rule, print, gitlabSeverity(d), where})
	}
	return writeJSON(w, list, "  ")
}

func gitlabSeverity(d *diag.Finding) string {
	switch {
	case d.Stops:
		return "blocker"
	case d.Severity == diag.Error:
		return "major"
	}
	return "minor"
}
