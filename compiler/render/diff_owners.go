package render

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/person"
)

// owners writes who must agree to the change, and why.
func (d *Diff) owners(b *bytes.Buffer, style Style) {
	g := d.Owners
	if g == nil {
		return
	}
	fmt.Fprintf(b, "%s\n", style.bold("owners"))
	if !g.Declared {
		fmt.Fprintf(b, "  %s\n", noOwners(g))
	}
	for i := range g.Needs {
		n := &g.Needs[i]
		fmt.Fprintf(b, "  %s\n", wrapText(Safe(needText(g, n)), 4, 4))
		for _, why := range n.Reasons {
			fmt.Fprintf(b, "      %s\n", wrapText(Safe(why), 6, 6))
		}
		for _, step := range newWayLines(n) {
			fmt.Fprintf(b, "      %s\n", wrapText(Safe(step), 6, 9))
		}
		for _, line := range needLines(n) {
			fmt.Fprintf(b, "      %s\n", wrapText(Safe(line), 6, 6))
		}
		fmt.Fprintf(b, "      %s\n", style.cyan(placeOf(g, n)))
	}
	if len(g.Needs) == 0 && g.Declared {
		b.WriteString("  nobody must agree to this change\n")
	}
	for _, line := range ignoredLines(g) {
		fmt.Fprintf(b, "  %s\n", wrapText(Safe(line), 4, 4))
	}
	if g.Unowned.Any() {
		fmt.Fprintf(b, "  %s\n", wrapText(Safe(unownedText(&g.Unowned)), 4, 4))
	}
	b.WriteByte('\n')
}

func noOwners(g *diff.Agreement) string {
	if g.Base {
		return "the base declares no owners"
	}
	return "no owners are declared"
}

// needText says how many of whom must agree to what, and whether they have.
func needText(g *diff.Agreement, n *diff.Need) string {
	s := fmt.Sprintf("%s of %s must agree: %s", Thousands(n.Owner.Min), n.Approvers(), n.About)
	switch {
	case !g.Asked:
	case n.Missing == 0:
		return "agreed: " + s
	default:
		s = fmt.Sprintf("missing %d: %s", n.Missing, s)
	}
	if n.Stuck {
		s += "; too few of them may agree to this change"
	}
	return s
}

// newWayLines say the first new path step by step.
func newWayLines(n *diff.Need) (list []string) {
	if n.Path == nil {
		return nil
	}
	for i, a := range n.Path.Path.Acts {
		what := givenBy(a)
		if i == len(n.Path.Path.Acts)-1 {
			what = actWhat(n.Path.Path)
		}
		list = append(list, fmt.Sprintf("%d. %s", i+1, describeAct(userOf(n.Path.By), a, what)))
	}
	return list
}

// needLines name who may agree, who may not and who has.
func needLines(n *diff.Need) (list []string) {
	if len(n.Able) > 0 {
		list = append(list, "may agree: "+namePeople(n.Able))
	}
	if len(n.Barred) > 0 {
		list = append(list, "may not: "+nameBarred(n.Barred))
	}
	if len(n.Agreed) > 0 {
		list = append(list, "agreed: "+namePeople(n.Agreed))
	}
	return list
}

func namePeople(list []*person.Person) string {
	var names []string
	for _, p := range list {
		names = append(names, p.Name())
	}
	return nameFew(names)
}

func nameBarred(list []diff.Barred) string {
	var names []string
	for _, x := range list {
		name := x.Who
		if x.To != "" {
			name += " to " + x.To
		}
		names = append(names, name+" ("+x.Why+")")
	}
	return nameFew(names)
}

// nameFew joins names, of which it leaves out those beyond the first ones.
func nameFew(names []string) string {
	const most = 20
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// ignoredLines say which approvals do not count.
func ignoredLines(g *diff.Agreement) (list []string) {
	const most = 20
	for i, x := range g.Ignored {
		if i == most {
			return append(list, fmt.Sprintf("and %d more approvals do not count", len(g.Ignored)-most))
		}
		list = append(list, fmt.Sprintf("the approval of %s does not count: %s", x.Who, x.Why))
	}
	return list
}

// unownedText says how many changes have no owner.
func unownedText(u *diff.Unowned) string {
	var parts []string
	for _, x := range []struct {
		n         int
		one, many string
	}{{u.Gains, "gain", "gains"}, {u.Losses, "loss", "losses"}, {u.Paths, "new path", "new paths"},
		{u.Policy, "policy change", "policy changes"}} {
		switch x.n {
		case 0:
		case 1:
			parts = append(parts, "1 "+x.one)
		default:
			parts = append(parts, Thousands(x.n)+" "+x.many)
		}
	}
	return "unowned: " + strings.Join(parts, ", ") + "; the first is " + u.First
}

// placeOf returns the place of an entry.
func placeOf(g *diff.Agreement, n *diff.Need) string {
	at := Safe(strings.TrimSuffix(placePrefix(g.Files.Position(n.Owner.Pos)), ": "))
	if g.Base {
		at += " in the base"
	}
	return at
}

// ownersSection returns the part of a comment about owners.
func (d *Diff) ownersSection() section {
	s := section{head: "**Owners**\n\n", tail: "\n", more: "- …and %d more\n\n"}
	g := d.Owners
	if g == nil {
		return s
	}
	var pieces []string
	item := func(depth int, text string) string {
		return strings.Repeat("  ", depth) + "- " + cellText(text) + "\n"
	}
	if !g.Declared {
		pieces = append(pieces, item(0, noOwners(g)))
	}
	for i := range g.Needs {
		n := &g.Needs[i]
		piece := item(0, needText(g, n))
		for _, line := range slices.Concat(n.Reasons, newWayLines(n), needLines(n)) {
			piece += item(1, line)
		}
		pieces = append(pieces, piece)
	}
	if len(g.Needs) == 0 && g.Declared {
		pieces = append(pieces, item(0, "nobody must agree to this change"))
	}
	if g.Unowned.Any() {
		pieces = append(pieces, item(0, unownedText(&g.Unowned)))
	}
	for _, line := range ignoredLines(g) {
		pieces = append(pieces, item(0, line))
	}
	s.fixedPieces(pieces)
	return s
}

// annotateOwners says in the log who must still agree.
func (d *Diff) annotateOwners(a annotations) {
	if d.Owners == nil || d.Owners.Asked { // then gates say it
		return
	}
	for i := range d.Owners.Needs {
		n := &d.Owners.Needs[i]
		a.add("notice", policy.Position{}, "owners", needText(d.Owners, n)+": "+strings.Join(n.Reasons, "; "))
	}
}

type jsonOwners struct {
	Declared bool          `json:"declared"`
	Commit   string        `json:"commit,omitempty"`
	Needs    []jsonNeed    `json:"needs"`
	Unowned  jsonUnowned   `json:"unowned"`
	Ignored  []jsonIgnored `json:"ignored,omitempty"`
}

type jsonNeed struct {
	About     string       `json:"about"`
	Approvers []string     `json:"approvers"`
	Min       int          `json:"min"`
	Reasons   []string     `json:"reasons"`
	First     string       `json:"first,omitempty"`
	Changes   int          `json:"changes"`
	Paths     int          `json:"newPaths,omitempty"`
	Path      []string     `json:"firstPath,omitempty"` // its steps
	May       []jsonPerson `json:"may"`
	Barred    []jsonBarred `json:"barred,omitempty"`
	Agreed    []jsonPerson `json:"agreed,omitempty"`
	Missing   *int         `json:"missing,omitempty"` // if there are approvals to count
	Stuck     bool         `json:"stuck,omitempty"`
	Position  jsonCause    `json:"position"`
}

type jsonPerson struct {
	Name   string   `json:"name"`
	Logins []string `json:"logins,omitempty"`
	IDs    []string `json:"ids,omitempty"`
}

type jsonIgnored struct {
	Who string `json:"who"`
	Why string `json:"why"`
}

type jsonBarred struct {
	Who string `json:"who"`
	To  string `json:"to,omitempty"` // or to nothing
	Why string `json:"why"`
}

type jsonUnowned struct {
	Gains  int    `json:"gains"`
	Losses int    `json:"losses"`
	Policy int    `json:"policyChanges"`
	Paths  int    `json:"newPaths,omitempty"`
	First  string `json:"first,omitempty"`
}

func (d *Diff) ownersJSON() jsonOwners {
	g := d.Owners
	o := jsonOwners{Declared: g.Declared, Commit: g.Commit, Needs: []jsonNeed{}}
	o.Unowned = jsonUnowned{g.Unowned.Gains, g.Unowned.Losses, g.Unowned.Policy, g.Unowned.Paths, g.Unowned.First}
	for i := range g.Needs {
		n := &g.Needs[i]
		x := jsonNeed{About: n.About, Min: n.Owner.Min, Reasons: n.Reasons, First: n.First, Changes: n.Rows + n.Roles,
			Paths: n.Paths, Path: newWayLines(n),
			May: peopleJSON(n.Able), Agreed: peopleJSON(n.Agreed), Stuck: n.Stuck}
		for _, r := range n.Owner.Approvers {
			x.Approvers = append(x.Approvers, r.Name)
		}
		for _, b := range n.Barred {
			x.Barred = append(x.Barred, jsonBarred(b))
		}
		if g.Asked {
			x.Missing = &n.Missing
		}
		x.Position = jsonCause{Position: g.Files.Position(n.Owner.Pos), Side: "head"}
		if g.Base {
			x.Position.Side = "base"
		}
		o.Needs = append(o.Needs, x)
	}
	for _, x := range g.Ignored {
		o.Ignored = append(o.Ignored, jsonIgnored(x))
	}
	return o
}

func peopleJSON(list []*person.Person) []jsonPerson {
	out := []jsonPerson{}
	for _, p := range list {
		out = append(out, jsonPerson{p.Name(), p.Logins, p.IDs})
	}
	return out
}

// DiffReviewers writes the logins of those who may still agree, one a line, for a request. It leaves out parts of the
// change to which enough have agreed, and people without a login of the system.
func DiffReviewers(w io.Writer, d *Diff, system string) error {
	if d.Owners == nil {
		return nil
	}
	var logins []string
	for i := range d.Owners.Needs {
		n := &d.Owners.Needs[i]
		if n.Missing == 0 {
			continue
		}
		for _, p := range n.Able {
			if slices.Contains(n.Agreed, p) {
				continue
			}
			for _, l := range p.Logins {
				if login, ok := strings.CutPrefix(l, system+":"); ok {
					logins = append(logins, login)
					break
				}
			}
		}
	}
	slices.Sort(logins)
	for _, l := range slices.Compact(logins) {
		if _, err := fmt.Fprintln(w, Safe(l)); err != nil {
			return err
		}
	}
	return nil
}
