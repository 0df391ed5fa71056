package render

import (
	"io"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

type rdResult struct {
	Source      rdSource       `json:"source"`
	Diagnostics []rdDiagnostic `json:"diagnostics"`
}

type rdSource struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type rdDiagnostic struct {
	Message  string      `json:"message"`
	Location *rdLocation `json:"location,omitempty"`
	Severity string      `json:"severity"`
	Code     rdCode      `json:"code"`
	Related  []rdRelated `json:"relatedLocations,omitempty"`
}

type rdCode struct {
	Value string `json:"value"`
	URL   string `json:"url,omitempty"`
}

type rdRelated struct {
	Message  string      `json:"message"`
	Location *rdLocation `json:"location"`
}

type rdLocation struct {
	Path  string   `json:"path"`
	Range *rdRange `json:"range,omitempty"`
}

type rdRange struct {
	Start rdPosition `json:"start"`
	End   rdPosition `json:"end"`
}

type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// FindingsRDJSON writes findings as a DiagnosticResult of reviewdog, which cannot express waived ones.
func FindingsRDJSON(w io.Writer, r *Findings, tool Tool) error {
	out := rdResult{rdSource{"permc", Site}, []rdDiagnostic{}}
	for _, d := range r.live() {
		x := rdDiagnostic{
			Message:  messageAndHelp(d, "\n"),
			Severity: "WARNING",
			Code:     rdCode{Value: d.Rule},
			Location: r.rdLocation(d.Pos),
		}
		if d.Severity == diag.Error {
			x.Severity = "ERROR"
		}
		if r.doc(&tool, d.Rule) != nil {
			x.Code.URL = PageOf(d.Rule)
		}
		if x.Location == nil {
			x.Location = &rdLocation{Path: r.place(d).File}
		}
		for _, rel := range d.Related {
			if at := r.rdLocation(rel.Pos); at != nil {
				x.Related = append(x.Related, rdRelated{Safe(rel.Message), at})
			}
		}
		out.Diagnostics = append(out.Diagnostics, x)
	}
	return writeJSON(w, out, "  ")
}

// rdLocation returns a position with columns in bytes, as reviewdog counts.
func (r *Findings) rdLocation(pos policy.Pos) *rdLocation {
	at, ok := r.ours(pos)
	if !ok {
		return nil
	}
	l := &rdLocation{Path: at.File}
	if at.Line > 0 {
		columns := r.Files.File(pos.File).ByteColumns(pos, at)
		l.Range = &rdRange{rdPosition{at.Line, columns[0]}, rdPosition{at.EndLine, columns[1]}}
	}
	return l
}
