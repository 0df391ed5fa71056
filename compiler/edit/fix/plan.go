package fix

import (
	"slices"
	"sort"
	"strings"
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
		file, err := s.parse(name)
		if err != nil {
			for _, p := range list {
				why[p] = err
			}
			continue
		}
		found, ok := fileEdits(file, list, why)
		if !ok { // the others follow in the next round
			skipped = append(skipped, list[1:]...)
			found, _ = fileEdits(file, list[:1], why)
		}
		if len(found) > 0 {
			edits[name] = found
		}
		for _, p := range list {
			p.commented = p.right == "" && isCommented(s.text(name), edits[name], p.off)
		}
	}
	done := slices.DeleteFunc(slices.Clone(list), func(p *proposal) bool {
		return why[p] != nil || slices.Contains(skipped, p)
	})
	return edits, done, why
}

// fileEdits makes the edits of one file. It reports false if they overlap.
func fileEdits(file syntax, list []*proposal, why map[*proposal]error) (edits []edit, ok bool) {
	if t, ok := file.(*csvText); ok {
		t.free = map[int]bool{}
		for _, p := range list {
			t.free[p.off] = p.elsewhere
		}
	}
	var offsets []int
	for _, p := range list {
		if p.right == "" {
			offsets = append(offsets, p.off)
		} else if e, err := p.rename(file); err == nil {
			edits = append(edits, e)
		} else {
			why[p] = err
		}
	}
	if len(offsets) == 0 {
		return edits, sortEdits(edits)
	}
	removed, failed := file.remove(offsets)
	for _, p := range list {
		if err := failed[p.off]; p.right == "" && err != nil {
			why[p] = err
		}
	}
	edits = append(edits, removed...)
	return edits, sortEdits(edits)
}

func (p *proposal) rename(file syntax) (edit, error) {
	e, err := file.rename(p.off, p.wrong, p.right)
	if err != nil && p.findings[0].Rule == "unknown-group" { // a member
		return file.rename(p.off, "group:"+p.wrong, "group:"+p.right)
	}
	return e, err
}

// isCommented reports whether there is a comment on its own line above the text
// removed at an offset. The comment stays, and may no longer be right.
func isCommented(text string, edits []edit, off int) bool {
	i := sort.Search(len(edits), func(i int) bool { return edits[i].to > off })
	if i == len(edits) || edits[i].from > off || edits[i].text != "" || edits[i].from == 0 {
		return false
	}
	from := edits[i].from
	above := strings.TrimSpace(text[lineStart(text, from-1):from])
	return strings.HasPrefix(above, "//") || strings.HasPrefix(above, "#")
}
