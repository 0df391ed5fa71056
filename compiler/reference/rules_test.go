package reference_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Finding is what a rule finds, as far as the reference tells findings apart.
type Finding struct {
	Rule  string `json:"rule"`
	User  string `json:"user"`
	Scope string `json:"scope"`
	Held  string // of require: what needs something else; of conflict: what is held together; of forbid: the file
}

func (f Finding) String() string {
	text := fmt.Sprintf("{Rule:%s User:%s Scope:%s", f.Rule, f.User, f.Scope)
	if f.Held != "" {
		text += " Held:" + f.Held
	}
	return text + "}"
}

func (i Item) String() string {
	if i.Role != "" {
		return "role:" + i.Role
	}
	return "permission:" + i.Permission
}

// Findings of the rules that a catalog or a project declares: "today, and on
// every later day on which an entry begins or has ended".
func Findings(d *Declaration, asOf string) []Finding {
	all := remembering(d, asOf).findings()
	for _, day := range d.turnsFrom(asOf) {
		all = append(all, remembering(d, day).findings()...)
	}
	return all
}

// turns are the days on which an entry or a membership begins, or the first on which it has
// ended.
func turns(d *Declaration) []string {
	days := map[string]bool{}
	add := func(starts, expires string) {
		if starts != "" {
			days[starts] = true
		}
		if expires != "" {
			days[daysAfter(expires, 1)] = true
		}
	}
	entries := func(roles []Assignment, grants []Grant) {
		for _, r := range roles {
			add(r.Starts, r.Expires)
		}
		for _, g := range grants {
			add(g.Starts, g.Expires)
		}
	}
	for _, users := range []map[string]*User{d.Users, d.Invitations} {
		for _, u := range users {
			entries(u.Roles, u.Grants)
			for _, m := range u.Groups {
				add(m.Starts, m.Expires)
			}
		}
	}
	for _, g := range d.Groups {
		entries(g.Roles, g.Grants)
		for _, m := range g.Members {
			add(m.Starts, m.Expires)
		}
	}
	return sorted(days)
}

// findings are those of one day.
func (pr project) findings() []Finding {
	var all []Finding
	for _, id := range sorted(pr.rules()) {
		rule := pr.rules()[id]
		for _, p := range pr.people() {
			if rule.Conflict != nil {
				for _, f := range pr.conflicts(p, rule.Conflict) {
					all = append(all, Finding{id, p.id, f.scope, f.things})
				}
			}
			if rule.Require != nil {
				for _, lacking := range pr.lacks(p, rule.Require) {
					held := ""
					if lacking.scope != "" {
						held = lacking.item.String()
					}
					all = append(all, Finding{id, p.id, lacking.scope, held})
				}
			}
			for _, s := range pr.places() {
				if rule.Forbid.asksWhere() {
					for _, file := range pr.forbiddenIn(p, s, rule.Forbid) {
						all = append(all, Finding{id, p.id, s.path, file})
					}
					continue
				}
				if rule.PerUser != nil && pr.breaksPerUser(p, s, rule.PerUser) ||
					rule.Forbid != nil && pr.forbidden(p, s, rule.Forbid) {
					all = append(all, Finding{Rule: id, User: p.id, Scope: s.path})
				}
			}
		}
		for _, s := range pr.places() {
			if rule.Holders != nil && pr.breaksHolders(s, rule.Holders) {
				all = append(all, Finding{Rule: id, Scope: s.path})
			}
			if rule.Labels != nil && pr.breaksLabels(s, rule.Labels) {
				all = append(all, Finding{Rule: id})
			}
		}
	}
	return all
}

// rows of one person with an action left: "To hold a permission is to have an
// action left."
func (pr project) heldRows(p person) []*Row {
	var rows []*Row
	for _, s := range pr.places() {
		for _, permission := range sorted(pr.Catalog.Permissions) {
			if row := pr.row(p, s, permission); row != nil && len(row.Actions) > 0 {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// scopesOf are where a role or permission stands: "A role stands where it is
// assigned, a permission at its row's scope." Included roles are held as if
// assigned.
func (pr project) scopesOf(p person, item Item) []string {
	var scopes []string
	for _, h := range pr.holds(p) {
		if h.role == item.Role {
			scopes = append(scopes, h.scope)
		}
	}
	for _, row := range pr.heldRows(p) {
		if row.Permission == item.Permission {
			scopes = append(scopes, row.Scope)
		}
	}
	return slices.DeleteFunc(scopes, func(s string) bool { return item.Level != "" && pr.place(s).level != item.Level })
}

// conflicts: "Nobody holds anyOf/allOf of the one side and of the other, at the
// same scope, a related one, or any (the default). allOf: all of them so that
// each stands in that relation to the other side." Nothing conflicts with
// itself. A pair is told once, on each scope of the first where scopes matter.
func (pr project) conflicts(p person, c *Conflict) []clash {
	at := cmp.Or(c.At, "any")
	var all []clash
	told := map[[2]Item]bool{}
	between, and := pr.sides(c)
	for _, left := range pr.heldChoices(p, between) {
		for _, right := range pr.heldChoices(p, and) {
			if told[[2]Item{right[0], left[0]}] {
				continue
			}
			if len(left)+len(right) == 2 {
				told[[2]Item{left[0], right[0]}] = true
			}
			all = append(all, pr.clashes(p, left, right, at)...)
		}
	}
	return all
}

// sides are the two sides of a conflict: "no two of these" is any of them
// against any of them.
func (pr project) sides(c *Conflict) (between, and Side) {
	if c.Between.EachOther == nil {
		return c.Between, c.And
	}
	each := Side{}
	for _, item := range c.Between.EachOther {
		if item.Name != "" {
			if _, ok := pr.Catalog.Roles[item.Name]; ok {
				item = Item{Role: item.Name}
			} else {
				item = Item{Permission: item.Name}
			}
		}
		each.AnyOf = append(each.AnyOf, item)
	}
	return each, each
}

// clash is what is held together, and the scope of the first where it matters.
type clash struct{ scope, things string }

func (pr project) clashes(p person, left, right []Item, at string) []clash {
	var words []string
	for _, item := range slices.Concat(left, right) {
		words = append(words, item.String())
	}
	slices.Sort(words)
	things := strings.Join(slices.Compact(words), "+")
	var all []clash
	for _, one := range pr.waysToHold(p, Side{AllOf: left}) {
		for _, other := range pr.waysToHold(p, Side{AllOf: right}) {
			found := clash{one[0].scope, things}
			if at == "any" {
				found.scope = ""
			}
			if pr.allConflict(one, other, at) && !slices.Contains(all, found) {
				all = append(all, found)
			}
		}
	}
	return all
}

// heldChoices are the sets of items of a side of which each is held somewhere.
func (pr project) heldChoices(p person, side Side) [][]Item {
	choices := [][]Item{}
	for _, item := range side.AnyOf {
		choices = append(choices, []Item{item})
	}
	if side.AllOf != nil {
		choices = append(choices, side.AllOf)
	}
	choices = slices.DeleteFunc(choices, func(items []Item) bool {
		return slices.ContainsFunc(items, func(i Item) bool { return len(pr.scopesOf(p, i)) == 0 })
	})
	for i, items := range choices {
		choices[i] = slices.SortedFunc(slices.Values(items), Item.compare)
	}
	slices.SortFunc(choices, func(x, y []Item) int { return slices.CompareFunc(x, y, Item.compare) })
	return choices
}

// compare: "by name, then permissions before roles, then by level", in whatever order a rule lists them.
func (i Item) compare(o Item) int {
	return cmp.Or(cmp.Compare(i.Role+i.Permission, o.Role+o.Permission), cmp.Compare(i.Role, o.Role),
		cmp.Compare(i.Level, o.Level))
}

// standing is a role or permission where it is held.
type standing struct {
	item  Item
	scope string
}

// overlaps reports whether two items may be one thing held on one scope.
func (i Item) overlaps(o Item) bool {
	return i.Role == o.Role && i.Permission == o.Permission && (i.Level == "" || o.Level == "" || i.Level == o.Level)
}

// waysToHold are the ways in which a person holds a side: each of anyOf, and
// each choice of scopes for allOf.
func (pr project) waysToHold(p person, side Side) [][]standing {
	var ways [][]standing
	for _, item := range side.AnyOf {
		for _, scope := range pr.scopesOf(p, item) {
			ways = append(ways, []standing{{item, scope}})
		}
	}
	if side.AllOf == nil {
		return ways
	}
	ways = [][]standing{nil}
	for _, item := range side.AllOf {
		var longer [][]standing
		for _, way := range ways {
			for _, scope := range pr.scopesOf(p, item) {
				longer = append(longer, append(slices.Clone(way), standing{item, scope}))
			}
		}
		ways = longer
	}
	return ways
}

func (pr project) allConflict(one, other []standing, at string) bool {
	for _, a := range one {
		for _, b := range other {
			if a.item.overlaps(b.item) || !pr.isAt(a.scope, at, b.scope) {
				return false
			}
		}
	}
	return true
}

// lacks: "Who holds this needs that": once for each thing held and each scope on
// which it lacks what it needs. What is needed is looked for from that scope.
func (pr project) lacks(p person, r *Require) []standing {
	at := cmp.Or(r.At, "any")
	return slices.DeleteFunc(pr.holdingAt(p, r.Holding), func(held standing) bool {
		_, met := pr.meets(p, held.scope, r.Needs, defaults{role: at, permission: at})
		return met
	})
}

// holdingAt is what a person holds that a require rule is about, with its
// scopes. Where the rule names neither role nor permission that is nothing, on
// no scope at all.
func (pr project) holdingAt(p person, h Holding) []standing {
	if !selected(h.Affiliation, p.affiliation) || !hasEach(p.Attributes, h.Attribute) || !pr.inOneOf(p, h.Group) {
		return nil
	}
	var held []standing
	for _, role := range pr.holds(p) {
		if h.Through == "direct" && role.group != "" {
			continue
		}
		if (h.AnyRole || slices.Contains(h.Role, role.role)) && selected(h.Level, pr.place(role.scope).level) {
			held = append(held, standing{Item{Role: role.role}, role.scope})
		}
	}
	for _, permission := range h.Permission {
		for _, scope := range pr.scopesOf(p, Item{Permission: permission}) {
			if h.Through == "direct" && !pr.isDirect(pr.row(p, pr.place(scope), permission)) {
				continue
			}
			if selected(h.Level, pr.place(scope).level) {
				held = append(held, standing{Item{Permission: permission}, scope})
			}
		}
	}
	if h.Role == nil && h.Permission == nil && !h.AnyRole {
		return []standing{{}}
	}
	return held
}

// isDirect: "through: direct" asks for a source that comes through no group and has an action left.
func (pr project) isDirect(row *Row) bool {
	return slices.ContainsFunc(row.Via, func(v Source) bool {
		return v.Group == "" &&
			containsAny(v.Actions, row.Actions)
	})
}

// breaksHolders: "holders: on every scope of the level. A role counts where it
// is assigned." "Only direct, group and default ones [count] for holders.
// Distinct users." Invitations count for maxima, never for a minimum.
func (pr project) breaksHolders(s place, h *Holders) bool {
	if s.level != h.Level {
		return false
	}
	active, all := 0, 0
	for _, p := range pr.people() {
		if !pr.inOneOf(p, h.Group) {
			continue
		}
		if slices.Contains(pr.rolesAt(p, s, h.Through), h.Role) || h.Permission != "" && pr.countsAsHolder(p, s, h) {
			all++
			if p.status == "active" {
				active++
			}
		}
	}
	return outside(active, all, h)
}

// countsAsHolder: "with actions: all of these are left. except: what comes
// through these roles does not count".
func (pr project) countsAsHolder(p person, s place, h *Holders) bool {
	row := pr.row(p, s, h.Permission)
	if row == nil {
		return false
	}
	counts := func(action string) bool {
		return slices.Contains(row.Actions, action) && slices.ContainsFunc(row.Via, func(v Source) bool {
			return slices.Contains(v.Actions, action) && (h.Through == "" || v.Group == "") && (h.Except == nil ||
				v.Kind == "derived" || !slices.Contains(h.Except.Role, v.Role) && !containsAny(v.through,
				h.Except.Role))
		})
	}
	if h.Actions == nil {
		return slices.ContainsFunc(row.Actions, counts)
	}
	return !slices.ContainsFunc(h.Actions, func(a string) bool { return !counts(a) })
}

// rolesAt are the distinct direct, group and default roles at a scope, or those that come through no group.
func (pr project) rolesAt(p person, s place, through string) []string {
	var roles []string
	for _, h := range pr.assigned(p) {
		if h.scope == s.path && (through == "" || h.group == "") && !slices.Contains(roles, h.role) {
			roles = append(roles, h.role)
		}
	}
	return roles
}

// breaksPerUser: "per-user: distinct roles of a user on each scope of the
// level; min applies where the user has an entry in force, even a rejected
// one." Level left out: every level.
func (pr project) breaksPerUser(p person, s place, h *Holders) bool {
	if h.Level != "" && s.level != h.Level {
		return false
	}
	count := len(pr.rolesAt(p, s, ""))
	asks := slices.ContainsFunc(pr.entries(p), func(e entry) bool { return e.scope == s.path && pr.inForce(e) })
	if p.status != "active" || !asks {
		return h.Max != nil && count > *h.Max
	}
	return outside(count, count, h)
}

// breaksLabels: "how many scopes under each scope of the level bear the label".
func (pr project) breaksLabels(s place, h *Holders) bool {
	if s.level != h.Level {
		return false
	}
	count := 0
	for _, under := range pr.places() {
		if under.path != s.path && within(under.path, s.path) && slices.Contains(under.Labels, h.Label) {
			count++
		}
	}
	return outside(count, count, h)
}

func outside(forMin, forMax int, h *Holders) bool {
	return h.Min != nil && forMin < *h.Min || h.Max != nil && forMax > *h.Max
}

// forbidden: "same selectors; each row with an action left that matches is a
// finding; role: a row that comes through that role".
func (pr project) forbidden(p person, s place, sel *Selector) bool {
	for _, permission := range sorted(pr.Catalog.Permissions) {
		row := pr.row(p, s, permission)
		if row == nil || len(row.Actions) == 0 || !pr.selects(sel, p, s.path, permission) {
			continue
		}
		if (sel.Action == nil || containsAny(row.Actions, sel.Action)) && (sel.Role == nil ||
			comesThrough(row, sel.Role)) {
			return true
		}
	}
	return false
}

func comesThrough(row *Row, roles Names) bool {
	return slices.ContainsFunc(row.Via, func(s Source) bool {
		return slices.Contains(roles, s.Role) || containsAny(s.through, roles)
	})
}
