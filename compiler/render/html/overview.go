package html

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// sensitivities, the highest first, and "" for none.
var sensitivities = listSensitivities()

func listSensitivities() []string {
	list := slices.Clone(policy.Sensitivities)
	slices.Reverse(list)
	return append(list, "")
}

func rankOf(sensitivity string) int { return slices.Index(sensitivities, sensitivity) }

// GroupTitle names people of an affiliation and status.
func (v *view) GroupTitle(g report.Group) template.HTML {
	if g.Affiliation == "" {
		return template.HTML(escapeHTML(g.Status))
	}
	title := g.Affiliation
	for _, a := range v.Policy.Catalog.Affiliations {
		if a.ID.Name == g.Affiliation {
			title = cmp.Or(a.Title, title)
		}
	}
	return plainText(title) + template.HTML(", "+escapeHTML(g.Status))
}

// Verdict returns the worst severity among the open findings, "fine" if there are none.
func (v *view) Verdict() string {
	switch s := v.Severities(); {
	case s.Errors > 0:
		return "error"
	case s.Warnings > 0:
		return "warning"
	}
	return "fine"
}

// Earlier returns a day that people may ask about: the first of the month, a quarter before the day of the page.
func (v *view) Earlier() policy.Date {
	day := v.Policy.AsOf.Start()
	return policy.DateOf(time.Date(day.Year(), day.Month()-3, 1, 0, 0, 0, 0, time.UTC))
}

// Headline sums up the findings in a few words.
func (v *view) Headline() string {
	s := v.Severities()
	var parts []string
	if s.Errors > 0 {
		parts = append(parts, render.Plural(s.Errors, "error"))
	}
	if s.Warnings > 0 {
		parts = append(parts, render.Plural(s.Warnings, "warning"))
	}
	if len(parts) == 0 {
		return "No open findings" + v.Here()
	}
	return strings.Join(parts, " and ") + render.Choose(s.Errors+s.Warnings, " is open", " are open") + v.Here()
}

// Here says that the page is only about a part.
func (v *view) Here() string {
	if v.Partial {
		return " in this part"
	}
	return ""
}

// ToDo returns the most important things to do.
func (v *view) ToDo() (list []template.HTML) {
	rules := v.ByRule(v.IsOpen())
	slices.SortStableFunc(rules, func(a, b *report.RuleGroup) int {
		return cmp.Or(int(b.Severity)-int(a.Severity), len(b.Findings)-len(a.Findings))
	})
	for _, g := range rules[:min(len(rules), 3)] {
		list = append(list, v.toFix(v.Group(g)))
	}
	if n := v.individualPeople(); n > 0 {
		list = append(list, template.HTML(fmt.Sprintf(`<a href="#matrix?individual=1&amp;sensitivity=critical,high">`+
			`Confirm critical or high permissions that %s through individual grants</a>`, peopleHold(n))))
	}
	if v.Ending > 0 {
		list = append(list, template.HTML(fmt.Sprintf(`<a href="#expiry">Decide on %s that %s within %d days</a>`,
			render.Plural(v.Ending, "permission"), render.Choose(v.Ending, "expires", "expire"), v.Policy.HorizonDays)))
	}
	return list[:min(len(list), 4)]
}

func (v *view) toFix(r ruleView) template.HTML {
	what := strings.TrimRight(cmp.Or(r.What, r.Rule), ".")
	if len(r.RuleGroup.Findings) == 1 {
		what = capitalize(r.RuleGroup.Findings[0].Message)
	}
	count := "Fix " + render.Plural(len(r.RuleGroup.Findings), r.Severity.String())
	return linkTo("rule", r.Rule, count) + ": " + shownHTML(what) +
		template.HTML(` <span class="id">`+escapeHTML(r.Rule)+`</span>`)
}

func (v *view) individualPeople() (n int) {
	for i := range v.Tallies {
		if v.Tallies[i].Individual > 0 && !v.Tallies[i].User.Waits() {
			n++
		}
	}
	return n
}

func peopleHold(n int) string {
	return render.Count(n, "person", "people") + render.Choose(n, " holds", " hold")
}

// mostLookAt limits the people to look at first.
const mostLookAt = 10

// First is somebody to look at first.
type First struct {
	report.Tally
	Name template.HTML
}

// LookFirst returns the people to look at first.
func (v *view) LookFirst() (list []First) {
	for _, t := range v.LookAt(mostLookAt) {
		list = append(list, First{t, v.NameUser(t.User)})
	}
	return list
}

// FindingText counts the open findings by severity.
func (f First) FindingText() string {
	var parts []string
	if f.Errors > 0 {
		parts = append(parts, render.Plural(f.Errors, "error"))
	}
	if f.Warnings > 0 {
		parts = append(parts, render.Plural(f.Warnings, "warning"))
	}
	return strings.Join(parts, ", ")
}

// Kind names the kind of user.
func (f First) Kind() string { return kindOfUser(f.User) }

// Sensitive is a permission that people hold, of one sensitivity.
type Sensitive struct {
	*policy.Permission
	Level string
	report.Holders
	Bar template.HTML
}

// mostSensitive limits the sensitive permissions of the overview.
const mostSensitive = 12

// SensitiveOnes returns the critical and high permissions that people hold, those with the most holders first.
func (v *view) SensitiveOnes() []Sensitive {
	var list []Sensitive
	for _, p := range v.Policy.Catalog.Permissions {
		if h := v.Critical[p.Index]; h.Active > 0 {
			list = append(list, Sensitive{Permission: p, Level: "critical", Holders: h})
		}
		if h := v.High[p.Index]; h.Active > 0 {
			list = append(list, Sensitive{Permission: p, Level: "high", Holders: h})
		}
	}
	slices.SortStableFunc(list, func(a, b Sensitive) int {
		return cmp.Or(rankOf(a.Level)-rankOf(b.Level), b.Active-a.Active)
	})
	list = list[:min(len(list), mostSensitive)]
	most := 1
	for _, s := range list {
		most = max(most, s.Active)
	}
	for i := range list {
		list[i].Bar = bar(list[i].Active, list[i].Individual, most)
	}
	return list
}

// bar draws a number of holders; those who hold it through grants alone are striped.
func bar(n, individual, most int) template.HTML {
	const room = 90
	d := &drawing{width: room, height: 10}
	d.rect("bar", 0, 0, max(2, n*room/most), 10)
	if w := individual * room / most; w > 0 {
		d.stripes()
		d.rect("bar direct", 0, 0, w, 10)
	}
	return template.HTML(fmt.Sprintf(`<svg class="picture" aria-hidden="true" viewBox="0 0 %d 10" width="%d" `+
		`height="10">%s</svg>`, room, room, d.b.String()))
}

// denied is a deny rule with the number of permissions that it takes something of.
type denied struct {
	*policy.Rule
	Rows int
}

// DeniedBy returns the deny rules that take something.
func (v *view) DeniedBy() (list []denied) {
	for _, r := range v.Policy.Denies {
		if n := v.Denied[r]; n > 0 {
			list = append(list, denied{r, n})
		}
	}
	return list
}

// Soonest returns the first events.
func (v *view) Soonest() []report.End { return v.Ends[:min(len(v.Ends), 6)] }

// HeldText counts the permissions held, and those of people who do not hold them yet.
func (v *view) HeldText() string {
	text := "on " + render.Plural(v.ScopesInUse(), "scope")
	if n := v.Counts.Invited; n > 0 {
		text += fmt.Sprintf("; %s more of invited users", render.Thousands(n))
	}
	if n := v.Counts.Disabled; n > 0 {
		text += fmt.Sprintf("; %s more of disabled users", render.Thousands(n))
	}
	return text
}

// CatalogTitle returns the title of the catalog, or another name for it.
func (v *view) CatalogTitle() string {
	return cmp.Or(v.Policy.Catalog.Title, v.Policy.Catalog.Product, "the product")
}

// Heading names the page in its bar.
func (v *view) Heading() string { return cmp.Or(v.Policy.Report.Title, v.CatalogTitle()) }
