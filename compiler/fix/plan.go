package fix

import (
	"slices"
	"strings"
)

// plan are the edits of proposals, by file, and why some cannot be made.
func plan(s *state, list []*proposal) (map[string][]edit, []*proposal, map[*proposal]error) {
	files, why := map[string][]*proposal{}, map[*proposal]error{}
	for _, p := range list {
		files[p.file] = append(files[p.file], p)
	}
	edits := map[string][]edit{}
	for name, list := range files {
		file, err := parse(name, s.text(name))
		if err != nil {
			for _, p := range list {
				why[p] = err
			}
			continue
		}
		if found := fileEdits(file, list, why); len(found) > 0 {
			edits[name] = found
		}
		for _, p := range list {
			p.commented = p.right == "" && commented(s.text(name), edits[name], p.off)
		}
	}
	done := slices.DeleteFunc(slices.Clone(list), func(p *proposal) bool { return why[p] != nil })
	return edits, done, why
}

// fileEdits are the edits of one file.
func fileEdits(file syntax, list []*proposal, why map[*proposal]error) (edits []edit) {
	var offsets []int
	for _, p := range list {
		if p.right == "" {
			offsets = append(offsets, p.off)
			continue
		}
		e, err := file.rename(p.off, p.wrong, p.right)
		if err != nil && p.findings[0].Rule == "unknown-group" {
			e, err = file.rename(p.off, "group:"+p.wrong, "group:"+p.right)
		}
		if why[p] = err; err != nil {
			continue
		}
		delete(why, p)
		edits = append(edits, e)
	}
	if t, ok := file.(*csvText); ok {
		t.free = map[int]bool{}
		for _, p := range list {
			t.free[p.off] = p.elsewhere
		}
	}
	if len(offsets) > 0 {
		removed, failed := file.remove(offsets)
		edits = append(edits, removed...)
		for _, p := range list {
			if err := failed[p.off]; p.right == "" && err != nil {
				why[p] = err
			}
		}
	}
	sorted(edits)
	return edits
}

// commented reports whether a comment on a line of its own stands above what
// is removed at an offset. It stays, and somebody should look at it.
func commented(text string, edits []edit, off int) bool {
	for _, e := range edits {
		if e.from <= off && off < e.to && e.text == "" && e.from > 0 {
			above := strings.TrimSpace(text[lineStart(text, e.from-1):e.from])
			return strings.HasPrefix(above, "//") || strings.HasPrefix(above, "#")
		}
	}
	return false
}
