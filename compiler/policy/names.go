package policy

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// Aliases are the ids that other names stand for: a product's own words, and
// titles. A name that stands for several ids means none of them.
type Aliases map[string][]string

// Add makes a name stand for an id.
func (a Aliases) Add(name, id string) {
	key := foldName(name)
	for _, have := range a[key] {
		if have == id {
			return
		}
	}
	a[key] = append(a[key], id)
}

// IDs returns the ids that a name stands for, in any case.
func (a Aliases) IDs(name string) []string { return a[foldName(name)] }

// Names returns all names, folded.
func (a Aliases) Names() []string {
	list := make([]string, 0, len(a))
	for name := range a {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

func foldName(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// RoleNamed returns the role with an id or another name, or the ids of several
// that the name stands for.
func (c *Catalog) RoleNamed(name string) (*Role, []string) {
	if r := c.RoleByID[name]; r != nil {
		return r, nil
	}
	ids := c.RoleAliases.IDs(name)
	if len(ids) == 1 {
		return c.RoleByID[ids[0]], nil
	}
	return nil, ids
}

// PermissionNamed returns the permission with an id or another name, or the ids
// of several that the name stands for.
func (c *Catalog) PermissionNamed(name string) (*Permission, []string) {
	if p := c.PermissionByID[name]; p != nil {
		return p, nil
	}
	ids := c.PermissionAliases.IDs(name)
	if len(ids) == 1 {
		return c.PermissionByID[ids[0]], nil
	}
	return nil, ids
}

// UserKey returns a key that all spellings of a user's id share.
func (c *Catalog) UserKey(id string) string {
	if c.ExactUsers {
		return id
	}
	return Fold(id)
}

// Depth is a word for a reach and an access together.
type Depth struct {
	ID, Title string
	Reach     Reach
	Own       bool
	Source    string
}

// DepthOf returns the word for what a cell reaches, or "". Of several words, one that its permission can be given at
// comes first.
func (c *Catalog) DepthOf(x *Cell) (word string) {
	for _, d := range c.Depths {
		if d.Own != x.Own || !d.Reach.Equal(x.Reach) {
			continue
		}
		if slices.Contains(x.Permission.Depths, d.ID) {
			return d.ID
		}
		word = cmp.Or(word, d.ID)
	}
	return word
}
