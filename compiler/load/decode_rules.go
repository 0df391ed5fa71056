package load

import (
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

func decodeRules(t tree.Tree) (list []policy.DeclaredRule) {
	fieldsOf(t, func(k *tree.Node, v tree.Tree) { list = append(list, decodeRule(k, v)) })
	return list
}

func decodeRule(k *tree.Node, t tree.Tree) policy.DeclaredRule {
	r := policy.DeclaredRule{
		ID: keyRef(k), Severity: t.Get("severity").Text(), SeverityPos: t.Get("severity").Pos(),
		Message: t.Get("message").Text(),
		Help:    t.Get("help").Text(), Source: decodeRef(t.Get("source")),
	}
	for k, v := range t.Fields() {
		switch k.Text {
		case "deny":
			r.Deny = decodeSelector(v)
		case "forbid":
			r.Forbid = decodeSelector(v)
		case "conflict":
			r.Conflict = decodeConflict(v)
		case "require":
			h := v.Get("holding")
			r.Require = &policy.DeclaredRequire{
				Holding: *decodeSelector(h), AnyRole: h.Get("anyRole") != nil,
				Needs: decodeRequirement(v.Get("needs")), At: v.Get("at").Text(),
			}
		case "holders":
			r.Holders = &policy.DeclaredHolders{What: decodeItem(v), Actions: decodeRefs(v.Get("actions")),
				Except: decodeRefs(v.Get("except").Get("role")), Groups: decodeRefs(v.Get("group")),
				Direct: v.Get("through") != nil, DeclaredBounds: decodeBounds(k, v)}
			r.Holders.What.Level = policy.Ref{} // it is in the bounds
		case "per-user":
			b := decodeBounds(k, v)
			r.PerUser = &b
		case "labels":
			r.Labels = &policy.DeclaredHolders{What: policy.DeclaredItem{Name: decodeRef(v.Get("label"))},
				DeclaredBounds: decodeBounds(k, v)}
		}
	}
	return r
}

func decodeBounds(k *tree.Node, t tree.Tree) policy.DeclaredBounds {
	return policy.DeclaredBounds{Level: decodeRef(t.Get("level")), Min: decodeNumber(t.Get("min")),
		Max: decodeNumber(t.Get("max")), Pos: k.Pos}
}

func decodeSelector(t tree.Tree) *policy.DeclaredSelector {
	s := &policy.DeclaredSelector{
		Affiliations: decodeRefs(t.Get("affiliation")), Roles: decodeRefs(t.Get("role")),
		Permissions: decodeRefs(t.Get("permission")),
		Actions:     decodeRefs(t.Get("action")), Scopes: decodeRefs(t.Get("scope")),
		Levels:     decodeRefs(t.Get("level")),
		Attributes: decodeAttributes(t.Get("attribute")), Unless: decodeRequirement(t.Get("unless")),
		Groups: decodeRefs(t.Get("group")), Direct: t.Get("through").Text() == "direct",
		Files: decodeRefs(t.Get("files")), ExceptFiles: decodeRefs(t.Get("exceptFiles")),
	}
	if path := t.Get("path"); path != nil {
		s.Scopes = append(s.Scopes, decodePath(path))
	}
	return s
}

// decodeConflict reads two sides, or one list of which no two may be held together.
func decodeConflict(t tree.Tree) *policy.DeclaredConflict {
	between := t.Get("between")
	c := &policy.DeclaredConflict{Between: decodeSide(between), And: decodeSide(t.Get("and")), At: t.Get("at").Text()}
	if between[0].Kind == tree.List {
		elemsOf(between, func(v tree.Tree) { c.Between.Items = append(c.Between.Items, decodeItem(v)) })
		c.And = c.Between
	}
	return c
}

func decodeSide(t tree.Tree) policy.DeclaredSide {
	s := policy.DeclaredSide{All: t.Get("allOf") != nil}
	for _, name := range []string{"anyOf", "allOf"} {
		elemsOf(t.Get(name), func(v tree.Tree) { s.Items = append(s.Items, decodeItem(v)) })
	}
	return s
}

func decodeItem(t tree.Tree) policy.DeclaredItem {
	if t[0].Kind == tree.String {
		return policy.DeclaredItem{Any: true, Name: decodeRef(t)}
	}
	level := decodeRef(t.Get("level"))
	if r := t.Get("role"); r != nil {
		return policy.DeclaredItem{Name: decodeRef(r), Level: level}
	}
	return policy.DeclaredItem{Permission: true, Name: decodeRef(t.Get("permission")), Level: level}
}

func decodeRequirement(t tree.Tree) *policy.DeclaredRequirement {
	if len(t) == 0 {
		return nil
	}
	list := func(name string) (out []*policy.DeclaredRequirement) {
		elemsOf(t.Get(name), func(v tree.Tree) { out = append(out, decodeRequirement(v)) })
		return out
	}
	return &policy.DeclaredRequirement{
		AllOf: list("allOf"), AnyOf: list("anyOf"), NoneOf: list("noneOf"),
		Role: decodeRef(t.Get("role")), Permission: decodeRef(t.Get("permission")), Group: decodeRef(t.Get("group")),
		Actions:    decodeRefs(t.Get("actions")),
		Attributes: decodeAttributes(t.Get("attribute")), ScopeAttributes: decodeAttributes(t.Get("scopeAttribute")),
		Matching: decodeRef(t.Get("matching")),
		Direct:   t.Get("through").Text() == "direct", At: t.Get("at").Text(), Hint: t.Get("hint").Text(),
		Pos: t[0].Pos,
	}
}
