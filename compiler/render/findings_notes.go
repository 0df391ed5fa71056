package render

import (
	"fmt"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// NoteText returns a note about a project's files with its place, if it has one.
func NoteText(files *policy.Files, n diag.Related) string {
	if !n.Pos.IsValid() {
		return n.Message
	}
	p := files.Position(n.Pos)
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, n.Message)
}

// sarifNotes returns the notes about a project's files.
func (r *Findings) sarifNotes() (list []sarifNotification) {
	for _, n := range r.Notes {
		x := sarifNotification{Level: "note", Message: sarifText{escapeLinks(n.Message)}}
		if at, ok := r.ours(n.Pos); ok && at.File != "" {
			x.Locations = []sarifLocation{{Physical: physicalLocation(at)}}
		}
		list = append(list, x)
	}
	return list
}
