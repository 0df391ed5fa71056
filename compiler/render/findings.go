package render

import "io"

// WriteFindings writes findings in a format, by default as text. For GitHub's summary, use FindingsGitHub. makeTool
// describes permc for formats that name the tool.
func WriteFindings(w io.Writer, r *Findings, format string, style Style, makeTool func() Tool) error {
	switch format {
	case "json":
		return FindingsJSON(w, r)
	case "jsonl":
		return FindingsJSONLines(w, r)
	case "sarif":
		return FindingsSARIF(w, r, makeTool())
	case "gitlab":
		return FindingsGitLab(w, r)
	case "junit":
		return FindingsJUnit(w, r)
	case "rdjson":
		return FindingsRDJSON(w, r, makeTool())
	case "checkstyle":
		return FindingsCheckstyle(w, r)
	case "markdown":
		return FindingsMarkdown(w, r)
	}
	return FindingsText(w, r, style)
}
