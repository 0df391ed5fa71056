package reference_test

import (
	"reflect"
	"slices"

	"pgregory.net/rapid"
)

// today is the date that generated projects are seen from.
const today = "2026-06-15"

// gen draws one valid project.
type gen struct {
	*rapid.T
	*Declaration
	affiliations, labels, roles []string
	permissions, derived        []string
	people                      []string
}

// declarations generates small valid projects in which much happens at once.
func declarations() *rapid.Generator[*Declaration] {
	return rapid.Custom(func(t *rapid.T) *Declaration {
		g := &gen{T: t, Declaration: &Declaration{Catalog: &Catalog{}}}
		g.everything()
		return g.Declaration
	})
}

// everything draws all but expectations.
func (g *gen) everything() {
	g.catalog()
	g.scopes()
	g.homes()
	g.defaultRole()
	g.members()
	g.requirements()
	g.cellConditions()
	g.holdable()
	g.allRules()
}

// one draws an element.
func one[E any](t *rapid.T, label string, from []E) E {
	return rapid.SampledFrom(from).Draw(t, label)
}

// some draws a subset, in order.
func some[E any](t *rapid.T, label string, from []E) []E {
	var drawn []E
	for _, e := range from {
		if rapid.Bool().Draw(t, label) {
			drawn = append(drawn, e)
		}
	}
	return drawn
}

// oneOrMore draws a subset that is not empty.
func oneOrMore[E any](t *rapid.T, label string, from []E) []E {
	if drawn := some(t, label, from); drawn != nil {
		return drawn
	}
	return []E{one(t, label, from)}
}

// upTo draws how often something is there.
func upTo(t *rapid.T, label string, most int) int {
	return rapid.IntRange(0, most).Draw(t, label)
}

// nth is true once in n times.
func (g *gen) nth(label string, n int) bool {
	choices := make([]bool, n)
	choices[n-1] = true
	return one(g.T, label, choices)
}

func (g *gen) catalog() {
	c := g.Catalog
	g.levels()
	g.affiliations = some(g.T, "affiliation", []string{"guest", "staff"})
	for _, a := range g.affiliations {
		set(&c.Affiliations, a, struct{}{})
	}
	g.labels = one(g.T, "labels", [][]string{nil, {"first"}, {"first", "pilot"}, {"first", "pilot"}})
	for _, l := range g.labels {
		set(&c.Labels, l, struct{}{})
	}
	c.Attributes = map[string]map[string]Attribute{
		"user":  {"region": {}, "skill": {Values: []string{"chat", "voice"}}},
		"scope": {"region": {}, "tier": {Values: []string{"gold", "iron"}}},
		"group": {"privacy": {Values: []string{"closed", "secret"}}},
	}
	c.Dangling = one(g.T, "dangling", []string{"", "", "warning"})
	c.UserIDs = one(g.T, "user ids", []string{"", "", "exact"})
	names := rapid.Permutation([]string{"ask", "Build", "apps/calls", "DEL_ETE", "exit", "a,b;c=\"d\"", "grow:all",
		"grow:own"}).Draw(g.T, "permissions")
	n := 1 + upTo(g.T, "base", 4)
	g.permissions, g.derived = names[:n], names[n:n+upTo(g.T, "derived", 3)]
	g.allPermissions()
	g.roles = rapid.Permutation([]string{"system:admin", "Agent, \"all\"", "owner", "reader", "=W@x<y"}).Draw(g.T,
		"roles")[:1+upTo(g.T, "roles", 4)]
	g.allRoles()
}

// allPermissions draws permissions of which an earlier may imply a later one
// that can stand wherever it does.
func (g *gen) allPermissions() {
	pool := []string{"EDIT", "ex,p;ort", "view"}
	c := g.Catalog
	for _, id := range slices.Concat(g.permissions, g.derived) {
		p := &Permission{Level: oneOrMore(g.T, "level", c.levelNames()),
			External: g.system("permission " + id).External}
		if !g.nth("use", 3) {
			p.Actions.Names = oneOrMore(g.T, "action", pool)
			g.rate(&p.Actions)
		}
		if g.nth("rated", 3) {
			p.Sensitivity = one(g.T, "sensitivity", degrees)
		}
		if g.nth("conditional", 6) {
			set(&p.Conditions, "consent", Condition{"needs consent"})
		}
		g.grantable(p)
		p.Inferred = g.guess()
		set(&c.Permissions, id, p)
	}
	for i, id := range g.permissions {
		p := c.Permissions[id]
		if i > 0 && c.Permissions[g.permissions[i-1]].SharedWith == "" && g.nth("shared", 5) {
			p.SharedWith = g.permissions[i-1]
		}
		if g.nth("deprecated", 8) {
			p.Deprecated = "no longer given"
		}
		for _, other := range g.permissions[i+1:] {
			if containsAll(c.Permissions[other].Level, p.Level) && g.nth("implies", 3) {
				p.Implies = append(p.Implies, other)
			}
		}
	}
	for _, p := range c.Permissions { // what is no longer given nothing implies
		p.Implies = slices.DeleteFunc(p.Implies, func(id string) bool { return c.Permissions[id].Deprecated != "" })
	}
}

var degrees = []string{"low", "medium", "high", "critical"}

// rate draws how sensitive some actions are.
func (g *gen) rate(list *ActionList) {
	if !g.nth("rated actions", 2) {
		return
	}
	list.Rated = map[string]string{}
	for _, a := range list.Names {
		list.Rated[a] = one(g.T, "sensitivity", append([]string{""}, degrees...))
	}
}

func (g *gen) grantable(p *Permission) {
	switch one(g.T, "grantable", []string{"left out", "anybody", "some", "nobody"}) {
	case "anybody":
		p.Grantable = &Grantable{Anybody: true}
	case "nobody":
		p.Grantable = &Grantable{}
	case "some":
		if g.affiliations != nil {
			p.Grantable = &Grantable{To: oneOrMore(g.T, "to", g.affiliations)}
		}
	}
}

// allRoles draws roles of which an earlier may include a later one that all of
// its holders may have.
func (g *gen) allRoles() {
	c := g.Catalog
	for _, id := range g.roles {
		r := &Role{Level: oneOrMore(g.T, "level", c.levelNames()),
			Inheritance: one(g.T, "inheritance", []string{"", "", "member", "group"})}
		r.System = g.system("role " + id)
		if g.affiliations != nil && g.nth("restricted", 3) {
			r.Affiliations = oneOrMore(g.T, "affiliation", g.affiliations)
		}
		for _, permission := range g.permissions {
			if g.nth("cell", 3) {
				g.cell(r, permission)
			}
		}
		for _, permission := range g.derived {
			if g.nth("cell", 10) {
				g.cell(r, permission)
			}
		}
		set(&c.Roles, id, r)
	}
	for i, id := range g.roles {
		r := c.Roles[id]
		for _, other := range g.roles[i+1:] {
			to := c.Roles[other].Affiliations
			fits := to == nil || r.Affiliations != nil && containsAll(to, r.Affiliations)
			if reach, ok := g.reach(r.Level, c.Roles[other].Level); ok && fits && g.nth("includes", 3) {
				set(&r.Includes, other, Include{Reach: reach, Inferred: g.guess()})
			}
		}
	}
}

// cell draws how a role gives a permission, now and then in several ways.
func (g *gen) cell(r *Role, permission string) {
	p := g.Catalog.Permissions[permission]
	var cells Cells
	for i := 0; i == 0 || i < 3 && g.nth("another cell", 6); i++ {
		reach, ok := g.reach(r.Level, p.Level)
		if p.Deprecated != "" || !ok {
			return
		}
		cell := g.oneCell(p, reach)
		if !slices.ContainsFunc(cells, cell.givesAs) {
			cells = append(cells, cell)
		}
	}
	set(&r.Permissions, permission, cells)
}

// givesAs reports whether two cells of a permission give the same, or could.
func (c Cell) givesAs(d Cell) bool {
	reach := func(r *Reach) Reach {
		if r == nil {
			return Reach{Word: "self"}
		}
		return *r
	}
	return reflect.DeepEqual(reach(c.Reach), reach(d.Reach)) && (c.Access == "own") == (d.Access == "own") &&
		(c.Actions == nil || d.Actions == nil || containsAll(c.Actions, d.Actions) && containsAll(d.Actions, c.Actions))
}

func (g *gen) oneCell(p *Permission, reach *Reach) Cell {
	cell := Cell{Reach: reach, Access: one(g.T, "access", []string{"", "own", "all"})}
	if p.Actions.Names != nil && g.nth("some actions", 3) {
		cell.Actions = oneOrMore(g.T, "action", p.Actions.Names)
	}
	if cell.Inferred = g.guess(); cell.Inferred == "" && g.nth("derived", 4) {
		cell.Derived = "follows from the rest"
	}
	return cell
}

// guess draws why a fact is inferred, or nothing for one that is stated.
func (g *gen) guess() string {
	if g.nth("inferred", 4) {
		return "nobody states it"
	}
	return ""
}

// reach draws one that can lead from a level to another, if any can.
func (g *gen) reach(from, to Names) (reach *Reach, ok bool) {
	words := map[string]bool{}
	for _, level := range from {
		if containsAny(g.Catalog.sameTreeLevels(level), to) {
			words["tree"] = true
		}
		if containsAny(g.Catalog.atOrBelow(level), to) {
			words["subtree"], words["labels"] = true, true
		}
		if slices.Contains(to, level) {
			words[""], words["self"] = true, true
		}
	}
	if len(words) == 0 {
		return nil, false
	}
	word := one(g.T, "reach", sorted(words))
	switch {
	case word == "":
		return nil, true
	case word == "labels" && g.labels != nil:
		return &Reach{Labels: oneOrMore(g.T, "label", g.labels)}, true
	case word == "labels":
		word = "subtree"
	}
	return &Reach{Word: word}, true
}

// levels draws a line, or kinds of scope beside each other.
func (g *gen) levels() {
	c := g.Catalog
	if g.nth("line", 2) {
		c.Levels.Line = []string{"customer", "workspace", "project"}[:1+upTo(g.T, "levels", 2)]
		c.Nested = g.nth("nested", 3)
		return
	}
	project := func() *Level { return &Level{Nested: g.nth("nested", 3)} }
	customer := &Level{Nested: g.nth("nested", 4), Levels: map[string]*Level{"workspace": {}, "project": project()}}
	c.Levels.Tree = map[string]*Level{"customer": customer}
	switch one(g.T, "tree", []string{"beside", "beside", "in two places", "apart"}) {
	case "in two places":
		customer.Levels["workspace"].Levels = map[string]*Level{"project": {}}
	case "apart":
		delete(customer.Levels, "project")
		c.Levels.Tree["project"] = project()
	}
}

// scopes draws a tree whose paths are prefixes of each other in every way.
func (g *gen) scopes() {
	ids := []string{"a", "a-b", "ab", ".a", "b", "b-a", "C;1, 2", "a%2Fb"}[:1+upTo(g.T, "scopes", 7)]
	g.Scopes = map[string]*Scope{}
	for _, id := range ids {
		pr := project{Declaration: g.Declaration, asOf: today}
		above := []place{{Scope: &Scope{Scopes: g.Scopes}}}
		for _, p := range pr.places() {
			if len(g.Catalog.levelsIn(p.level)) > 0 {
				above = append(above, p)
			}
		}
		s := &Scope{Labels: some(g.T, "label", g.labels)}
		if g.nth("region", 3) {
			set(&s.Attributes, "region", oneOrMore(g.T, "region", []string{"east", "west"}))
		}
		if g.nth("tier", 3) {
			set(&s.Attributes, "tier", []string{one(g.T, "tier", []string{"gold", "iron"})})
		}
		if g.nth("inherits", 6) {
			no := g.nth("said", 3)
			s.Inherits = &no
		}
		s.System = g.system("scope " + id)
		at := one(g.T, "above", above)
		set(&at.Scopes, g.ofLevel(id, s, at.level), s)
	}
}

// system draws what the system calls something.
func (g *gen) system(name string) (s System) {
	if g.nth("external", 4) {
		s.External = "The / % " + name
	}
	if g.nth("ids", 5) {
		s.IDs = map[string]string{"crm": "17 " + name}
	}
	return s
}

// ofLevel draws the level of a scope and how it is said, and returns its id.
func (g *gen) ofLevel(id string, s *Scope, above string) string {
	fitting := g.Catalog.levelsIn(above)
	level := one(g.T, "level", fitting)
	forms := []string{"field", "id", "nothing"}
	if len(fitting) > 1 {
		forms = forms[:2]
	}
	switch one(g.T, "said by", forms) {
	case "field":
		s.Level = level
	case "id":
		return level + ":" + id
	}
	return id
}

// set puts a value into a map that may not be there yet.
func set[M ~map[K]V, K comparable, V any](m *M, key K, value V) {
	if *m == nil {
		*m = M{}
	}
	(*m)[key] = value
}
