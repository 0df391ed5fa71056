package reference_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever changes nothing changes nothing: other names, depths, scopes in lists, texts and sources.
func TestOtherWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		files := map[string]string{"project.json": compact(inOtherWords(t, d))}
		fail := func(what string, want, got []string) {
			if strings.Join(want, "\n") != strings.Join(got, "\n") {
				t.Fatalf("%s: want\n%s\ngot\n%s\n%s%s", what, strings.Join(want, "\n"), strings.Join(got, "\n"),
					listing(inOneFile(d)), listing(files))
			}
		}
		out, found := compile(t, files, today), check(t, files, today)
		fail("rows", texts(named(Table(d, today), out.Rows)), texts(out.Rows))
		fail("rejected", lines(RejectedEntries(d, today)), lines(out.Rejected))
		fail("findings", slices.Compact(lines(Findings(d, today))), slices.Compact(lines(declared(d, found))))
		fail("built-in", lines(Lint(d, today)), lines(builtIn(d, found)))
	})
}

// inOtherWords draws how else the same can be written.
func inOtherWords(t *rapid.T, d *Declaration) map[string]any {
	w := &words{&gen{T: t, Declaration: d}, generic(d).(map[string]any), nil}
	w.catalog = w.doc["catalog"].(map[string]any)
	w.sayDepths()
	w.sayNames()
	w.sayTexts()
	w.sayDefaults()
	w.sayActions()
	w.sayPaths()
	w.listScopes()
	return w.doc
}

// words is a declaration as JSON that is written in other words.
type words struct {
	*gen
	doc, catalog map[string]any
}

// each calls f with each struct of a map.
func eachOf(v any, f func(id string, x map[string]any)) {
	m := object(v)
	for _, id := range sorted(m) {
		f(id, object(m[id]))
	}
}

// cellsOf are the cells of a role, as structs.
func cellsOf(role map[string]any, f func(permission string, cell map[string]any)) {
	cells := object(role["permissions"])
	for _, permission := range sorted(cells) {
		for _, cell := range append(anyList(cells[permission]), cells[permission]) {
			if object(cell) != nil {
				f(permission, object(cell))
			}
		}
	}
}

// sayDepths: "depths are the product's words for a reach and an access together, with a title and aliases. A cell may
// say depth instead of both. A permission with depths is given at these alone."
func (w *words) sayDepths() {
	if !w.nth("depths", 2) {
		return
	}
	depths, given := map[string]any{}, map[string]map[string]bool{}
	ids := map[string]string{}
	eachOf(w.catalog["roles"], func(_ string, role map[string]any) {
		cellsOf(role, func(permission string, cell map[string]any) {
			depth := map[string]any{"reach": cell["reach"], "access": cell["access"]}
			maps.DeleteFunc(depth, func(_ string, v any) bool { return v == nil || v == "self" || v == "all" })
			key := compact(depth)
			if ids[key] == "" {
				ids[key] = fmt.Sprint("depth-", len(ids))
				depth["title"], depth["aliases"] = "Depth "+ids[key], []string{"D " + ids[key]}
				depths[ids[key]] = depth
			}
			if given[permission] == nil {
				given[permission] = map[string]bool{}
			}
			given[permission][ids[key]] = true
			if w.nth("depth", 2) {
				delete(cell, "reach")
				delete(cell, "access")
				cell["depth"] = w.otherName([]string{ids[key], "Depth " + ids[key], "D " + ids[key]})
			}
		})
	})
	eachOf(w.catalog["permissions"], func(id string, p map[string]any) {
		all := maps.Clone(given[id])
		if shared, ok := p["sharedWith"].(string); ok && all != nil {
			maps.Copy(all, given[shared])
		}
		if len(all) > 0 && p["sharedWith"] == nil && w.nth("only at depths", 2) {
			p["depths"] = sorted(all)
		}
	})
	if len(depths) > 0 {
		w.catalog["depths"] = depths
	}
}

// otherName draws one of the names of a thing, of which all but the first, its id, can be in any case.
func (w *words) otherName(list []string) string {
	name := one(w.T, "name", list)
	if name != list[0] && w.nth("in capitals", 3) {
		name = strings.ToUpper(name)
	}
	return name
}

// sayNames: "aliases of a role or permission, and its title, are understood wherever its id is, in any case."
func (w *words) sayNames() {
	names := map[string]map[string][]string{"role": {}, "permission": {}}
	for _, kind := range sorted(names) {
		of := names[kind]
		eachOf(w.catalog[kind+"s"], func(id string, x map[string]any) {
			of[id] = []string{id}
			if w.nth("title", 2) {
				x["title"] = "The " + kind + " of " + id
				of[id] = append(of[id], "The "+kind+" of "+id)
			}
			if w.nth("aliases", 2) {
				x["aliases"] = []string{"Any " + kind + " of " + id, kind + " as in " + id}
				of[id] = append(of[id], "Any "+kind+" of "+id, kind+" as in "+id)
			}
			if external, ok := x["external"].(string); ok {
				of[id] = append(of[id], external)
			}
		})
	}
	w.rename("", w.doc, names)
}

// namedBy are the kinds of thing that fields name.
var namedBy = map[string][]string{"role": {"role"}, "permission": {"permission"}, "between": {"role", "permission"},
	"and": {"role", "permission"}, "implies": {"permission"}, "sharedWith": {"permission"}}

func (w *words) rename(field string, v any, names map[string]map[string][]string) any {
	switch v := v.(type) {
	case string:
		for _, kind := range namedBy[field] {
			if list := names[kind][v]; list != nil {
				return w.otherName(list)
			}
		}
	case []any:
		for i := range v {
			v[i] = w.rename(field, v[i], names)
		}
	case map[string]any:
		for _, key := range sorted(v) {
			v[key] = w.rename(key, v[key], names)
		}
		if field == "includes" {
			w.renameKeys(v, names["role"])
		}
	}
	return v
}

func (w *words) renameKeys(v map[string]any, names map[string][]string) {
	for _, key := range sorted(v) {
		if list := names[key]; list != nil {
			x := v[key]
			delete(v, key)
			v[w.otherName(list)] = x
		}
	}
}

// adder adds a field that is not there yet, or not.
type adder func(x map[string]any, field string, value any)

// sayTexts adds what only people read: titles, descriptions, reasons, sources and the like.
func (w *words) sayTexts() {
	add := func(x map[string]any, field string, value any) {
		if x != nil && x[field] == nil && w.nth("text", 3) {
			x[field] = value
		}
	}
	w.describeCatalog(add)
	w.describePermissions(add)
	w.describeRoles(add)
	for _, rules := range []any{w.catalog["rules"], w.doc["rules"]} {
		eachOf(rules, func(_ string, x map[string]any) {
			add(x, "message", "That is not all right")
			add(x, "help", "Ask")
		})
	}
	eachOf(w.catalog["rules"], func(_ string, x map[string]any) { add(x, "source", "guide") })
	w.sayReasons(add)
	w.sayHints(w.doc, add)
	add(w.doc, "imported", []any{map[string]any{"from": "table", "read": "2026-01-01",
		"files": map[string]any{"a.csv": strings.Repeat("0f", 32)}}})
	add(w.doc, "ignore", []string{"node_modules", "*.txt"})
	add(w.doc, "settings", map[string]any{"failOn": one(w.T, "fail on", []string{"error", "warning", "never"}),
		"report": map[string]any{"title": "Contoso", "confidentiality": "internal"}})
}

func (w *words) describeCatalog(add adder) {
	w.catalog["sources"] = map[string]any{"guide": map[string]any{"title": "The guide", "url": "https://guide.example",
		"read": "2026-01-01", "note": "In print"}}
	about := map[string]any{"product": "desk", "title": "The desk", "version": "2026-01-01",
		"notes": []string{"It has a door (guide)"}, "limits": []string{"The door can be open"},
		"changes": []any{map[string]any{"date": "2026-01-01", "what": "A door", "source": "guide"}}}
	for _, field := range sorted(about) {
		add(w.catalog, field, about[field])
	}
	for _, field := range []string{"affiliations", "labels", "groupKinds"} {
		eachOf(w.catalog[field], func(_ string, x map[string]any) { describe(x, add) })
	}
	eachOf(w.catalog["depths"], func(_ string, x map[string]any) { add(x, "source", "guide") })
	eachOf(w.catalog["attributes"], func(_ string, of map[string]any) {
		eachOf(of, func(_ string, x map[string]any) {
			add(x, "title", "A title")
			add(x, "source", "guide")
			add(x, "closed", x["values"] != nil)
		})
	})
	add(object(w.catalog["home"]), "source", "guide")
}

func describe(x map[string]any, add adder) {
	add(x, "title", "A title")
	add(x, "description", "A text")
	add(x, "source", "guide")
}

func (w *words) describePermissions(add adder) {
	eachOf(w.catalog["permissions"], func(_ string, x map[string]any) {
		describe(x, add)
		add(x, "grantors", "the owner")
		add(x, "capabilities", []any{map[string]any{"page": "Home", "tab": "First", "text": "Looks around"}})
		eachOf(x["conditions"], func(_ string, c map[string]any) { add(c, "source", "guide") })
	})
}

// describeRoles adds texts of roles; what is inferred has no source.
func (w *words) describeRoles(add adder) {
	eachOf(w.catalog["roles"], func(_ string, x map[string]any) {
		add(x, "description", "A text")
		add(x, "source", "guide")
		cellsOf(x, func(_ string, cell map[string]any) {
			add(cell, "note", "A note")
			if cell["inferred"] == nil {
				add(cell, "source", one(w.T, "source", []any{"guide", []string{"guide"}}))
			}
		})
		eachOf(x["includes"], func(_ string, include map[string]any) {
			if include["inferred"] == nil {
				add(include, "source", "guide")
			}
		})
	})
}

// sayReasons adds names of users, and reasons and tickets of entries.
func (w *words) sayReasons(add adder) {
	for _, field := range []string{"users", "invitations", "groups"} {
		eachOf(w.doc[field], func(id string, x map[string]any) {
			if field == "users" {
				add(x, "name", "One of "+id)
			}
			add(x, "ids", map[string]any{"crm": []string{"1 of " + id, "2 of " + id}})
			for _, list := range []any{x["roles"], x["grants"]} {
				for _, e := range anyList(list) {
					add(object(e), "reason", "On call")
					add(object(e), "ticket", "OPS-2")
				}
			}
		})
	}
}

// sayHints adds titles of scopes, and how to meet requirements, in words.
func (w *words) sayHints(v any, add adder) {
	for _, list := range anyList(v) {
		w.sayHints(list, add)
	}
	eachOf(v, func(field string, x map[string]any) {
		switch field {
		case "when", "unless", "needs":
			add(x, "hint", "Ask for it")
		case "scopes":
			eachOf(x, func(_ string, s map[string]any) { add(s, "title", "A place") })
		}
		w.sayHints(object(v)[field], add)
	})
	for _, field := range sorted(object(v)) {
		if list := anyList(object(v)[field]); list != nil {
			w.sayHints(list, add)
		}
	}
}

// sayDefaults says what is so anyway.
func (w *words) sayDefaults() {
	add := func(x map[string]any, field string, value any) {
		if x[field] == nil && w.nth("default", 3) {
			x[field] = value
		}
	}
	add(w.catalog, "dangling", "error")
	add(w.catalog, "userIds", "folded")
	add(w.catalog, "closedLabels", true)
	eachOf(w.catalog["roles"], func(_ string, x map[string]any) {
		cellsOf(x, func(_ string, cell map[string]any) {
			switch {
			case cell["derived"] != nil:
				add(cell, "confidence", "derived")
			case cell["inferred"] != nil:
				add(cell, "confidence", "inferred")
			default:
				add(cell, "confidence", "stated")
			}
		})
	})
}

// sayActions gives actions names in the system.
func (w *words) sayActions() {
	eachOf(w.catalog["permissions"], func(id string, p map[string]any) {
		if !w.nth("names of actions", 2) {
			return
		}
		list := object(p["actions"])
		for _, a := range anyList(p["actions"]) {
			set(&list, a.(string), any(map[string]any{}))
		}
		eachOf(list, func(action string, x map[string]any) {
			if w.nth("external action", 2) {
				x["external"] = "The action " + action
			}
		})
		if list != nil {
			p["actions"] = list
		}
	})
}
