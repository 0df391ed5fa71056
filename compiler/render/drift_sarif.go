package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"permc.dev/permc/compiler/ask/drift"
)

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
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{"drift-" + string(c), title, title,
			sarifHelp{driftTitles[c], ""}, "", sarifLevel{level}})
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
	text := x.Message
	if x.Worth != nil {
		text += "; gives " + SumWorth(x.Worth)
	}
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
			out.Related = []sarifLocation{{ID: 1, Physical: physicalLocation(there),
				Message: &sarifText{"in the export"}}}
		}
	case there.Line > 0:
		out.Locations = []sarifLocation{{Physical: physicalLocation(there)}}
	}
	return out
}
