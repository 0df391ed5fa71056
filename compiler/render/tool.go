package render

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Site is the address of the files of permc's repository, such as https://github.com/OWNER/permc/blob/v0.1.0. Builds
// that know it set it with -ldflags -X; otherwise it is empty, and nothing points there.
var Site = ""

// PageOf returns the address of a rule's page, which is a file of the repository, or "".
func PageOf(rule string) string {
	if Site == "" {
		return ""
	}
	return Site + "/" + PageFile(rule)
}

// PageFile returns the path of a rule's page in the repository.
func PageFile(rule string) string { return "docs/rules/" + rule + ".md" }

// Tool describes permc for formats that name the tool.
type Tool struct {
	Version string
	Rules   []RuleDoc // built-in and shipped ones
}

// doc returns the documentation of a rule, or nil if it is a project's own. Such a rule may have the name of another
// product's rule.
func (r *Findings) doc(tool *Tool, rule string) *RuleDoc {
	i := slices.IndexFunc(tool.Rules, func(x RuleDoc) bool { return x.ID == rule })
	if i < 0 || tool.Rules[i].Product != "" && !r.ships(rule) {
		return nil
	}
	return &tool.Rules[i]
}

// ships reports whether a rule belongs to the shipped catalog of the project.
func (r *Findings) ships(rule string) bool {
	return r.Policy != nil && slices.ContainsFunc(r.Policy.Rules, func(x *policy.Rule) bool {
		return x.ID == rule && x.Pos.IsValid() && r.Files.File(x.Pos.File).Shipped
	})
}

func (r *Findings) sarifRules(tool Tool) []sarifRule {
	list := []sarifRule{}
	for i := range tool.Rules {
		x := &tool.Rules[i]
		if r.doc(&tool, x.ID) == nil {
			continue // of another product
		}
		help := sarifHelp{x.plainText(), x.markdown("##")}
		list = append(list, sarifRule{x.ID, sarifText{x.What}, sarifText{strings.TrimSpace(x.What + " " + x.Why)}, help,
			PageOf(x.ID), sarifLevel{levelName(x.Severity)}})
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
			what = "a rule of this project: " + Safe(x.ID)
		}
		if do == "" {
			do = what
		}
		short := sarifText{firstRunes(what, mostOfRule)}
		list = append(list, sarifRule{x.ID, short, short, sarifHelp{do, cellText(do)}, "",
			sarifLevel{levelName(diag.ParseSeverity(x.Severity))}})
	}
	return list
}
