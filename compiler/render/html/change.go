package html

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// mostBars limits the permissions in the chart.
const mostBars = 24

// mostPeople limits the people on the page of a change.
const mostPeople = 2000

// WriteChange writes the page of a change.
func WriteChange(w io.Writer, d *render.Diff) error {
	c := &change{Diff: d, assets: loadAssets("view", "change"), Policy: d.Head}
	c.Shown, c.More = d.ChangedPeople(mostPeople)
	var b bytes.Buffer
	if err := parsed().ExecuteTemplate(&b, "change", c); err != nil {
		return err
	}
	_, err := w.Write(render.PageText(b.Bytes()))
	return err
}

// change is the data of the templates for a change.
type change struct {
	*render.Diff
	*assets
	Policy *policy.Policy
	Shown  []render.ChangedPerson // the people on the page
	More   int                    // the number of others
}

// figure is a number with its kind.
type figure struct {
	What, Sign   string
	Rows, People int
}

// Blockers counts what blocks the change.
func (c *change) Blockers() string {
	if len(c.Hits) == 1 {
		return "by a gate"
	}
	return fmt.Sprintf("by %d gates", len(c.Hits))
}

// Lead summarizes the change.
func (c *change) Lead() string { return c.Sum() + "." }

// Figures counts the changes by kind.
func (c *change) Figures() []figure {
	list := []figure{{What: "gained", Sign: "+"}, {What: "widened"}, {What: "narrowed"}, {What: "lost", Sign: "−"},
		{What: "reason changed"}}
	rows, people := c.CountChanges()
	for i := range list {
		list[i].Rows, list[i].People = rows[i], people[i]
		if rows[i] == 0 {
			list[i].Sign = ""
		}
	}
	return list
}

// NewErrors reports whether the change adds an open error.
func (c *change) NewErrors() bool {
	return slices.ContainsFunc(c.New, func(d diag.Finding) bool { return d.Severity == diag.Error && !d.Silenced() })
}

// input is a file of one side.
type input struct {
	Side string
	report.Input
}

// Inputs returns the files of both sides.
func (c *change) Inputs() (list []input) {
	if c.Base != nil {
		for _, x := range report.Inputs(c.Base.Files) {
			list = append(list, input{"before", x})
		}
	}
	for _, x := range report.Inputs(c.Head.Files) {
		list = append(list, input{"after", x})
	}
	return list
}

// NewRules returns the new findings by rule.
func (c *change) NewRules() []ruleView { return c.rules(c.Head, c.NewFiles, c.New, "") }

// FixedRules returns the fixed findings by rule.
func (c *change) FixedRules() []ruleView {
	if c.Base == nil {
		return nil
	}
	return c.rules(c.Base, c.Base.Files, c.Fixed, "gone")
}

func (c *change) rules(p *policy.Policy, files *policy.Files, found []diag.Finding, kind string) (list []ruleView) {
	v := &view{Page: &Page{Report: &report.Report{Policy: p, Findings: found}, BuiltIn: rules.All}, places: files,
		plain: true}
	for _, g := range v.ByRule(func(*diag.Finding) bool { return true }) {
		r := v.Group(g)
		r.Kind = kind
		list = append(list, r)
	}
	return list
}

// changeLine is a change with the lines that made it.
type changeLine struct {
	Text string
	At   []render.ChangedAt
}

// PolicyLines returns the changes of the policy.
func (c *change) PolicyLines() (list []changeLine) {
	for _, p := range c.Diff.Policy {
		text, at := c.PolicyText(p)
		list = append(list, changeLine{capitalize(text), at})
	}
	return list
}

// Picture charts how many people gain and lose each permission; "" if nobody does.
func (c *change) Picture() template.HTML {
	list := c.tallies()
	if len(list) == 0 {
		return ""
	}
	most, more := 1, max(0, len(list)-mostBars)
	list = list[:len(list)-more]
	for _, t := range list {
		most = max(most, t.gain, t.lose)
	}
	const label, room, step = 300, 200, 22
	axis := label + room + 40
	d := &drawing{width: axis + room + 50}
	d.stripes()
	var words []string
	y := 0
	for _, t := range list {
		y += step
		d.text("label", 0, y-6, shortenMiddle(t.id, 43))
		if t.lose > 0 {
			w := t.lose * room / most
			d.rect("bar direct", axis-w, y-17, w, 12)
			d.end("value", axis-w-6, y-6, "−"+render.Thousands(t.lose))
		}
		if t.gain > 0 {
			w := t.gain * room / most
			d.rect("bar", axis, y-17, w, 12)
			d.text("value", axis+w+6, y-6, "+"+render.Thousands(t.gain))
		}
		words = append(words, fmt.Sprintf("%s: %s more, %s fewer", t.id, render.Thousands(t.gain),
			render.Thousands(t.lose)))
	}
	d.height = y + 4
	d.line("axis", axis, 0, axis, y)
	if more > 0 {
		d.height += step
		d.text("label", 0, d.height-8, fmt.Sprintf("and %d more", more))
	}
	return d.picture("People who gain and lose each permission. " + strings.Join(words, "; "))
}

// tally counts the people who gain and lose a permission.
type tally struct {
	id         string
	rank       int // of its sensitivity
	gain, lose int
}

func (c *change) tallies() (list []*tally) {
	byID := map[string]*tally{}
	diff.EachEffects(c.People, func(effects []diff.Effect, n int) {
		for i, x := range effects {
			p := x.Permission
			if slices.ContainsFunc(effects[:i], func(b diff.Effect) bool {
				return b.Permission.ID == p.ID && b.More == x.More
			}) {
				continue
			}
			t := byID[p.ID]
			if t == nil {
				t = &tally{id: p.ID, rank: slices.Index(sensitivities, p.Highest())}
				byID[p.ID], list = t, append(list, t)
			}
			if x.More {
				t.gain += n
			} else {
				t.lose += n
			}
		}
	})
	slices.SortFunc(list, func(a, b *tally) int { return cmp.Or(a.rank-b.rank, strings.Compare(a.id, b.id)) })
	return list
}

// FactLines returns the changed facts about scopes and permissions.
func (c *change) FactLines() (list []changeLine) {
	for _, f := range c.Facts {
		text, at := c.FactText(f)
		list = append(list, changeLine{capitalize(text), at})
	}
	return list
}
