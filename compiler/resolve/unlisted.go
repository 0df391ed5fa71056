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
			if !b.lists(d, v.Name) {
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
	if b.full() {
		return
	}
	values := b.listedNames.Of(d, func() []string { return refNames(d.Values) })
	f := diag.Stopf("unknown-attribute", v.Pos, "unknown value %s of attribute %q", diag.Quote(v.Name), d.ID.Name).
		WithHelp("%s", values.Suggest(v.Name))
	f.Wrong, f.Right = v.Name, values.Only(v.Name)
	b.fail(f)
}

// manyNames is from how many names on a map finds one faster than a search of the list.
const manyNames = 32

// nameSet finds names in a list that grows, which has each once.
type nameSet map[string]bool

func (s *nameSet) has(list []string, name string) bool {
	if len(list) < manyNames {
		return slices.Contains(list, name)
	}
	if *s == nil {
		*s = nameSet{}
	}
	for _, n := range list[len(*s):] {
		(*s)[n] = true
	}
	return (*s)[name]
}

// lists reports whether a value is among those of an attribute, or any will do.
func (b *binder) lists(d *policy.DeclaredAttribute, value string) bool {
	if len(d.Values) < manyNames {
		return d.Lists(value)
	}
	values := b.valuesOf[d]
	if values == nil {
		values = make(map[string]bool, len(d.Values))
		for _, v := range d.Values {
			values[v.Name] = true
		}
		if b.valuesOf == nil {
			b.valuesOf = map[*policy.DeclaredAttribute]map[string]bool{}
		}
		b.valuesOf[d] = values
	}
	return values[value]
}

// hasLabel reports whether a catalog lists a label.
func (b *binder) hasLabel(c *policy.Catalog, label string) bool {
	if len(c.Labels) < manyNames {
		return slices.ContainsFunc(c.Labels, func(d policy.Described) bool { return d.ID.Name == label })
	}
	if b.labelled != len(c.Labels) {
		b.labelled, b.labelSet = len(c.Labels), make(map[string]bool, len(c.Labels))
		for i := range c.Labels {
			b.labelSet[c.Labels[i].ID.Name] = true
		}
	}
	return b.labelSet[label]
}

// bindLabels binds labels: each is kept unless the catalog's list is closed and lacks it.
func (b *binder) bindLabels(c *policy.Catalog, refs []policy.Ref) (list []string) {
	for _, r := range refs {
		switch {
		case b.hasLabel(c, r.Name):
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
