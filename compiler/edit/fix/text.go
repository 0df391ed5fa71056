package fix

import (
	"fmt"
	"strings"

	"permc.dev/permc/compiler/edit/source"
	"permc.dev/permc/compiler/load"
)

// Removals returns the edits that remove the items of lists, or the lines of CSV, at some offsets of a file. It says
// why one cannot be removed.
func Removals(name, text string, offsets []int) ([]source.Edit, error) {
	file, err := parseFile(name, text)
	if err != nil {
		return nil, err
	}
	found, failed := file.remove(offsets)
	for _, off := range offsets {
		if err := failed[off]; err != nil {
			line := strings.Count(text[:off], "\n") + 1
			column := off - strings.LastIndexByte(text[:off], '\n')
			return nil, fmt.Errorf("%s:%d:%d: %w; edit it by hand", name, line, column, err)
		}
	}
	var edits []source.Edit
	for _, e := range found {
		edits = append(edits, source.Edit{From: e.from, To: e.to, Text: e.text})
	}
	return edits, nil
}

// Overlay returns the disk's files with other texts for some of them.
func Overlay(texts map[string]string) (*load.FS, error) { return overlayDisk(texts) }
