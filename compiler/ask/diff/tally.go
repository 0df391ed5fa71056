package diff

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"sync"

	"permc.dev/permc/compiler/policy"
)

// Tally counts how many actions are held in the base, each of a person on a scope
// and permission, and how many of those the head takes away or narrows, by day:
// the numbers of each day are added to those before.
type Tally struct {
	mu         sync.Mutex
	held, lost map[policy.Date]int // day 0 is that of the comparison
}

func (t *Tally) add(day policy.Date, held, lost int) {
	if held == 0 && lost == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held[day] += held
	if lost != 0 {
		t.lost[day] += lost
	}
}

// hits finds the first day on which more than a share of the actions that the base then holds is lost or narrowed.
// Only days on which the losses change are looked at.
func (t *Tally) hits(most float64) []Hit {
	var held, lost int
	for _, day := range slices.Sorted(maps.Keys(t.held)) {
		held += t.held[day]
		lost += t.lost[day]
		if t.lost[day] <= 0 || held == 0 || float64(lost)*100 <= most*float64(held) {
			continue
		}
		message := fmt.Sprintf("%d of %s lost or narrowed, %.1f%%", lost,
			countText(held, "action held is", "actions held are"), float64(lost)*100/float64(held))
		if day != 0 {
			message += ", on " + day.String()
		}
		return []Hit{{Gate: maxLostName(most), Message: message, Rows: lost, From: day}}
	}
	return nil
}

// count counts a user who is the same on both sides.
func (p *Policies) countSame(pair *Pair) {
	if p.tally == nil {
		return
	}
	before := heldActions(pair.Base)
	p.tally.add(0, before, 0)
	for _, day := range pair.Later {
		base, _ := pair.On(day)
		now := heldActions(base)
		p.tally.add(day, now-before, 0)
		before = now
	}
}

// heldActions counts the actions of somebody, on each scope and permission.
func heldActions(a *policy.Access) (n int) {
	if a == nil {
		return 0
	}
	for i := range a.Rows {
		n += bits.OnesCount64(uint64(a.Rows[i].Actions))
	}
	return n
}

// countToday counts a user whose entries neither begin nor end later.
func (p *Policies) countToday(pair *Pair, changes []Change) {
	if p.tally == nil {
		return
	}
	lost := 0
	for i := range changes {
		if changes[i].Kind.Less() {
			lost += len(changes[i].Actions)
		}
	}
	p.tally.add(0, heldActions(pair.Base), lost)
}

// count counts a user day by day.
func (t *timeline) count() {
	if t.tally == nil {
		return
	}
	held, lost := make([]int, len(t.days)), make([]int, len(t.days)) // more than on the day before
	for _, x := range t.rows {
		var heldBefore, lostBefore int
		for i, day := range x.days {
			holds, loses := 0, 0
			if b := x.base[i]; b != nil {
				holds, loses = bits.OnesCount64(uint64(b.Actions)), len(beyond(b, x.head[i]))
			}
			held[day] += holds - heldBefore
			lost[day] += loses - lostBefore
			heldBefore, lostBefore = holds, loses
		}
	}
	for i, day := range t.days {
		t.tally.add(day, held[i], lost[i])
	}
}
