package reference_test

import (
	"slices"

	"pgregory.net/rapid"
)

// sayPaths names scopes of entries and of selectors by the names on the way.
func (w *words) sayPaths() {
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for i := range v {
				walk(v[i])
			}
		case map[string]any:
			if scope, ok := v["scope"].(string); ok && w.nth("by path", 3) {
				delete(v, "scope")
				v["path"] = namesOn(scope, true)
			}
			for _, key := range sorted(v) {
				walk(v[key])
			}
		}
	}
	for _, part := range []string{"users", "groups", "invitations", "rules"} {
		walk(w.doc[part])
	}
}

// listScopes: "and in a list of scopes: scopes: [{path: [prod, apps/deployments], title: …}]".
func (w *words) listScopes() {
	if len(object(w.doc["scopes"])) == 0 || !w.nth("scopes in a list", 2) {
		return
	}
	var list []any
	var walk func(above []string, scopes map[string]any)
	walk = func(above []string, scopes map[string]any) {
		for _, id := range sorted(scopes) {
			s := object(scopes[id])
			path := append(slices.Clone(above), namesOn(id, true)...)
			s["path"] = path
			if w.nth("title", 3) {
				s["title"] = "The scope " + id
			}
			list = append(list, s)
			if inner := object(s["scopes"]); inner != nil && !w.nth("inside it", 3) {
				delete(s, "scopes")
				walk(path, inner)
			}
		}
	}
	walk(nil, object(w.doc["scopes"]))
	w.doc["scopes"] = rapid.Permutation(list).Draw(w.T, "scopes")
}
