package resolve

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// attributes binds attribute names and, if the catalog lists them, values.
func (b *binder) attributes(list []policy.Attribute, known map[string]*policy.DeclaredAttribute) []policy.Attribute {
	for _, a := range list {
		d := known[a.Name.Name]
		if d == nil {
			b.unknown("attribute", a.Name, sortedKeys(known))
			continue
		}
		for _, v := range a.Values {
			if !d.Lists(v.Name) {
				b.value(d, v)
			}
		}
	}
	return list
}

// value notes a value that an attribute does not list, or reports it if the list is closed.
func (b *binder) value(d *policy.DeclaredAttribute, v policy.Ref) {
	if !d.Closed {
		b.unlisted = append(b.unlisted, policy.Unlisted{Ref: v, Attribute: d})
		return
	}
	values := refNames(d.Values)
	f := diag.Stopf("unknown-attribute", v.Pos, "unknown value %s of attribute %q", diag.Quote(v.Name), d.ID.Name).
		WithHelp("%s", diag.Suggest(v.Name, values))
	f.Wrong, f.Right = v.Name, diag.Only(v.Name, values)
	b.fail(f)
}

// labels binds labels: each is kept unless the catalog's list is closed and lacks it.
func (b *binder) labels(c *policy.Catalog, refs []policy.Ref) (list []string) {
	for _, r := range refs {
		switch {
		case slices.ContainsFunc(c.Labels, func(d policy.Described) bool { return d.ID.Name == r.Name }):
		case c.ClosedLabels:
			b.unknown("label", r, describedIDs(c.Labels))
			continue
		default:
			b.unlisted = append(b.unlisted, policy.Unlisted{Ref: r})
		}
		list = append(list, r.Name)
	}
	return list
}

// keepUnlisted moves what was noted from an index on to a user.
func (b *policyBinder) keepUnlisted(u *policy.User, from int) {
	if b.unlistedOf == nil {
		b.unlistedOf = map[*policy.User][]policy.Unlisted{}
	}
	b.unlistedOf[u] = slices.Clone(b.unlisted[from:])
	b.unlisted = b.unlisted[:from]
}

// mergeUnlisted adds what a worker has noted.
func (b *policyBinder) mergeUnlisted(of map[*policy.User][]policy.Unlisted) {
	if b.unlistedOf == nil {
		b.unlistedOf = of
		return
	}
	for u, list := range of {
		b.unlistedOf[u] = list
	}
}
