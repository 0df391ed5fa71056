package observe

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// compareLists finds lists of users or teams that each seem to be complete, and of which one lacks what another has.
// Lists that have nothing in common may be parts, such as those of two filters.
func (d *dataverse) compareLists(kind string, p *pages) {
	if len(p.lists) < 2 || kind == "businessunits" || !p.whole() {
		return
	}
	ids, names := map[int32]map[string]bool{}, map[string]string{}
	for _, l := range p.lists {
		ids[l.file] = map[string]bool{}
	}
	for i := range d.items {
		if x := &d.items[i]; x.dvKind == kind {
			id := strings.ToLower(x.user.ID + x.team.ID)
			ids[x.File][id] = true
			names[id] = cmp.Or(x.user.Domain, x.user.Name, x.team.Name, id)
		}
	}
	for i, l := range p.lists {
		for _, other := range p.lists[:i] {
			d.compareIDs(ids, names, other.file, l.file, dvWords[kind])
		}
	}
}

// compareIDs notes which of two lists that overlap lacks something.
func (d *dataverse) compareIDs(ids map[int32]map[string]bool, names map[string]string, first, second int32,
	what string) {
	common := 0
	for id := range ids[first] {
		if ids[second][id] {
			common++
		}
	}
	if common == 0 || common == len(ids[first]) && common == len(ids[second]) {
		return
	}
	in, lacks := first, second
	if common == len(ids[first]) {
		in, lacks = second, first
	}
	least := ""
	for id := range ids[in] {
		if !ids[lacks][id] && (least == "" || names[id] < least) {
			least = names[id]
		}
	}
	d.gap(Place{second, 1}, "give one list of them, the newest",
		"contradicts %s: both are complete lists of %s, and only %s has %q", d.o.Files[first].Name, what,
		d.o.Files[in].Name, least)
}

// rootScope returns the outermost business unit, or None.
func (d *dataverse) rootScope() int32 {
	for _, id := range slices.Sorted(maps.Keys(d.units)) {
		if d.units[id].Parent == "" {
			return d.unit(id, Place{0, 1})
		}
	}
	return None
}
