package reference_test

import (
	"cmp"
	"slices"
)

// Finding is what a rule finds, as far as the reference tells findings apart.
type Finding struct {
	Rule  string `json:"rule"`
	User  string `json:"user"`
	Scope string `json:"scope"`
}

// Findings of the rules that a catalog or a project declares: "today, and on
// every later day on which an entry begins or has ended".
func Findings(d *Declaration, asOf string) []Finding {
	all := (project{d, asOf}).findings()
	for _, day := range turns(d) {
		if day > asOf {
			all = append(all, (project{d, day}).findings()...)
		}
	}
	return all
}

// turns are the days on which an entry begins, or the first on which it has
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
		}
	}
	for _, g := range d.Groups {
		entries(g.Roles, g.Grants)
	}
	return sorted(days)
}

// findings are those of one day.
func (pr project) findings() []Finding {
	var all []Finding
	for _, id := range sorted(pr.rules()) {
		rule := pr.rules()[id]
		for _, p := range pr.people() {
			if rule.Conflict != nil && pr.conflicts(p, rule.Conflict) || rule.Require != nil && pr.lacks(p, rule.Require) {
				all = append(all, Finding{Rule: id, User: p.id})
			}
			for _, s := range pr.places() {
				if rule.PerUser != nil && pr.breaksPerUser(p, s, rule.PerUser) || rule.Forbid != nil && pr.forbidden(p, s, rule.Forbid) {
					all = append(all, Finding{id, p.id, s.path})
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
	return scopes
}

// conflicts: "Nobody holds anyOf/allOf of the one side and of the other, at the
// same scope, a related one, or any (the default). allOf: all of them so that
// each stands in that relation to the other side." Nothing conflicts with
// itself.
func (pr project) conflicts(p person, c *Conflict) bool {
	for _, one := range pr.waysToHold(p, c.Between) {
		for _, other := range pr.waysToHold(p, c.And) {
			if allConflict(one, other, cmp.Or(c.At, "any")) {
				return true
			}
		}
	}
	return false
}

// standing is a role or permission where it is held.
type standing struct {
	item  Item
	scope string
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

func allConflict(one, other []standing, at string) bool {
	for _, a := range one {
		for _, b := range other {
			if a.item == b.item || !stands(a.scope, at, b.scope) {
				return false
			}
		}
	}
	return true
}

// lacks: "Who holds this needs that." What is needed is looked for from each
// scope at which something named is held.
func (pr project) lacks(p person, r *Require) bool {
	at := cmp.Or(r.At, "any")
	for _, scope := range pr.holdingAt(p, r.Holding) {
		if _, met := pr.meets(p, scope, r.Needs, defaults{role: at, permission: at}); !met {
			return true
		}
	}
	return false
}

// holdingAt are the scopes at which a person holds what a require rule is
// about. Where it names neither role nor permission that is no scope at all.
func (pr project) holdingAt(p person, h Holding) []string {
	if !selected(h.Affiliation, p.affiliation) || !hasEach(p.Attributes, h.Attribute) {
		return nil
	}
	var scopes []string
	for _, role := range pr.holds(p) {
		if h.AnyRole || slices.Contains(h.Role, role.role) {
			scopes = append(scopes, role.scope)
		}
	}
	for _, permission := range h.Permission {
		scopes = append(scopes, pr.scopesOf(p, Item{Permission: permission})...)
	}
	if h.Role == nil && h.Permission == nil && !h.AnyRole {
		return []string{""}
	}
	return scopes
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
		if slices.Contains(pr.rolesAt(p, s), h.Role) || h.Permission != "" && pr.isHeld(p, s, h.Permission) {
			all++
			if p.status == "active" {
				active++
			}
		}
	}
	return outside(active, all, h)
}

// isHeld: "To hold a permission is to have an action left."
func (pr project) isHeld(p person, s place, permission string) bool {
	row := pr.row(p, s, permission)
	return row != nil && len(row.Actions) > 0
}

// rolesAt are the distinct direct, group and default roles at a scope.
func (pr project) rolesAt(p person, s place) []string {
	var roles []string
	for _, h := range pr.assigned(p) {
		if h.scope == s.path && !slices.Contains(roles, h.role) {
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
	count := len(pr.rolesAt(p, s))
	asks := slices.ContainsFunc(pr.entries(p), func(e entry) bool { return e.scope == s.path && pr.inForce(e) })
	if p.status == "invited" || !asks {
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
		if (sel.Action == nil || containsAny(row.Actions, sel.Action)) && (sel.Role == nil || comesThrough(row, sel.Role)) {
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
