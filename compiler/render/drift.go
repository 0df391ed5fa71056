package render

import (
	"fmt"
	"io"

	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/diag"
)

// DriftFormats are the output formats of drift.
var DriftFormats = []string{"text", "json", "markdown", "github", "sarif", "html"}

// WriteDrift writes what differs from the declaration in one of DriftFormats. page writes the HTML.
func WriteDrift(w io.Writer, d *drift.Drift, format string, with With, page func(io.Writer, *drift.Drift) error) error {
	return withExternal(w, externalOf(d.Policy), format, with.Style, func(w io.Writer) error {
		return writeDrift(w, d, format, with, page)
	}, d.Items)
}

func writeDrift(w io.Writer, d *drift.Drift, format string, with With, page func(io.Writer, *drift.Drift) error) error {
	switch format {
	case "json":
		return DriftJSON(w, d)
	case "markdown":
		return DriftMarkdown(w, d)
	case "github":
		return with.Summary(func(summary *JobSummary) error { return DriftGitHub(w, summary, d) })
	case "sarif":
		return DriftSARIF(w, d, with.Tool())
	case "html":
		return page(w, d)
	}
	return DriftText(w, d, with.Style)
}

// SumDrift says in one line how much differs.
func SumDrift(d *drift.Drift) string {
	errors, warnings := d.Errors()
	if errors+warnings == 0 {
		return "in sync: " + SumInSync(d)
	}
	return fmt.Sprintf("%s, %s: %s", Plural(errors, "error"), Plural(warnings, "warning"), SumInSync(d))
}

// SumInSync says in one line what does not differ.
func SumInSync(d *drift.Drift) string {
	text := Count(d.InSync, "entry", "entries") + " the same"
	if d.NotCovered > 0 {
		text += fmt.Sprintf(", %d not covered by the files", d.NotCovered)
	}
	if d.Ignored > 0 {
		text += fmt.Sprintf(", %d ignored by the map", d.Ignored)
	}
	text += ", as of " + d.AsOf.String()
	if d.Read != 0 {
		text += ", read " + d.Read.String()
	}
	return text
}

// SumWorth says in one line what an extra entry gives.
func SumWorth(x *drift.Worth) string {
	text := Plural(x.Permissions, "permission")
	if x.Permissions == 0 {
		text = "nothing beyond what is declared"
	}
	if n := len(x.Critical); n > 0 {
		text += fmt.Sprintf(", %d critical: %s", n, firstNames(x.Critical, 6))
	}
	if x.Members > 0 {
		text += ", to " + Plural(x.Members, "member")
	}
	return text
}

func firstNames(list []string, most int) string {
	text := ""
	for i, s := range list {
		if i == most {
			return text + fmt.Sprintf(" and %d more", len(list)-most)
		}
		if i > 0 {
			text += ", "
		}
		text += s
	}
	return text
}

// CoverageLines say for what the files are complete.
func CoverageLines(d *drift.Drift) (list []string) {
	for _, c := range d.Coverage {
		list = append(list, "covered: "+c)
	}
	if len(d.Coverage) == 0 {
		list = append(list, "covered: nothing; permc looks only for what is there")
	}
	for _, p := range d.Partial {
		list = append(list, "partial: "+p)
	}
	for _, n := range d.Notes {
		list = append(list, "note: "+n)
	}
	if d.Strangers > 0 {
		list = append(list, fmt.Sprintf("%d of %s in the files %s not declared", d.Strangers, countPeople(d.People),
			Choose(d.Strangers, "is", "are")))
	}
	return list
}

func driftLevel(x *drift.Item) string {
	if x.Class.Severity() == diag.Error {
		return "error"
	}
	return "warning"
}
