package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// DiffGitHub writes a comparison as workflow commands, which GitHub shows on the changed lines, and as the job
// summary if there is one.
func DiffGitHub(w io.Writer, summary *JobSummary, d *Diff) error {
	a := annotations{}
	for _, h := range d.Hits {
		a.add("error", policy.Position{}, "permc diff", h.Gate+": "+h.Message)
	}
	if d.Note != "" {
		a.add("notice", policy.Position{}, "permc diff", d.Note)
	}
	d.annotatePaths(a)
	d.annotateOwners(a)
	for i := range d.New {
		x := &d.New[i]
		if !x.Silenced() {
			pos := x.Pos
			if pos.IsValid() && d.NewFiles.File(pos.File).Shipped {
				pos = policy.Pos{}
			}
			a.add(levelName(x.Severity), d.Links.positionIn(d.NewFiles, pos), x.Rule, messageOf(x, "; "))
		}
	}
	d.annotatePeople(a)
	if err := a.write(w, "the job summary lists all"); err != nil {
		return err
	}
	if summary == nil || summary.Room < 1<<12 {
		return nil
	}
	_, err := io.WriteString(summary, d.markdown(summary.Room/4)) // a character has up to four bytes
	return err
}

// annotatePeople puts what changes for people on lines. Ten are shown, so
// everybody's gravest comes before what else somebody gains, and the others are
// only counted.
func (d *Diff) annotatePeople(a annotations) {
	type other struct {
		*entry
		block
	}
	var others []other
	left := 0
	entries := d.entries()
	for i := range entries {
		e := &entries[i]
		list := d.blocksOf(e)
		slices.SortStableFunc(list, func(a, b block) int { return cmp.Or(cmp.Compare(a.kind, b.kind), b.rank-a.rank) })
		for j, x := range list {
			switch {
			case j == 0 && !a.full("notice"):
				d.annotate(a, e, &x)
			case j > 0 && len(others) <= mostAnnotations:
				x.causes = slices.Clone(x.causes) // reused for the next person
				others = append(others, other{e, x})
			case j > 0:
				left++
			}
		}
	}
	for i := range others {
		if !a.full("notice") {
			d.annotate(a, others[i].entry, &others[i].block)
		}
	}
	a.count("notice", left)
}

// annotate puts a change on the lines of the head that cause it.
func (d *Diff) annotate(a annotations, e *entry, x *block) {
	text := fmt.Sprintf("%s %s %s on %s, %s", d.who(e), e.word(x.kind), x.itemsText(", "), d.on(x), x.why)
	if x.kind == diff.ReasonChanged {
		text = fmt.Sprintf("%s: reason changed for %s on %s, %s", d.who(e), x.itemsText(", "), d.on(x), x.why)
	}
	var at policy.Pos
	for _, c := range x.causes {
		if !c.Base {
			at = c.Pos
			break
		}
	}
	a.add("notice", d.Links.positionIn(d.Head.Files, at), "access "+x.kind.String(), text)
}
