package render

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Limits of GitHub: results of a run (it shows the 5,000 gravest), compressed bytes of a log, characters of a rule's
// short description, locations of a result.
const (
	mostResults = 25_000
	mostBytes   = 10 << 20
	mostOfRule  = 1024
	mostPlaces  = 1000
)

const sarifURI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// FindingsSARIF writes findings as a SARIF 2.1.0 log. If there are more results or bytes than GitHub takes, it keeps
// the gravest, and the log says so.
func FindingsSARIF(w io.Writer, r *Findings, tool Tool) error {
	for most := mostResults; ; {
		var b bytes.Buffer
		if err := writeJSON(&b, r.sarif(tool, most), "  "); err != nil {
			return err
		}
		size := zippedSize(b.Bytes())
		if most = min(most, len(r.Findings)); size <= mostBytes || most == 0 {
			_, err := b.WriteTo(w)
			return err
		}
		most = most * mostBytes / size * 9 / 10
	}
}

// zippedSize returns the size of a log as uploaded.
func zippedSize(text []byte) int {
	if len(text) <= mostBytes {
		return len(text)
	}
	var n counter
	z := gzip.NewWriter(&n)
	_, _ = z.Write(text) // counting cannot fail
	_ = z.Close()
	return int(n)
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// sarif builds the log with at most so many results.
func (r *Findings) sarif(tool Tool, most int) sarifLog {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "permc", Version: tool.Version, URI: Site, Rules: r.sarifRules(tool)}},
		Invocations: []sarifInvocation{{Successful: r.Policy != nil}},
		Bases:       map[string]sarifBase{"%SRCROOT%": {sarifText{"the folder that permc ran in"}}},
		Columns:     "unicodeCodePoints",
		Results:     []sarifResult{},
		Properties:  map[string]any{"asOf": r.AsOf.String()},
	}
	index := map[string]int{}
	for i := range run.Tool.Driver.Rules {
		index[run.Tool.Driver.Rules[i].ID] = i
	}
	list, _ := r.written()
	seen, kept := fingerprints{}, keepGravest(list, most)
	for i, d := range list {
		print := seen.of(&r.Findings[i]) // before the cut, so that numbering is stable
		if d == nil || !kept(d) {
			continue
		}
		x := r.sarifResult(d, print)
		if at, ok := index[d.Rule]; ok {
			x.Index = &at
		}
		run.Results = append(run.Results, x)
	}
	run.Invocations[0].Notifications = r.sarifNotices(len(run.Results))
	return sarifLog{sarifURI, "2.1.0", []sarifRun{run}}
}

// keepGravest selects findings: errors first, then warnings, then silenced ones.
func keepGravest(list []*diag.Finding, most int) func(*diag.Finding) bool {
	var left [3]int
	for _, d := range list {
		if d != nil {
			left[gradeOf(d)]++
		}
	}
	for i := range left {
		left[i] = min(left[i], most)
		most -= left[i]
	}
	return func(d *diag.Finding) bool {
		left[gradeOf(d)]--
		return left[gradeOf(d)] >= 0
	}
}

// accepted is the grade of a silenced finding.
const accepted = 2

func gradeOf(d *diag.Finding) int {
	switch {
	case d.Silenced() || d.Baseline:
		return accepted
	case d.Severity == diag.Error:
		return 0
	}
	return 1
}

// sarifNotices adds notices that there is no table, or that some results are left out.
func (r *Findings) sarifNotices(written int) (list []sarifNotification) {
	if r.Policy == nil {
		list = append(list, sarifNotification{Level: "error",
			Message: sarifText{"fix these errors to get a table; not everything was checked"}})
	}
	if r.Policy == nil && len(r.Findings) >= diag.Most {
		list = append(list, sarifNotification{Level: "warning",
			Message: sarifText{fmt.Sprintf("only the first %d errors are listed; there may be more", diag.Most)}})
	}
	if n := len(r.Findings) - written; n > 0 {
		text := fmt.Sprintf("%d of %d findings are not listed: GitHub accepts %d and %d MB, and permc writes %d for "+
			"a rule at one place; errors come first, permc check -f jsonl lists all",
			n, len(r.Findings), mostResults, mostBytes>>20, mostAtPlace)
		list = append(list, sarifNotification{Level: "warning", Message: sarifText{text}})
	}
	return append(list, r.sarifNotes()...)
}

func (r *Findings) sarifResult(d *diag.Finding, print string) sarifResult {
	out := sarifResult{
		Rule: d.Rule, Level: levelName(d.Severity), Message: sarifText{escapeLinks(messageOf(d, "; "))},
		Fingerprints: map[string]string{"permc/v1": print}, Suppressions: []sarifSuppression{},
		Properties: subjectOf(d),
	}
	if at := r.place(d); at.File != "" {
		out.Locations = []sarifLocation{{Physical: physicalLocation(at)}}
	}
	for i, rel := range d.Related[:min(len(d.Related), mostPlaces)] {
		l := sarifLocation{ID: i + 1, Message: &sarifText{escapeLinks(rel.Message)}}
		if at, ok := r.ours(rel.Pos); ok {
			l.Physical = physicalLocation(at)
		}
		out.Related = append(out.Related, l)
	}
	if d.Waiver != nil {
		out.Suppressions = append(out.Suppressions, r.suppression(d.Waiver))
	}
	if c := d.Comment; c != nil {
		out.Suppressions = append(out.Suppressions, r.inSource(c))
	}
	if d.Baseline {
		out.Suppressions = append(out.Suppressions,
			sarifSuppression{Kind: "external", Status: "accepted", Justification: "in the baseline"})
	}
	return out
}

func (r *Findings) suppression(w *policy.Waiver) sarifSuppression {
	s := sarifSuppression{
		Kind:          "external",
		Status:        "accepted",
		Justification: Safe(w.Reason),
		Properties:    map[string]string{"approver": Safe(w.Approver), "expires": w.Expires.String()},
	}
	if w.Ticket != "" {
		s.Properties["ticket"] = Safe(w.Ticket)
	}
	if at, ok := r.ours(w.Pos); ok {
		s.Location = &sarifLocation{Physical: physicalLocation(at)}
	}
	return s
}

func (r *Findings) inSource(c *policy.Suppression) sarifSuppression {
	s := sarifSuppression{Kind: "inSource", Status: "accepted", Justification: Safe(c.Reason)}
	if c.Until != 0 {
		s.Properties = map[string]string{"expires": c.Until.String()}
	}
	if at, ok := r.ours(c.Pos); ok {
		s.Location = &sarifLocation{Physical: physicalLocation(at)}
	}
	return s
}

// subjectOf returns the subjects of a finding by their JSON names.
func subjectOf(d *diag.Finding) map[string]any {
	m := map[string]any{}
	for _, x := range [...][2]string{{"user", d.User}, {"group", d.Group}, {"role", d.Role},
		{"permission", d.Permission}, {"action", d.Action},
		{"scope", d.Scope}, {"help", d.Help}, {"denyRule", d.DenyRule}} {
		if x[1] != "" {
			m[x[0]] = Safe(x[1])
		}
	}
	if len(d.Notes) > 0 {
		m["notes"] = d.Notes
	}
	return m
}

// escapeLinks returns text without SARIF links.
func escapeLinks(s string) string { return strings.ReplaceAll(Safe(s), "](", `\](`) }

func physicalLocation(at policy.Position) *sarifPhysical {
	if at.Line == 0 { // GitHub needs a line
		at.Line, at.Column, at.EndLine, at.EndColumn = 1, 1, 1, 1
	}
	return &sarifPhysical{artifactOf(at.File), &sarifRegion{at.Line, at.Column, at.EndLine, at.EndColumn}}
}

// artifactOf returns a file as a URI: relative to the folder permc ran in, unless the path is absolute.
func artifactOf(file string) sarifArtifact {
	if strings.HasPrefix(file, "/") {
		return sarifArtifact{URI: "file://" + percentEncode(file)}
	}
	return sarifArtifact{percentEncode(file), "%SRCROOT%"}
}

// percentEncode encodes everything with a meaning in a URI, even the colon, which would end a scheme.
func percentEncode(path string) string {
	var b strings.Builder
	for _, c := range []byte(path) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
