package fix

import (
	"errors"
	"path"
	"sort"
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
	lists map[int]knownList // by the offset of the bracket
	gone  map[int]map[int]bool
}

// knownList holds a list, or why it cannot be edited.
type knownList struct {
	*list
	err error
}

func newRemoval(text string) *removal {
	return &removal{text, map[int]knownList{}, map[int]map[int]bool{}}
}

// list returns the list with a bracket at an offset. It reads each list once.
func (r *removal) list(open int, read func() (*list, error)) (*list, error) {
	found, known := r.lists[open]
	if !known {
		found.list, found.err = read()
		r.lists[open] = found
	}
	return found.list, found.err
}

// take marks the item around an offset for removal.
func (r *removal) take(l *list, off int) error {
	i := sort.Search(len(l.items), func(i int) bool { return l.items[i].to > off })
	if i == len(l.items) || off < l.items[i].from {
		return errLayout
	}
	if r.gone[l.open] == nil {
		r.gone[l.open] = map[int]bool{}
	}
	r.gone[l.open][i] = true
	return nil
}

func (r *removal) edits() (all []edit) {
	for open, gone := range r.gone {
		all = append(all, r.lists[open].without(r.text, gone)...)
	}
	sortEdits(all)
	return all
}
