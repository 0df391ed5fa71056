package reference_test

import (
	"cmp"
	"maps"
	"slices"
)

// Row is what a person has at a scope of one permission, as compile writes it.
type Row struct {
	User        string     `json:"user"`
	Status      string     `json:"status"`
	Affiliation string     `json:"affiliation"`
	Scope       string     `json:"scope"`
	Level       string     `json:"level"`
	Permission  string     `json:"permission"`
	Sensitivity string     `json:"sensitivity"`
	Actions     []string   `json:"actions"`
	Withheld    []Withheld `json:"withheld"`
	Access      string     `json:"access"`
	Conditions  []string   `json:"conditions"`
	Expires     string     `json:"expires"`
	Confidence  string     `json:"confidence"`
	Via         []Source   `json:"via"`
	ViaOmitted  int        `json:"viaOmitted"`
}

// Withheld is an action that a deny rule took.
type Withheld struct {
	Action string `json:"action"`
	Rule   string `json:"rule"`
}

// Source is one reason for a row, with the scope of its entry. An implied one
// carries the role, group and scope of the source that it rests on.
type Source struct {
	Kind    string   `json:"kind"`
	Role    string   `json:"role"`
	From    string   `json:"from"` // the role that was assigned and includes Role
	Group   string   `json:"group"`
	Scope   string   `json:"scope"`
	Actions []string `json:"actions"`
	Access  string   `json:"access"`
	Expires string   `json:"expires"`
	Inner   []string `json:"through"` // the groups that the user is in on the way to Group; permc alone says them
	through []string // the roles that include Role
	by      string   // the permission that implies it
	sure    int      // 0 stated, 1 derived, 2 inferred
	files   []string // where it is written
}

// Table is what is written of the rows: "a row whose actions differ in access or
// end is written once for each". Those
// of all records come first, then those that last longest; what is withheld is
// with the first.
func Table(d *Declaration, asOf string) []Row {
	var rows []Row
	for _, row := range Flatten(d, asOf) {
		if len(row.Actions) == 0 {
			rows = append(rows, row)
			continue
		}
		from := len(rows)
		for _, action := range (project{Declaration: d, asOf: asOf}).actions(row.Permission) {
			if !slices.Contains(row.Actions, action) {
				continue
			}
			access, expires := row.ofAction(action)
			i := slices.IndexFunc(rows[from:], func(r Row) bool { return r.Access == access && r.Expires == expires })
			if i < 0 {
				i = len(rows) - from
				line := row
				line.Actions, line.Access, line.Expires = nil, access, expires
				rows = append(rows, line)
			}
			rows[from+i].Actions = append(rows[from+i].Actions, action)
		}
		slices.SortFunc(rows[from:], func(a, b Row) int {
			return cmp.Or(cmp.Compare(width(a.Access), width(b.Access)),
				cmp.Compare(cmp.Or(b.Expires, "never"), cmp.Or(a.Expires, "never")))
		})
		for i := range rows[from:] {
			line := &rows[from+i]
			if i > 0 {
				line.Withheld = nil
			}
			line.Via = slices.DeleteFunc(slices.Clone(row.Via), func(s Source) bool {
				return !containsAny(s.Actions, line.Actions) && (i > 0 || containsAny(s.Actions, row.Actions))
			})
			line.Confidence = weakest(line.Via, line.Actions)
			line.Sensitivity = project{Declaration: d}.gravity(line)
		}
	}
	return rows
}

// weakest: "A row is as sure as the weakest of the sources that have an action
// left, or of all if none has."
func weakest(via []Source, left []string) string {
	sure := 0
	for _, s := range via {
		if len(left) == 0 || containsAny(s.Actions, left) {
			sure = max(sure, s.sure)
		}
	}
	return []string{"stated", "derived", "inferred"}[sure]
}

// guessed is how sure a fact is that may have a reason why it is inferred.
func guessed(inferred string) int {
	if inferred != "" {
		return 2
	}
	return 0
}

// ofAction is the access and the end of one action: the widest and the latest of
// the sources that give it.
func (r Row) ofAction(action string) (access, expires string) {
	access = "group"
	first := true
	for _, s := range r.Via {
		if !slices.Contains(s.Actions, action) {
			continue
		}
		access = wider(access, s.Access)
		if first {
			expires, first = s.Expires, false
		}
		expires = later(expires, s.Expires)
	}
	return access, expires
}

// width orders accesses: all records, those of one's own (and of one's groups),
// those of the group alone.
func width(access string) int { return slices.Index([]string{"all", "own", "group"}, access) }

func wider(a, b string) string {
	if width(a) < width(b) {
		return a
	}
	return b
}

// Flatten is the table: for every person, every scope and every permission, the
// row if there is one.
func Flatten(d *Declaration, asOf string) []Row {
	pr := remembering(d, asOf)
	var rows []Row
	for _, p := range pr.people() {
		for _, s := range pr.places() {
			for _, permission := range sorted(pr.Catalog.Permissions) {
				if row := pr.row(p, s, permission); row != nil {
					rows = append(rows, *row)
				}
			}
		}
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Scope, b.Scope),
			cmp.Compare(a.Permission, b.Permission))
	})
	return rows
}

// row: "A row exists where a source gives the permission. Its actions are the
// union over its sources less what deny took, which it lists as withheld with
// the rule's id. Its access is the widest. Actions and access of a row come
// from all of its sources together." "A source ends at the earliest end on its
// path; a row when its last source does."
func (pr project) row(p person, s place, permission string) *Row {
	via := pr.sources(p, s, permission)
	if len(via) == 0 {
		return nil
	}
	row := &Row{User: p.id, Status: p.status, Affiliation: p.affiliation, Scope: s.path, Level: s.level,
		Permission: permission, Access: "group", Via: via,
		Conditions: sorted(pr.Catalog.Permissions[permission].Conditions)}
	given := map[string]bool{}
	for _, source := range via {
		for _, action := range source.Actions {
			given[action] = true
		}
	}
	for _, action := range slices.Sorted(maps.Keys(given)) {
		deniedBy := pr.deniedBy(p, s.path, permission, action)
		if len(deniedBy) == 0 {
			row.Actions = append(row.Actions, action)
		}
		for _, rule := range deniedBy {
			row.Withheld = append(row.Withheld, Withheld{action, rule})
		}
	}
	left := slices.DeleteFunc(slices.Clone(via), func(source Source) bool {
		return !slices.ContainsFunc(source.Actions, func(a string) bool { return slices.Contains(row.Actions, a) })
	})
	if len(left) == 0 {
		left = via
	}
	row.Expires = left[0].Expires
	for _, source := range left {
		row.Access = wider(row.Access, source.Access)
		row.Expires = later(row.Expires, source.Expires)
	}
	row.Confidence = weakest(via, row.Actions)
	row.Sensitivity = pr.gravity(row)
	return row
}

// sources: "Sources of (user, scope, permission): direct role, role through
// groups, included role, default role, direct or group grant, implied, derived.
// All add up. Order and repetition do not matter."
func (pr project) sources(p person, s place, permission string) []Source {
	return remember(pr.memo.sources, asked{user: p.id, scope: s.path, permission: permission}, func() []Source {
		return pr.listSources(p, s, permission)
	})
}

func (pr project) listSources(p person, s place, permission string) []Source {
	via := pr.given(p, s, permission)
	via = append(via, pr.implied(p, s, permission)...)
	via = append(via, pr.derived(p, s, permission)...)
	return distinct(via)
}

// given are the sources that roles and grants are.
func (pr project) given(p person, s place, permission string) []Source {
	return remember(pr.memo.given, asked{user: p.id, scope: s.path, permission: permission}, func() []Source {
		return pr.listGiven(p, s, permission)
	})
}

func (pr project) listGiven(p person, s place, permission string) []Source {
	var via []Source
	for _, h := range pr.holds(p) {
		for _, cell := range pr.cells(h.role, permission) {
			if !slices.Contains(pr.reached(h.scope, cell.Reach, pr.Catalog.Permissions[permission].Level), s.path) {
				continue
			}
			if source, met := pr.whereMet(p, s, cell, pr.givenBy(h, cell, permission)); met {
				via = append(via, source)
			}
		}
	}
	for _, e := range pr.giving(p) {
		if e.permission != permission || e.scope != s.path {
			continue
		}
		kind := "grant"
		if e.group != "" {
			kind = "group-grant"
		}
		via = append(via, Source{Kind: kind, Group: e.group, Scope: e.scope, Actions: e.actions, Access: "all",
			Expires: e.expires,
			sure:    guessed(pr.Catalog.Permissions[permission].Inferred), files: e.files})
	}
	return via
}

// whereMet: "With when, a cell counts for users who meet the requirement, on the scopes where they do." The source
// ends when the requirement does, and is also written where the memberships are that meet it.
func (pr project) whereMet(p person, s place, cell Cell, source Source) (Source, bool) {
	if cell.When == nil {
		return source, true
	}
	end, met := pr.meets(p, s.path, cell.When, defaults{role: "same", permission: "same"})
	source.Expires = earlier(source.Expires, end)
	source.files = slices.Concat(source.files, pr.filesMeeting(p, s.path, cell.When))
	return source, met
}

func (pr project) givenBy(h held, cell Cell, permission string) Source {
	actions := cell.Actions
	if actions == nil {
		actions = pr.actions(permission)
	}
	access := cmp.Or(cell.Access, "all")
	if access == "own" && h.group != "" && pr.Catalog.Roles[h.role].Inheritance == "group" {
		access = "group" // "held through a group, own means the group's records alone"
	}
	return Source{Kind: h.kind, Role: h.role, Group: h.group, Scope: h.entryScope, Actions: actions,
		Access: access, Expires: h.expires, through: h.through, sure: max(h.sure, cell.sure()), files: h.files}
}

// sure is how sure a cell is.
func (c Cell) sure() int {
	if c.Derived != "" {
		return 1
	}
	return guessed(c.Inferred)
}

// cells are what a role gives of a permission. "A role that gives the other gives
// it too, with the same reach and access and all its actions, unless the role
// has a cell for it."
func (pr project) cells(role, permission string) Cells {
	cells := pr.Catalog.Roles[role].Permissions
	def := pr.Catalog.Permissions[permission]
	if cells[permission] != nil || def.Deprecated != "" {
		return cells[permission]
	}
	shared := slices.Clone(cells[def.SharedWith])
	for i := range shared {
		shared[i].Actions, shared[i].Inferred, shared[i].Derived = nil, "", "never given apart from the other"
	}
	return shared
}

// implied: "Implied permissions come with another at the same scope, with all
// their actions." "A source implies exactly when it has an action left. An
// implied source has the access and the end of the source that implies it."
func (pr project) implied(p person, s place, permission string) []Source {
	var via []Source
	for _, by := range sorted(pr.Catalog.Permissions) {
		if !slices.Contains(pr.Catalog.Permissions[by].Implies, permission) {
			continue
		}
		implying := append(pr.given(p, s, by), pr.implied(p, s, by)...)
		for _, source := range implying {
			if len(pr.left(p, s.path, by, source.Actions)) > 0 {
				source.Kind, source.Actions, source.by = "implied", pr.actions(permission), by
				source.sure = max(source.sure, guessed(pr.Catalog.Permissions[by].Inferred))
				via = append(via, source)
			}
		}
	}
	return via
}

// left is what deny rules leave of actions.
func (pr project) left(p person, scope, permission string, actions []string) []string {
	return slices.DeleteFunc(slices.Clone(actions), func(action string) bool {
		return len(pr.deniedBy(p, scope, permission, action)) > 0
	})
}

// deniedBy are the rules that take an action away "from whom and what all
// selectors match; scope with everything under it; role: whoever holds it, at
// any scope". "What a deny rule takes away does not depend on sources."
func (pr project) deniedBy(p person, scope, permission, action string) []string {
	return remember(pr.memo.denied, asked{p.id, scope, permission, action}, func() []string {
		return pr.listDeniedBy(p, scope, permission, action)
	})
}

func (pr project) listDeniedBy(p person, scope, permission, action string) []string {
	var ids []string
	for id, rule := range pr.rules() {
		deny := rule.Deny
		if deny != nil && pr.selects(deny, p, scope, permission) &&
			selected(deny.Action, action) && pr.holdsAny(p, deny.Role) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// selects judges the selectors that deny and forbid read alike.
func (pr project) selects(sel *Selector, p person, scope, permission string) bool {
	under := sel.Scope == nil || slices.ContainsFunc(sel.Scope, func(s string) bool { return within(scope, s) })
	return under && selected(sel.Level, pr.place(scope).level) && selected(sel.Affiliation, p.affiliation) &&
		selected(sel.Permission, permission) &&
		hasEach(p.Attributes, sel.Attribute) && pr.inOneOf(p, sel.Group) && !pr.excepted(sel, p, scope)
}

// inOneOf: "users who are in one of the groups on that day".
func (pr project) inOneOf(p person, groups Names) bool {
	return groups == nil || slices.ContainsFunc(groups, func(g string) bool { return pr.isMember(p.id, g) })
}

// excepted: "unless: not where this requirement is met, which names no role and
// no permission".
func (pr project) excepted(sel *Selector, p person, scope string) bool {
	if sel.Unless == nil {
		return false
	}
	_, met := pr.meets(p, scope, sel.Unless, defaults{role: "same", permission: "same"})
	return met
}

// selected: a selector left out matches everything.
func selected(names Names, name string) bool {
	return names == nil || slices.Contains(names, name)
}

// holdsAny: direct, group, default and included roles count.
func (pr project) holdsAny(p person, roles Names) bool {
	return roles == nil || slices.ContainsFunc(pr.holds(p), func(h held) bool { return slices.Contains(roles, h.role) })
}

// hasEach: "one of the values of each attribute named, or any value where none
// is listed".
func hasEach(have, wanted Attributes) bool {
	for name, values := range wanted {
		if len(have[name]) == 0 || len(values) > 0 && !containsAny(have[name], values) {
			return false
		}
	}
	return true
}

// distinct drops sources that say the same: what is there twice is as sure as
// the surer of the two, as a role that another one includes in two ways.
func distinct(sources []Source) []Source {
	var all []Source
	for _, s := range sources {
		i := slices.IndexFunc(all, func(other Source) bool { return compareSources(s, other) == 0 })
		if i < 0 {
			all = append(all, s)
		} else {
			all[i].sure = min(all[i].sure, s.sure)
			all[i].through = slices.Concat(all[i].through, s.through)
			all[i].files = slices.Concat(all[i].files, s.files)
		}
	}
	return all
}

func compareSources(a, b Source) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Group, b.Group),
		cmp.Compare(a.Scope, b.Scope), slices.Compare(a.Actions, b.Actions), cmp.Compare(a.Access, b.Access),
		cmp.Compare(a.Expires, b.Expires), cmp.Compare(a.by, b.by),
		slices.Compare(a.assigned(), b.assigned()))
}

// assigned is the role that was assigned, of a source that is a role.
func (s Source) assigned() []string { return s.through[:min(1, len(s.through))] }
