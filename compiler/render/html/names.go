package html

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// shownText is text that the script of the page puts into elements.
type shownText string

// MarshalText writes the text safe for display.
func (t shownText) MarshalText() ([]byte, error) { return []byte(render.Safe(string(t))), nil }

// shownTexts converts texts for the page.
func shownTexts(list []string) (out []shownText) {
	for _, s := range list {
		out = append(out, shownText(s))
	}
	return out
}

// names resolve the numbers in rows, for the script of the page.
type names struct {
	AsOf         int              `json:"asOf"`
	Soon         int              `json:"soon"`  // the last day of the horizon
	Epoch        int              `json:"epoch"` // the number of 1970-01-01
	Partial      bool             `json:"partial,omitempty"`
	Affiliations []shownText      `json:"affiliations"`
	Levels       []shownText      `json:"levels"`
	Files        []shownText      `json:"files"`
	Groups       []nameGroup      `json:"groups"`
	Rules        []shownText      `json:"rules"` // deny rules
	Roles        []nameRole       `json:"roles"`
	Scopes       []nameScope      `json:"scopes"`
	Permissions  []namePermission `json:"permissions"`
	Findings     []nameFinding    `json:"findings,omitempty"` // if there are too many people to list them
	Observed     *nameObserved    `json:"observed,omitempty"` // likewise
	Exported     string           `json:"exported,omitempty"` // the days of the exports
	Reviewed     []nameReviewed   `json:"reviewed,omitempty"` // what is confirmed, likewise
}

// nameObserved is what exports say about users: who has the same summary, and what is not simply there.
type nameObserved struct {
	Sums  []nameSum   `json:"sums"`
	Lines []nameLines `json:"lines,omitempty"`
}

type nameSum struct {
	Sum   shownText   `json:"sum"`
	Users []shownText `json:"users"`
}

type nameLines struct {
	User  shownText   `json:"user"`
	Lines []shownText `json:"lines,omitempty"`
	More  int         `json:"more,omitempty"` // that are not listed
}

type nameFinding struct {
	User     shownText `json:"user"`
	Rule     shownText `json:"rule"`
	Severity shownText `json:"severity"`
	Kind     shownText `json:"kind,omitempty"`
	Message  shownText `json:"message"`
	Help     shownText `json:"help,omitempty"`
	At       shownText `json:"at,omitempty"`
	More     int       `json:"more,omitempty"` // further findings about the same user
	Open     int       `json:"open,omitempty"` // of these the open ones
}

type nameRole struct {
	ID       shownText `json:"id"`
	Title    shownText `json:"title,omitempty"`
	Includes []int     `json:"includes,omitempty"`
}

type nameGroup struct {
	ID    shownText `json:"id"`
	Title shownText `json:"title,omitempty"`
}

type nameScope struct {
	Path   shownText `json:"path"`
	Title  shownText `json:"title,omitempty"`
	Level  int       `json:"level"`
	Parent int       `json:"parent"` // -1: none
}

type namePermission struct {
	ID          shownText       `json:"id"`
	Title       shownText       `json:"title,omitempty"`
	Levels      uint32          `json:"levels"`
	Actions     []shownText     `json:"actions"`
	Short       []shownText     `json:"short,omitempty"`
	Sensitivity shownText       `json:"sensitivity,omitempty"`
	Rated       []shownText     `json:"rated,omitempty"` // how sensitive each action is
	Conditions  []nameCondition `json:"conditions,omitempty"`
}

type nameCondition struct {
	ID   shownText `json:"id"`
	Text shownText `json:"text"`
}

func (v *view) namesOf() []byte {
	r, p := v.Report, v.Policy
	epoch, _ := policy.ParseDate("1970-01-01")
	n := names{
		AsOf:    int(p.AsOf),
		Soon:    int(p.AsOf) + p.HorizonDays,
		Epoch:   int(epoch),
		Levels:  shownTexts(p.Catalog.Levels),
		Partial: r.Partial,
	}
	n.addCatalog(p.Catalog)
	n.addPolicy(p)
	if !r.Small() && v.Table != nil { // it has pages of people, which the program makes
		n.Findings = findingsOf(r)
		n.Observed, n.Exported = observedOf(r)
		n.Reviewed = v.reviewedOf()
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b) // escapes what could end the element
	if err := e.Encode(n); err != nil {
		panic(err) // strings and numbers
	}
	return render.SafeJSON(b.Bytes())
}

// addCatalog adds the names that the catalog has.
func (n *names) addCatalog(c *policy.Catalog) {
	for _, a := range c.Affiliations {
		n.Affiliations = append(n.Affiliations, shownText(a.ID.Name))
	}
	for _, r := range c.Roles {
		var includes []int
		for _, inc := range r.Includes {
			includes = append(includes, inc.Role.Index)
		}
		n.Roles = append(n.Roles, nameRole{shownText(r.ID), shownText(r.Title), includes})
	}
	for _, x := range c.Permissions {
		n.Permissions = append(n.Permissions, namePermission{
			shownText(x.ID), shownText(x.Title), uint32(x.Levels), shownTexts(x.Actions), shortOf(x),
			shownText(x.Highest()), ratedOf(x), conditionsOf(x),
		})
	}
}

// addPolicy adds the names that the project has.
func (n *names) addPolicy(p *policy.Policy) {
	for _, f := range p.Files.All() {
		n.Files = append(n.Files, shownText(f.Name))
	}
	for _, g := range p.Groups {
		n.Groups = append(n.Groups, nameGroup{shownText(g.ID), shownText(g.Title)})
	}
	for _, d := range p.Denies {
		n.Rules = append(n.Rules, shownText(d.ID))
	}
	for _, s := range p.Scopes {
		parent := -1
		if s.Parent != nil {
			parent = s.Parent.Index
		}
		n.Scopes = append(n.Scopes, nameScope{shownText(s.Path), shownText(s.Title), s.Level, parent})
	}
}

func conditionsOf(p *policy.Permission) (list []nameCondition) {
	byID := func(a, b policy.Condition) int { return cmp.Compare(a.ID, b.ID) }
	for _, c := range slices.SortedFunc(slices.Values(p.Conditions), byID) { // as in rows
		list = append(list, nameCondition{shownText(c.ID), shownText(c.Text)})
	}
	return list
}

// findingsOf returns the findings about each user, up to a limit; the last one counts the rest.
func findingsOf(r *report.Report) (list []nameFinding) {
	byUser := map[string][]*diag.Finding{}
	var users []string
	for i := range r.Findings {
		if d := &r.Findings[i]; d.User != "" {
			if byUser[d.User] == nil {
				users = append(users, d.User)
			}
			byUser[d.User] = append(byUser[d.User], d)
		}
	}
	for _, u := range users {
		open := 0
		for _, d := range byUser[u] {
			open += flagOf(kindOf(d) == "")
		}
		for _, d := range leadingFindings(byUser[u]) {
			open -= flagOf(kindOf(d) == "")
			list = append(list, nameFinding{
				User: shownText(d.User), Rule: shownText(d.Rule), Severity: shownText(d.Severity.String()),
				Kind:    shownText(kindOf(d)),
				Message: shownText(capitalize(d.Message)), Help: shownText(capitalize(d.Help)),
				At: shownText(positionText(r.Policy.Files, d.Pos)),
			})
		}
		last := &list[len(list)-1]
		last.More, last.Open = max(0, len(byUser[u])-mostOfPerson), open
	}
	return list
}

// kindOf returns how a finding is silenced, or "".
func kindOf(d *diag.Finding) string {
	switch {
	case d.Silenced():
		return "waived"
	case d.Baseline:
		return "baseline"
	}
	return ""
}

// shortOf returns the actions by their first letters, if there are several.
func shortOf(p *policy.Permission) []shownText {
	if len(p.Actions) < 2 {
		return nil
	}
	return shownTexts(p.ShortActions)
}

// ratedOf returns how sensitive each action is, if they are rated.
func ratedOf(p *policy.Permission) (list []shownText) {
	for i := range p.ActionSensitivity {
		list = append(list, shownText(p.SensitivityOf(1<<i)))
	}
	return list
}
