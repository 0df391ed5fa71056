package render

import "io"

// FindingFormats are the formats of findings.
var FindingFormats = []string{
	"text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson", "checkstyle", "markdown",
}

// With is what some formats need besides the answer.
type With struct {
	Style   Style
	Tool    func() Tool                               // describes permc where a format says who found something
	Summary func(write func(*JobSummary) error) error // passes on the summary of a job on GitHub, or nil
	Page    func(io.Writer, *Diff) error              // writes the page of a change
	System  string                                    // whose logins to write, such as gh
}

// WriteFindings writes findings in a format, by default as text. For GitHub's summary, use FindingsGitHub. makeTool
// describes permc for formats that name the tool.
func WriteFindings(w io.Writer, r *Findings, format string, with With) error {
	if format != "github" && format != "gitlab" && format != "sarif" {
		here := *r
		here.Place = nil
		r = &here
	}
	switch format {
	case "json":
		return FindingsJSON(w, r)
	case "jsonl":
		return FindingsJSONLines(w, r)
	case "sarif":
		return FindingsSARIF(w, r, with.Tool())
	case "github":
		return with.Summary(func(summary *JobSummary) error { return FindingsGitHub(w, summary, r) })
	case "gitlab":
		return FindingsGitLab(w, r)
	case "junit":
		return FindingsJUnit(w, r)
	case "rdjson":
		return FindingsRDJSON(w, r, with.Tool())
	case "checkstyle":
		return FindingsCheckstyle(w, r)
	case "markdown":
		return FindingsMarkdown(w, r)
	}
	return FindingsText(w, r, with.Style)
}
