package fix

import (
	"errors"
	"path"
	"strings"
)

// syntax is a file as its format has it. Errors are in words for people: why
// something is left alone.
type syntax interface {
	// remove makes edits that take away the entries at some offsets, or says
	// why one cannot be.
	remove(offsets []int) ([]edit, map[int]error)
	// rename makes an edit that puts one name in the place of another.
	rename(off int, wrong, right string) (edit, error)
}

// parse reads a text of a format that permc reads.
func parse(name, text string) (syntax, error) {
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
	errNoList    = errors.New("it does not stand in a list here, so that more may depend on it")
	errComputed  = errors.New("CUE computes it")
	errLayout    = errors.New("it is written in a way that permc fix does not edit")
	errOtherName = errors.New("the name is not written out here")
)

// removal collects what is to go from the lists of a file.
type removal struct {
	text  string
	lists map[int]*list // by where they open
	gone  map[int]map[int]bool
}

func newRemoval(text string) *removal {
	return &removal{text, map[int]*list{}, map[int]map[int]bool{}}
}

// take takes the item of a list that an offset is in.
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
	sorted(all)
	return all
}
