package change

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/edit/source"
	"permc.dev/permc/compiler/policy"
)

// confirms returns the ways to add reviews: to the list in the file with the most of them, or else as a new list in the
// file that names the product or has the catalog. CSV and JSON Lines cannot hold them.
func (e *editor) confirms(reviews []policy.DeclaredReview) (list []way) {
	count := map[string]int{}
	for i := range e.now.Declared().Reviews {
		count[e.fileOf(e.now.Declared().Reviews[i].Pos)]++
	}
	var items []source.Value
	for i := range reviews {
		items = append(items, reviewValue(&reviews[i]))
	}
	for _, f := range e.now.Files.Own() {
		if f.Shipped {
			continue
		}
		x, err := source.Parse(f.Name, f.Data)
		if err != nil {
			continue
		}
		if edits, isNew, err := x.AddToList("reviews", items); err == nil {
			rank := -count[f.Name]
			if isNew {
				rank = 1
			}
			list = append(list, way{edits: map[string][]source.Edit{f.Name: edits}, rank: rank})
		}
	}
	slices.SortStableFunc(list, func(a, b way) int { return cmp.Compare(a.rank, b.rank) })
	return list
}

// reviewValue returns what to write for a review.
func reviewValue(r *policy.DeclaredReview) (v source.Value) {
	text := func(name, s string) {
		if s != "" {
			v.Fields = append(v.Fields, source.Named{Name: name, Value: source.Value{Text: s}})
		}
	}
	text("user", r.User.Name)
	text("group", r.Group.Name)
	text("role", r.Role.Name)
	text("permission", r.Permission.Name)
	text("memberOf", r.MemberOf.Name)
	text("scope", r.Scope.Name)
	if len(r.Actions) > 0 {
		var list []source.Value
		for _, a := range r.Actions {
			list = append(list, source.Value{Text: a.Name})
		}
		v.Fields = append(v.Fields, source.Named{Name: "actions", Value: source.Value{List: list}})
	}
	text("expires", r.Ends.String())
	text("by", r.By.Name)
	text("on", r.On.String())
	return v
}
