package xlsx

import (
	"fmt"
	"strings"
)

// overviewSheet returns the first sheet: totals, limitations, and links to the others.
func overviewSheet(in *job, f *facts, others []*sheet) *sheet {
	s := &sheet{name: "Overview", review: -1, columns: []column{{width: 36}, {width: 14}, {width: 84}}}
	o := &overviewRows{sheet: s, in: in}
	o.add(title, "Access to "+in.name())
	o.line("As of", in.Policy.AsOf.String(), "")
	o.line("Product", in.Policy.Catalog.Product, strings.TrimSpace(in.Policy.Catalog.Title+" "+f.catalogAge()))
	o.line("Rows", "", chosenWords(f))
	o.access(f)
	o.findings(f)
	o.section("Sheets")
	o.sheets(others)
	if in.Review != "" {
		o.reviewing(f)
	}
	if gaps := f.Gaps; len(gaps) > 0 {
		o.section("Limitations")
		for _, g := range gaps {
			o.count(g.What, g.Count(), g.Says)
		}
	}
	s.rows = len(o.rows)
	s.fill = func(x *stream) error {
		return x.rows(func(c *cells) {
			for _, row := range o.rows {
				c.begin()
				row(c)
				c.end()
			}
		})
	}
	return s
}

// reviewing says how to fill the sheet.
func (o *overviewRows) reviewing(f *facts) {
	name := "Access"
	if f.survey != nil {
		name = "Review"
	}
	o.section("Reviewing")
	if by := o.in.Made.Reviewer; by != "" {
		o.line("Reviewer", "", by)
	}
	for _, text := range []string{
		"In " + name + ", put an x in Keep or Remove in every row, and fill By and Date. Nobody decides about " +
			"themselves.",
		"Sort, filter and add columns as you like, but sort all columns together and do not change Row and Table.",
		"permc review FILE lists the lines of the declaration to change; with --apply it changes them.",
	} {
		o.add(plain, text)
	}
}

// access counts people and their permissions.
func (o *overviewRows) access(f *facts) {
	o.section("People")
	for _, g := range f.Groups() {
		what := g.Affiliation
		if what == "" {
			what = "users"
		}
		if g.Status != "active" {
			what += ", " + g.Status
		}
		o.count(what, f.PeopleBy[g], "")
	}
	o.count("with access", f.WithAccess, "holding something today")
	o.section("Permissions held")
	o.count("rows", f.Rows, "one per user, scope and permission")
	o.count("held", f.Held, "with an action left")
	o.count("invited", f.Invited, "held once the invitation is accepted")
	if f.Disabled > 0 {
		o.count("disabled", f.Disabled, "held once the user is enabled again")
	}
	o.count("withheld", f.Withheld, "a deny rule takes some of it")
	o.count("own records only", f.Own, "")
	o.count(fmt.Sprintf("expiring within %d days", o.in.Policy.HorizonDays), f.Ending,
		fmt.Sprintf("held by %d people", f.EndingPeople))
}

// findings counts findings by severity.
func (o *overviewRows) findings(f *facts) {
	n := f.Severities()
	o.section("Findings")
	o.count("errors", n.Errors, "")
	o.count("warnings", n.Warnings, "")
	o.count("silenced", n.Waived, "accepted with a reason")
	if n.Baseline > 0 {
		o.count("in the baseline", n.Baseline, "known from the baseline")
	}
}

// catalogAge names the version of the catalog and its age.
func (f *facts) catalogAge() string {
	text := ""
	if v := f.Policy.Catalog.Version; v != "" {
		text = "catalog " + v
	}
	if days, ok := f.CatalogAge(); ok && days >= 0 {
		text += fmt.Sprintf(", %d days old", days)
	}
	return text
}

func chosenWords(f *facts) string {
	if f.Filter == "" {
		return "the whole table"
	}
	return "a part of the table: " + f.Filter
}

// overviewRows collects the rows of the overview.
type overviewRows struct {
	*sheet
	in   *job
	rows []func(*cells)
}

func (o *overviewRows) add(style int, text string) {
	o.rows = append(o.rows, func(c *cells) { c.text(style, text) })
}

func (o *overviewRows) section(name string) {
	o.rows = append(o.rows, func(c *cells) {}, func(c *cells) {
		c.text(header, name)
		c.empty(header)
		c.empty(header)
	})
}

func (o *overviewRows) line(name, value, note string) {
	o.rows = append(o.rows, func(c *cells) {
		c.text(strong, name)
		c.text(plain, value)
		c.text(wrapped, note)
	})
}

func (o *overviewRows) count(name string, n int, note string) {
	o.rows = append(o.rows, func(c *cells) {
		c.text(strong, name)
		c.number(number, n)
		c.text(wrapped, note)
	})
}

// sheets lists the other sheets, each with a link, its number of rows and a description.
func (o *overviewRows) sheets(others []*sheet) {
	for _, x := range others {
		for i, n := 0, len(x.parts(o.in.mostRows())); i < n; i++ {
			o.links = append(o.links, link{fmt.Sprintf("A%d", len(o.rows)+1), x, i})
			o.rows = append(o.rows, func(c *cells) {
				p := x.parts(o.in.mostRows())[i]
				c.text(hyperlink, p.name)
				c.number(number, p.rows)
				c.text(wrapped, o.about(&p, i))
			})
		}
	}
}

func (o *overviewRows) about(p *part, i int) string {
	if i == 0 {
		return p.about
	}
	return "continues " + p.sheet.name + ": a sheet holds 1,048,576 rows"
}
