package shape

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/spreadsheet"
	"permc.dev/permc/compiler/policy"
)

// text checks a string or key, and reports only its first fault. It returns false if there is one.
func (c *checker) text(t *Type, s string, pos policy.Pos) bool {
	help, fault := t.textFault(s)
	if fault == "" {
		return true
	}
	help = cmp.Or(c.offHelp(s), help, findUnseen(s))
	before := len(c.faults)
	if day := t.dateOf(s); day != "" {
		if c.report(pos, "write "+day, "%s%s", fault, c.where()); len(c.faults) > before {
			d := &c.faults[before]
			d.Wrong, d.Right, d.Same = s, day, true
		}
		return false
	}
	if c.report(pos, help, "%s%s", fault, c.where()); len(c.faults) > before && help == findUnseen(s) {
		c.faults[before].Wrong, c.faults[before].Right = s, dropUnseen(s)
	}
	return false
}

// offHelp returns the help for a declared rule whose own severity says that it does not count, or "".
func (c *checker) offHelp(s string) string {
	if len(c.path) != 3 || c.path[0] != "rules" || c.path[2] != "severity" {
		return ""
	}
	switch strings.ToLower(s) {
	case "off", "none", "never", "ignore", "disabled":
		return "remove the rule, or write settings: {severity: {" + quoteKey(c.path[1]) + `: "off"}}`
	}
	return ""
}

// quoteKey returns a key as every format takes it.
func quoteKey(key string) string {
	if strings.Trim(key, "abcdefghijklmnopqrstuvwxyz") == "" {
		return key
	}
	return diag.Quote(key)
}

func (t *Type) textFault(s string) (help, fault string) {
	for i := range t.texts {
		switch x := &t.texts[i]; {
		case x.enum != nil:
			if !containsText(x.enum, s) {
				if len(x.enum) == 1 {
					only := x.enum[0]
					return "write " + only, fmt.Sprintf("%s is not %s, the only value allowed", diag.Quote(s), only)
				}
				return suggestOf(s, x.enum),
					fmt.Sprintf("%s is not one of %s", diag.Quote(s), strings.Join(x.enum, ", "))
			}
		case x.match != nil:
			if x.match.MatchString(s) == x.negate {
				return "", diag.Quote(s) + " is not " + t.meaning(x)
			}
		case x.date != "":
			if _, err := time.Parse(x.date, s); err != nil {
				return noDay(s), diag.Quote(s) + " is not " + t.meaning(x)
			}
		case utf8.RuneCountInString(s) < x.min:
			return "", diag.Quote(s) + " is too short"
		}
	}
	for _, a := range t.allOf {
		if help, fault := a.textFault(s); fault != "" {
			if t.says != "" {
				fault = diag.Quote(s) + " is not " + t.says
			}
			return help, fault
		}
	}
	return "", ""
}

// dateOf returns a day as a declaration has it, if a text for one can be read in one way, or "".
func (t *Type) dateOf(s string) string {
	for i := range t.texts {
		x := &t.texts[i]
		if day, err := time.Parse("20060102", s); err == nil && x.date != "" {
			return day.Format(x.date)
		}
		if x.date != "" && strings.ContainsAny(s, ".-/ ") {
			if day, _ := spreadsheet.ParseDay(s, false); !day.IsZero() {
				return day.Format(x.date)
			}
		}
	}
	for _, a := range t.allOf {
		if day := a.dateOf(s); day != "" {
			return day
		}
	}
	return ""
}

// findUnseen returns the help for a text with an invisible character, or "".
func findUnseen(s string) string {
	n := 0
	for _, r := range s {
		if n++; policy.IsInvisible(r) {
			return fmt.Sprintf("remove character %d, U+%04X: it is invisible", n, r)
		}
	}
	return ""
}

// dropUnseen returns a text without invisible characters, or "" if it has none.
func dropUnseen(s string) string {
	seen := strings.Map(func(r rune) rune {
		if policy.IsInvisible(r) {
			return -1
		}
		return r
	}, s)
	if seen == s {
		return ""
	}
	return seen
}

// escapeHelp returns the help for a scope's id that is not written as a part of a
// path, or "".
func (t *Type) escapeHelp(s string) string {
	outer, inner, nested := strings.Cut(s, "/")
	name := policy.ScopePart(policy.ScopeName(strings.NewReplacer("%2f", "%2F").Replace(s)))
	switch {
	case !t.keyOK("a%2Fb") || t.keyOK("a/b") || !t.keyOK(name):
		return ""
	case nested && t.keyOK(outer) && inner != "":
		return fmt.Sprintf("put %s under scopes of %s; or, if the slash is part of the name, write %s",
			diag.Quote(inner), diag.Quote(outer), diag.Quote(name))
	}
	return "write " + diag.Quote(name)
}

func containsText(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

func suggestOf(s string, candidates []string) string {
	near := diag.Nearest(s, candidates)
	if word := otherWords[strings.ToLower(s)]; near == "" && slices.Contains(candidates, word) {
		near = word
	}
	if near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// otherWords are what other products call a word of ours.
var otherWords = map[string]string{
	"inactive": "disabled", "blocked": "disabled", "suspended": "disabled", "deactivated": "disabled",
	"locked": "disabled", "enabled": "active", "info": "warning", "notice": "warning", "fatal": "error",
	"severe": "critical", "moderate": "medium", "major": "high", "minor": "low",
}

func (t *Type) meaning(x *text) string {
	switch {
	case t.says != "":
		return t.says
	case x.date != "":
		return "a time such as " + x.date
	case x.negate:
		return "allowed: it must not match " + x.match.expression
	}
	return "allowed: it must match " + x.match.expression
}

// noDay returns the help for a word that means no day at all, or "".
func noDay(s string) string {
	switch strings.ToLower(s) {
	case "never", "none", "no", "unlimited", "forever", "permanent", "indefinite", "n/a", "-":
		return "leave the field out if there is no such day"
	}
	return ""
}
