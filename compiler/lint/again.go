package lint

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// comesBack returns the findings of this day that an earlier day has, but not the day before, and that
// something silenced only until then: once nobody accepts it any longer, it is a new finding. Others
// are known already.
func (w *Worker) comesBack(day policy.Date) (list []diag.Finding) {
	for _, d := range w.pass.found {
		id := d.Identity()
		covers := func(known diag.Identity) bool { return known.Covers(&id) }
		if slices.ContainsFunc(w.before[id.Key], covers) || !slices.ContainsFunc(w.seen[id.Key], covers) ||
			w.again[id.Key] {
			continue
		}
		if until := w.linter.silentUntil(&d); until != 0 && until < day {
			if w.again == nil {
				w.again = map[diag.Key]bool{}
			}
			w.again[id.Key] = true
			list = append(list, StartFrom(d, day))
		}
	}
	w.noteBefore()
	return list
}

// noteBefore notes the findings of a day for the next one.
func (w *Worker) noteBefore() {
	w.before = make(map[diag.Key][]diag.Identity, len(w.pass.found))
	for i := range w.pass.found {
		id := w.pass.found[i].Identity()
		w.before[id.Key] = append(w.before[id.Key], id)
	}
}
