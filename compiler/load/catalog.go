package load

import (
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/tree"
)

func catalog(t tree.Tree) *policy.DeclaredCatalog {
	c := &policy.DeclaredCatalog{
		Extends: ref(t.Get("extends")), Product: t.Get("product").Text(), Title: t.Get("title").Text(), Version: t.Get("version").Text(),
		Levels: refs(t.Get("levels")), Nested: t.Get("nested").Text() == "true",
		Affiliations: described(t.Get("affiliations")), Labels: described(t.Get("labels")),
		UserAttributes:  declaredAttributes(t.Get("attributes").Get("user")),
		ScopeAttributes: declaredAttributes(t.Get("attributes").Get("scope")),
		Rules:           rules(t.Get("rules")),
		Default:         ref(t.Get("default").Get("role")), DefaultForAll: t.Get("default").Get("unassigned").Text() == "true",
	}
	fieldsOf(t.Get("depths"), func(k *tree.Node, v tree.Tree) {
		c.Depths = append(c.Depths, policy.DeclaredDepth{ID: keyRef(k), Title: v.Get("title").Text(), Aliases: texts(v.Get("aliases")),
			Reach: reach(v.Get("reach")), Own: v.Get("access").Text() == "own", Source: ref(v.Get("source"))})
	})
	fieldsOf(t.Get("permissions"), func(k *tree.Node, v tree.Tree) { c.Permissions = append(c.Permissions, permission(k, v)) })
	fieldsOf(t.Get("roles"), func(k *tree.Node, v tree.Tree) { c.Roles = append(c.Roles, role(k, v)) })
	fieldsOf(t.Get("sources"), func(k *tree.Node, v tree.Tree) {
		c.Sources = append(c.Sources, policy.Source{ID: keyRef(k), Title: v.Get("title").Text(), URL: v.Get("url").Text(),
			Read: v.Get("read").Text(), Note: v.Get("note").Text()})
	})
	elemsOf(t.Get("corrections"), func(v tree.Tree) { c.Corrections = append(c.Corrections, correction(v)) })
	elemsOf(t.Get("changes"), func(v tree.Tree) {
		c.Changes = append(c.Changes, policy.CatalogChange{Date: v.Get("date").Text(), What: v.Get("what").Text(), Sources: refs(v.Get("source"))})
	})
	c.Notes, c.Limits = texts(t.Get("notes")), texts(t.Get("limits"))
	return c
}

func texts(t tree.Tree) (list []string) {
	elemsOf(t, func(v tree.Tree) { list = append(list, v.Text()) })
	return list
}

func described(t tree.Tree) (list []policy.Described) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		list = append(list, policy.Described{ID: keyRef(k), Title: v.Get("title").Text(), Description: v.Get("description").Text(), Source: ref(v.Get("source"))})
	})
	return list
}

func declaredAttributes(t tree.Tree) (list []policy.DeclaredAttribute) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		list = append(list, policy.DeclaredAttribute{ID: keyRef(k), Title: v.Get("title").Text(),
			Values: refs(v.Get("values")), Closed: v.Get("values") != nil, Source: ref(v.Get("source"))})
	})
	return list
}

func permission(k *tree.Node, t tree.Tree) policy.DeclaredPermission {
	p := policy.DeclaredPermission{
		ID: keyRef(k), Title: t.Get("title").Text(), Aliases: texts(t.Get("aliases")), Description: t.Get("description").Text(),
		Levels: refs(t.Get("level")), Actions: refs(t.Get("actions")),
		Grantors: t.Get("grantors").Text(), Deprecated: t.Get("deprecated").Text(), Sensitivity: t.Get("sensitivity").Text(),
		Depths: refs(t.Get("depths")), SharedWith: ref(t.Get("sharedWith")), Implies: refs(t.Get("implies")), When: requirement(t.Get("when")), Source: ref(t.Get("source")), Inferred: t.Get("inferred").Text(),
	}
	if g := t.Get("grantable"); g != nil && g[0].Kind == tree.List {
		p.Grantable, p.GrantTo = true, refs(g)
	} else {
		p.Grantable = g.Text() == "true"
	}
	fieldsOf(t.Get("conditions"), func(k *tree.Node, v tree.Tree) {
		p.Conditions = append(p.Conditions, policy.Condition{ID: k.Text, Text: v.Get("text").Text(), Source: ref(v.Get("source"))})
	})
	elemsOf(t.Get("capabilities"), func(v tree.Tree) {
		p.Capabilities = append(p.Capabilities, policy.Capability{Page: v.Get("page").Text(), Tab: v.Get("tab").Text(), Text: v.Get("text").Text()})
	})
	return p
}

func role(k *tree.Node, t tree.Tree) policy.DeclaredRole {
	r := policy.DeclaredRole{
		ID: keyRef(k), Title: t.Get("title").Text(), Aliases: texts(t.Get("aliases")), Description: t.Get("description").Text(),
		Affiliations: refs(t.Get("affiliations")), Limited: t.Get("affiliations") != nil, Levels: refs(t.Get("level")),
		Source: ref(t.Get("source")), Inferred: t.Get("inferred").Text(),
	}
	fieldsOf(t.Get("permissions"), func(k *tree.Node, v tree.Tree) {
		r.Cells = append(r.Cells, roleCell(k, v))
	})
	fieldsOf(t.Get("includes"), func(k *tree.Node, v tree.Tree) {
		r.Includes = append(r.Includes, policy.DeclaredInclude{Role: keyRef(k), Reach: reach(v.Get("reach")),
			Source: ref(v.Get("source")), Inferred: v.Get("inferred").Text()})
	})
	return r
}

func roleCell(k *tree.Node, t tree.Tree) policy.DeclaredCell {
	confidence := ref(t.Get("confidence"))
	return policy.DeclaredCell{
		Permission: keyRef(k), Depth: ref(t.Get("depth")), Beside: besideDepth(t), Reach: reach(t.Get("reach")), Own: t.Get("access").Text() == "own", Actions: refs(t.Get("actions")),
		Sources: refs(t.Get("source")), Confidence: confidence.Name, ConfidencePos: confidence.Pos,
		Derived: t.Get("derived").Text(), Inferred: t.Get("inferred").Text(), Note: t.Get("note").Text(),
	}
}

func reach(t tree.Tree) policy.DeclaredReach {
	switch {
	case len(t) == 0:
		return policy.DeclaredReach{Kind: "self"}
	case t[0].Kind == tree.Struct:
		return policy.DeclaredReach{Kind: "labels", Labels: refs(t.Get("labels"))}
	}
	return policy.DeclaredReach{Kind: t.Text()}
}

// besideDepth returns the place of a reach or an access, if there is a depth as
// well.
func besideDepth(t tree.Tree) policy.Pos {
	for _, field := range []string{"reach", "access"} {
		if v := t.Get(field); v != nil && t.Get("depth") != nil {
			return v.Pos()
		}
	}
	return policy.Pos{}
}

func correction(t tree.Tree) policy.Correction {
	c := policy.Correction{
		Role: ref(t.Get("role")), Permission: ref(t.Get("permission")), Cell: t.Get("cell").Text(),
		Depth: ref(t.Get("depth")), Beside: besideDepth(t), Own: t.Get("access").Text(),
		Actions: refs(t.Get("actions")), Reason: t.Get("reason").Text(), Source: t.Get("source").Text(), Pos: t[0].Pos,
	}
	if r := t.Get("reach"); r != nil {
		reach := reach(r)
		c.Reach = &reach
	}
	return c
}
