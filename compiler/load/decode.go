package load

import (
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/tree"
)

// The functions here copy a checked tree into the declaration's types. They
// test nothing: the schema has been checked.

func ref(t tree.Tree) policy.Ref { return policy.Ref{Name: t.Text(), Pos: t.Pos()} }

func keyRef(k *tree.Node) policy.Ref { return policy.Ref{Name: k.Text, Pos: k.Pos} }

// refs reads a list of names, or one name.
func refs(t tree.Tree) []policy.Ref {
	if len(t) == 0 {
		return nil
	}
	if t[0].Kind == tree.String {
		return []policy.Ref{ref(t)}
	}
	list := make([]policy.Ref, 0, len(t)-1)
	for e := range t.Elems() {
		list = append(list, ref(e))
	}
	return list
}

// fieldsOf iterates over a struct that may be absent.
func fieldsOf(t tree.Tree, f func(k *tree.Node, v tree.Tree)) {
	if len(t) == 0 {
		return
	}
	for k, v := range t.Fields() {
		f(k, v)
	}
}

func elemsOf(t tree.Tree, f func(v tree.Tree)) {
	if len(t) == 0 {
		return
	}
	for v := range t.Elems() {
		f(v)
	}
}

func date(t tree.Tree) policy.Date {
	d, _ := policy.ParseDate(t.Text())
	return d
}

func number(t tree.Tree) int {
	n, err := strconv.Atoi(t.Text())
	if err != nil {
		return -1
	}
	return n
}

// declaration is all of it but the users and invitations, which are read when
// they are bound.
func declaration(t tree.Tree) *policy.Declared {
	d := &policy.Declared{HorizonDays: -1}
	for k, v := range t.Fields() {
		switch k.Text {
		case "product":
			d.Product = ref(v)
		case "catalog":
			d.Catalog = catalog(v)
			d.Catalog.Pos = k.Pos
		case "scopes":
			d.Scopes = scopes(v)
		case "domains":
			fieldsOf(v, func(k *tree.Node, v tree.Tree) {
				d.Domains = append(d.Domains, policy.Domain{Name: keyRef(k), Affiliation: ref(v)})
			})
		case "groups":
			fieldsOf(v, func(k *tree.Node, v tree.Tree) { d.Groups = append(d.Groups, group(k, v)) })
		case "rules":
			d.Rules = rules(v)
		case "waivers":
			elemsOf(v, func(v tree.Tree) { d.Waivers = append(d.Waivers, waiver(v)) })
		case "expect":
			elemsOf(v, func(v tree.Tree) { d.Expects = append(d.Expects, expect(v)) })
		case "settings":
			settings(d, v)
		case "review":
			d.Review = review(k, v)
		case "ignore":
			d.Ignore = refs(v)
		}
	}
	return d
}

func settings(d *policy.Declared, t tree.Tree) {
	severities := func(files policy.Ref, t tree.Tree) {
		fieldsOf(t.Get("severity"), func(k *tree.Node, v tree.Tree) {
			d.Severities = append(d.Severities, policy.Setting{Files: files, Rule: keyRef(k), Value: ref(v)})
		})
	}
	severities(policy.Ref{}, t)
	fieldsOf(t.Get("paths"), func(k *tree.Node, v tree.Tree) { severities(keyRef(k), v) })
	d.FailOn = ref(t.Get("failOn"))
	if h := t.Get("horizon"); h != nil {
		d.HorizonDays, _ = strconv.Atoi(strings.TrimSuffix(h.Text(), "d"))
		d.HorizonAt = h.Pos()
	}
}

func scopes(t tree.Tree) (list []policy.DeclaredScope) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		list = append(list, policy.DeclaredScope{
			ID: keyRef(k), Title: v.Get("title").Text(), Labels: refs(v.Get("labels")),
			Attributes: attributes(v.Get("attributes")), Scopes: scopes(v.Get("scopes")),
		})
	})
	return list
}

func attributes(t tree.Tree) (list []policy.Attribute) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		list = append(list, policy.Attribute{Name: keyRef(k), Values: refs(v)})
	})
	return list
}

// decodeUser reads a user into u, whose memory it uses again.
func decodeUser(u *policy.DeclaredUser, id policy.Ref, t tree.Tree, invited bool) {
	*u = policy.DeclaredUser{ID: id, Invited: invited, Entries: u.Entries[:0]}
	for k, v := range t.Fields() {
		switch k.Text {
		case "name":
			u.Name = v.Text()
		case "via":
			u.Via = v.Text()
		case "affiliation":
			u.Affiliation = ref(v)
		case "roles", "grants":
			u.Entries = entries(u.Entries, v, k.Text == "grants")
		case "attributes":
			u.Attributes = attributes(v)
		}
	}
}

func group(k *tree.Node, t tree.Tree) policy.DeclaredGroup {
	g := policy.DeclaredGroup{ID: keyRef(k), Title: t.Get("title").Text(), Members: refs(t.Get("members"))}
	for k, v := range t.Fields() {
		if k.Text == "roles" || k.Text == "grants" {
			g.Entries = entries(g.Entries, v, k.Text == "grants")
		}
	}
	return g
}

func entries(list []policy.DeclaredEntry, t tree.Tree, grant bool) []policy.DeclaredEntry {
	for v := range t.Elems() {
		list = append(list, policy.DeclaredEntry{})
		entry(&list[len(list)-1], v, grant)
	}
	return list
}

func entry(e *policy.DeclaredEntry, t tree.Tree, grant bool) {
	e.Grant, e.Pos = grant, t[0].Pos
	for k, v := range t.Fields() {
		switch k.Text {
		case "role", "permission":
			e.What = ref(v)
		case "scope":
			e.Scope = ref(v)
		case "actions":
			e.Actions = refs(v)
		case "starts":
			e.Starts, e.StartsAt = date(v), v.Pos()
		case "expires":
			e.Ends, e.EndsAt = date(v), v.Pos()
		case "reason":
			e.Reason = v.Text()
		case "ticket":
			e.Ticket = v.Text()
		}
	}
}

func waiver(t tree.Tree) policy.DeclaredWaiver {
	return policy.DeclaredWaiver{
		Rule: ref(t.Get("rule")), User: ref(t.Get("user")), Group: ref(t.Get("group")), Role: ref(t.Get("role")),
		Permission: ref(t.Get("permission")), Scope: ref(t.Get("scope")),
		Reason: t.Get("reason").Text(), Approver: t.Get("approver").Text(), Ticket: t.Get("ticket").Text(),
		ApproverAt: t.Get("approver").Pos(), Expires: date(t.Get("expires")), ExpiresAt: t.Get("expires").Pos(), Pos: t[0].Pos,
	}
}

func expect(t tree.Tree) policy.Expect {
	return policy.Expect{
		User: ref(t.Get("user")), Group: ref(t.Get("group")), Affiliation: ref(t.Get("affiliation")),
		Can: ref(t.Get("can")), Cannot: ref(t.Get("cannot")), Only: refs(t.Get("only")), IsOnly: t.Get("only") != nil,
		Role: ref(t.Get("role")), Scope: ref(t.Get("scope")), Actions: refs(t.Get("actions")), AsOf: date(t.Get("asOf")), Pos: t[0].Pos,
	}
}

func review(k *tree.Node, t tree.Tree) *policy.Review {
	r := &policy.Review{FailOnGain: t.Get("failOnGain").Text() == "true", FailOnPolicyChange: t.Get("failOnPolicyChange").Text() == "true",
		MaxLost: t.Get("maxLost").Text(), Pos: k.Pos}
	elemsOf(t.Get("forbid"), func(t tree.Tree) {
		r.Forbid = append(r.Forbid, policy.Matcher{
			User: ref(t.Get("user")), Affiliation: ref(t.Get("affiliation")), Role: ref(t.Get("role")), Permission: ref(t.Get("permission")),
			Action: ref(t.Get("action")), Scope: ref(t.Get("scope")), Sensitivity: ref(t.Get("sensitivity")), Pos: t[0].Pos,
		})
	})
	return r
}

func rules(t tree.Tree) (list []policy.DeclaredRule) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) { list = append(list, rule(k, v)) })
	return list
}

func rule(k *tree.Node, t tree.Tree) policy.DeclaredRule {
	r := policy.DeclaredRule{
		ID: keyRef(k), Severity: t.Get("severity").Text(), SeverityPos: t.Get("severity").Pos(), Message: t.Get("message").Text(),
		Help: t.Get("help").Text(), Source: ref(t.Get("source")),
	}
	for k, v := range t.Fields() {
		switch k.Text {
		case "deny":
			r.Deny = selector(v)
		case "forbid":
			r.Forbid = selector(v)
		case "conflict":
			r.Conflict = &policy.DeclaredConflict{Between: side(v.Get("between")), And: side(v.Get("and")), At: v.Get("at").Text()}
		case "require":
			h := v.Get("holding")
			r.Require = &policy.DeclaredRequire{
				Holding: *selector(h), AnyRole: h.Get("anyRole") != nil,
				Needs: requirement(v.Get("needs")), At: v.Get("at").Text(),
			}
		case "holders":
			r.Holders = &policy.DeclaredHolders{What: item(v), DeclaredBounds: bounds(k, v)}
		case "per-user":
			b := bounds(k, v)
			r.PerUser = &b
		case "labels":
			r.Labels = &policy.DeclaredHolders{What: policy.DeclaredItem{Name: ref(v.Get("label"))}, DeclaredBounds: bounds(k, v)}
		}
	}
	return r
}

func bounds(k *tree.Node, t tree.Tree) policy.DeclaredBounds {
	return policy.DeclaredBounds{Level: ref(t.Get("level")), Min: number(t.Get("min")), Max: number(t.Get("max")), Pos: k.Pos}
}

func selector(t tree.Tree) *policy.DeclaredSelector {
	return &policy.DeclaredSelector{
		Affiliations: refs(t.Get("affiliation")), Roles: refs(t.Get("role")), Permissions: refs(t.Get("permission")),
		Actions: refs(t.Get("action")), Scopes: refs(t.Get("scope")), Attributes: attributes(t.Get("attribute")),
		Unless: requirement(t.Get("unless")),
	}
}

func side(t tree.Tree) policy.DeclaredSide {
	s := policy.DeclaredSide{All: t.Get("allOf") != nil}
	for _, name := range []string{"anyOf", "allOf"} {
		elemsOf(t.Get(name), func(v tree.Tree) { s.Items = append(s.Items, item(v)) })
	}
	return s
}

func item(t tree.Tree) policy.DeclaredItem {
	if r := t.Get("role"); r != nil {
		return policy.DeclaredItem{Name: ref(r)}
	}
	return policy.DeclaredItem{Permission: true, Name: ref(t.Get("permission"))}
}

func requirement(t tree.Tree) *policy.DeclaredRequirement {
	if len(t) == 0 {
		return nil
	}
	list := func(name string) (out []*policy.DeclaredRequirement) {
		elemsOf(t.Get(name), func(v tree.Tree) { out = append(out, requirement(v)) })
		return out
	}
	return &policy.DeclaredRequirement{
		AllOf: list("allOf"), AnyOf: list("anyOf"), NoneOf: list("noneOf"),
		Role: ref(t.Get("role")), Permission: ref(t.Get("permission")), Group: ref(t.Get("group")), Actions: refs(t.Get("actions")),
		Attributes: attributes(t.Get("attribute")), ScopeAttributes: attributes(t.Get("scopeAttribute")), Matching: ref(t.Get("matching")),
		Direct: t.Get("through").Text() == "direct", At: t.Get("at").Text(), Hint: t.Get("hint").Text(), Pos: t[0].Pos,
	}
}
