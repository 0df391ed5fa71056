// Package review turns a filled review sheet and the table of today into what
// is decided, what is wrong with the sheet, and the lines to change.
package review

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Marker makes marks of rows. Each goroutine uses its own.
type Marker struct {
	Exact bool // users are different whose ids differ in case
	b     []byte
}

// Mark is short for what a row says: a row of a sheet with another mark was
// made from another table. It begins with a letter, so that no spreadsheet
// takes it for a number.
func (m *Marker) Mark(r *policy.Row) string { return fmt.Sprintf("r%016x", m.sum(r)) }

// parseMark reads a mark. What is none is that of no row.
func parseMark(s string) uint64 {
	if s == "" {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "r"), 16, 64)
	if err != nil || n == 0 {
		return noMark
	}
	return n
}

// noMark is a mark that no row has, as good as certainly.
const noMark = 1

// sum is the mark as a number, never 0. Places do not count: they move.
func (m *Marker) sum(r *policy.Row) uint64 {
	b, user := m.b[:0], r.User.ID
	if !m.Exact {
		user = policy.Fold(user)
	}
	for _, s := range [...]string{user, r.User.Status(), r.User.Affiliation, r.Scope.Path, r.Permission.ID, r.Ends.String()} {
		b = append(append(b, s...), 0)
	}
	b = append(b, byte(r.Records))
	b = names(b, r.Permission.Names(r.Actions))
	for _, w := range r.Withheld {
		b = append(append(append(append(b, w.Action...), ':'), w.Rule.ID...), 1)
	}
	b = names(append(b, 0), r.Permission.ConditionIDs)
	for i := range r.Via {
		b = source(b, &r.Via[i])
	}
	m.b = b
	sum := sha256.Sum256(b)
	return max(binary.BigEndian.Uint64(sum[:]), noMark+1)
}

func names(b []byte, list []string) []byte {
	for _, s := range list {
		b = append(append(b, s...), 1)
	}
	return append(b, 0)
}

func source(b []byte, v *policy.Via) []byte {
	b = append(append(b, 2, byte(v.Kind)), v.Scope.Path...)
	b = append(b, 0)
	for _, r := range [...]*policy.Role{v.Role, v.From} {
		if r != nil {
			b = append(b, r.ID...)
		}
		b = append(b, 0)
	}
	if v.Group != nil {
		b = append(b, v.Group.ID...)
	}
	b = append(b, 0)
	if v.Implier != nil {
		b = append(b, v.Implier.ID...)
	}
	return append(append(b, 0), v.Ends.String()...)
}

// Columns of decisions, which a reviewer fills, and those by which a filled
// sheet is known again.
var (
	Decisions = []string{"keep", "remove", "by", "date"}
	Marks     = []string{"row", "table"}
)
