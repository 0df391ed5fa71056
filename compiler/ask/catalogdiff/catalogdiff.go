// Package catalogdiff compares two catalogs, or two versions of one: what each gives,
// to which roles, how far, how sure and by which source. A catalog is taken apart
// into items with fields, so that what differs is complete: applied to the old
// catalog it gives the new one.
package catalogdiff

import (
	"cmp"
	"fmt"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Diff is what differs between two catalogs.
type Diff struct {
	Old, New *policy.Catalog
	Changes  []Change // in order of kind, role, permission and name
}

// Change is what happens to one item.
type Change struct {
	Key
	How        How
	Confidence int // 1: surer than before, -1: less sure
	Fields     []FieldChange
}

// FieldChange is a field that differs. Without a value, the item does not have the
// field.
type FieldChange struct {
	Name          string
	Before, After []string
}

// How is what happens to an item.
type How uint8

// The ways, in the order in which people read them.
const (
	Added         How = iota
	Widened           // gives more, or to more
	Changed           // gives something else, or more of one and less of the other
	Narrowed          // gives less, or to fewer
	Removed           //
	Surer             // gives the same, and a better source says so
	LessSure          // gives the same, and a source that said so is gone
	Renamed           // has another title
	SourceChanged     // gives the same by another source
	TextChanged       // gives the same in other words
)

var hows = [...]string{"added", "widened", "changed", "narrowed", "removed", "surer", "less-sure", "renamed",
	"source-changed", "text-changed"}

func (h How) String() string { return hows[h] }

// Hows are the words for what happens to an item.
func Hows() []string { return hows[:] }

// Compare compares two catalogs.
func Compare(before, after *policy.Catalog) *Diff {
	d := &Diff{Old: before, New: after}
	was, is := Items(before), Items(after)
	for len(was)+len(is) > 0 {
		switch {
		case len(was) == 0 || len(is) > 0 && compareKeys(&is[0].Key, &was[0].Key) < 0:
			d.Changes = append(d.Changes, Change{Key: is[0].Key, How: Added, Fields: differences(nil, is[0].Fields)})
			is = is[1:]
		case len(is) == 0 || compareKeys(&was[0].Key, &is[0].Key) < 0:
			d.Changes = append(d.Changes,
				Change{Key: was[0].Key, How: Removed, Fields: differences(was[0].Fields, nil)})
			was = was[1:]
		default:
			if list := differences(was[0].Fields, is[0].Fields); len(list) > 0 {
				d.Changes = append(d.Changes, describeChange(&was[0], &is[0], list))
			}
			was, is = was[1:], is[1:]
		}
	}
	return d
}

// Equal reports whether nothing differs.
func (d *Diff) Equal() bool { return len(d.Changes) == 0 }

// Apply makes the changes to the items of the old catalog, and returns those of the
// new one. It is an error if the changes are about other items.
func Apply(items []Item, changes []Change) ([]Item, error) {
	at := map[Key]int{}
	out := slices.Clone(items)
	for i := range out {
		at[out[i].Key] = i
	}
	gone := map[Key]bool{}
	for i := range changes {
		c := &changes[i]
		n, known := at[c.Key]
		if known == (c.How == Added) {
			return nil, fmt.Errorf("%s: %v cannot be %s", c.Kind, c.Key, c.How)
		}
		if c.How == Added {
			n = len(out)
			out = append(out, Item{Key: c.Key})
		}
		fields, err := applyFields(out[n].Fields, c.Fields)
		if err != nil {
			return nil, fmt.Errorf("%s: %v: %w", c.Kind, c.Key, err)
		}
		out[n].Fields = fields
		gone[c.Key] = c.How == Removed
	}
	out = slices.DeleteFunc(out, func(x Item) bool { return gone[x.Key] })
	sortItems(out)
	return out, nil
}

// differences compares the fields of an item, in order of name.
func differences(was, is []Field) (list []FieldChange) {
	for len(was)+len(is) > 0 {
		switch {
		case len(was) == 0 || len(is) > 0 && is[0].Name < was[0].Name:
			list = append(list, FieldChange{Name: is[0].Name, After: is[0].Values})
			is = is[1:]
		case len(is) == 0 || was[0].Name < is[0].Name:
			list = append(list, FieldChange{Name: was[0].Name, Before: was[0].Values})
			was = was[1:]
		default:
			if !slices.Equal(was[0].Values, is[0].Values) {
				list = append(list, FieldChange{was[0].Name, was[0].Values, is[0].Values})
			}
			was, is = was[1:], is[1:]
		}
	}
	return list
}

func applyFields(fields []Field, changes []FieldChange) ([]Field, error) {
	out := slices.Clone(fields)
	for _, c := range changes {
		i := slices.IndexFunc(out, func(f Field) bool { return f.Name == c.Name })
		var was []string
		if i >= 0 {
			was = out[i].Values
			out = slices.Delete(out, i, i+1)
		}
		if !slices.Equal(was, c.Before) {
			return nil, fmt.Errorf("%s is %q, not %q", c.Name, was, c.Before)
		}
		if c.After != nil {
			out = append(out, Field{c.Name, c.After})
		}
	}
	slices.SortFunc(out, func(a, b Field) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}
