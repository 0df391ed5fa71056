package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/policy"
)

// driftMeanings say what the classes mean and what to do.
var driftMeanings = map[drift.Class]string{
	drift.Extra:     "The system has it, and nobody declares it. Remove it in the system, or declare it.",
	drift.Kept:      "Its last day is over, and the system still has it. Remove it in the system, or extend expires.",
	drift.Missing:   "It is declared, and the system does not have it. Give it in the system, or remove it here.",
	drift.Early:     "The system has it before its first day. Remove it in the system until then, or move starts.",
	drift.Differs:   "The system has it in another way: on another scope, through a group, or with other actions.",
	drift.Off:       "The account is disabled on one side alone. Disable it on both, or on neither.",
	drift.Unmatched: "A name of the system has no name here. Map it in a map file, or ignore it there.",
	drift.Ambiguous: "A name fits several things, so nothing of it is compared. Say in a map file which one it is.",
}

// DriftSARIF writes what differs as a SARIF 2.1.0 log: at its place in the declaration or, if it is not declared, in
// the export. If there are more results than GitHub takes, it keeps the gravest, and the log says so.
func DriftSARIF(w io.Writer, d *drift.Drift, tool Tool) error {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "permc", Version: tool.Version, URI: Site, Rules: []sarifRule{}}},
		Invocations: []sarifInvocation{{Successful: true}},
		Bases:       map[string]sarifBase{"%SRCROOT%": {sarifText{"the folder that permc ran in"}}},
		Columns:     "unicodeCodePoints",
		Results:     []sarifResult{},
		Properties: map[string]any{"asOf": d.AsOf.String(), "kind": d.Kind, "inSync": d.InSync,
			"notCovered": d.NotCovered, "coverage": append([]string{}, d.Coverage...)},
	}
	index := map[drift.Class]int{}
	for i, c := range drift.Classes {
		index[c] = i
		level := levelName(c.Severity())
		title := sarifText{driftTitles[c]}
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{"drift-" + string(c), title,
			sarifText{driftMeanings[c]}, sarifHelp{driftMeanings[c], ""}, "", sarifLevel{level}})
	}
	for _, gap := range d.Partial {
		run.Invocations[0].Notifications = append(run.Invocations[0].Notifications,
			sarifNotification{Level: "warning", Message: sarifText{escapeLinks("the export is not complete: " + gap)}})
	}
	seen := map[string]int{}
	for i := range d.Items {
		x := &d.Items[i]
		if len(run.Results) == mostResults {
			text := fmt.Sprintf("%d of %d differences are not listed: GitHub accepts %d; permc drift -f json lists all",
				len(d.Items)-mostResults, len(d.Items), mostResults)
			run.Invocations[0].Notifications = append(run.Invocations[0].Notifications,
				sarifNotification{Level: "warning", Message: sarifText{text}})
			break
		}
		at := index[x.Class]
		run.Results = append(run.Results, driftResult(d, x, &at, seen))
	}
	return writeJSON(w, sarifLog{sarifURI, "2.1.0", []sarifRun{run}}, "  ")
}

func driftResult(d *drift.Drift, x *drift.Item, rule *int, seen map[string]int) sarifResult {
	text := driftMessage(x)
	if x.Help != "" {
		text += "; " + x.Help
	}
	key := fmt.Sprintf("%q", []string{string(x.Class), x.User, x.Group, x.Role, x.Permission, x.In, x.Scope, x.Foreign})
	seen[key]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", key, seen[key]))
	out := sarifResult{
		Rule: "drift-" + string(x.Class), Index: rule, Level: driftLevel(x), Message: sarifText{escapeLinks(text)},
		Fingerprints: map[string]string{"permc/v1": hex.EncodeToString(sum[:16])}, Suppressions: []sarifSuppression{},
		Properties: map[string]any{},
	}
	for _, p := range [...][2]string{{"user", x.User}, {"group", x.Group}, {"role", x.Role},
		{"permission", x.Permission},
		{"memberOf", x.In}, {"scope", x.Scope}, {"name", x.Foreign}} {
		if p[1] != "" {
			out.Properties[p[0]] = Safe(p[1])
		}
	}
	here, there := d.Policy.Files.Position(x.Pos), d.Position(x)
	switch {
	case here.Line > 0:
		out.Locations = []sarifLocation{{Physical: physicalLocation(here)}}
		if there.Line > 0 {
			out.Related = []sarifLocation{{ID: 1, Physical: lineLocation(there),
				Message: &sarifText{"in the export"}}}
		}
	case there.Line > 0:
		out.Locations = []sarifLocation{{Physical: lineLocation(there)}}
	}
	return out
}

// lineLocation returns the place of a line of an export: all of it, since nothing in it was pointed at.
func lineLocation(at policy.Position) *sarifPhysical {
	return &sarifPhysical{artifactOf(at.File), &sarifRegion{StartLine: at.Line}}
}
