package fix

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"permc.dev/permc/compiler/edit/source"
)

// planEdits makes the edits of proposals, by file, and says why some cannot be
// made.
func planEdits(s *state, list []*proposal) (map[string][]edit, []*proposal, map[*proposal]error) {
	files, why := map[string][]*proposal{}, map[*proposal]error{}
	for _, p := range list {
		files[p.file] = append(files[p.file], p)
	}
	edits := map[string][]edit{}
	var skipped []*proposal
	for name, list := range files {
		// An edit of a text in another encoding than UTF-8 would change all of it.
		if f := s.project.Files.Named(name); f != nil && f.Decoded != "" {
			for _, p := range list {
				why[p] = fmt.Errorf("the file is %s: save it as UTF-8 first", f.Decoded)
			}
			continue
		}
		t := &plan{name: name, text: s.text(name)}
		t.file, t.err = parseFile(name, t.text)
		found, ok := t.edits(list, why)
		if !ok { // the others follow in the next round
			skipped = append(skipped, list[1:]...)
			found, _ = t.edits(list[:1], why)
		}
		if len(found) > 0 {
			edits[name] = found
		}
		lines := source.NewColumns(t.text).Starts
		for _, p := range list {
			p.commented = p.leavesComment() && isCommented(t.text, lines, edits[name], p.off)
		}
	}
	done := slices.DeleteFunc(slices.Clone(list), func(p *proposal) bool {
		return why[p] != nil || slices.Contains(skipped, p)
	})
	return edits, done, why
}

// plan is a file to edit.
type plan struct {
	name, text string
	file       syntax
	err        error // why there is no syntax
}

// edits makes the edits of a file. It reports false if they overlap.
func (t *plan) edits(list []*proposal, why map[*proposal]error) (edits []edit, ok bool) {
	var offsets []int
	for _, p := range list {
		found, whole, err := t.editsOf(p)
		switch {
		case err != nil:
			why[p] = err
		case whole:
			offsets = append(offsets, p.off)
		default:
			edits = append(edits, found...)
		}
	}
	if len(offsets) == 0 {
		return edits, sortEdits(edits)
	}
	t.setFree(list)
	removed, failed := t.file.remove(offsets)
	for _, p := range list {
		if err := failed[p.off]; p.isRemoval() && err != nil {
			why[p] = err
		}
	}
	edits = append(edits, removed...)
	return edits, sortEdits(edits)
}

// editsOf returns the edits of a proposal, or whole if it removes an item of a list: those are removed together.
func (t *plan) editsOf(p *proposal) (list []edit, whole bool, err error) {
	if p.remedy != nil && !p.isRemoval() {
		list, err = p.remedy.edits(t.name, t.text)
		return list, false, err
	}
	if t.err != nil {
		return nil, false, t.err
	}
	if p.right != "" {
		list, err = p.rename(t)
		return list, false, err
	}
	if list, ok := p.wordEdits(t.name, t.text); ok {
		return list, false, nil
	}
	return nil, true, nil
}

// setFree tells a CSV file which lines no user depends on.
func (t *plan) setFree(list []*proposal) {
	c, ok := t.file.(*csvText)
	if !ok {
		return
	}
	c.free = map[int]bool{}
	for _, p := range list {
		c.free[p.off] = p.elsewhere
	}
}

func (p *proposal) rename(t *plan) ([]edit, error) {
	e, err := t.file.rename(p.off, p.wrong, p.right)
	switch {
	case err != nil && p.findings[0].Rule == "unknown-group": // a member
		e, err = t.file.rename(p.off, "group:"+p.wrong, "group:"+p.right)
	case errors.Is(err, errOtherName) && p.findings[0].Rule == "unknown-scope":
		return renameParts(t.file, t.name, t.text, p)
	}
	return []edit{e}, err
}

// isCommented reports whether there is a comment on its own line above the text
// removed at an offset. The comment stays, and may no longer be right.
func isCommented(text string, lines []int, edits []edit, off int) bool {
	i := sort.Search(len(edits), func(i int) bool { return edits[i].to > off })
	if i == len(edits) || edits[i].from > off || edits[i].text != "" || edits[i].from == 0 {
		return false
	}
	from := edits[i].from
	line := sort.SearchInts(lines, from) - 1 // of the text before it
	above := strings.TrimSpace(text[lines[line]:from])
	return strings.HasPrefix(above, "//") || strings.HasPrefix(above, "#")
}
