package html

import "permc.dev/permc/compiler/diag"

// Fix returns the help that most findings of the rule share, to say it once. It is "" if each has its own, or if one
// has none: the shared one would seem to be about that too.
func (r ruleView) Fix() string {
	times := map[string]int{}
	most := ""
	for _, d := range r.Shown() {
		if d.Help == "" {
			return ""
		}
		times[d.Help]++
		if times[d.Help] > times[most] {
			most = d.Help
		}
	}
	if times[most] < 2 {
		return ""
	}
	return most
}

// OtherFix reports whether some findings have another help than the shared one.
func (r ruleView) OtherFix(fix string) bool {
	for _, d := range r.Shown() {
		if d.Help != fix {
			return true
		}
	}
	return false
}

// Each returns one finding of the rule, without the help that is said for all.
func (r ruleView) Each(d *diag.Finding, fix string) findingView {
	f := r.One(d)
	f.FixSaid = d.Help == fix
	return f
}
