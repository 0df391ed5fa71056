// Package rulebook collects the documentation of rules: from the linter, the shipped catalogs and projects. It checks
// every example.
package rulebook

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/schema"
)

// List returns the built-in rules, then those of each shipped catalog.
func List() []render.RuleDoc { return ListOf(schema.Products()...) }

// ListOf returns the built-in rules and those of some products.
func ListOf(products ...string) (list []render.RuleDoc) {
	for _, r := range rules.All {
		list = append(list, describeBuiltIn(r))
	}
	for _, product := range products {
		list = append(list, listShipped(product)...)
	}
	return list
}

func listShipped(product string) (list []render.RuleDoc) {
	files := &policy.Files{}
	c, err := compiler.Catalog(files, product)
	if err != nil {
		panic(err) // embedded: cannot fail
	}
	var forms map[uint32]string
	for i := range c.Rules {
		if forms == nil {
			forms = formatRules(files.File(c.Rules[i].ID.Pos.File))
		}
		d := describeShipped(c, &c.Rules[i])
		d.Form = forms[c.Rules[i].ID.Pos.Off]
		list = append(list, d)
	}
	return list
}

func describeBuiltIn(r *lint.Rule) render.RuleDoc {
	d := render.RuleDoc{
		ID: r.ID, Severity: r.Severity, Stops: r.Stops, What: r.Doc.What, Why: r.Doc.Why, Do: r.Doc.Do,
		Fires: r.Doc.Fires, Fixed: r.Doc.Fixed, AsOf: lint.ExampleDay, More: r.Doc.Settings, Gaps: r.Doc.Gaps,
	}
	switch {
	case r.Stops:
		d.Severity, d.Silence = diag.Error,
			"It stops the table, so it is always an error, and nothing silences it: no waiver, no comment, no baseline."
	case rules.Lasting(r.ID):
		d.Silence, d.Settings = "No waiver, comment or baseline silences it. Its severity can be set, also for some "+
			"files:", severitySetting(&d)
	default:
		d.Silence, d.Settings = silencing, severitySetting(&d)+ignoreComment(&d)
	}
	return d
}

const silencing = "A finding is accepted by a waiver, by a comment at the end of its line or on the line above, or " +
	"by a baseline. The severity can be set, also for some files:"

func severitySetting(d *render.RuleDoc) string {
	if d.Severity == diag.Off {
		return fmt.Sprintf("settings: severity: %q: \"warning\" // or \"error\"; without it, off\n", d.ID)
	}
	other := "error"
	if d.Severity == diag.Error {
		other = "warning"
	}
	return fmt.Sprintf("settings: {\n\tseverity: %[1]q: \"off\" // or %[2]q\n\tpaths: \"legacy/**\": severity: "+
		"%[1]q: \"off\" // in these files\n}\n", d.ID, other)
}

func ignoreComment(d *render.RuleDoc) string {
	return "// permc:ignore " + d.ID + " until 2027-01-31 -- why it may stay\n"
}

// describeShipped describes a rule of a catalog. A deny rule reports as denied-action.
func describeShipped(c *policy.Catalog, r *policy.DeclaredRule) render.RuleDoc {
	d := render.RuleDoc{
		ID:       r.ID.Name,
		Product:  c.Product,
		Severity: diag.ParseSeverity(r.Severity),
		What:     toSentence(r.Message),
		Do:       toSentence(r.Help),
		AsOf:     lint.ExampleDay,
	}
	for _, s := range c.Sources {
		if s.ID.Name == r.Source.Name {
			d.Source = strings.TrimSuffix(s.Title, ".") + ", read on " + s.Read + "."
		}
	}
	d.Fires, d.Fixed = schema.Example(c.Product, d.ID)
	addSettings(&d, r.Deny != nil)
	return d
}

// addSettings adds the settings of a declared rule.
func addSettings(d *render.RuleDoc, denies bool) {
	if denies {
		d.Silence = "A deny rule takes actions away and cannot be turned off. What asks for them by name is " +
			"reported as denied-action."
		return
	}
	d.Silence, d.Settings = silencing, severitySetting(d)+ignoreComment(d)
}

// toSentence makes a message a sentence. An id at its start keeps its case.
func toSentence(message string) string {
	if message == "" {
		return ""
	}
	if first, _, _ := strings.Cut(message, " "); strings.ContainsAny(first, "-:") {
		return message + "."
	}
	return strings.ToUpper(message[:1]) + message[1:] + "."
}

// FindDeclared describes a rule of a project, or returns nil.
func FindDeclared(p *policy.Policy, id string) *render.RuleDoc {
	i := slices.IndexFunc(p.Rules, func(r *policy.Rule) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	r := p.Rules[i]
	d := &render.RuleDoc{
		ID:       r.ID,
		Product:  "this project",
		Severity: diag.ParseSeverity(r.Severity),
		What:     toSentence(r.Message),
		Do:       toSentence(r.Help),
	}
	if d.What == "" {
		d.What = "A rule without a message."
	}
	at := p.Files.Position(r.Pos)
	d.Source = fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column)
	addSettings(d, r.Deny != nil)
	return d
}
