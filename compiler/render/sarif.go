package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Tool is what findings come from, as formats for other programs say it.
type Tool struct {
	Version string
	Rules   []RuleDoc // built-in ones
}

// RuleDoc is what people are told of a rule.
type RuleDoc struct {
	ID, What, Why, Do, Example string
	Severity                   diag.Severity
}

// mostResults is how many results GitHub takes of one run.
const mostResults = 25_000

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifRule struct {
	ID      string     `json:"id"`
	Short   sarifText  `json:"shortDescription"`
	Full    *sarifText `json:"fullDescription,omitempty"`
	Help    *sarifText `json:"help,omitempty"`
	Default struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	} `json:"physicalLocation"`
	Message *sarifText `json:"message,omitempty"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Related      []sarifLocation    `json:"relatedLocations,omitempty"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifNotification struct {
	Level   string    `json:"level"`
	Message sarifText `json:"message"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	URI     string      `json:"informationUri"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	ColumnKind  string            `json:"columnKind"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

// FindingsSARIF writes findings as SARIF 2.1.0, the format of OASIS that code
// scanning services read.
func FindingsSARIF(w io.Writer, r *Report, tool Tool) error {
	s := &sarif{report: r, index: map[string]int{}, times: map[diag.Key]int{}}
	s.run.Tool.Driver = sarifDriver{Name: "permc", Version: tool.Version, URI: "https://permc.dev", Rules: []sarifRule{}}
	s.run.ColumnKind, s.run.Results = "unicodeCodePoints", []sarifResult{}
	for _, d := range tool.Rules {
		s.documented(d)
	}
	for i := range r.Findings {
		if i == mostResults {
			break
		}
		s.result(&r.Findings[i])
	}
	done := sarifInvocation{Successful: r.Policy != nil}
	if n := len(r.Findings) - mostResults; n > 0 {
		done.Notifications = []sarifNotification{{"warning", sarifText{Text: fmt.Sprintf("%d more findings are left out", n)}}}
	}
	s.run.Invocations = []sarifInvocation{done}
	return encode(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{s.run}}, "  ")
}

// sarif is a run being made.
type sarif struct {
	report *Report
	run    sarifRun
	index  map[string]int   // of rules
	times  map[diag.Key]int // how often a finding was there
}

func (s *sarif) documented(d RuleDoc) {
	r := sarifRule{ID: d.ID, Short: sarifText{Text: d.What}, Full: &sarifText{Text: d.Why}}
	r.Help = &sarifText{
		Text:     fmt.Sprintf("%s\n\nWhy: %s\n\nWhat to do: %s\n\nFires on:\n%s", d.What, d.Why, d.Do, d.Example),
		Markdown: fmt.Sprintf("%s\n\n**Why.** %s\n\n**What to do.** %s\n\n```yaml\n%s\n```\n", d.What, d.Why, d.Do, strings.ReplaceAll(d.Example, "```", "'''")),
	}
	r.Default.Level = d.Severity.String()
	s.add(r)
}

func (s *sarif) add(r sarifRule) int {
	s.index[r.ID] = len(s.run.Tool.Driver.Rules)
	s.run.Tool.Driver.Rules = append(s.run.Tool.Driver.Rules, r)
	return s.index[r.ID]
}

// rule is the index of a finding's rule, which a catalog or project may declare.
func (s *sarif) rule(d *diag.Diagnostic) int {
	if n, ok := s.index[d.Rule]; ok {
		return n
	}
	r := sarifRule{ID: d.Rule, Short: sarifText{Text: "a rule of the product or the project: " + d.Rule}}
	r.Default.Level = d.Severity.String()
	return s.add(r)
}

func (s *sarif) result(d *diag.Diagnostic) {
	text := d.Message
	if d.Help != "" {
		text += ". " + d.Help
	}
	x := sarifResult{
		RuleID: d.Rule, RuleIndex: s.rule(d), Level: d.Severity.String(), Message: sarifText{Text: text},
		Locations: []sarifLocation{s.location(d.Pos)}, Fingerprints: map[string]string{"permc/v1": s.fingerprint(d)},
	}
	for _, r := range d.Related {
		at := s.location(r.Pos)
		at.Message = &sarifText{Text: r.Message}
		x.Related = append(x.Related, at)
	}
	if d.Waiver != nil {
		x.Suppressions = append(x.Suppressions, sarifSuppression{"external", "accepted", fmt.Sprintf("%s (approved by %s, until %s)", d.Waiver.Reason, d.Waiver.Approver, d.Waiver.Expires)})
	}
	if d.Baseline {
		x.Suppressions = append(x.Suppressions, sarifSuppression{"external", "accepted", "it is in the baseline"})
	}
	s.run.Results = append(s.run.Results, x)
}

// location is a place, or the project's first file where there is none:
// services refuse a result without one.
func (s *sarif) location(pos policy.Pos) (l sarifLocation) {
	if !pos.IsValid() {
		for _, f := range s.report.Files.All() {
			if !f.Shipped {
				l.Physical.Artifact.URI = relativeURI(f.Name)
				break
			}
		}
		return l
	}
	at := s.report.Files.Position(pos)
	l.Physical.Artifact.URI = relativeURI(at.File)
	if at.Line > 0 {
		l.Physical.Region = &sarifRegion{at.Line, at.Column, at.EndLine, at.EndColumn}
	}
	return l
}

// relativeURI is a path as a relative reference.
func relativeURI(path string) string { return (&url.URL{Path: path}).String() }

// fingerprint is the same when lines move. Findings about the same are told
// apart by which of them it is.
func (s *sarif) fingerprint(d *diag.Diagnostic) string {
	k := d.Key()
	s.times[k]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d", []string{k.Rule, k.User, k.Group, k.Role, k.Permission, k.Action, k.Scope}, s.times[k]))
	return hex.EncodeToString(sum[:16])
}
