package diag

import "permc.dev/permc/compiler/policy"

// Edit is the change of the text that a finding's help asks for, if there is only one. permc fix makes it.
type Edit struct {
	Kind EditKind
	Pos  policy.Pos // of what it changes; the zero Pos is the finding's place
	Text string     // of ReplaceText and AddMapping
	Done string     // says what was done, such as "removed the field"
}

// EditKind says how an edit changes the text.
type EditKind uint8

// The kinds of edits.
const (
	DropItem    EditKind = iota + 1 // the innermost item of a list, or a name in a cell
	DropField                       // the innermost field, or what a cell says
	DropComment                     // the comment, with its line if there is nothing else on it
	AddQuotes                       // put the value or the key in quotes
	AddList                         // put the value in a list
	AddMapping                      // put the value in a mapping, under the field called Text
	SplitLine                       // of CSV: one line for each of what it gives
	ReplaceText                     // replace the text of the place by Text
)

// WithEdit returns the finding with the edit that fixes it.
func (d Finding) WithEdit(kind EditKind, done string) Finding {
	d.Edit = &Edit{Kind: kind, Done: done}
	return d
}
