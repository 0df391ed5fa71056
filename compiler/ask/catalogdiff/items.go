package catalogdiff

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Key says what an item is: of a kind, a role, a permission or both, or a name. The second cell of a
// permission in a role has the name 2.
type Key struct {
	Kind             Kind
	Role, Permission string
	Name             string
}

// Item is a part of a catalog that comes, goes and changes by itself.
type Item struct {
	Key
	Fields []Field // those that are set, in order of name
}

// Field is a fact of an item. A list has its values in order.
type Field struct {
	Name   string
	Values []string
}

// Kind is a kind of item.
type Kind uint8

// The kinds, in the order in which they are listed.
const (
	Role Kind = iota
	Include
	Cell
	Permission
	Condition
	Rule
	UserAttribute
	ScopeAttribute
	GroupAttribute
	Label
	Affiliation
	Depth
	Source
	Whole // the catalog itself
)

var kinds = [...]string{"role", "include", "cell", "permission", "condition", "rule", "attribute", "scope-attribute",
	"group-attribute", "label",
	"affiliation", "depth", "source", "catalog"}

func (k Kind) String() string { return kinds[k] }

func compareKeys(a, b *Key) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Permission, b.Permission),
		cmp.Compare(a.Name, b.Name))
}

func sortItems(list []Item) {
	slices.SortFunc(list, func(a, b Item) int { return compareKeys(&a.Key, &b.Key) })
}

// Items takes a catalog apart, in order of kind, role, permission and name.
func Items(c *policy.Catalog) (list []Item) {
	add := func(k Key, v any) {
		f := fieldsOf(c, v)
		list = append(list, Item{k, f})
	}
	for _, r := range c.Roles {
		addRole(r, add)
	}
	for _, p := range c.Permissions {
		add(Key{Kind: Permission, Permission: p.ID}, p)
		for i := range p.Conditions {
			add(Key{Kind: Condition, Permission: p.ID, Name: p.Conditions[i].ID}, &p.Conditions[i])
		}
	}
	for i := range c.Rules {
		add(Key{Kind: Rule, Name: c.Rules[i].ID.Name}, &c.Rules[i])
	}
	for kind, attributes := range map[Kind]map[string]*policy.DeclaredAttribute{
		UserAttribute: c.UserAttributes, ScopeAttribute: c.ScopeAttributes, GroupAttribute: c.GroupAttributes,
	} {
		for id, a := range attributes {
			add(Key{Kind: kind, Name: id}, a)
		}
	}
	for i := range c.Labels {
		add(Key{Kind: Label, Name: c.Labels[i].ID.Name}, &c.Labels[i])
	}
	for i := range c.Affiliations {
		add(Key{Kind: Affiliation, Name: c.Affiliations[i].ID.Name}, &c.Affiliations[i])
	}
	for i := range c.Depths {
		add(Key{Kind: Depth, Name: c.Depths[i].ID}, &c.Depths[i])
	}
	for i := range c.Sources {
		add(Key{Kind: Source, Name: c.Sources[i].ID.Name}, &c.Sources[i])
	}
	add(Key{Kind: Whole}, c)
	sortItems(list)
	return list
}

// addRole adds a role, what it includes and its cells.
func addRole(r *policy.Role, add func(Key, any)) {
	add(Key{Kind: Role, Role: r.ID}, r)
	for i := range r.Includes {
		add(Key{Kind: Include, Role: r.ID, Name: r.Includes[i].Role.ID}, &r.Includes[i])
	}
	n := 0 // cells of the same permission before
	for i := range r.Cells {
		k := Key{Kind: Cell, Role: r.ID, Permission: r.Cells[i].Permission.ID}
		n++
		if i == 0 || r.Cells[i-1].Permission != r.Cells[i].Permission {
			n = 0
		}
		if n > 0 {
			k.Name = strconv.Itoa(n + 1)
		}
		add(k, &r.Cells[i])
	}
}

// apart are the fields that are items of their own, or that say what an item is.
var apart = map[reflect.Type][]string{
	reflect.TypeFor[policy.Catalog](): {"UserAttributes", "ScopeAttributes", "GroupAttributes", "Labels",
		"Affiliations", "Depths", "Permissions", "Derived",
		"Implying", "Roles", "Rules", "Sources", "Corrections", "PermissionByID", "RoleByID", "PermissionAliases",
		"RoleAliases", "Unlisted"},
	reflect.TypeFor[policy.Role](): {"ID", "Index", "Cells", "Includes"},
	reflect.TypeFor[policy.Permission](): {"ID", "Index", "Conditions", "ConditionIDs", "ActionSensitivity",
		"ShortActions"},
	reflect.TypeFor[policy.Cell]():              {"Permission"},
	reflect.TypeFor[policy.Include]():           {"Role"},
	reflect.TypeFor[policy.Condition]():         {"ID"},
	reflect.TypeFor[policy.DeclaredRule]():      {"ID"},
	reflect.TypeFor[policy.DeclaredAttribute](): {"ID"},
	reflect.TypeFor[policy.Described]():         {"ID"},
	reflect.TypeFor[policy.Depth]():             {"ID"},
	reflect.TypeFor[policy.Source]():            {"ID"},
}

// fieldsOf returns the fields of an item that are set. A field that the types of the
// catalog gain is compared without being named here.
func fieldsOf(c *policy.Catalog, item any) []Field {
	t := &taker{catalog: c}
	v := reflect.ValueOf(item).Elem()
	if cell, ok := item.(*policy.Cell); ok {
		t.permission = cell.Permission
	}
	if p, ok := item.(*policy.Permission); ok {
		t.permission = p
		t.actions(p)
	}
	t.fields("", v, true)
	slices.SortFunc(t.list, func(a, b Field) int { return cmp.Compare(a.Name, b.Name) })
	return t.list
}

// taker takes an item apart.
type taker struct {
	catalog    *policy.Catalog
	permission *policy.Permission // whose actions are meant
	list       []Field
}

// actions takes how sensitive each action is, where that is given.
func (t *taker) actions(p *policy.Permission) {
	for i, s := range p.ActionSensitivity {
		if s != "" {
			t.list = append(t.list, Field{"sensitivity of " + p.Actions[i], []string{s}})
		}
	}
}

func (t *taker) fields(prefix string, v reflect.Value, top bool) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if top && slices.Contains(apart[v.Type()], f.Name) {
			continue
		}
		name := prefix
		if !f.Anonymous {
			name = strings.TrimPrefix(prefix+"."+strings.ToLower(f.Name[:1])+f.Name[1:], ".")
		}
		t.value(name, v.Field(i))
	}
}

func (t *taker) value(name string, v reflect.Value) {
	if v.IsZero() && v.Type() != reflect.TypeFor[policy.Reach]() && v.Type() != reflect.TypeFor[policy.Confidence]() {
		return
	}
	if text, ok := t.text(v); ok {
		if len(text) > 0 {
			t.list = append(t.list, Field{name, text})
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		t.pointer(name, v)
	case reflect.Struct:
		before := len(t.list)
		if t.fields(name, v, false); len(t.list) == before {
			t.list = append(t.list, Field{name, []string{"set"}})
		}
	case reflect.Slice:
		for i := range v.Len() {
			t.value(fmt.Sprintf("%s.%d", name, i), v.Index(i))
		}
	default:
		t.list = append(t.list, Field{name, []string{fmt.Sprint(v)}})
	}
}

func (t *taker) pointer(name string, v reflect.Value) {
	if r, ok := v.Interface().(*policy.Requirement); ok && r.Permission != nil {
		defer func(p *policy.Permission) { t.permission = p }(t.permission)
		t.permission = r.Permission
	}
	t.value(name, v.Elem())
}

// text returns the values of a field that is more than its parts: names of what it
// refers to.
func (t *taker) text(v reflect.Value) ([]string, bool) {
	switch x := v.Interface().(type) {
	case policy.Pos:
		return nil, true
	case policy.Ref:
		return []string{x.Name}, true
	case []policy.Ref:
		return refNames(x), true
	case []string:
		return x, true
	case *policy.Permission:
		return []string{x.ID}, true
	case []*policy.Permission:
		return policy.PermissionIDs(x), true
	case *policy.Role:
		return []string{x.ID}, true
	case policy.LevelSet:
		return t.catalog.LevelNames(x), true
	case policy.Actions:
		return t.permission.Names(x), true
	case policy.Reach:
		return []string{ReachText(x)}, true
	case policy.Confidence:
		return []string{x.String()}, true
	case policy.Identities:
		return x.Texts(), true
	case *policy.Correction:
		return []string{x.Reason, x.Source}, true
	case []policy.CatalogChange:
		return changeTexts(x), true
	}
	return nil, false
}

func refNames(list []policy.Ref) (names []string) {
	for _, r := range list {
		names = append(names, r.Name)
	}
	return names
}

func changeTexts(list []policy.CatalogChange) (texts []string) {
	for _, x := range list {
		text := x.Date + ": " + x.What
		for _, s := range x.Sources {
			text += " [" + s.Name + "]"
		}
		texts = append(texts, text)
	}
	return texts
}

// ReachText returns a reach in a word or two.
func ReachText(r policy.Reach) string {
	switch r.Kind {
	case policy.Subtree:
		return "subtree"
	case policy.Tree:
		return "tree"
	case policy.Labelled:
		return "labels " + strings.Join(r.Labels, ", ")
	}
	return "self"
}
