package fix

import (
	"errors"
	"path"
	"strings"
)

// syntax is a parsed file of some format. Its errors tell users why something is
// not fixed.
type syntax interface {
	// remove makes edits that remove the entries at some offsets, or says why
	// one cannot be removed.
	remove(offsets []int) ([]edit, map[int]error)
	// rename makes an edit that replaces one name with another.
	rename(off int, wrong, right string) (edit, error)
}

// parseFile parses a file by its extension.
func parseFile(name, text string) (syntax, error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".cue":
		return parseCUE(text)
	case ".yaml", ".yml":
		return parseYAML(text)
	case ".csv":
		return parseCSV(text)
	}
	return jsonText(text), nil
}

var (
	errNoList    = errors.New("it is not in a list here, so other things may depend on it")
	errComputed  = errors.New("CUE computes it")
	errLayout    = errors.New("permc cannot edit this layout")
	errOtherName = errors.New("the name is not in the text here")
)

// removal collects the items to remove from the lists of a file.
type removal struct {
	text  string
	lists map[int]*list // by the offset of the bracket
	gone  map[int]map[int]bool
}

func newRemoval(text string) *removal {
	return &removal{text, map[int]*list{}, map[int]map[int]bool{}}
}

// take marks the item around an offset for removal.
func (r *removal) take(l *list, off int) error {
	for i, item := range l.items {
		if item.from <= off && off < item.to {
			if known := r.lists[l.open]; known == nil {
				r.lists[l.open], r.gone[l.open] = l, map[int]bool{}
			}
			r.gone[l.open][i] = true
			return nil
		}
	}
	return errLayout
}

func (r *removal) edits() (all []edit) {
	for open, l := range r.lists {
		all = append(all, l.without(r.text, r.gone[open])...)
	}
	sortEdits(all)
	return all
}
