package report

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Gap is a limitation of the page, with examples.
type Gap struct {
	What  string // a heading
	Says  string // one sentence
	Items []Item
	More  int // further items
}

// Count returns the number of items, listed or not.
func (g Gap) Count() int { return len(g.Items) + g.More }

// Item is one item of a gap, with its position if it has one.
type Item struct {
	Text string
	Pos  policy.Pos
}

// most limits the listed items of a gap.
const most = 40

func newGap(what, says string, items []Item) Gap {
	return Gap{
		What:  what,
		Says:  says,
		Items: items[:min(len(items), most)],
		More:  max(0, len(items)-most),
	}
}

// gaps returns the limitations of the page that apply, of the rejected entries only those that are shown.
func (r *Report) gaps(shown func(*policy.Rejected) bool) (list []Gap) {
	c := r.Policy.Catalog
	for _, g := range []Gap{
		r.rejected(shown),
		newGap("Conditions that permc cannot check", "The page lists these permissions as held, "+
			"but whether they work depends on more than the declarations.", r.conditions()),
		newGap("Inferred facts", "The vendor's documentation does not state these; "+
			"the catalog says how each was deduced. A project can correct them.", listInferred(c)),
		newGap("Corrections by this project", "The project corrects these facts of the shipped catalog.",
			listCorrections(c)),
		newGap("Derived permissions", "They follow from the declared roles, permissions and attributes; "+
			"the product may check more.", listDerived(c)),
		newGap("Changed severities", "The project's settings change or turn off these rules.",
			listSeverities(r.Policy)),
		newGap("Skipped files", "These files in the project's folders were not read.", textItems(r.Skipped)),
		newGap("Not computed", "These also change access in the product, but the table does not include them.",
			textItems(c.Limits)),
		newGap("Catalog notes", "", textItems(c.Notes)),
	} {
		if len(g.Items) > 0 {
			list = append(list, g)
		}
	}
	return list
}

var faults = map[policy.Fault]string{
	policy.WrongLevel:           "wrong level",
	policy.WrongGroupKind:       "wrong kind of group",
	policy.WrongHome:            "not at home",
	policy.DeprecatedPermission: "deprecated",
	policy.WrongAffiliation:     "wrong affiliation",
	policy.NotGrantable:         "not grantable",
	policy.InvalidPeriod:        "starts after it ends",
}

func (r *Report) rejected(shown func(*policy.Rejected) bool) Gap {
	g := Gap{What: "Entries that give nothing",
		Says: "They are declared, but the product would reject them; each is a finding."}
	list := slices.DeleteFunc(slices.Clone(r.Policy.Rejections()), func(x policy.Rejected) bool { return !shown(&x) })
	g.More = max(0, len(list)-most)
	for _, x := range list[:len(list)-g.More] {
		who := ""
		switch {
		case x.User != nil && x.Group != nil:
			who = x.User.ID + " in group " + x.Group.ID
		case x.User != nil:
			who = x.User.ID
		default:
			who = "group " + x.Group.ID
		}
		text := Given(x.Entry) + " on " + x.Scope.Path + " to " + who + ": " + faults[x.Fault]
		g.Items = append(g.Items, Item{text, x.Pos})
	}
	return g
}

// Given returns the role or permission of an entry in words.
func Given(e *policy.Entry) string {
	if e.Role != nil {
		return "role " + e.Role.ID
	}
	return "grant of " + e.Permission.ID
}

func (r *Report) conditions() (items []Item) {
	for _, p := range r.Policy.Catalog.Permissions {
		if h := r.Permissions[p.Index]; h.total() == 0 {
			continue
		}
		for _, c := range p.Conditions {
			items = append(items, Item{cmp.Or(p.Title, p.ID) + ": " + c.Text, policy.Pos{}})
		}
	}
	return items
}

// listInferred returns the reasons for inferred facts, each with the facts it is for.
func listInferred(c *policy.Catalog) (items []Item) {
	about := map[string][]string{}
	add := func(why, what string) {
		if why != "" && !slices.Contains(about[why], what) {
			about[why] = append(about[why], what)
		}
	}
	for _, r := range c.Roles {
		add(r.Inferred, "role "+cmp.Or(r.Title, r.ID))
		for i := range r.Cells {
			add(r.Cells[i].Inferred, cmp.Or(r.Title, r.ID))
		}
		for _, inc := range r.Includes {
			add(inc.Inferred, cmp.Or(r.Title, r.ID))
		}
	}
	for _, p := range c.Permissions {
		add(p.Inferred, cmp.Or(p.Title, p.ID))
	}
	for why, list := range about {
		items = append(items, Item{Text: joinNames(list) + ": " + why})
	}
	slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(a.Text, b.Text) })
	return items
}

// joinNames joins names with commas.
func joinNames(list []string) (s string) {
	for i, x := range list {
		if i > 0 {
			s += ", "
		}
		s += x
	}
	return s
}

func listCorrections(c *policy.Catalog) (items []Item) {
	for _, x := range c.Corrections {
		about, is := x.What()
		items = append(items, Item{about + " is " + is + ": " + x.Reason + " (" + x.Source + ")", x.Pos})
	}
	return items
}

func listDerived(c *policy.Catalog) (items []Item) {
	for _, p := range c.Derived {
		items = append(items, Item{Text: p.ID + ": needs " + p.When.String()})
	}
	return items
}

func listSeverities(p *policy.Policy) (items []Item) {
	for id, s := range p.Severities {
		items = append(items, Item{Text: id + ": " + s})
	}
	for file, rules := range p.InFiles {
		for id, s := range rules {
			items = append(items, Item{Text: id + " in " + p.Files.File(file).Name + ": " + s})
		}
	}
	slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(a.Text, b.Text) })
	return items
}

func textItems(list []string) (items []Item) {
	for _, s := range list {
		items = append(items, Item{Text: s})
	}
	return items
}
