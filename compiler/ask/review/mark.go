// Package review compares a filled review sheet with today's table. It returns the decisions, the problems of the
// sheet, and the lines to change.
package review

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Marker makes marks of rows. Each goroutine needs its own.
type Marker struct {
	Exact bool // users are different whose ids differ in case
	b     []byte
}

// Mark returns a hash of the contents of a row: a row of a sheet with another mark was made from another table. It
// begins with a letter so that no spreadsheet takes it for a number.
func (m *Marker) Mark(r *policy.Row) string { return fmt.Sprintf("r%016x", m.sum(r)) }

// parseMark parses a row mark; anything unreadable becomes noMark, which matches no row.
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

// noMark is a mark that practically no row has.
const noMark = 1

// sum returns the mark as a number, never 0. It leaves out positions, because they change.
func (m *Marker) sum(r *policy.Row) uint64 {
	b, user := m.b[:0], r.User.ID
	if !m.Exact {
		user = policy.Fold(user)
	}
	for _, s := range [...]string{user, r.User.Status(), r.User.Affiliation, r.Scope.Path,
		r.Permission.ID, r.Ends.String()} {
		b = append(append(b, s...), 0)
	}
	b = append(b, byte(r.Records))
	b = appendNames(b, r.Permission.Names(r.Actions))
	for _, w := range r.Withheld {
		b = append(append(append(append(b, w.Action...), ':'), w.Rule.ID...), 1)
	}
	b = appendNames(append(b, 0), r.Permission.ConditionIDs)
	for i := range r.Via {
		b = appendSource(b, &r.Via[i])
	}
	m.b = b
	sum := sha256.Sum256(b)
	return max(binary.BigEndian.Uint64(sum[:]), noMark+1)
}

func appendNames(b []byte, list []string) []byte {
	for _, s := range list {
		b = append(append(b, s...), 1)
	}
	return append(b, 0)
}

func appendSource(b []byte, v *policy.Via) []byte {
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

// Columns of a sheet: Decisions are for the reviewer, Marks identify its rows and table.
var (
	Decisions = []string{"keep", "remove", "by", "date"}
	Marks     = []string{"row", "table"}
)
