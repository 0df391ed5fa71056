package load

import "strings"

// plainDepth limits the nesting of brackets and the length of label chains in files that are parsed in
// this process: the parser recurses into both.
const plainDepth = 512

// plainTokens reports whether a CUE file has only the tokens of plain data, nested little enough to
// parse it here.
func plainTokens(text string) bool {
	depth, chain := 0, 0
	afterColon := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == '\r':
			continue
		case c == '\n':
			if !afterColon {
				chain = 0
			}
			continue
		case c == '"':
			if i = plainString(text, i); i < 0 {
				return false
			}
		case c == '/' && strings.HasPrefix(text[i:], "//"):
			i += lineEnd(text[i:]) - 1
			continue
		case c == '{' || c == '[':
			depth, chain = depth+1, 0
		case c == '}' || c == ']':
			depth--
		case c == ',':
			chain = 0
		case c == ':' || c == '.':
			chain++
		case c == '#' && strings.IndexByte(`"'#`, nextByte(text, i)) >= 0 || !plainByte(c):
			return false
		}
		if afterColon = text[i] == ':'; depth > plainDepth || chain > plainDepth {
			return false
		}
	}
	return true
}

func plainByte(c byte) bool {
	return c == '_' || c == '$' || c == '#' || c == '?' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' ||
		'A' <= c && c <= 'Z'
}

// plainString returns the offset of the last byte of the string that begins at i, or -1 if it does not
// end or has an interpolation.
func plainString(text string, i int) int {
	mark := `"`
	if strings.HasPrefix(text[i:], `"""`) {
		mark = `"""`
	}
	for i += len(mark); i < len(text); i++ {
		switch {
		case text[i] == '\\':
			if i++; i < len(text) && text[i] == '(' {
				return -1
			}
		case text[i] == '\n' && len(mark) == 1:
			return -1
		case strings.HasPrefix(text[i:], mark):
			return i + len(mark) - 1
		}
	}
	return -1
}

func nextByte(text string, i int) byte {
	if i+1 == len(text) {
		return ' '
	}
	return text[i+1]
}
