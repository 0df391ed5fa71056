package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/pattern"
)

// RuleDoc documents a rule.
type RuleDoc struct {
	ID       string
	Product  string // the product of its catalog; "" if it is built in
	Severity diag.Severity
	Stops    bool // the table

	What, Why, Do string
	Form          string // its declaration, if it is declared
	Fires, Fixed  string // an example in CUE, and the fixed example
	AsOf          string // the day of the example
	Says          string // permc's output for Fires; slow to compute
	Silence       string // whether and how to turn it off
	Settings      string // the same as a declaration
	More          string // further settings
	Gaps          string
	Source        string
}

// Weight names the severity, or says that the rule stops the table.
func (d *RuleDoc) Weight() string {
	if d.Stops {
		return "stops"
	}
	return d.Severity.String()
}

// rulePart is a part of a rule's page: words, then code.
type rulePart struct{ title, words, lang, code string }

// parts returns the non-empty parts of a page.
func (d *RuleDoc) parts() (list []rulePart) {
	for _, s := range [...]rulePart{
		{"Why", d.Why, "", ""},
		{"What to do", d.Do, "", ""},
		{"Declared as", "", "cue", d.Form},
		{"Example", "", "cue", d.Fires},
		{"As of " + d.AsOf + ", permc says", "", "text", d.Says},
		{"Fixed", "", "cue", d.Fixed},
		{"Configuration", d.Silence, "cue", d.Settings},
		{"Further settings", d.More, "", ""},
		{"Limits of the rule", d.Gaps, "", ""},
		{"Source", d.Source, "", ""},
	} {
		if s.words+s.code != "" {
			list = append(list, s)
		}
	}
	return list
}

// label names the kind of rule.
func (d *RuleDoc) label() string {
	text := d.Severity.String()
	if d.Stops {
		text = "error; stops the table"
	}
	if d.Product != "" {
		text += "; a rule of " + d.Product
	}
	return text
}

// RuleFormats are the formats of rules.
var RuleFormats = []string{"text", "json", "markdown"}

// Rules lists the rules in one of RuleFormats.
func Rules(w io.Writer, list []RuleDoc, format string, style Style) error {
	switch format {
	case "json":
		return RulesJSON(w, list)
	case "markdown":
		return RulesMarkdown(w, list)
	}
	return RulesText(w, list, style)
}

// Rule explains a rule in one of RuleFormats.
func Rule(w io.Writer, d *RuleDoc, format string, style Style) error {
	switch format {
	case "json":
		return RuleJSON(w, d)
	case "markdown":
		return RuleMarkdown(w, d)
	}
	return RuleText(w, d, style)
}

// RuleText writes the page of a rule for people.
func RuleText(w io.Writer, d *RuleDoc, style Style) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s (%s)\n\n%s\n", style.bold(Safe(d.ID)), d.label(), wrapText(Safe(d.What), 0, 0))
	for _, s := range d.parts() {
		fmt.Fprintf(&b, "\n%s\n", style.bold(s.title))
		if s.words != "" {
			fmt.Fprintf(&b, "  %s\n", wrapText(Safe(s.words), 2, 2))
		}
		for line := range strings.Lines(s.code) {
			fmt.Fprintf(&b, "    %s\n", printSource(strings.TrimSuffix(line, "\n")))
		}
	}
	_, err := b.WriteTo(w)
	return err
}

// RuleMarkdown writes the page of a rule as in docs/rules.
func RuleMarkdown(w io.Writer, d *RuleDoc) error {
	_, err := fmt.Fprintf(w, "# %s\n\n*%s*\n\n%s", cellText(d.ID), cellText(d.label()), d.markdown("##"))
	return err
}

func (d *RuleDoc) markdown(mark string) string {
	var b strings.Builder
	b.WriteString(wrapParagraph(cellText(d.What)) + "\n")
	for _, s := range d.parts() {
		fmt.Fprintf(&b, "\n%s %s\n", mark, s.title)
		if s.words != "" {
			fmt.Fprintf(&b, "\n%s\n", wrapParagraph(cellText(s.words)))
		}
		if s.code != "" {
			fence := fenceOf(s.code)
			fmt.Fprintf(&b, "\n%s%s\n%s\n%s\n", fence, s.lang, strings.TrimSuffix(s.code, "\n"), fence)
		}
	}
	return b.String()
}

// wrapParagraph wraps Markdown at 120 columns, but not within code. No line begins with what would make it an item, a
// title or a quote.
func wrapParagraph(text string) string {
	var words []string
	for _, w := range splitMarkdown(text) {
		if n := len(words) - 1; n >= 0 && markdownMark().MatchString(w) {
			words[n] += " " + w
		} else {
			words = append(words, w)
		}
	}
	b, _ := appendWrapped(nil, 0, 0, 120, words, leaveUnpainted)
	return string(b)
}

// splitMarkdown splits text at the spaces that are not in code, which ends with as many backquotes as begin it.
func splitMarkdown(text string) (words []string) {
	ticks, from := 0, 0
	for i := 0; i < len(text); {
		n := len(text[i:]) - len(strings.TrimLeft(text[i:], "`"))
		switch {
		case n == 0 && text[i] == ' ' && ticks == 0:
			words, from = append(words, text[from:i]), i+1
		case n == 0 && text[i] == '\\' && ticks == 0:
			i++ // a backquote after it begins nothing
		case n > 0 && ticks == 0:
			ticks = n
		case n > 0 && ticks == n:
			ticks = 0
		}
		i += max(n, 1)
	}
	return append(words, text[from:])
}

// markdownMark matches words that mean something at the start of a line.
var markdownMark = pattern.Lazy(`^([-+*=~>|#]+|\d+[.)])`)

// fenceOf returns a fence that does not occur in the text.
func fenceOf(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence
}

// plainText returns the page without markup.
func (d *RuleDoc) plainText() string {
	var b strings.Builder
	b.WriteString(Safe(d.What))
	for _, s := range d.parts() {
		fmt.Fprintf(&b, "\n\n%s:", s.title)
		if s.words != "" {
			b.WriteString(" " + Safe(s.words))
		}
		if s.code != "" {
			b.WriteString("\n" + strings.TrimSuffix(s.code, "\n"))
		}
	}
	return b.String()
}

// RulesText lists rules for people: first the built-in ones, then those of each product.
func RulesText(w io.Writer, list []RuleDoc, style Style) error {
	var b bytes.Buffer
	for i := 0; i < len(list); {
		n, widestID := i, 0
		for ; n < len(list) && list[n].Product == list[i].Product; n++ {
			widestID = max(widestID, textWidth(list[n].ID))
		}
		if i > 0 {
			fmt.Fprintf(&b, "\n%s\n", style.bold(list[i].Product))
		}
		for ; i < n; i++ {
			fmt.Fprintf(&b, "%s  %-7s  %s\n", padTo(list[i].ID, widestID), list[i].Weight(), Safe(list[i].What))
		}
	}
	_, err := b.WriteTo(w)
	return err
}

// RulesMarkdown writes the list with links to the pages.
func RulesMarkdown(w io.Writer, list []RuleDoc) error {
	var b bytes.Buffer
	b.WriteString("# Rules\n\nWhat permc checks. `permc rules ID` prints the same pages. A rule that stops the " +
		"table ends the check: no table\nis better than a wrong one.\n")
	product := "none yet"
	for i := range list {
		d := &list[i]
		if d.Product != product {
			if product = d.Product; product != "" {
				fmt.Fprintf(&b, "\n## Of %s\n", cellText(product))
			}
			b.WriteString("\n| Rule | Severity | What it flags |\n| --- | --- | --- |\n")
		}
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", cellText(d.ID), percentEncode(d.ID), d.Weight(),
			cellText(d.What))
	}
	_, err := b.WriteTo(w)
	return err
}

type jsonRuleDoc struct {
	ID       string       `json:"id"`
	Product  string       `json:"product,omitempty"`
	Severity string       `json:"severity"`
	Stops    bool         `json:"stops,omitempty"`
	What     string       `json:"what"`
	Why      string       `json:"why,omitempty"`
	Do       string       `json:"do,omitempty"`
	Form     string       `json:"form,omitempty"`
	Example  *jsonExample `json:"example,omitempty"`
	Silence  string       `json:"configuration,omitempty"`
	Settings string       `json:"settings,omitempty"`
	More     string       `json:"furtherSettings,omitempty"`
	Gaps     string       `json:"gaps,omitempty"`
	Source   string       `json:"source,omitempty"`
	Page     string       `json:"page,omitempty"`
}

type jsonExample struct {
	AsOf  string `json:"asOf"`
	Fires string `json:"fires"`
	Says  string `json:"says,omitempty"`
	Fixed string `json:"fixed"`
}

func (d *RuleDoc) json() jsonRuleDoc {
	severity := d.Severity
	if d.Stops {
		severity = diag.Error
	}
	out := jsonRuleDoc{d.ID, d.Product, severity.String(), d.Stops, d.What, d.Why, d.Do, d.Form, nil, d.Silence,
		d.Settings, d.More, d.Gaps, d.Source, PageOf(d.ID)}
	if d.Fires != "" {
		out.Example = &jsonExample{d.AsOf, d.Fires, d.Says, d.Fixed}
	}
	return out
}

// RuleJSON writes one rule.
func RuleJSON(w io.Writer, d *RuleDoc) error {
	return writeJSON(w, struct {
		Version string `json:"version"`
		jsonRuleDoc
	}{Version, d.json()}, "  ")
}

// RulesJSON writes rules.
func RulesJSON(w io.Writer, list []RuleDoc) error {
	out := struct {
		Version string        `json:"version"`
		Rules   []jsonRuleDoc `json:"rules"`
	}{Version: Version, Rules: []jsonRuleDoc{}}
	for i := range list {
		out.Rules = append(out.Rules, list[i].json())
	}
	return writeJSON(w, out, "  ")
}
