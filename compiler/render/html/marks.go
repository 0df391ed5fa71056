package html

import "permc.dev/permc/compiler/policy"

// Mark returns the letters of a row in a cell of a matrix.
func Mark(p *policy.Policy, r *policy.Row) string {
	var classes, letters [24]byte
	_, text := appendMark(classes[:0], letters[:0], p, r)
	return string(text)
}

// Marks returns the letters of Mark, each with its meaning.
func Marks() (list [][2]string) {
	for _, m := range legend {
		list = append(list, [2]string{m.Mark, m.Means})
	}
	return list
}
