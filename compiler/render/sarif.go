package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// mostResults is how many results of a run GitHub accepts; of those it shows
// the 5,000 gravest.
const mostResults = 25_000

// Site is where the files of permc's repository are served; a build from another
// place sets it with -ldflags -X.
var Site = "https://permc.dev"

// PageOf is the page of a built-in or shipped rule: a file of the repository.
func PageOf(rule string) string { return Site + "/docs/rules/" + rule + ".md" }

const (
	sarifURI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

// Tool is what findings come from, as formats for other programs say it.
type Tool struct {
	Version string
	Rules   []RuleDoc // built-in and shipped ones
}

// doc is what there is to say of a rule, or nil if it is a project's own: that
// may have the name of a rule of a product that is not the project's.
func (r *Report) doc(tool *Tool, rule string) *RuleDoc {
	i := slices.IndexFunc(tool.Rules, func(x RuleDoc) bool { return x.ID == rule })
	if i < 0 || tool.Rules[i].Product != "" && !r.ships(rule) {
		return nil
	}
	return &tool.Rules[i]
}

// ships reports whether a rule is of the shipped catalog that the project uses.
func (r *Report) ships(rule string) bool {
	return r.Policy != nil && slices.ContainsFunc(r.Policy.Rules, func(x *policy.Rule) bool {
		return x.ID == rule && x.Pos.IsValid() && r.Files.File(x.Pos.File).Shipped
	})
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool            `json:"tool"`
	Invocations []sarifInvocation    `json:"invocations"`
	Bases       map[string]sarifBase `json:"originalUriBaseIds"`
	Columns     string               `json:"columnKind"`
	Results     []sarifResult        `json:"results"`
	Properties  map[string]any       `json:"properties,omitempty"`
}

type sarifBase struct {
	Description sarifText `json:"description"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	URI     string      `json:"informationUri"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID            string     `json:"id"`
	Short         sarifText  `json:"shortDescription"`
	Full          sarifText  `json:"fullDescription"`
	Help          sarifHelp  `json:"help"`
	HelpURI       string     `json:"helpUri,omitempty"`
	Configuration sarifLevel `json:"defaultConfiguration"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifHelp struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level   string    `json:"level"`
	Message sarifText `json:"message"`
}

type sarifResult struct {
	Rule         string             `json:"ruleId"`
	Index        *int               `json:"ruleIndex,omitempty"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations,omitempty"`
	Related      []sarifLocation    `json:"relatedLocations,omitempty"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions"`
	Properties   map[string]any     `json:"properties,omitempty"`
}

type sarifLocation struct {
	ID       int            `json:"id,omitempty"`
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Message  *sarifText     `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI  string `json:"uri"`
	Base string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type sarifSuppression struct {
	Kind          string            `json:"kind"`
	Status        string            `json:"status"`
	Justification string            `json:"justification"`
	Location      *sarifLocation    `json:"location,omitempty"`
	Properties    map[string]string `json:"properties,omitempty"`
}

// FindingsSARIF writes findings as a SARIF 2.1.0 log.
func FindingsSARIF(w io.Writer, r *Report, tool Tool) error {
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
	seen, kept := fingerprints{}, r.gravest(mostResults)
	for i := range r.Findings {
		d := &r.Findings[i]
		print := seen.of(d) // also of what is cut, so that the others keep theirs
		if !kept(d) {
			continue
		}
		x := r.sarifResult(d, print)
		if at, ok := index[d.Rule]; ok {
			x.Index = &at
		}
		run.Results = append(run.Results, x)
	}
	run.Invocations[0].Notifications = r.sarifNotices(len(run.Results))
	return encode(w, sarifLog{sarifURI, "2.1.0", []sarifRun{run}}, "  ")
}

// gravest chooses so many findings: errors first, then warnings, then what is
// waived or in the baseline.
func (r *Report) gravest(most int) func(*diag.Diagnostic) bool {
	var left [3]int
	for i := range r.Findings {
		left[grade(&r.Findings[i])]++
	}
	for i := range left {
		left[i] = min(left[i], most)
		most -= left[i]
	}
	return func(d *diag.Diagnostic) bool {
		left[grade(d)]--
		return left[grade(d)] >= 0
	}
}

func grade(d *diag.Diagnostic) int {
	switch {
	case d.Silenced() || d.Baseline:
		return 2
	case d.Severity == diag.Error:
		return 0
	}
	return 1
}

// sarifNotices say what the results do not: that there is no table, and that
// some are left out.
func (r *Report) sarifNotices(written int) (list []sarifNotification) {
	if r.Policy == nil {
		list = append(list, sarifNotification{"error", sarifText{"no table can be made until these errors are mended, so nothing else was checked"}})
	}
	if r.Policy == nil && len(r.Findings) >= diag.Most {
		list = append(list, sarifNotification{"warning", sarifText{fmt.Sprintf("these are the first %d errors; there may be more", diag.Most)}})
	}
	if n := len(r.Findings) - written; n > 0 {
		text := fmt.Sprintf("%d of %d findings are left out, since GitHub accepts %d; errors come first, permc check -f json has them all", n, len(r.Findings), mostResults)
		list = append(list, sarifNotification{"warning", sarifText{text}})
	}
	return list
}

func (r *Report) sarifRules(tool Tool) []sarifRule {
	list := []sarifRule{}
	for i := range tool.Rules {
		x := &tool.Rules[i]
		if r.doc(&tool, x.ID) == nil {
			continue // of another product
		}
		help := sarifHelp{x.plainText(), x.markdown("##")}
		list = append(list, sarifRule{x.ID, sarifText{x.What}, sarifText{strings.TrimSpace(x.What + " " + x.Why)}, help, PageOf(x.ID), sarifLevel{level(x.Severity)}})
	}
	if r.Policy == nil {
		return list
	}
	for _, x := range r.Policy.Rules {
		if r.doc(&tool, x.ID) != nil {
			continue
		}
		what, do := Safe(x.Message), Safe(x.Help)
		if what == "" {
			what = "a rule of the project's: " + Safe(x.ID)
		}
		if do == "" {
			do = what
		}
		list = append(list, sarifRule{x.ID, sarifText{what}, sarifText{what}, sarifHelp{do, cellText(do)}, "", sarifLevel{level(diag.ParseSeverity(x.Severity))}})
	}
	return list
}

func (r *Report) sarifResult(d *diag.Diagnostic, print string) sarifResult {
	out := sarifResult{
		Rule: d.Rule, Level: level(d.Severity), Message: sarifText{plain(d.Message)},
		Fingerprints: map[string]string{"permc/v1": print}, Suppressions: []sarifSuppression{}, Properties: subject(d),
	}
	if at := r.place(d); at.File != "" {
		out.Locations = []sarifLocation{{Physical: physical(at)}}
	}
	for i, rel := range d.Related {
		l := sarifLocation{ID: i + 1, Message: &sarifText{plain(rel.Message)}}
		if at, ok := r.ours(rel.Pos); ok {
			l.Physical = physical(at)
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
		out.Suppressions = append(out.Suppressions, sarifSuppression{Kind: "external", Status: "accepted", Justification: "it is in the baseline"})
	}
	return out
}

func (r *Report) suppression(w *policy.Waiver) sarifSuppression {
	s := sarifSuppression{Kind: "external", Status: "accepted", Justification: Safe(w.Reason), Properties: map[string]string{"approver": Safe(w.Approver), "expires": w.Expires.String()}}
	if w.Ticket != "" {
		s.Properties["ticket"] = Safe(w.Ticket)
	}
	if at, ok := r.ours(w.Pos); ok {
		s.Location = &sarifLocation{Physical: physical(at)}
	}
	return s
}

func (r *Report) inSource(c *policy.Suppression) sarifSuppression {
	s := sarifSuppression{Kind: "inSource", Status: "accepted", Justification: Safe(c.Reason)}
	if c.Until != 0 {
		s.Properties = map[string]string{"expires": c.Until.String()}
	}
	if at, ok := r.ours(c.Pos); ok {
		s.Location = &sarifLocation{Physical: physical(at)}
	}
	return s
}

// subject is that a finding is about, by their names in JSON.
func subject(d *diag.Diagnostic) map[string]any {
	m := map[string]any{}
	for _, x := range [...][2]string{{"user", d.User}, {"group", d.Group}, {"role", d.Role}, {"permission", d.Permission}, {"action", d.Action},
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

// plain is text in which SARIF sees no link.
func plain(s string) string { return strings.ReplaceAll(Safe(s), "](", `\](`) }

func physical(at policy.Position) *sarifPhysical {
	p := &sarifPhysical{Artifact: artifact(at.File)}
	if at.Line > 0 {
		p.Region = &sarifRegion{at.Line, at.Column, at.EndLine, at.EndColumn}
	}
	return p
}

// artifact is a file as a URI: relative to where permc ran, unless the path
// was given from the root.
func artifact(file string) sarifArtifact {
	if strings.HasPrefix(file, "/") {
		return sarifArtifact{URI: "file://" + percent(file)}
	}
	return sarifArtifact{percent(file), "%SRCROOT%"}
}

// percent encodes all that could mean something in a URI: a colon, too, which
// would end a scheme.
func percent(path string) string {
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
