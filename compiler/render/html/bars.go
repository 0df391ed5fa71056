package html

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// sensitivities, the highest first, and "" for none.
var sensitivities = listSensitivities()

func listSensitivities() []string {
	list := slices.Clone(policy.Sensitivities)
	slices.Reverse(list)
	return append(list, "")
}

// mostBars limits the permissions in the chart.
const mostBars = 24

// Sensitive counts the holders of each permission, the most sensitive first; "" if nobody holds any.
func (v *view) Sensitive() template.HTML {
	list, more := v.heldPermissions()
	if len(list) == 0 {
		return ""
	}
	most := 1
	for _, p := range list {
		most = max(most, v.Permissions[p.Index].Active)
	}
	const label, room, step = 300, 250, 22
	d := &drawing{width: label + room + 60}
	d.stripes()
	var words []string
	y, last := 0, "?"
	for _, p := range list {
		if p.Highest() != last {
			last = p.Highest()
			y += step + 6
			d.text("kind", 0, y-7, cmp.Or(last, "not rated"))
			d.line("axis", 0, y-1, d.width, y-1)
		}
		h := v.Permissions[p.Index]
		y += step
		d.text("label", 0, y-6, shortenMiddle(p.ID, 43))
		d.rect("bar", label, y-17, max(1, h.Active*room/most), 12)
		if n := h.Individual * room / most; n > 0 {
			d.rect("bar direct", label, y-17, n, 12)
		}
		d.text("value", label+h.Active*room/most+8, y-6, render.Thousands(h.Active))
		words = append(words, fmt.Sprintf("%s (%s): %s", p.ID, cmp.Or(p.Highest(), "not rated"),
			render.Thousands(h.Active)))
	}
	d.height = y + 4
	if more > 0 {
		d.height += step
		d.text("label", 0, d.height-8, fmt.Sprintf("and %d more", more))
		words = append(words, fmt.Sprintf("and %d more", more))
	}
	return d.picture("Holders of each permission, by sensitivity. " + strings.Join(words, "; "))
}

// heldPermissions returns the held permissions for the chart, and the number of others.
func (v *view) heldPermissions() (list []*policy.Permission, more int) {
	for _, p := range v.Policy.Catalog.Permissions {
		if v.Permissions[p.Index].Active > 0 {
			list = append(list, p)
		}
	}
	rank := func(p *policy.Permission) int { return slices.Index(sensitivities, p.Highest()) }
	slices.SortStableFunc(list, func(a, b *policy.Permission) int {
		return cmp.Or(rank(a)-rank(b), v.Permissions[b.Index].Active-v.Permissions[a.Index].Active)
	})
	return list[:min(len(list), mostBars)], max(0, len(list)-mostBars)
}

// SomeIndividual reports whether grants alone give something.
func (v *view) SomeIndividual() bool {
	return slices.ContainsFunc(v.Permissions, func(h report.Holders) bool { return h.Individual > 0 })
}
