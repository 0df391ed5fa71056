package align

import (
	"permc.dev/permc/compiler/edit/source"
	"permc.dev/permc/compiler/policy"
)

// place is where something is written that an edit changes as a whole: an item of a list, or a line of CSV.
type place struct {
	file int32
	at   int // the offset, or the line
}

func (a *planner) placeOf(pos policy.Pos) place {
	if source.SyntaxOf(a.project.Files.File(pos.File).Name) == source.CSV {
		return place{pos.File, a.project.Files.Position(pos).Line}
	}
	return place{pos.File, int(pos.Off)}
}

// withoutShared leaves out the fixes of places that say more than what is to change: a line of CSV with several cells,
// a list that several people share, an entry that CUE computes.
func (a *planner) withoutShared(fixes []*fix) (kept []*fix, left []Left) {
	all := map[place]int{}
	for _, f := range fixes {
		for _, pos := range f.places() {
			all[a.placeOf(pos)] = 0
		}
	}
	if len(all) == 0 {
		return fixes, nil
	}
	a.countPlaces(all)
	for before := -1; len(fixes) != before; {
		before = len(fixes)
		own := map[place]int{}
		for _, f := range fixes {
			for _, pos := range f.places() {
				own[a.placeOf(pos)]++
			}
		}
		kept = kept[:0:0]
		for _, f := range fixes {
			if a.isShared(f, all, own) {
				left = append(left, Left{f.item, "the place where it is written says more than this: edit it by hand"})
			} else {
				kept = append(kept, f)
			}
		}
		fixes = kept
	}
	return fixes, left
}

func (a *planner) isShared(f *fix, all, own map[place]int) bool {
	for _, pos := range f.places() {
		if at := a.placeOf(pos); !pos.IsValid() || all[at] > own[at] || len(f.set) > 0 && own[at] > 1 {
			return true
		}
	}
	return false
}

// places returns where the entries and memberships of a fix are written.
func (f *fix) places() (list []policy.Pos) {
	list = append(list, f.cut...)
	for _, x := range f.set {
		list = append(list, x.Pos)
	}
	return list
}

// countPlaces counts what is written at some places.
func (a *planner) countPlaces(all map[place]int) {
	count := func(pos policy.Pos) {
		if !pos.IsValid() {
			return
		}
		if at := a.placeOf(pos); all[at] > 0 {
			all[at]++
		} else if _, ok := all[at]; ok {
			all[at] = 1
		}
	}
	entries := func(list []policy.Entry) {
		for i := range list {
			if !list[i].ByDefault {
				count(list[i].Pos)
			}
		}
	}
	for _, u := range a.project.Policy.Users {
		entries(u.Entries)
	}
	for _, g := range a.project.Policy.Groups {
		entries(g.Entries)
		for i := range g.Members {
			count(g.Members[i].Pos)
		}
		for i := range g.Joined {
			count(g.Joined[i].Pos)
		}
	}
}
