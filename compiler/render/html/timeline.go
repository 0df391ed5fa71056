package html

import (
	"fmt"
	"html/template"
	"time"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// Timeline charts the events from the day of the report on; "" if there are none.
func (v *view) Timeline() template.HTML {
	if len(v.Ends) == 0 {
		return ""
	}
	from := v.Policy.AsOf
	days, later := timelineSpan(v.Ends, from)
	const left, width, base = 12, 860, 118
	d := &drawing{width: left + width + 60, height: base + 24}
	x := func(day policy.Date) int { return left + int(day-from)*width/days }
	if soon := min(v.Policy.HorizonDays, days); soon > 0 {
		d.rect("soon", left, 14, soon*width/days, base-14)
		d.text("tick", left+4, 10, fmt.Sprintf("within %d days", v.Policy.HorizonDays))
	}
	d.line("axis", left, base, left+width, base)
	for _, t := range timelineTicks(from, days) {
		d.line("axis", x(t.on), base, x(t.on), base+5)
		d.text("tick", x(t.on)+3, base+18, t.text)
	}
	v.dots(d, x, from+policy.Date(days), base)
	words := fmt.Sprintf("Upcoming from %s: %s. The table lists each.", from, render.Plural(len(v.Ends), "event"))
	if later > 0 {
		d.text("tick", left+width-70, 10, render.Plural(later, "event")+" later")
		words += " " + render.Thousands(later) + " are later than the picture shows."
	}
	return d.picture(words)
}

// dots draws a mark for each event above its day, and counts those that do not fit.
func (v *view) dots(d *drawing, x func(policy.Date) int, last policy.Date, base int) {
	const step, most = 13, 6
	stack := map[int]int{} // by position, because days may be closer than marks
	for _, e := range v.Ends {
		if e.On > last {
			continue
		}
		at := x(e.On) / step * step
		n := stack[at]
		stack[at]++
		if n < most {
			d.event(&e, at+5, base-9-n*step)
		}
	}
	for at, n := range sortedByKey(stack) {
		if n > most {
			d.text("tick", at, base-9-most*step, fmt.Sprintf("+%d", n-most))
		}
	}
}

// event draws a mark whose shape shows the kind of event.
func (d *drawing) event(e *report.End, x, y int) {
	switch {
	case e.Waiver != nil:
		fmt.Fprintf(&d.b, `<path class="waiver" d="M%d %dl5 5l-5 5l-5 -5z"/>`, x, y-5)
	case e.Starts:
		fmt.Fprintf(&d.b, `<path class="starts" d="M%d %dl9 5l-9 5z"/>`, x-4, y-5)
	default:
		fmt.Fprintf(&d.b, `<circle class="ends" cx="%d" cy="%d" r="4.5"/>`, x, y)
	}
}

// timelineSpan returns the days that the picture shows, and the number of later events.
func timelineSpan(list []report.End, from policy.Date) (days, later int) {
	for _, choice := range []int{92, 184, 366, 2 * 366, 5 * 366, 10 * 366} {
		days, later = choice, 0
		for _, e := range list {
			if int(e.On-from) > days {
				later++
			}
		}
		if later*20 <= len(list) {
			return days, later
		}
	}
	return days, later
}

type tick struct {
	on   policy.Date
	text string
}

// timelineTicks returns the months of a year, or the years, on the axis.
func timelineTicks(from policy.Date, days int) (list []tick) {
	first, err := time.Parse(time.DateOnly, from.String())
	if err != nil {
		return nil
	}
	step, layout := 1, "Jan 2006"
	switch {
	case days > 3*366:
		step, layout = 12, "2006"
	case days > 366:
		step = 3
	}
	for t := time.Date(first.Year(), first.Month()+1, 1, 0, 0, 0, 0, time.UTC); ; t = t.AddDate(0, 1, 0) {
		on := policy.DateOf(t)
		if int(on-from) > days {
			return list
		}
		if (int(t.Month())-1)%step == 0 {
			list = append(list, tick{on, t.Format(layout)})
		}
	}
}
