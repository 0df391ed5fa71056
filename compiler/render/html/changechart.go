package html

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// mostBars limits the permissions in the chart.
const mostBars = 24

// Picture charts how many people gain and lose each permission; "" if nobody does.
func (c *change) Picture() template.HTML {
	list := c.Permissions
	if len(list) == 0 {
		return ""
	}
	most, more := 1, max(0, len(list)-mostBars)
	list = list[:len(list)-more]
	for _, t := range list {
		most = max(most, t.Gain, t.Lose)
	}
	const label, room, step = 300, 200, 22
	axis := label + room + 40
	d := &drawing{width: axis + room + 50}
	d.stripes()
	var words []string
	y := 0
	for _, t := range list {
		y += step
		d.text("label", 0, y-6, shortenMiddle(titleOf(t.Title, t.ID), 43))
		if t.Lose > 0 {
			w := t.Lose * room / most
			d.rect("bar direct", axis-w, y-17, w, 12)
			d.end("value", axis-w-6, y-6, "−"+render.Thousands(t.Lose))
		}
		if t.Gain > 0 {
			w := t.Gain * room / most
			d.rect("bar", axis, y-17, w, 12)
			d.text("value", axis+w+6, y-6, "+"+render.Thousands(t.Gain))
		}
		words = append(words, fmt.Sprintf("%s: %s more, %s fewer", t.ID, render.Thousands(t.Gain),
			render.Thousands(t.Lose)))
	}
	d.height = y + 4
	d.line("axis", axis, 0, axis, y)
	if more > 0 {
		d.height += step
		d.text("label", 0, d.height-8, fmt.Sprintf("and %d more", more))
	}
	return d.picture("People who gain and lose each permission. " + strings.Join(words, "; "))
}

// tally counts the people who gain and lose a permission.
type tally struct {
	*policy.Permission
	Level      string // the highest of what comes or goes
	Gain, Lose int
}

func (c *change) tallies() (list []*tally) {
	byID := map[string]*tally{}
	diff.EachEffects(c.People, func(effects []diff.Effect, n int) {
		for i, x := range effects {
			p := x.Permission
			if t := byID[p.ID]; t != nil {
				t.Level = policy.Graver(t.Level, levelOf(x.Gravity))
			}
			if slices.ContainsFunc(effects[:i], func(b diff.Effect) bool {
				return b.Permission.ID == p.ID && b.More == x.More
			}) {
				continue
			}
			t := byID[p.ID]
			if t == nil {
				t = &tally{Permission: p, Level: levelOf(x.Gravity)}
				byID[p.ID], list = t, append(list, t)
			}
			if x.More {
				t.Gain += n
			} else {
				t.Lose += n
			}
		}
	})
	slices.SortFunc(list, func(a, b *tally) int {
		return cmp.Or(rankOf(a.Level)-rankOf(b.Level), b.Gain-a.Gain, b.Lose-a.Lose, strings.Compare(a.ID, b.ID))
	})
	return list
}

// levelOf returns the sensitivity of a rank, 0 for none.
func levelOf(gravity int8) string { return sensitivities[len(sensitivities)-1-int(gravity)] }
