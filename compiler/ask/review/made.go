package review

import (
	"fmt"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Made says what a sheet was made from: the table of a product on a day, and the selected rows. Each row of a sheet
// repeats it.
type Made struct {
	Product                                                   string
	AsOf                                                      policy.Date
	User, Affiliation, Scope, Permission, Action, Role, Group string // selected, or ""
	Reviewer                                                  string // who is to decide, or ""
}

// String returns one line of text, which ParseMade reads.
func (m Made) String() string {
	text := fmt.Sprintf("%s as of %s", m.Product, m.AsOf)
	for _, c := range m.chosen() {
		if *c.value != "" {
			text += fmt.Sprintf("; %s %s", c.name, quoteName(*c.value))
		}
	}
	return text
}

// Whole reports whether all rows of the table were selected.
func (m Made) Whole() bool { return m == Made{Product: m.Product, AsOf: m.AsOf} }

// choosesRows reports whether a part of the table was selected, whoever decides.
func (m Made) choosesRows() bool {
	m.Reviewer = ""
	return !m.Whole()
}

type choice struct {
	name  string
	value *string
}

func (m *Made) chosen() []choice {
	return []choice{{"user", &m.User}, {"affiliation", &m.Affiliation}, {"scope", &m.Scope},
		{"permission", &m.Permission}, {"action", &m.Action}, {"role", &m.Role}, {"group", &m.Group},
		{"reviewer", &m.Reviewer}}
}

// quoteName quotes a name if it would not be read as one word.
func quoteName(s string) string {
	if strings.ContainsAny(s, "; \"'`\\") || strconv.Quote(s) != `"`+s+`"` {
		return strconv.Quote(s)
	}
	return s
}

// ParseMade reads the output of String.
func ParseMade(text string) (m Made, ok bool) {
	product, rest, ok := strings.Cut(text, " as of ")
	if !ok {
		return m, false
	}
	date, rest, _ := strings.Cut(rest, "; ")
	asOf, err := policy.ParseDate(date)
	if err != nil {
		return m, false
	}
	m.Product, m.AsOf = product, asOf
	for rest != "" {
		name, after, _ := strings.Cut(rest, " ")
		value, more, ok := firstName(after)
		if !ok || !m.set(name, value) {
			return m, false
		}
		rest = strings.TrimPrefix(more, "; ")
	}
	return m, true
}

func (m *Made) set(name, value string) bool {
	for _, c := range m.chosen() {
		if c.name == name {
			*c.value = value
			return true
		}
	}
	return false
}

// firstName cuts a name written by quoteName off the front.
func firstName(s string) (name, rest string, ok bool) {
	if prefix, err := strconv.QuotedPrefix(s); err == nil {
		name, err = strconv.Unquote(prefix)
		return name, s[len(prefix):], err == nil
	}
	if i := strings.IndexByte(s, ';'); i >= 0 {
		return s[:i], s[i:], true
	}
	return s, "", s != ""
}
