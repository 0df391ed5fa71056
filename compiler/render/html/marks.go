package html

import "permc.dev/permc/compiler/policy"

// Mark returns the letters of a row in a cell of a matrix.
func Mark(p *policy.Policy, r *policy.Row) string {
	_, text := cellMark(p, r)
	return text
}

// Marks returns the letters of Mark, each with its meaning.
func Marks() (list [][2]string) {
	for _, m := range legend {
		list = append(list, [2]string{m.Mark, m.Means})
	}
	return list
}
