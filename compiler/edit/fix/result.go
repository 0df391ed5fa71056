package fix

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

func (r *runner) result() *Result {
	out := &Result{Project: r.now.project, Findings: r.now.findings}
	files := r.first.project.Files
	numbers := map[string]int32{}
	for i, f := range files.All() {
		numbers[f.Name] = int32(i + 1)
	}
	at := func(file string, off int) policy.Position {
		return files.Position(policy.Pos{File: numbers[file], Off: uint32(off)})
	}
	for _, p := range r.now.done {
		for _, d := range p.findings {
			out.Done = append(out.Done, Fix{d.Rule, at(p.file, p.origin), p.right != "", p.what(&d)})
		}
	}
	for i := range r.now.findings {
		d := &r.now.findings[i]
		if why := r.why(d); why != "" {
			s := r.now.spot(d)
			out.Left = append(out.Left, Fix{d.Rule, at(s.file, s.off), false, why})
		}
	}
	for _, f := range files.All() {
		if text, ok := r.now.texts[f.Name]; ok && text != f.Data {
			raw := f.Raw()
			out.Files = append(out.Files, File{f.Name, raw, append(slices.Clone(raw[:len(raw)-len(f.Data)]), text...)})
		}
	}
	sortFixes(out.Done)
	out.Done = slices.Compact(out.Done)
	sortFixes(out.Left)
	return out
}

func sortFixes(list []Fix) {
	slices.SortStableFunc(list, func(a, b Fix) int {
		if a.Renamed != b.Renamed {
			if a.Renamed {
				return -1
			}
			return 1
		}
		p, q := &a.Pos, &b.Pos
		return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Text, b.Text))
	})
}

// why says why a finding is not fixed, or "" if findings of its rule never are.
func (r *runner) why(d *diag.Finding) string {
	at := r.now.spot(d)
	why, left := r.left[at]
	switch {
	case d.Silenced() || at.file == "":
		return ""
	case d.Edit != nil && r.asked(d.Rule):
	case r.wanted(d.Rule, Removed):
		if _, reason := r.removable(d); reason != "" {
			return reason
		}
	case !r.wanted(d.Rule, Renamed) || d.Wrong == "":
		return ""
	case !left && d.Right == "":
		return "no single similar name"
	case !left:
		return r.sure(d)
	}
	if !left {
		return "not tried: run permc fix again"
	}
	return why
}
