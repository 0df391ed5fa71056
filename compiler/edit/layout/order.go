package layout

// kind says in which order the fields of a value are written, and what is in them. Other fields come last, as they are.
type kind struct {
	order  []string
	fields map[string]*kind
	every  *kind // of a mapping of names
	items  *kind // of a list
}

var (
	entry = &kind{order: []string{"role", "permission", "user", "group", "scope", "path", "actions", "starts",
		"expires", "reason",
		"ticket"}}
	entries = &kind{items: entry}

	user = &kind{order: []string{"name", "via", "affiliation", "status", "home", "roles", "grants", "groups",
		"attributes"},
		fields: map[string]*kind{"roles": entries, "grants": entries, "groups": entries}}
	group = &kind{order: []string{"title", "external", "owners", "kind", "home", "members", "roles", "grants",
		"attributes"},
		fields: map[string]*kind{"members": entries, "roles": entries, "grants": entries}}
	waiver = &kind{order: []string{"user", "group", "rule", "role", "permission", "scope", "path", "reason",
		"approver", "ticket", "expires"}}
	review = &kind{order: []string{"user", "group", "role", "permission", "memberOf", "scope", "path", "actions",
		"expires", "by", "on", "until"}}
	ownership = &kind{order: []string{"match", "approvers", "min", "on"}}

	scope = &kind{order: []string{"title", "external", "level", "inherits", "labels", "attributes", "scopes"}}

	// declaration keeps the order of its sections: people arrange them.
	declaration = &kind{fields: map[string]*kind{
		"scopes":      {every: scope},
		"users":       {every: user},
		"groups":      {every: group},
		"invitations": {every: user},
		"waivers":     {items: waiver},
		"reviews":     {items: review},
		"owners":      {items: ownership},
	}}
)

func init() { scope.fields = map[string]*kind{"scopes": {every: scope}} }

// field returns the kind of a field's value.
func (k *kind) field(name string) *kind {
	switch {
	case k == nil:
		return nil
	case k.every != nil:
		return k.every
	}
	return k.fields[name]
}

// item returns the kind of a list's items.
func (k *kind) item() *kind {
	if k == nil {
		return nil
	}
	return k.items
}

// rank returns the place of a field among the others.
func (k *kind) rank(name string) int {
	if k == nil {
		return 0
	}
	for i, x := range k.order {
		if x == name {
			return i
		}
	}
	return len(k.order)
}
