package policy

import (
	"iter"
	"strings"
	"unicode"
)

// Names may have any visible character, those of a list among them. In a list, a
// name with one of these is in double quotes, and a double quote in it is written
// twice.

// QuoteIn returns a name as it is written in text where some characters have a
// meaning.
func QuoteIn(name, marks string) string {
	if isWord(name) || !strings.ContainsAny(name, marks) && !strings.Contains(name, `"`) &&
		strings.TrimSpace(name) == name {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// isWord reports whether a name consists of letters, digits, hyphens, colons and slashes, like most: they have a
// meaning in no text that we write.
func isWord(name string) bool {
	for i := range len(name) {
		if !inWord[name[i]] {
			return false
		}
	}
	return true
}

var inWord = func() (in [256]bool) {
	for c := range in {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == ':', c == '/':
			in[c] = true
		}
	}
	return in
}()

// JoinNames writes a list of names.
func JoinNames(names []string, sep string) string {
	for i, name := range names {
		if quoted := QuoteIn(name, ",;"); quoted != name {
			list := append([]string{}, names[:i]...)
			for _, name := range names[i:] {
				list = append(list, QuoteIn(name, ",;"))
			}
			return strings.Join(list, sep)
		}
	}
	return strings.Join(names, sep)
}

// ListItem is a name in a list, and where it is in the text, quotes included.
type ListItem struct {
	Name     string
	From, To int
}

// SplitNames returns the names of a list whose separators are the given
// characters. Nothing between two separators is no name.
func SplitNames(text, separators string) iter.Seq[ListItem] {
	return func(yield func(ListItem) bool) {
		for from := 0; from < len(text); {
			item := CutName(text[from:], separators)
			item.From, item.To = from+item.From, from+item.To
			if item.Name != "" && !yield(item) {
				return
			}
			next := strings.IndexAny(text[item.To:], separators)
			if next < 0 {
				return
			}
			from = item.To + next + 1
		}
	}
}

// CutName returns the name that a text begins with, up to a separator, without
// blanks around it.
func CutName(text, separators string) ListItem {
	from := len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
	if name, n := unquoteFirst(text[from:], separators); n > 0 {
		return ListItem{name, from, from + n}
	}
	end := strings.IndexAny(text, separators)
	if end < 0 {
		end = len(text)
	}
	name := strings.TrimSpace(text[min(from, end):end])
	return ListItem{name, min(from, end), min(from, end) + len(name)}
}

// unquoteFirst returns the quoted name that a text begins with, and how long it is
// with its quotes; 0 if there is none that a separator or the end follows.
func unquoteFirst(text, separators string) (name string, n int) {
	if !strings.HasPrefix(text, `"`) {
		return "", 0
	}
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		if strings.HasPrefix(text[i+1:], `"`) {
			i++
			continue
		}
		rest := strings.TrimSpace(text[i+1:])
		if rest != "" && !strings.ContainsRune(separators, rune(rest[0])) {
			return "", 0
		}
		return strings.ReplaceAll(text[1:i], `""`, `"`), i + 1
	}
	return "", 0
}
