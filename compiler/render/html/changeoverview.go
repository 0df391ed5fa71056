package html

import (
	"fmt"
	"html/template"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// Verdict returns error if the change is blocked, warning if somebody should look at it, else fine.
func (c *change) Verdict() string {
	switch {
	case c.Blocked():
		return "error"
	case len(c.ToRead()) > 0:
		return "warning"
	}
	return "fine"
}

// Title says what the page answers.
func (c *change) Title() string {
	if c.Since > 0 {
		return "What changed since " + c.Since.String()
	}
	return "What this change does to access"
}

// Headline says whether the change passes.
func (c *change) Headline() string {
	switch {
	case c.Blocked():
		return "Blocked by " + c.Blockers()
	case len(c.Checks) == 0:
		return "Passes: no gates are declared, and no new finding blocks it"
	}
	return "Passes " + render.Count(len(c.Checks), "gate", "gates") + ", and no new finding blocks it"
}

// ToRead lists what to look at first, whether the change passes or not.
func (c *change) ToRead() (list []template.HTML) {
	if users := c.renamed(); len(users) > 0 {
		list = append(list, template.HTML(`<a href="#people">`+render.Count(len(users), "person", "people")+"</a> "+
			render.Choose(len(users), "has another id", "have other ids")+" in the system: ")+c.nameUsers(users))
	}
	if things := c.Renamed(); len(things) > 0 {
		var parts []template.HTML
		for _, name := range things[:min(len(things), mostNamed)] {
			parts = append(parts, plainText(name))
		}
		text := `<a href="#facts">` + joinHTML(parts, ", ") + "</a>"
		if n := len(things) - len(parts); n > 0 {
			text += template.HTML(" and " + render.Thousands(n) + " more")
		}
		list = append(list, text+template.HTML(render.Choose(len(things), " has another id or name",
			" have other ids or names")+" in the system"))
	}
	for _, level := range []string{"critical", "high"} {
		if users := c.gainers(level); len(users) > 0 {
			list = append(list, template.HTML(`<a href="#people">`+render.Count(len(users), "person", "people")+
				render.Choose(len(users), " gains ", " gain ")+level+" access</a>: ")+c.nameUsers(users))
		}
	}
	if n := c.Open(); n > 0 {
		list = append(list, template.HTML(`<a href="#findings">`+render.Plural(n, "new finding")+"</a>"))
	}
	if n := c.PathPeople(); n > 0 {
		list = append(list, template.HTML(`<a href="#paths">`+render.Count(n, "person", "people")+
			"</a> could newly give themselves or others access"))
	}
	if n := len(c.Diff.Policy); n > 0 {
		text := `<a href="#policy">` + render.Plural(n, "policy change") + "</a>"
		if c.Since == 0 {
			text += " that " + render.Choose(n, "applies", "apply") + " only after this change"
		}
		list = append(list, template.HTML(text))
	}
	return list
}

// renamed returns the people who have another id in some system.
func (c *change) renamed() (list []*policy.User) {
	for i := range c.Diff.People {
		if p := &c.Diff.People[i]; p.Renamed() {
			list = append(list, p.User())
		}
	}
	return list
}

// gainers returns the people who come to hold something of a sensitivity.
func (c *change) gainers(level string) (list []*policy.User) {
	for i := range c.Diff.People {
		p := &c.Diff.People[i]
		for _, e := range p.Effects {
			if e.More && levelOf(e.Gravity) == level {
				list = append(list, p.User())
				break
			}
		}
	}
	return list
}

// blocked is a line of the verdict.
type blocked struct{ Gate, Text string }

// Blocks returns what blocks the change.
func (c *change) Blocks() (list []blocked) {
	for _, x := range c.Checks {
		for _, h := range x.Hits {
			text := h.Message
			if x.Share.Whole > 0 && !x.Share.Lost {
				text += ", of " + render.Plural(x.Share.Whole, "gain")
			}
			if h.First != "" {
				text += "; the first is " + h.First
			}
			list = append(list, blocked{x.Gate, text})
		}
	}
	if n := c.Blocking; n > 0 {
		text := render.Plural(n, "new finding") + render.Choose(n, " blocks", " block") + " it"
		list = append(list, blocked{"fail-on", text})
	}
	return list
}

// card is a number of the overview with what it leads to.
type card struct {
	Number, What, Sub string
	To                template.URL // below the page: a view, with how it is sorted
	Bad               bool
}

// Cards returns the numbers of the overview.
func (c *change) Cards() []card {
	gain, lose := 0, 0
	for i := range c.Diff.People {
		gain += btoi(c.Diff.People[i].More())
		lose += btoi(c.Diff.People[i].Less())
	}
	critical := len(c.gainers("critical"))
	return []card{
		{render.Thousands(gain), render.Choose(gain, "person gains", "people gain"),
			peopleGain(critical) + " critical access", "people?sort=-critical", critical > 0},
		{render.Thousands(lose), render.Choose(lose, "person loses", "people lose"),
			affected(len(c.Diff.People)), "people?sort=-loses", false},
		{signed("+", c.rows[diff.Gained]), "permissions gained", render.Thousands(c.rows[diff.Widened]) + " widened",
			"permissions", false},
		{signed("−", c.rows[diff.Lost]), "permissions lost", render.Thousands(c.rows[diff.Narrowed]) + " narrowed",
			"permissions?sort=-lose", false},
		{render.Thousands(c.Open()), "open new " + render.Choose(c.Open(), "finding", "findings"),
			render.Thousands(len(c.Fixed)) + " fixed, " + render.Thousands(c.Unchanged) + " unchanged", "findings",
			c.errors() > 0},
		{render.Thousands(len(c.Diff.Policy)), "policy " + render.Choose(len(c.Diff.Policy), "change", "changes"),
			"rules, waivers, gates", "policy", false},
	}
}

func peopleGain(n int) string {
	if n == 0 {
		return "none gains"
	}
	return render.Thousands(n) + render.Choose(n, " gains", " gain")
}

func signed(sign string, n int) string {
	if n == 0 {
		return "0"
	}
	return sign + render.Thousands(n)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// LookFirst returns the people to look at first.
func (c *change) LookFirst() []personChange { return c.Shown[:min(len(c.Shown), mostLookAt)] }

// mostTallies limits the permissions of the overview.
const mostTallies = 12

// SensitiveOnes returns the most sensitive permissions that come or go.
func (c *change) SensitiveOnes() []*tally {
	return c.Permissions[:min(len(c.Permissions), mostTallies)]
}

// Approvals returns who must agree to the change.
func (c *change) Approvals() []render.Approval { return c.Diff.Approvals() }

func affected(n int) string {
	if n == 0 {
		return "nobody is affected"
	}
	return render.Count(n, "person", "people") + " in all are affected"
}

// ShareText says how much of all a gate found, or "".
func (c *change) ShareText(s diff.Share) string {
	switch {
	case s.Whole == 0 && s.Lost:
		return "nothing is lost"
	case s.Whole == 0:
		return ""
	case !s.Lost:
		return render.Thousands(s.Part) + " of " + render.Plural(s.Whole, "gain")
	}
	text := fmt.Sprintf("%s of %s held, %.1f%%", render.Thousands(s.Part), render.Plural(s.Whole, "action"),
		float64(s.Part)*100/float64(s.Whole))
	if s.On != 0 {
		text += ", on " + s.On.String()
	}
	return text
}
