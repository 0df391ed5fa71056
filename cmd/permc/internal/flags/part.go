package flags

import (
	"fmt"
	"strconv"
	"strings"
)

// Part is one of several parts, counted from one.
type Part struct{ Index, Of int }

// PartOf returns a flag for a part such as 2/8, of at most so many. Job indexes of clusters begin at 0 and cannot be
// computed with, so 1+1/8 means the same.
func PartOf(to *Part, most int) Value {
	parse := func(s string) (Part, error) { return parsePart(s, most) }
	return &value[Part]{to: to, word: "I/N", complete: nothing, parse: refuseEmpty(parse)}
}

func parsePart(s string, most int) (Part, error) {
	index, of, _ := strings.Cut(s, "/")
	index, fromZero := strings.CutSuffix(index, "+1")
	i, err := strconv.ParseUint(index, 10, 32)
	n, err2 := strconv.ParseUint(of, 10, 32)
	if fromZero {
		i++
	}
	switch {
	case err != nil || err2 != nil || n == 0 || n > uint64(most):
		return Part{}, fmt.Errorf("use I/N, e.g. 1/%d, with N up to %d", 8, most)
	case i == 0:
		return Part{}, fmt.Errorf("parts count from 1: use 1/%d to %[1]d/%[1]d, or 0+1/%[1]d", n)
	case i > n:
		return Part{}, fmt.Errorf("there are only %d parts: use 1/%[1]d to %[1]d/%[1]d", n)
	}
	return Part{int(i), int(n)}, nil
}
