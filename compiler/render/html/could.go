package html

import (
	"fmt"
	"html/template"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// AnyCould reports whether somebody could alone give themselves something critical or high.
func (v *view) AnyCould() bool {
	_, all := v.CouldPeople()
	return all > 0
}

// MayGive reports whether the product lets people give access.
func (v *view) MayGive() bool { return paths.Possible(v.Policy) }

// CouldSum says in a sentence how many could make more of their access.
func (v *view) CouldSum() string {
	critical, all := v.CouldPeople()
	return render.CouldSum(critical, all) + v.Here() + "."
}

// RoleFindings lists roles and assignments to look at. A page about a part says nothing of them.
func (v *view) RoleFindings() []render.RoleFinding {
	if v.RoleStudy == nil {
		return nil
	}
	return render.RoleFindings(v.RoleStudy, v.roleText, func(u *policy.User) string {
		if u.Name == "" || u.Name == u.ID {
			return u.ID
		}
		return u.Name + " (" + u.ID + ")"
	})
}

// CouldText counts what somebody could get.
func (f First) CouldText() template.HTML { return couldText(f.Could) }

// CouldText counts what the person could get.
func (p personView) CouldText() template.HTML {
	if p.Tally == nil {
		return ""
	}
	return couldText(p.Tally.Could)
}

func couldText(c report.Could) (text template.HTML) {
	if c.Critical > 0 {
		text = template.HTML(fmt.Sprintf(`<span class="level critical">%s critical</span>`,
			render.Thousands(c.Critical)))
	}
	if c.High > 0 {
		if text != "" {
			text += " "
		}
		text += template.HTML(render.Thousands(c.High) + " high")
	}
	return text
}

// mostCould limits the paths on a person's page.
const mostCould = 10

// Could returns the ways in which the person could alone get something critical or high. A page about a part only
// counts it: a way may lead through what the page does not show.
func (p personView) Could() (list []pathLine) {
	if p.Tally == nil || !p.Tally.Could.Any() || p.Partial {
		return nil
	}
	if p.findPaths == nil {
		p.findPaths, p.pathNames = p.PathsFinder(), newPathNames(p.Policy)
	}
	for _, l := range render.AlonePaths(&paths.User{User: p.User, Run: p.findPaths(p.User)}) {
		if (l.Level == "critical" || l.Level == "high") && len(list) < mostCould {
			list = append(list, pathLine{&l, p.pathNames})
		}
	}
	return list
}

// CouldCommand shows all paths of the person.
func (p personView) CouldCommand() string { return "permc paths " + p.ID }
