package html

import (
	"html/template"
	"slices"

	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// groupView is a group with everything its page shows.
type groupView struct {
	*view
	*policy.Group
	Count int // of its members on the day of the page
}

// GroupPages returns the groups of the page.
func (v *view) GroupPages() (list []groupView) {
	count := v.countMembers()
	for _, g := range v.Policy.Groups {
		if v.hasGroup(g) {
			list = append(list, groupView{v, g, count[g.Index]})
		}
	}
	return list
}

// ThroughGroups returns the groups that give the permission to somebody on the page.
func (p permissionView) ThroughGroups() (list []*policy.Group) {
	if !p.Small() {
		return nil
	}
	for _, h := range p.Holders() {
		for i := range h.Row.Via {
			if g := h.Row.Via[i].Group; g != nil && !slices.Contains(list, g) {
				list = append(list, g)
			}
		}
	}
	slices.SortFunc(list, func(a, b *policy.Group) int { return a.Index - b.Index })
	return list
}

// countMembers counts the members of each group on the day of the page, of a part those that it shows.
func (v *view) countMembers() []int {
	count := make([]int, len(v.Policy.Groups))
	for _, u := range v.Policy.Users {
		if v.Partial && !v.hasUser(u) {
			continue
		}
		for i := range u.Memberships {
			if m := &u.Memberships[i]; m.In(v.Policy.AsOf) {
				count[m.Group.Index]++
			}
		}
	}
	return count
}

// Holders counts the people who hold something from the group.
func (g groupView) Holders() report.Holders { return g.view.Members[g.Index] }

// GroupKinds reports whether the catalog has kinds of group.
func (v *view) GroupKinds() bool { return v.nested().kinds }

// KindName names the kind of group.
func (g groupView) KindName() string {
	switch {
	case g.Group.Kind == nil:
		return ""
	case g.Group.Kind.Title != "":
		return g.Group.Kind.Title
	}
	return g.Group.Kind.ID
}

// OwnerNames links to the owners.
func (g groupView) OwnerNames() (list []template.HTML) {
	for _, o := range g.Owners {
		list = append(list, g.NameSubject(o.User, o.Group))
	}
	return list
}

// HighestCell returns a cell of the highest sensitivity of what the group gives, with the groups around it.
func (g groupView) HighestCell() template.HTML {
	return levelCell((&policy.ToReview{Into: g.Group}).Sensitivity())
}

// Around links to the groups that it is in.
func (g groupView) Around() (list []template.HTML) {
	for _, m := range g.Outer() {
		list = append(list, g.LinkGroup(m.Group))
	}
	return list
}

// Inside links to the groups that are in it.
func (g groupView) Inside() (list []template.HTML) {
	for _, o := range g.nested().inside[g.Group] {
		list = append(list, g.LinkGroup(o))
	}
	return list
}

// nesting is what has to be known of all groups of a page.
type nesting struct {
	kinds  bool                              // the catalog has kinds of group
	inside map[*policy.Group][]*policy.Group // on any day, direct or nested
}

// nested returns the nesting of the groups, which it works out once.
func (v *view) nested() *nesting {
	if v.nesting != nil {
		return v.nesting
	}
	x := &nesting{inside: map[*policy.Group][]*policy.Group{}}
	for _, g := range v.Policy.Groups {
		x.kinds = x.kinds || g.Kind != nil
		if v.Partial && !v.hasGroup(g) {
			continue
		}
		for _, m := range g.Outer() {
			x.inside[m.Group] = append(x.inside[m.Group], g)
		}
	}
	v.nesting = x
	return x
}

// mostOfGroup limits the entries and the members on a group's page.
const mostOfGroup = 500

// GivenTitles returns what the entries give, each once.
func (g groupView) GivenTitles() (list []template.HTML) {
	seen := map[template.HTML]bool{}
	for i := range g.Entries {
		h := g.given(&g.Entries[i], false)
		if !seen[h] && len(list) < 8 {
			list = append(list, h)
		}
		seen[h] = true
	}
	if more := len(seen) - len(list); more > 0 {
		list = append(list, template.HTML(render.Thousands(more)+" more"))
	}
	return list
}

func (g groupView) given(e *policy.Entry, id bool) template.HTML {
	switch {
	case e.Role != nil && id:
		return g.NameRole(e.Role)
	case e.Role != nil:
		return g.LinkRole(e.Role)
	case id:
		return g.NamePermission(e.Permission)
	}
	return g.LinkPermission(e.Permission)
}

// ShownEntries returns the entries that the page is about.
func (g groupView) ShownEntries() (list []*policy.Entry) {
	for i := range g.Entries {
		if e := &g.Entries[i]; !g.Partial || e.Role != nil && g.hasRole(e.Role) ||
			e.Role == nil && g.hasPermission(e.Permission) {
			list = append(list, e)
		}
	}
	return list
}

// EntryLines returns the lines about what the group gives.
func (g groupView) EntryLines() template.HTML {
	var l lines
	list := g.ShownEntries()
	for _, e := range list[:min(len(list), mostOfGroup)] {
		l.head(g.given(e, true))
		l.cells(g.NameScope(e.Scope))
		l.raw(`<td class="day">`, periodOf(e, g.Policy.AsOf), "</td>")
		l.reason(e.Detail, e.Fault)
		if g.Reviews != nil {
			l.review(g.view, g.Reviews.OfEntry(nil, g.Group, e))
		}
		if g.Observed != nil {
			l.cells(presenceText(g.groupLine(g.Group, e)))
		}
		l.at(g.view, e.Pos)
	}
	return l.done()
}

// periodOf says when an entry begins, if that is later, and when it expires.
func periodOf(e *policy.Entry, today policy.Date) string {
	text := ""
	if e.Starts > today {
		text = "from " + e.Starts.String() + " "
	}
	if e.Ends != 0 {
		text += e.Ends.String()
	}
	return text
}

// MemberLines returns the lines about the members, each with the groups on the way.
func (g groupView) MemberLines() template.HTML {
	var l lines
	n := 0
	for _, u := range g.Users {
		if g.Partial && !g.hasUser(u) {
			continue
		}
		if n++; n > mostOfGroup {
			break
		}
		g.ways.Of(u)
		path, at := g.ways.Into(g.Group)
		l.head(g.NameUser(u))
		how := template.HTML("directly")
		if len(path) > 1 {
			how = "through " + g.LinkGroup(path[0])
		}
		l.cells(template.HTML(escapeHTML(kindOfUser(u))), how,
			template.HTML(membershipPeriod(u, g.Group, g.Policy.AsOf)))
		if g.Reviews != nil {
			l.review(g.view, g.Reviews.OfMember(u, g.Group))
		}
		if g.Observed != nil {
			l.cells(presenceText(findLine(g.Observed.Of[u], func(x *drift.Line) bool { return x.In == g.Group })))
		}
		l.at(g.view, at)
	}
	return l.done()
}

func membershipPeriod(u *policy.User, g *policy.Group, today policy.Date) string {
	for i := range u.Memberships {
		m := &u.Memberships[i]
		if m.Group != g {
			continue
		}
		switch ends, in := m.Periods.On(today); {
		case !in:
			return m.Idle(today)
		case ends != 0:
			return "until " + ends.String()
		}
	}
	return ""
}

// MoreMembers counts the members that are not listed.
func (g groupView) MoreMembers() int { return max(0, g.Count-mostOfGroup) }
