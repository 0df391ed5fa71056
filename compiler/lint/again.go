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
		covers := func(known diag.Identity) bool { return known.Key == id.Key && known.Covers(&id) }
		if slices.ContainsFunc(w.before, covers) || !slices.ContainsFunc(w.seen[id.Key], covers) || w.again[id.Key] {
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
	w.before = listIdentities(w.pass.found)
	return list
}

func listIdentities(found []diag.Finding) (list []diag.Identity) {
	for i := range found {
		list = append(list, found[i].Identity())
	}
	return list
}
