package shape

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/schema"
)

// entryFields are the fields of an assignment or a grant, in the order in which people write them.
var entryFields = []string{"role", "permission", "scope", "actions", "starts", "expires", "reason", "ticket"}

// misplaced helps with a field that belongs elsewhere, although another one here has a similar name. It reports whether
// there is such a place; without help, the finding of another field says it.
func misplaced(k *tree.Node, fields []string, v, parent tree.Tree) (help string, ok bool) {
	has := func(name string) bool { return slices.Contains(fields, name) }
	switch {
	case has("roles") && has("grants") && slices.Contains(entryFields, k.Text):
		return misplacedEntry(k.Text, parent)
	case has("levels") && has("nested") && len(fields) == 2 && v[0].Kind == tree.Struct:
		return helpWithLevels(k, parent), true
	case k.Text == "disabled" && has("status") && has("roles"):
		return "write status: disabled", true
	case has("users") && has("catalog") && (k.Text == "roles" || k.Text == "grants"):
		return "write " + k.Text + " under a user or a group; roles of your own go under catalog", true
	case has("users") && has("catalog") && isEmpty(parent.Get("users")) && v[0].Kind == tree.Struct:
		return "", true // the finding of users says it
	case has("users") && has("catalog") && strings.Contains(k.Text, "@"):
		return "indent it under users", true
	case has("user") && has("group") && strings.Contains(k.Text, "@"):
		return "write {user: " + diag.Quote(k.Text) + ", …}", true
	}
	return "", false
}

// helpWithLevels helps with levels that are listed without the field levels, once for each level around them.
func helpWithLevels(k *tree.Node, parent tree.Tree) string {
	for first, v := range parent.Fields() {
		if first.Text != "nested" && first.Text != "levels" && v[0].Kind == tree.Struct {
			if first.Pos == k.Pos {
				return "list the levels inside a level under levels: {levels: {" + k.Text + ": …}}"
			}
			break
		}
	}
	return ""
}

// misplacedEntry writes the fields of an entry that are beside roles and grants as an item of these.
func misplacedEntry(name string, parent tree.Tree) (help string, ok bool) {
	list, first := "", ""
	var item []string
	for _, field := range entryFields {
		v := parent.Get(field)
		if len(v) == 0 || v[0].Kind != tree.String {
			continue
		}
		if first == "" {
			first, list = field, map[string]string{"role": "roles", "permission": "grants"}[field]
		}
		item = append(item, field+": "+diag.Quote(v[0].Text))
	}
	if list == "" {
		return "", false
	}
	if name != first {
		return "", true
	}
	return "write " + list + ": [{" + strings.Join(item, ", ") + "}]", true
}

// scopeOfList returns the text for a scope that is written as a list of names, or "".
func scopeOfList(v tree.Tree) string {
	var parts []string
	for e := range v.Elems() {
		if e[0].Kind != tree.String {
			return ""
		}
		parts = append(parts, e.Text())
	}
	if len(parts) > 1 {
		for i, p := range parts {
			if strings.Contains(p, "/") {
				return "" // several scopes, most likely
			}
			parts[i] = policy.ScopePart(p)
		}
	}
	return strings.Join(parts, "/")
}

// wrongKindHelp helps with a value of another kind where no edit is sure.
func (c *checker) wrongKindHelp(t *Type, v tree.Tree) string {
	switch kind := v[0].Kind; {
	case kind == tree.List && c.name() == "scope" && t.allows(tree.String):
		if path := scopeOfList(v); path != "" {
			return "write it as one path: scope: " + diag.Quote(path)
		}
		return "name one scope, such as acme/web; write an item for each scope"
	case kind == tree.List && len(c.path) == 3 && c.path[0] == "catalog" && c.path[1] == "levels" && len(c.items) > 0:
		return "write levels beside each other as a tree: levels: " + levelTree(c.items)
	case kind == tree.List && len(c.path) > 2 && c.path[0] == "catalog" && c.path[len(c.path)-2] == "levels":
		return "write the levels inside as a mapping: " + quoteKey(c.name()) + ": {levels: " + besideEach(v) + "}"
	case kind == tree.List && t.mayBe(tree.String) && !t.mayBe(tree.List):
		return "one value goes here, without brackets; use an entry for each of several"
	case kind == tree.Null && t.mayBe(tree.Struct) && c.where() == " in users":
		return "indent the users below it, or write {} if there are none"
	case kind == tree.Null && t.mayBe(tree.String):
		return "write a value, or remove the field"
	case kind == tree.Null && t.mayBe(tree.Struct):
		return "write " + diag.Quote(c.name()) + ": {…}, or " + diag.Quote(c.name()) + ": {} if it has no fields"
	case kind == tree.Null && t.mayBe(tree.List):
		return "indent its items below it, or remove it"
	case kind == tree.String && c.where() == " in catalog":
		return catalogHelp(v[0].Text)
	case isPathText(t, v):
		names := strings.Split(v[0].Text, "/")
		for i, name := range names {
			names[i] = diag.Quote(name)
		}
		return "write each as a mapping: {path: [" + strings.Join(names, ", ") + "]}"
	}
	return ""
}

// catalogHelp says how to name a shipped catalog, for a text where an own catalog goes.
func catalogHelp(name string) string {
	if near := diag.Nearest(name, schema.Catalogs()); near != "" {
		return "name a shipped catalog with product: " + diag.Quote(near)
	}
	return "name a shipped catalog with product, which is one of " + strings.Join(schema.Products(), ", ")
}

// isEmpty reports whether a field is there and has no value.
func isEmpty(v tree.Tree) bool { return len(v) > 0 && v[0].Kind == tree.Null }

// isPathText reports whether a text is where a scope with its path goes.
func isPathText(t *Type, v tree.Tree) bool {
	return v[0].Kind == tree.String && len(t.fields) > 0 && t.fields[0].Name == "path"
}
