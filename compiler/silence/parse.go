package silence

import (
	"fmt"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// parseComment reads a comment, and reports whether it is meant to suppress findings.
func parseComment(text string, num int32, c span) (s policy.Suppression, ok bool) {
	at := func(from, to int) policy.Pos { return policy.Pos{File: num, Off: uint32(from), End: uint32(to)} }
	end := c.from + len(strings.TrimRight(text[c.from:c.to], " \t\r"))
	from := end - len(strings.TrimLeft(text[c.from:end], "/# \t"))
	if !strings.HasPrefix(text[from:end], mark) {
		return s, false
	}
	s.Pos, s.FaultAt = at(c.from, end), at(from, end)
	head, reason, _ := strings.Cut(text[from+len(mark):end], "--")
	s.Reason = strings.TrimSpace(reason)
	names := splitWords(head, from+len(mark))
	switch {
	case head != "" && !strings.ContainsAny(head[:1], " \t"):
		s.Fault = fmt.Sprintf("%q is not followed by a space", mark)
		return s, true
	case s.Reason == "":
		s.Fault = "the comment gives no reason"
		return s, true
	}
	for i, w := range names {
		if w.text == "until" {
			parseUntil(&s, names[i+1:], at)
			break
		}
		s.Rules = append(s.Rules, policy.Ref{Name: w.text, Pos: at(w.from, w.from+len(w.text))})
	}
	if len(s.Rules) == 0 && s.Fault == "" {
		s.Fault = "the comment names no rule"
	}
	return s, true
}

// parseUntil reads the expiry of a suppression, its last words.
func parseUntil(s *policy.Suppression, rest []word, at func(from, to int) policy.Pos) {
	if len(rest) == 0 {
		s.Fault = "no date follows until"
		return
	}
	date := rest[0]
	s.UntilAt = at(date.from, date.from+len(date.text))
	d, err := policy.ParseDate(date.text)
	switch s.Until = d; {
	case err != nil:
		s.Fault, s.FaultAt = fmt.Sprintf("%s is not a date, such as 2027-01-31", diag.Quote(date.text)), s.UntilAt
	case len(rest) > 1:
		s.Fault, s.FaultAt = fmt.Sprintf("%s follows the date", diag.Quote(rest[1].text)),
			at(rest[1].from, rest[1].from+len(rest[1].text))
	}
}

// word is a word of a comment with its position.
type word struct {
	text string
	from int
}

// splitWords splits a text at blanks and commas.
func splitWords(text string, from int) (list []word) {
	for {
		rest := strings.TrimLeft(text, " \t,")
		from += len(text) - len(rest)
		if rest == "" {
			return list
		}
		n := strings.IndexAny(rest, " \t,")
		if n < 0 {
			n = len(rest)
		}
		list = append(list, word{rest[:n], from})
		text, from = rest[n:], from+n
	}
}
