package html

import (
	"bytes"
	"html/template"
	"io"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// mostPeople limits the entries about people on the page of a change, and mostItems their permissions and scopes.
const (
	mostPeople = 2000
	mostItems  = 50_000
)

// fewPrinted limits the people whose changes are printed, and their lines.
const fewPrinted = 100

// WriteChange writes the page of a change.
func WriteChange(w io.Writer, d *render.Diff) error {
	var b bytes.Buffer
	if err := parsed().ExecuteTemplate(&b, "change", newChange(d)); err != nil {
		return err
	}
	_, err := w.Write(render.PageText(b.Bytes()))
	return err
}

// change is the data of the templates for a change.
type change struct {
	*render.Diff
	*assets
	Policy      *policy.Policy
	Shown       []personChange // the people on the page
	More        int            // the number of others
	Permissions []*tally

	rows   [diff.ReasonChanged + 1]int // by kind
	listed map[*policy.User]string     // the id of the first person of the entry
	byID   map[string]*policy.User     // of the people on the page
	found  map[string][]*diag.Finding  // open new findings by user
	lines  []render.ChangedLine
	titles *pathNames
}

func newChange(d *render.Diff) *change {
	c := &change{Diff: d, assets: loadPlainAssets("change"), Policy: d.Head,
		listed: map[*policy.User]string{}, byID: map[string]*policy.User{}, found: findingsByUser(d.New),
		titles: newPathNames(d.Head)}
	c.rows, _ = d.CountChanges()
	list, more := d.ChangedPeople(mostPeople, mostItems)
	c.More = more
	for i := range list {
		p := &list[i]
		c.Shown = append(c.Shown, personChange{c, p})
		for _, u := range append([]*policy.User{p.User}, p.Others...) {
			c.listed[u], c.byID[u.ID] = p.User.ID, u
		}
	}
	if !c.ManyPeople() {
		c.lines = d.ChangedLines()
	}
	c.Permissions = c.tallies()
	return c
}

// PrintAll reports whether the lines about people go on paper, too.
func (c *change) PrintAll() bool {
	n := 0
	for _, p := range c.Shown {
		n += len(p.Ways)
	}
	return n <= fewPrinted && len(c.Diff.People) <= fewPrinted
}

// Files returns the files of the positions of findings.
func (c *change) Files() *policy.Files { return c.NewFiles }

// nameUser links to a user's part of the page by name, with the address.
func (c *change) nameUser(u *policy.User) template.HTML {
	text := titleOf(u.Name, u.ID)
	if first, ok := c.listed[u]; ok {
		return titled(u.Name, u.ID, linkTo("user", first, text))
	}
	return titled(u.Name, u.ID, plainText(text))
}

// nameByID names the user with an id.
func (c *change) nameByID(id string) template.HTML {
	if u := c.byID[id]; u != nil {
		return c.nameUser(u)
	}
	return plainText(id)
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

// FactLines returns the changed facts about scopes, groups, roles and permissions.
func (c *change) FactLines() (list []changeLine) {
	for _, f := range c.Facts {
		text, at := c.FactText(f)
		list = append(list, changeLine{capitalize(text), at})
	}
	return list
}

// mostPrinted limits the lines of a long table on paper, as print.css does.
const mostPrinted = 100

// NotPrinted counts the lines about people that are not on paper.
func (c *change) NotPrinted() int { return max(0, len(c.Shown)-mostPrinted) }

// LinesNotPrinted counts the lines of the declaration that are not on paper.
func (c *change) LinesNotPrinted() int { return max(0, c.LinesShown()-mostPrinted) }
