package load

import (
	"strconv"
	"strings"

	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// The functions here copy a checked tree into the types of a declaration. They need no checks: the
// tree fits the schema.

func decodeRef(t tree.Tree) policy.Ref { return policy.Ref{Name: t.Text(), Pos: t.Pos()} }

func keyRef(k *tree.Node) policy.Ref { return policy.Ref{Name: k.Text, Pos: k.Pos} }

// decodeRefs reads a list of names, or one name.
func decodeRefs(t tree.Tree) []policy.Ref {
	if len(t) == 0 {
		return nil
	}
	if t[0].Kind == tree.String {
		return []policy.Ref{decodeRef(t)}
	}
	list := make([]policy.Ref, 0, len(t)-1)
	for e := range t.Elems() {
		list = append(list, decodeRef(e))
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

func decodeDate(t tree.Tree) policy.Date {
	d, _ := policy.ParseDate(t.Text())
	return d
}

func decodeNumber(t tree.Tree) int {
	n, err := strconv.Atoi(t.Text())
	if err != nil {
		return -1
	}
	return n
}

// decodeDeclaration reads everything except the users and invitations, which are read when they are
// bound.
func decodeDeclaration(t tree.Tree) *policy.Declared {
	d := &policy.Declared{HorizonDays: -1}
	for k, v := range t.Fields() {
		switch k.Text {
		case "product":
			d.Product = decodeRef(v)
		case "catalog":
			d.Catalog = decodeCatalog(v)
			d.Catalog.Pos = k.Pos
		case "scopes":
			d.Scopes = decodeScopes(v)
		case "domains":
			fieldsOf(v, func(k *tree.Node, v tree.Tree) {
				d.Domains = append(d.Domains, policy.Domain{Name: keyRef(k), Affiliation: decodeRef(v)})
			})
		case "groups":
			fieldsOf(v, func(k *tree.Node, v tree.Tree) { d.Groups = append(d.Groups, decodeGroup(k, v)) })
		case "rules":
			d.Rules = decodeRules(v)
		case "waivers":
			elemsOf(v, func(v tree.Tree) { d.Waivers = append(d.Waivers, decodeWaiver(v)) })
		case "reviews":
			elemsOf(v, func(v tree.Tree) { d.Reviews = append(d.Reviews, decodeReview(v)) })
		case "expect":
			elemsOf(v, func(v tree.Tree) { d.Expects = append(d.Expects, decodeExpect(v)) })
		case "settings":
			decodeSettings(d, v)
		case "gates", "review":
			if g := decodeGates(k, v); d.Gates == nil {
				d.Gates = g
			} else {
				d.MoreGates = g
			}
		case "owners":
			elemsOf(v, func(v tree.Tree) { d.Owners = append(d.Owners, decodeOwnership(v)) })
		case "people":
			fieldsOf(v, func(k *tree.Node, v tree.Tree) {
				d.People = append(d.People, policy.People{Name: keyRef(k), Are: decodeRefs(v)})
			})
		case "imported":
			elemsOf(v, func(v tree.Tree) { d.Imported = append(d.Imported, decodeImported(v)) })
		case "ignore":
			d.Ignore = decodeRefs(v)
		}
	}
	return d
}

func decodeImported(t tree.Tree) policy.Imported {
	x := policy.Imported{From: t.Get("from").Text(), Pos: t.Pos()}
	if read := t.Get("read"); read != nil {
		x.Read = decodeDate(read)
	}
	fieldsOf(t.Get("files"), func(k *tree.Node, v tree.Tree) {
		x.Files = append(x.Files, policy.ImportedFile{Name: k.Text, Hash: v.Text()})
	})
	return x
}

func decodeSettings(d *policy.Declared, t tree.Tree) {
	severities := func(files policy.Ref, t tree.Tree) {
		fieldsOf(t.Get("severity"), func(k *tree.Node, v tree.Tree) {
			d.Severities = append(d.Severities, policy.Setting{Files: files, Rule: keyRef(k), Value: decodeRef(v)})
		})
	}
	severities(policy.Ref{}, t)
	fieldsOf(t.Get("paths"), func(k *tree.Node, v tree.Tree) { severities(keyRef(k), v) })
	d.FailOn = decodeRef(t.Get("failOn"))
	if h := t.Get("horizon"); h != nil {
		d.HorizonDays, _ = strconv.Atoi(strings.TrimSuffix(h.Text(), "d"))
		d.HorizonAt = h.Pos()
	}
	if a := t.Get("catalogMaxAge"); a != nil {
		d.CatalogAge.Days, _ = strconv.Atoi(strings.TrimSuffix(a.Text(), "d"))
		d.CatalogAge.Limited, d.CatalogAge.Pos = true, a.Pos()
	}
	if e := t.Get("reviewEvery"); e != nil {
		d.ReviewEvery.Days, _ = strconv.Atoi(strings.TrimSuffix(e.Text(), "d"))
		d.ReviewEvery.Limited, d.ReviewEvery.Pos = true, e.Pos()
	}
	d.Escalation = decodeRef(t.Get("escalation"))
	r := t.Get("report")
	d.Report = policy.ReportSettings{
		Title:           r.Get("title").Text(),
		Logo:            decodeRef(r.Get("logo")),
		Confidentiality: r.Get("confidentiality").Text(),
	}
}

func decodeScopes(t tree.Tree) (list []policy.DeclaredScope) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		list = append(list, policy.DeclaredScope{
			ID: keyRef(k), Title: v.Get("title").Text(), External: decodeRef(v.Get("external")),
			Level: decodeRef(v.Get("level")), Inherits: decodeRef(v.Get("inherits")),
			Labels:     decodeRefs(v.Get("labels")),
			Attributes: decodeAttributes(v.Get("attributes")), IDs: decodeAttributes(v.Get("ids")),
			Scopes: decodeScopes(v.Get("scopes")),
		})
	})
	return list
}

func decodeAttributes(t tree.Tree) (list []policy.Attribute) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		list = append(list, policy.Attribute{Name: keyRef(k), Values: decodeRefs(v)})
	})
	return list
}

// decodeUser reads a user into u and reuses its memory.
func decodeUser(u *policy.DeclaredUser, id policy.Ref, t tree.Tree, invited bool) {
	*u = policy.DeclaredUser{ID: id, Invited: invited, Entries: u.Entries[:0], Groups: u.Groups[:0]}
	for k, v := range t.Fields() {
		switch k.Text {
		case "name":
			u.Name = v.Text()
		case "via":
			u.Via = v.Text()
		case "status":
			u.Status = decodeRef(v)
		case "affiliation":
			u.Affiliation = decodeRef(v)
		case "home":
			u.Home = decodeRef(v)
		case "roles", "grants":
			u.Entries = decodeEntries(u.Entries, v, k.Text == "grants")
		case "groups":
			for v := range v.Elems() {
				u.Groups = append(u.Groups, decodeMember(v, ""))
			}
		case "attributes":
			u.Attributes = decodeAttributes(v)
		case "ids":
			u.IDs = decodeAttributes(v)
		}
	}
}

func decodeGroup(k *tree.Node, t tree.Tree) policy.DeclaredGroup {
	g := policy.DeclaredGroup{ID: keyRef(k), Title: t.Get("title").Text(), Kind: decodeRef(t.Get("kind")),
		Home: decodeRef(t.Get("home"))}
	g.Owners, g.Attributes = decodeRefs(t.Get("owners")), decodeAttributes(t.Get("attributes"))
	g.IDs, g.External = decodeAttributes(t.Get("ids")), decodeRef(t.Get("external"))
	members := t.Get("members")
	g.MembersAt = members.Pos()
	g.Members = make([]policy.DeclaredMember, 0, max(len(members)-1, 0))
	elemsOf(members, func(v tree.Tree) { g.Members = append(g.Members, decodeMember(v, "group:")) })
	for k, v := range t.Fields() {
		if k.Text == "roles" || k.Text == "grants" {
			g.Entries = decodeEntries(g.Entries, v, k.Text == "grants")
		}
	}
	return g
}

// decodeMember reads a member of a group, or a group of a user. The prefix goes before the name of a group that a
// mapping names.
func decodeMember(t tree.Tree, prefix string) policy.DeclaredMember {
	if t[0].Kind == tree.String {
		return policy.DeclaredMember{Ref: decodeRef(t)}
	}
	m := policy.DeclaredMember{Terms: &policy.Terms{Pos: t[0].Pos}}
	for k, v := range t.Fields() {
		switch k.Text {
		case "user":
			m.Ref = decodeRef(v)
		case "group":
			m.Ref = policy.Ref{Name: prefix + v.Text(), Pos: v.Pos()}
		case "starts":
			m.Terms.Starts, m.Terms.StartsAt = decodeDate(v), v.Pos()
		case "expires":
			m.Terms.Ends, m.Terms.EndsAt = decodeDate(v), v.Pos()
		case "reason":
			m.Terms.Reason = v.Text()
		case "ticket":
			m.Terms.Ticket = v.Text()
		}
	}
	return m
}

func decodeEntries(list []policy.DeclaredEntry, t tree.Tree, grant bool) []policy.DeclaredEntry {
	for v := range t.Elems() {
		list = append(list, policy.DeclaredEntry{})
		decodeEntry(&list[len(list)-1], v, grant)
	}
	return list
}

func decodeEntry(e *policy.DeclaredEntry, t tree.Tree, grant bool) {
	e.Grant, e.Pos = grant, t[0].Pos
	for k, v := range t.Fields() {
		switch k.Text {
		case "role", "permission":
			e.What = decodeRef(v)
		case "scope", "path":
			e.TwoScopes = e.Scope.Given()
			e.Scope = decodePath(v)
		case "actions":
			e.Actions = decodeRefs(v)
		case "starts":
			e.Starts, e.StartsAt = decodeDate(v), v.Pos()
		case "expires":
			e.Ends, e.EndsAt = decodeDate(v), v.Pos()
		case "reason":
			e.Reason = v.Text()
		case "ticket":
			e.Ticket = v.Text()
		}
	}
}

// decodeScope reads the scope that something names, under scope or path.
func decodeScope(t tree.Tree) policy.Ref {
	for _, name := range [...]string{"scope", "path"} {
		if v := t.Get(name); v != nil {
			return decodePath(v)
		}
	}
	return policy.Ref{}
}

// decodePath reads the path of a scope, or the list of names on the way to it.
func decodePath(t tree.Tree) policy.Ref {
	if t[0].Kind != tree.List {
		return decodeRef(t)
	}
	var parts []string
	for v := range t.Elems() {
		parts = append(parts, policy.ScopePart(v.Text()))
	}
	return policy.Ref{Name: strings.Join(parts, "/"), Pos: t.Pos()}
}

func decodeWaiver(t tree.Tree) policy.DeclaredWaiver {
	return policy.DeclaredWaiver{
		Rule: decodeRef(t.Get("rule")), User: decodeRef(t.Get("user")), Group: decodeRef(t.Get("group")),
		Role:       decodeRef(t.Get("role")),
		Permission: decodeRef(t.Get("permission")), Scope: decodeScope(t),
		Reason: t.Get("reason").Text(), Approver: t.Get("approver").Text(), Ticket: t.Get("ticket").Text(),
		ApproverAt: t.Get("approver").Pos(), Expires: decodeDate(t.Get("expires")), ExpiresAt: t.Get("expires").Pos(),
		Pos: t[0].Pos,
	}
}

func decodeReview(t tree.Tree) policy.DeclaredReview {
	r := policy.DeclaredReview{Pos: t[0].Pos}
	for k, v := range t.Fields() {
		switch k.Text {
		case "user":
			r.User = decodeRef(v)
		case "group":
			r.Group = decodeRef(v)
		case "role":
			r.Role = decodeRef(v)
		case "permission":
			r.Permission = decodeRef(v)
		case "memberOf":
			r.MemberOf = decodeRef(v)
		case "scope", "path":
			r.Scope = decodePath(v)
		case "actions":
			r.Actions = decodeRefs(v)
		case "expires":
			r.Ends = decodeDate(v)
		case "by":
			r.By = decodeRef(v)
		case "on":
			r.On, r.OnAt = decodeDate(v), v.Pos()
		case "until":
			r.Until, r.UntilAt = decodeDate(v), v.Pos()
		}
	}
	return r
}

func decodeExpect(t tree.Tree) policy.Expect {
	return policy.Expect{
		User: decodeRef(t.Get("user")), Group: decodeRef(t.Get("group")), Affiliation: decodeRef(t.Get("affiliation")),
		Can: decodeRef(t.Get("can")), Cannot: decodeRef(t.Get("cannot")), Only: decodeRefs(t.Get("only")),
		IsOnly: t.Get("only") != nil,
		Role:   decodeRef(t.Get("role")), Scope: decodeScope(t), Actions: decodeRefs(t.Get("actions")),
		AsOf: decodeDate(t.Get("asOf")), Pos: t[0].Pos,
	}
}

func decodeGates(k *tree.Node, t tree.Tree) *policy.Gates {
	r := &policy.Gates{FailOnGain: t.Get("failOnGain").Text() == "true",
		FailOnPolicyChange: t.Get("failOnPolicyChange").Text() == "true",
		MaxLost:            t.Get("maxLost").Text(), Pos: k.Pos}
	if k.Text == "review" {
		r.OldName = k.Pos
	}
	elemsOf(t.Get("forbid"), func(t tree.Tree) {
		r.Forbid = append(r.Forbid, decodeMatcher(t))
	})
	elemsOf(t.Get("forbidPath"), func(t tree.Tree) {
		r.ForbidPath = append(r.ForbidPath, decodeMatcher(t))
	})
	return r
}

func decodeMatcher(t tree.Tree) policy.Matcher {
	return policy.Matcher{
		User: decodeRef(t.Get("user")), Affiliation: decodeRef(t.Get("affiliation")),
		Role: decodeRef(t.Get("role")), Permission: decodeRef(t.Get("permission")),
		Action: decodeRef(t.Get("action")), Scope: decodeScope(t), Level: decodeRef(t.Get("level")),
		Sensitivity: decodeRef(t.Get("sensitivity")), Group: decodeRef(t.Get("group")), Pos: t[0].Pos,
	}
}

func decodeOwnership(t tree.Tree) policy.Ownership {
	o := policy.Ownership{Approvers: decodeRefs(t.Get("approvers")), Min: 1, On: decodeRefs(t.Get("on")), Pos: t[0].Pos}
	if m := t.Get("match"); m != nil {
		o.Match = decodeMatcher(m)
	}
	if n := t.Get("min"); n != nil {
		o.Min = decodeNumber(n)
	}
	return o
}
