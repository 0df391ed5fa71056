package html

import (
	"fmt"
	"html/template"
	"slices"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// personView is a person with everything their page shows.
type personView struct {
	*view
	*report.Person
	Tally *report.Tally
}

// Persons returns the pages of people, in order.
func (v *view) Persons() (list []personView) {
	byUser := map[*policy.User]*report.Tally{}
	for i := range v.Tallies {
		byUser[v.Tallies[i].User] = &v.Tallies[i]
	}
	for _, p := range v.People {
		list = append(list, personView{v, p, byUser[p.User]})
	}
	return list
}

// Kind names the kind of user.
func (p personView) Kind() string { return kindOfUser(p.User) }

// Summary summarizes the person's access in a sentence.
func (p personView) Summary() template.HTML {
	lead := ""
	if p.Partial {
		lead = "In this part of the report, "
	}
	return template.HTML(lead) + plainText(titleOf(p.Name, p.ID)) + template.HTML(" "+escapeHTML(p.summary()))
}

func (p personView) summary() string {
	rows, scopes := p.Held()
	switch {
	case len(p.Rows) == 0:
		return "has no access."
	case rows == 0:
		return "holds nothing: deny rules take every action."
	}
	verb := "holds"
	if p.Invited {
		verb = "will hold, once the invitation is accepted,"
	}
	if p.Disabled {
		verb = "will hold, once enabled again,"
	}
	text := fmt.Sprintf("%s %s on %s", verb, render.Plural(rows, "permission"), render.Plural(scopes, "scope"))
	if n := p.Tally.Critical; n > 0 {
		text += fmt.Sprintf(", %s of them critical", render.Thousands(n))
	}
	return text + "."
}

// mostOfPerson limits the findings and events on a person's page: an entry of a group makes one for each member.
const mostOfPerson = 10

// ShownFindings returns the first findings about the person; if there are more, open ones come first.
func (p personView) ShownFindings() []*diag.Finding {
	return leadingFindings(p.Person.Findings)
}

// MoreFindings counts the other findings.
func (p personView) MoreFindings() int { return max(0, len(p.Person.Findings)-mostOfPerson) }

func leadingFindings(list []*diag.Finding) []*diag.Finding {
	if len(list) <= mostOfPerson {
		return list
	}
	var open, known []*diag.Finding
	for _, d := range list {
		if kindOf(d) == "" {
			open = append(open, d)
		} else {
			known = append(known, d)
		}
	}
	return append(open, known...)[:mostOfPerson]
}

// ShownEnds returns the first events of the person.
func (p personView) ShownEnds() []report.End {
	return p.Person.Ends[:min(len(p.Person.Ends), mostOfPerson)]
}

// MoreEnds counts the other events of the person.
func (p personView) MoreEnds() int { return max(0, len(p.Person.Ends)-mostOfPerson) }

// Assigned returns the assigned roles, without the roles they include.
func (p personView) Assigned() (list []template.HTML) {
	for _, h := range p.Person.Roles {
		if h.From != nil {
			continue
		}
		text := p.NameRole(h.Role) + " on " + p.LinkScope(h.Scope)
		if h.Group != nil {
			text += " (group " + p.LinkGroup(h.Group) + ")"
		}
		if h.Entry.ByDefault {
			text += ", by default"
		}
		if h.Ends != 0 {
			text += template.HTML(", until " + h.Ends.String())
		}
		list = append(list, text)
	}
	if p.More > 0 {
		list = append(list, template.HTML(escapeHTML("and "+render.Thousands(p.More)+" more")))
	}
	return list
}

// RoleTitles returns the assigned roles, each once.
func (p personView) RoleTitles() (list []template.HTML) {
	seen := map[*policy.Role]bool{}
	for _, h := range p.Person.Roles {
		if h.From == nil && !seen[h.Role] {
			seen[h.Role] = true
			list = append(list, p.LinkRole(h.Role))
		}
	}
	return list
}

// InGroups returns the person's groups, each with the groups through which the person is in it.
func (p personView) InGroups() (list []template.HTML) {
	day := p.Policy.AsOf
	all := slices.DeleteFunc(slices.Clone(p.Memberships), func(m policy.Membership) bool {
		return m.Periods.Over(day) || p.Partial && !p.hasGroup(m.Group)
	})
	for i := range all {
		if i == policy.MostSources {
			list = append(list, template.HTML(render.Thousands(len(all)-i)+" more"))
			break
		}
		list = append(list, p.LinkGroup(all[i].Group)+p.wayInto(p.User, &all[i]))
	}
	return list
}

// wayInto says through which group somebody is in another one, and until when.
func (v *view) wayInto(u *policy.User, m *policy.Membership) template.HTML {
	text := template.HTML("")
	v.ways.Of(u)
	if path, _ := v.ways.Into(m.Group); len(path) > 1 {
		text = ", through " + v.LinkGroup(path[0])
	}
	switch ends, in := m.Periods.On(v.Policy.AsOf); {
	case !in:
		text += template.HTML(", " + m.Idle(v.Policy.AsOf))
	case ends != 0:
		text += template.HTML(", until " + ends.String())
	}
	return text
}

// kindOfUser names the kind of a user.
func kindOfUser(u *policy.User) string {
	words := "user"
	if u.Affiliation != "" {
		words = u.Affiliation + " user"
	}
	if u.Waits() {
		return u.Status() + " " + words
	}
	return words
}
