package reference_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// project is a declaration seen from a date.
type project struct {
	*Declaration
	asOf string
	memo memo
}

// memo remembers answers about a declaration on one day, which nobody changes
// meanwhile: each of them is asked for hundreds of times. Without maps it
// remembers nothing.
type memo struct {
	places  map[string][]place
	giving  map[string][]entry
	holds   map[string][]held
	given   map[asked][]Source
	sources map[asked][]Source
	denied  map[asked][]string
}

// remember returns the answer in a memo, or asks for it and keeps it there.
func remember[K comparable, V any](m map[K][]V, about K, ask func() []V) []V {
	list, ok := m[about]
	if ok {
		return list
	}
	list = slices.Clip(ask())
	if m != nil {
		m[about] = list
	}
	return list
}

// asked is what an answer is about.
type asked struct{ user, scope, permission, action string }

// remembering is a project that is asked a lot.
func remembering(d *Declaration, asOf string) project {
	return project{d, asOf, memo{map[string][]place{}, map[string][]entry{}, map[string][]held{}, map[asked][]Source{},
		map[asked][]Source{}, map[asked][]string{}}}
}

// place is a scope of the tree.
type place struct {
	path, level string
	*Scope
}

// places lists every scope. "A scope is named by its path."
func (pr project) places() []place {
	return remember(pr.memo.places, "", pr.listPlaces)
}

func (pr project) listPlaces() []place {
	var all []place
	var walk func(above, aboveLevel string, scopes map[string]*Scope)
	walk = func(above, aboveLevel string, scopes map[string]*Scope) {
		for _, id := range sorted(scopes) {
			path, level := above+id, pr.Catalog.levelOf(id, scopes[id], aboveLevel)
			all = append(all, place{path, level, scopes[id]})
			walk(path+"/", level, scopes[id].Scopes)
		}
	}
	walk("", "", pr.Scopes)
	return all
}

func (pr project) place(path string) place {
	for _, p := range pr.places() {
		if p.path == path {
			return p
		}
	}
	panic("no scope " + path)
}

// upwards lists a scope and those above it.
func (pr project) upwards(path string) []place {
	var all []place
	for _, p := range pr.places() {
		if within(path, p.path) {
			all = append(all, p)
		}
	}
	return all
}

// within reports whether a scope is the other or stands under it.
func within(path, other string) bool {
	return path == other || strings.HasPrefix(path, other+"/")
}

func (pr project) sameTree(a, b string) bool { return pr.treeOf(a) == pr.treeOf(b) }

// treeOf is the outermost scope above, or the nearest one with inherits: false: "it
// begins a tree of its own".
func (pr project) treeOf(path string) string {
	root, _, _ := strings.Cut(path, "/")
	for _, p := range pr.places() {
		if p.Inherits != nil && !*p.Inherits && within(path, p.path) && len(p.path) > len(root) {
			root = p.path
		}
	}
	return root
}

// isAt reports whether a scope is in a relation to the one in question:
// "same", "above" (it or one above it), "related" (it, above or below), "tree"
// (anywhere in its tree) or "any". Those above and below are of its tree.
func (pr project) isAt(path, at, question string) bool {
	switch at {
	case "same":
		return path == question
	case "above":
		return pr.sameTree(path, question) && within(question, path)
	case "related":
		return pr.sameTree(path, question) && (within(question, path) || within(path, question))
	case "tree":
		return pr.sameTree(path, question)
	case "any":
		return true
	}
	panic("no relation " + at)
}

// reached lists the scopes of some levels that a reach takes in. "A cell
// reaches self (the scope of the assignment, the default), subtree (that scope
// and everything under it), tree (everything in the tree that it stands in), or
// {labels: […]}. Labels reach those scopes of the subtree that bear all of
// them. Of what is reached, scopes whose level the permission cannot stand at
// are left out."
func (pr project) reached(from string, reach *Reach, levels Names) []string {
	var all []string
	for _, p := range pr.places() {
		if pr.reaches(from, reach, p) && slices.Contains(levels, p.level) {
			all = append(all, p.path)
		}
	}
	return all
}

func (pr project) reaches(from string, reach *Reach, p place) bool {
	switch {
	case reach == nil || reach.Word == "self":
		return p.path == from
	case reach.Word == "subtree":
		return pr.sameTree(p.path, from) && within(p.path, from)
	case reach.Word == "tree":
		return pr.sameTree(p.path, from)
	default:
		return pr.sameTree(p.path, from) && within(p.path, from) && containsAll(p.Labels, reach.Labels)
	}
}

// onlyScope is "the only scope of a fitting level".
func (pr project) onlyScope(levels Names) string {
	var fitting []string
	for _, p := range pr.places() {
		if slices.Contains(levels, p.level) {
			fitting = append(fitting, p.path)
		}
	}
	if len(fitting) != 1 {
		panic("unknown-scope: not the only one of a fitting level")
	}
	return fitting[0]
}

// actions of a permission: "Without stated actions a permission has the one
// action use."
func (pr project) actions(permission string) []string {
	if stated := pr.Catalog.Permissions[permission].Actions.Names; stated != nil {
		return stated
	}
	return []string{"use"}
}

// gravity: "An action is as sensitive as it says or, if it says nothing, as its
// permission. A row is as sensitive as its gravest action: of those that are
// left, or of all that its sources give if none is."
func (pr project) gravity(row *Row) string {
	actions := row.Actions
	if len(actions) == 0 {
		for _, s := range row.Via {
			actions = append(actions, s.Actions...)
		}
	}
	return pr.gravest(row.Permission, actions)
}

func (pr project) gravest(permission string, actions []string) string {
	degrees := []string{"", "low", "medium", "high", "critical"}
	most := 0
	for _, a := range actions {
		most = max(most, slices.Index(degrees, pr.sensitivity(permission, a)))
	}
	return degrees[most]
}

func (pr project) sensitivity(permission, action string) string {
	p := pr.Catalog.Permissions[permission]
	if p == nil || !slices.Contains(pr.actions(permission), action) {
		return ""
	}
	return cmp.Or(p.Actions.Rated[action], p.Sensitivity)
}

// rules are the catalog's and the project's.
func (pr project) rules() map[string]*Rule {
	all := map[string]*Rule{}
	maps.Copy(all, pr.Catalog.Rules)
	maps.Copy(all, pr.Rules)
	return all
}

func sorted[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}

func containsAll[E comparable](have, wanted []E) bool {
	for _, e := range wanted {
		if !slices.Contains(have, e) {
			return false
		}
	}
	return true
}

func containsAny[E comparable](have, wanted []E) bool {
	for _, e := range wanted {
		if slices.Contains(have, e) {
			return true
		}
	}
	return false
}

// earlier and later compare ends; none is the latest.
func earlier(a, b string) string {
	if b == "" || a != "" && a < b {
		return a
	}
	return b
}

func later(a, b string) string {
	if earlier(a, b) == a {
		return b
	}
	return a
}
