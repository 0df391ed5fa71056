package render

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Site is where the files of permc's repository are served; a build from another
// place sets it with -ldflags -X.
var Site = "https://permc.dev"

// PageOf returns the page of a built-in or shipped rule: a file of the
// repository.
func PageOf(rule string) string { return Site + "/docs/rules/" + rule + ".md" }

// Tool is what findings come from, as formats for other programs say it.
type Tool struct {
	Version string
	Rules   []RuleDoc // built-in and shipped ones
}

// doc returns what there is to say of a rule, or nil if it is a project's own:
// that may have the name of a rule of a product that is not the project's.
func (r *Findings) doc(tool *Tool, rule string) *RuleDoc {
	i := slices.IndexFunc(tool.Rules, func(x RuleDoc) bool { return x.ID == rule })
	if i < 0 || tool.Rules[i].Product != "" && !r.ships(rule) {
		return nil
	}
	return &tool.Rules[i]
}

// ships reports whether a rule is of the shipped catalog that the project uses.
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
			what = "a rule of this project: " + Safe(x.ID)
		}
		if do == "" {
			do = what
		}
		short := sarifText{firstRunes(what, mostOfRule)}
		list = append(list, sarifRule{x.ID, short, short, sarifHelp{do, cellText(do)}, "", sarifLevel{level(diag.ParseSeverity(x.Severity))}})
	}
	return list
}
