package load

import (
	"slices"

	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

func decodeCatalog(t tree.Tree) *policy.DeclaredCatalog {
	c := &policy.DeclaredCatalog{
		Extends:         decodeRef(t.Get("extends")),
		Product:         t.Get("product").Text(),
		Title:           t.Get("title").Text(),
		Version:         t.Get("version").Text(),
		Nested:          t.Get("nested").Text() == "true",
		Affiliations:    decodeDescribed(t.Get("affiliations")),
		Labels:          decodeDescribed(t.Get("labels")),
		ExactUsers:      t.Get("userIds").Text() == "exact",
		Dangling:        t.Get("dangling").Text() == "warning",
		ClosedLabels:    t.Get("closedLabels").Text() == "true",
		UserAttributes:  declaredAttributes(t.Get("attributes").Get("user")),
		ScopeAttributes: declaredAttributes(t.Get("attributes").Get("scope")),
		GroupAttributes: declaredAttributes(t.Get("attributes").Get("group")),
		Rules:           decodeRules(t.Get("rules")),
		Default:         decodeRef(t.Get("default").Get("role")),
		DefaultForAll:   t.Get("default").Get("unassigned").Text() == "true",
		Depths:          decodeDepths(t.Get("depths")),
		Sources:         decodeSources(t.Get("sources")),
		Solutions:       decodeRefs(t.Get("solutions")),
		Names:           decodeSystemNames(t.Get("names").Get("roles")),
		PermissionNames: decodeSystemNames(t.Get("names").Get("permissions")),
		Changes:         decodeChanges(t.Get("changes")),
		Notes:           texts(t.Get("notes")),
		Limits:          texts(t.Get("limits")),
	}
	decodeLayout(c, t)
	c.Permissions = listFields(t.Get("permissions"), decodePermission)
	c.Roles = listFields(t.Get("roles"), decodeRole)
	elemsOf(t.Get("corrections"), func(v tree.Tree) { c.Corrections = append(c.Corrections, decodeCorrection(v)) })
	return c
}

// listFields decodes the fields of a mapping. It returns nil if there are none.
func listFields[T any](t tree.Tree, decode func(k *tree.Node, v tree.Tree) T) (list []T) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		if list == nil {
			list = make([]T, 0, countFields(t))
		}
		list = append(list, decode(k, v))
	})
	return list
}

// countFields returns the number of fields of a mapping.
func countFields(t tree.Tree) (n int) {
	fieldsOf(t, func(*tree.Node, tree.Tree) { n++ })
	return n
}

// decodeLayout reads the levels of scopes, where people and groups are at home, and the kinds of group.
func decodeLayout(c *policy.DeclaredCatalog, t tree.Tree) {
	if levels := t.Get("levels"); levels != nil && levels[0].Kind == tree.Struct {
		c.LevelTree = append([]policy.DeclaredLevel{}, decodeLevels(levels)...)
	} else {
		c.Levels = decodeRefs(levels)
	}
	if h := t.Get("home"); h != nil {
		c.Home = &policy.DeclaredHome{Levels: decodeRefs(h.Get("level")), Source: decodeRef(h.Get("source")),
			Elsewhere: decodeAttributes(h.Get("elsewhere").Get("scopeAttribute"))}
	}
	for _, d := range decodeDescribed(t.Get("groupKinds")) {
		k := t.Get("groupKinds").Get(d.ID.Name)
		c.GroupKinds = append(c.GroupKinds, policy.DeclaredGroupKind{
			Described: d,
			NoRoles:   k.Get("roles").Text() == "false",
			NoGrants:  k.Get("grants").Text() == "false",
			AllAtHome: k.Get("members").Text() == "home",
		})
	}
}

func decodeDepths(t tree.Tree) (list []policy.DeclaredDepth) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		list = append(list, policy.DeclaredDepth{
			ID:      keyRef(k),
			Title:   v.Get("title").Text(),
			Aliases: texts(v.Get("aliases")),
			Reach:   decodeReach(v.Get("reach")),
			Own:     v.Get("access").Text() == "own",
			Source:  decodeRef(v.Get("source")),
		})
	})
	return list
}

func decodeSources(t tree.Tree) (list []policy.Source) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		list = append(list, policy.Source{
			ID:    keyRef(k),
			Title: v.Get("title").Text(),
			URL:   v.Get("url").Text(),
			Read:  v.Get("read").Text(),
			Note:  v.Get("note").Text(),
		})
	})
	return list
}

func decodeSystemNames(t tree.Tree) (list []policy.SystemNames) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		list = append(list, policy.SystemNames{
			Of:       keyRef(k),
			External: decodeRef(v.Get("external")),
			IDs:      decodeAttributes(v.Get("ids")),
		})
	})
	return list
}

func decodeChanges(t tree.Tree) (list []policy.CatalogChange) {
	elemsOf(t, func(v tree.Tree) {
		list = append(list, policy.CatalogChange{
			Date:    v.Get("date").Text(),
			What:    v.Get("what").Text(),
			Sources: decodeRefs(v.Get("source")),
		})
	})
	return list
}

func decodeLevels(t tree.Tree) (list []policy.DeclaredLevel) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		list = append(list, policy.DeclaredLevel{ID: keyRef(k), Nested: v.Get("nested").Text() == "true",
			Levels: decodeLevels(v.Get("levels"))})
	})
	return list
}

func texts(t tree.Tree) (list []string) {
	elemsOf(t, func(v tree.Tree) { list = append(list, v.Text()) })
	return list
}

func decodeDescribed(t tree.Tree) (list []policy.Described) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		list = append(list, policy.Described{ID: keyRef(k), Title: v.Get("title").Text(),
			Description: v.Get("description").Text(), Source: decodeRef(v.Get("source"))})
	})
	return list
}

func declaredAttributes(t tree.Tree) (list []policy.DeclaredAttribute) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		list = append(list, policy.DeclaredAttribute{ID: keyRef(k), Title: v.Get("title").Text(),
			Values: decodeRefs(v.Get("values")), Closed: v.Get("closed").Text() == "true",
			Source:    decodeRef(v.Get("source")),
			Delegates: decodeDelegates(v.Get("delegates"))})
	})
	return list
}

func decodePermission(k *tree.Node, t tree.Tree) policy.DeclaredPermission {
	p := policy.DeclaredPermission{
		ID: keyRef(k), Title: t.Get("title").Text(), Aliases: texts(t.Get("aliases")),
		Description: t.Get("description").Text(),
		Levels:      decodeRefs(t.Get("level")),
		Grantors:    t.Get("grantors").Text(), Deprecated: t.Get("deprecated").Text(),
		Sensitivity: t.Get("sensitivity").Text(),
		Depths:      decodeRefs(t.Get("depths")), SharedWith: decodeRef(t.Get("sharedWith")),
		Implies: decodeRefs(t.Get("implies")), When: decodeRequirement(t.Get("when")),
		Source: decodeRef(t.Get("source")), Inferred: t.Get("inferred").Text(),
	}
	p.External = decodeRef(t.Get("external"))
	p.Actions, p.ActionSensitivity = decodeActions(t.Get("actions"))
	p.ActionExternal = decodeActionExternal(t.Get("actions"))
	p.Delegates = decodeDelegates(t.Get("delegates"))
	if g := t.Get("grantable"); g != nil && g[0].Kind == tree.List {
		p.Grantable, p.GrantTo = true, decodeRefs(g)
	} else {
		p.Grantable = g.Text() == "true"
	}
	fieldsOf(t.Get("conditions"), func(k *tree.Node, v tree.Tree) {
		p.Conditions = append(p.Conditions,
			policy.Condition{ID: k.Text, Text: v.Get("text").Text(), Source: decodeRef(v.Get("source"))})
	})
	elemsOf(t.Get("capabilities"), func(v tree.Tree) {
		p.Capabilities = append(p.Capabilities,
			policy.Capability{Page: v.Get("page").Text(), Tab: v.Get("tab").Text(), Text: v.Get("text").Text()})
	})
	return p
}

// decodeActions reads a list of names, or names with how sensitive each is.
func decodeActions(t tree.Tree) (names []policy.Ref, rated []policy.RatedAction) {
	if t == nil || t[0].Kind != tree.Struct {
		return decodeRefs(t), nil
	}
	rated = []policy.RatedAction{}
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		names, rated = append(names, keyRef(k)), append(rated,
			policy.RatedAction{Name: k.Text, Sensitivity: v.Get("sensitivity").Text()})
	})
	return names, rated
}

// decodeActionExternal reads the actions' names in the system, in the order of the actions. It returns nil if none has
// another one.
func decodeActionExternal(t tree.Tree) (list []policy.Ref) {
	if t == nil || t[0].Kind != tree.Struct {
		return nil
	}
	given := false
	fieldsOf(t, func(_ *tree.Node, v tree.Tree) {
		r := decodeRef(v.Get("external"))
		given = given || r.Given()
		list = append(list, r)
	})
	if !given {
		return nil
	}
	return list
}

func decodeRole(k *tree.Node, t tree.Tree) policy.DeclaredRole {
	r := policy.DeclaredRole{
		ID: keyRef(k), Title: t.Get("title").Text(), Aliases: texts(t.Get("aliases")),
		Description:  t.Get("description").Text(),
		Affiliations: decodeRefs(t.Get("affiliations")), Limited: t.Get("affiliations") != nil,
		Levels:       decodeRefs(t.Get("level")),
		GroupRecords: t.Get("inheritance").Text() == "group", IDs: decodeAttributes(t.Get("ids")),
		Source: decodeRef(t.Get("source")), Inferred: t.Get("inferred").Text(),
		Delegates: decodeDelegates(t.Get("delegates")),
	}
	r.External = decodeRef(t.Get("external"))
	r.Cells = roleCells(t.Get("permissions"))
	fieldsOf(t.Get("includes"), func(k *tree.Node, v tree.Tree) {
		r.Includes = append(r.Includes, policy.DeclaredInclude{Role: keyRef(k), Reach: decodeReach(v.Get("reach")),
			Source: decodeRef(v.Get("source")), Inferred: v.Get("inferred").Text()})
	})
	return r
}

// roleCells reads the cells of a role: one of each permission, or a list.
func roleCells(t tree.Tree) (cells []policy.DeclaredCell) {
	cells = slices.Grow(cells, countFields(t))
	fieldsOf(t, func(k *tree.Node, v tree.Tree) {
		if v[0].Kind != tree.List {
			cells = append(cells, roleCell(k, v, k.Pos))
			return
		}
		elemsOf(v, func(v tree.Tree) { cells = append(cells, roleCell(k, v, v.Pos())) })
	})
	return cells
}

func roleCell(k *tree.Node, t tree.Tree, pos policy.Pos) policy.DeclaredCell {
	confidence := decodeRef(t.Get("confidence"))
	return policy.DeclaredCell{
		Permission: keyRef(k), Pos: pos, Depth: decodeRef(t.Get("depth")), Beside: besideDepth(t),
		Reach: decodeReach(t.Get("reach")), Own: t.Get("access").Text() == "own", Actions: decodeRefs(t.Get("actions")),
		When:    decodeRequirement(t.Get("when")),
		Sources: decodeRefs(t.Get("source")), Confidence: confidence.Name, ConfidencePos: confidence.Pos,
		Derived: t.Get("derived").Text(), Inferred: t.Get("inferred").Text(), Note: t.Get("note").Text(),
	}
}

func decodeReach(t tree.Tree) policy.DeclaredReach {
	switch {
	case len(t) == 0:
		return policy.DeclaredReach{Kind: "self"}
	case t[0].Kind == tree.Struct:
		return policy.DeclaredReach{Kind: "labels", Labels: decodeRefs(t.Get("labels"))}
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

func decodeCorrection(t tree.Tree) policy.Correction {
	c := policy.Correction{
		Role: decodeRef(t.Get("role")), Permission: decodeRef(t.Get("permission")), Cell: t.Get("cell").Text(),
		Depth: decodeRef(t.Get("depth")), Beside: besideDepth(t), Own: t.Get("access").Text(),
		Actions: decodeRefs(t.Get("actions")), Reason: t.Get("reason").Text(), Source: t.Get("source").Text(),
		Pos: t[0].Pos,
	}
	c.NoCell = t.Get("cell") == nil
	c.Replaces, c.Inheritance = t.Get("permissions") != nil, decodeRef(t.Get("inheritance"))
	c.Cells = roleCells(t.Get("permissions"))
	if r := t.Get("reach"); r != nil {
		reach := decodeReach(r)
		c.Reach = &reach
	}
	return c
}
