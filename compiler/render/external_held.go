package render

import (
	"reflect"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// A word of an answer may be an id by chance, such as "on" or "user". So an answer's names in the system are those of
// things that are in its data, or quoted in its messages, and that it also prints.

// findHeld returns the names in the system of the things in the data of an answer: those that it points to, and those
// that its fields Role, Permission, Scope, Group and Action name. It looks into no policy and no user.
func findHeld(list []policy.External, data ...any) *held {
	h := &held{byName: map[[2]string][]policy.External{}, actions: map[string][]policy.External{},
		found: map[policy.External]bool{}, seen: map[visit]bool{}}
	if len(list) == 0 {
		return h
	}
	for _, x := range list {
		h.byName[[2]string{x.Kind, x.ID}] = append(h.byName[[2]string{x.Kind, x.ID}], x)
		if x.Kind == "action" {
			h.actions[x.Of] = append(h.actions[x.Of], x)
		}
	}
	for _, x := range data {
		if done, ok := x.(*held); ok {
			return done
		}
		h.walk(reflect.ValueOf(x), "", "")
	}
	return h
}

type held struct {
	byName  map[[2]string][]policy.External // by kind and id
	actions map[string][]policy.External    // by permission
	found   map[policy.External]bool
	seen    map[visit]bool
}

// visit is a value behind a pointer.
type visit struct {
	at uintptr
	of reflect.Type
}

// kindsOf has the kind of what a type or a field names.
var (
	kindsOf = map[reflect.Type]string{
		reflect.TypeFor[policy.Role](): "role", reflect.TypeFor[policy.Permission](): "permission",
		reflect.TypeFor[policy.Group](): "group", reflect.TypeFor[policy.Scope](): "scope",
	}
	kindsNamed = map[string]string{"Role": "role", "Roles": "role", "From": "role", "Permission": "permission",
		"Permissions": "permission", "Group": "group", "Groups": "group", "In": "group", "Scope": "scope",
		"Scopes": "scope", "Path": "scope"}
	unwalked = map[reflect.Type]bool{reflect.TypeFor[policy.Policy](): true, reflect.TypeFor[policy.Catalog](): true,
		reflect.TypeFor[policy.User](): true,
		reflect.TypeFor[policy.Rule](): true, reflect.TypeFor[policy.Files](): true}
	actionsType = reflect.TypeFor[policy.Actions]()
	rowType     = reflect.TypeFor[policy.Row]()
	findingType = reflect.TypeFor[diag.Finding]()
)

// walk finds what is in a value: of a field with a name, about a permission.
func (h *held) walk(v reflect.Value, field, permission string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if at := (visit{0, v.Type()}); !v.IsNil() {
			if v.Kind() == reflect.Pointer {
				at.at = v.Pointer()
				if h.seen[at] {
					return
				}
				h.seen[at] = kindsOf[v.Type().Elem()] == ""
			}
			h.walk(v.Elem(), field, permission)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			h.walk(v.Index(i), field, permission)
		}
	case reflect.Struct:
		h.walkStruct(v, permission)
	case reflect.String:
		h.name(v.String(), field, permission)
	case reflect.Uint64:
		if v.Type() == actionsType && permission != "" {
			h.add("action", "", permission)
		}
	}
}

// walkStruct finds what is in the fields of a value.
func (h *held) walkStruct(v reflect.Value, permission string) {
	t := v.Type()
	switch {
	case unwalked[t] || t.PkgPath() != "" && !strings.HasPrefix(t.PkgPath(), "permc.dev/"):
		return
	case kindsOf[t] == "scope":
		h.add("scope", v.FieldByName("Path").String(), "")
		return
	case kindsOf[t] != "":
		h.add(kindsOf[t], v.FieldByName("ID").String(), "")
		return
	case t == rowType:
		r := v.Interface().(policy.Row)
		h.take(r.External())
	case t == findingType:
		h.take(v.Interface().(diag.Finding).External)
	}
	if p := v.FieldByName("Permission"); p.IsValid() {
		permission = permissionOf(p)
	}
	for i := range v.NumField() {
		if !t.Field(i).IsExported() || t == rowType && t.Field(i).Name == "Actions" {
			continue // it is not part of the answer, or the row has said it
		}
		h.walk(v.Field(i), t.Field(i).Name, permission)
	}
}

// permissionOf returns the id of the permission that a field has, or "".
func permissionOf(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.String:
		return v.String()
	case v.Kind() == reflect.Pointer && !v.IsNil() && kindsOf[v.Type().Elem()] == "permission":
		return v.Elem().FieldByName("ID").String()
	}
	return ""
}

// name takes what a text in a field names.
func (h *held) name(s, field, permission string) {
	switch kind := kindsNamed[field]; {
	case field == "Action" || field == "Actions":
		h.add("action", s, permission)
	case kind != "":
		h.add(kind, s, "")
	}
}

// add takes the thing of a kind with an id; without an id, all actions of a permission.
func (h *held) add(kind, id, permission string) {
	if kind == "action" && id == "" {
		h.take(h.actions[permission])
		return
	}
	for _, x := range h.byName[[2]string{kind, id}] {
		if kind != "action" || x.Of == permission {
			h.found[x] = true
		}
	}
}

func (h *held) take(list []policy.External) {
	for _, x := range list {
		h.found[x] = true
	}
}

// among returns those of some things that the answer holds, or that its text has in quotes.
func (h *held) among(list []policy.External, text string) []policy.External {
	return slices.DeleteFunc(list, func(x policy.External) bool {
		return h != nil && !h.found[x] && !strings.Contains(text, diag.Quote(Safe(x.ID)))
	})
}
