package report

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Gap is something that the page does not know or leaves out, with examples of
// it.
type Gap struct {
	What  string // in a word or two
	Says  string // in a sentence
	Items []Item
	More  int // of them, beyond Items
}

// Count is how many there are.
func (g Gap) Count() int { return len(g.Items) + g.More }

// Item is one thing in a gap, with its place if it has one.
type Item struct {
	Text string
	Pos  policy.Pos
}

// most is how many items of a gap are listed.
const most = 40

func (g Gap) with(items []Item) Gap {
	g.Items, g.More = items[:min(len(items), most)], max(0, len(items)-most)
	return g
}

// gaps are what the page does not cover, those that there are.
func (r *Report) gaps() (list []Gap) {
	c := r.Policy.Catalog
	for _, g := range []Gap{
		r.rejected(),
		Gap{What: "Conditions that permc cannot check", Says: "A permission is listed as held, and whether it works depends on something outside of the declarations."}.with(r.conditions()),
		Gap{What: "Inferred facts", Says: "The vendor's documentation does not state them, so the catalog gives its reason; a project can correct each."}.with(inferred(c)),
		Gap{What: "Corrections by this project", Says: "The project sees these facts otherwise than the catalog that permc ships."}.with(corrections(c)),
		Gap{What: "Derived permissions", Says: "They are worked out from what the declarations say of roles, permissions and attributes; the product may look at more."}.with(derived(c)),
		Gap{What: "Findings that are turned off or changed", Says: "The settings of the project give these rules another severity."}.with(severities(r.Policy)),
		Gap{What: "Files that were left out", Says: "They stand in the project's folders and were not read."}.with(skipped(r.Skipped)),
		Gap{What: "Not computed", Says: "The catalog names these as changing access in the product; the table leaves them out."}.with(texts(c.Limits)),
		Gap{What: "What the catalog says of itself"}.with(texts(c.Notes)),
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

func (r *Report) rejected() Gap {
	g := Gap{What: "Entries that give nothing", Says: "They are declared, and the product would not take them; each is a finding."}
	list := r.Policy.Rejections()
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
		g.Items = append(g.Items, Item{Given(x.Entry) + " on " + x.Scope.Path + " to " + who + ": " + faults[x.Fault], x.Pos})
	}
	return g
}

// Given is the role or permission of an entry, in words.
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
			items = append(items, Item{p.ID + ": " + c.Text, policy.Pos{}})
		}
	}
	return items
}

// inferred are the reasons for inferred facts, each with what it is about.
func inferred(c *policy.Catalog) (items []Item) {
	about := map[string][]string{}
	add := func(why, what string) {
		if why != "" && !slices.Contains(about[why], what) {
			about[why] = append(about[why], what)
		}
	}
	for _, r := range c.Roles {
		add(r.Inferred, "role "+r.ID)
		for i := range r.Cells {
			add(r.Cells[i].Inferred, r.ID)
		}
		for _, inc := range r.Includes {
			add(inc.Inferred, r.ID)
		}
	}
	for _, p := range c.Permissions {
		add(p.Inferred, p.ID)
	}
	for why, list := range about {
		items = append(items, Item{Text: join(list) + ": " + why})
	}
	slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(a.Text, b.Text) })
	return items
}

// join names a few things.
func join(list []string) (s string) {
	for i, x := range list {
		if i > 0 {
			s += ", "
		}
		s += x
	}
	return s
}

func corrections(c *policy.Catalog) (items []Item) {
	for _, x := range c.Corrections {
		about, is := x.What()
		items = append(items, Item{about + " is " + is + ": " + x.Reason + " (" + x.Source + ")", x.Pos})
	}
	return items
}

func derived(c *policy.Catalog) (items []Item) {
	for _, p := range c.Derived {
		items = append(items, Item{Text: p.ID + ": whoever has " + p.When.String()})
	}
	return items
}

func severities(p *policy.Policy) (items []Item) {
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

func skipped(files []string) (items []Item) {
	for _, f := range files {
		items = append(items, Item{Text: f})
	}
	return items
}

func texts(list []string) (items []Item) {
	for _, s := range list {
		items = append(items, Item{Text: s})
	}
	return items
}
