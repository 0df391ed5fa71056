package load

import (
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// slip says what a text that is not JSON probably has wrong: where, what, and how to write it. The decoder stopped at
// an offset, with a message; the finding is at what follows there.
func (r *jsonReader) slip(d *diag.Finding, at int) {
	if strings.Contains(d.Message, "in literal") { // in the middle of a word, such as no
		at = r.base + len(strings.TrimRight(r.text[r.base:at], wordLetters))
		r.turnTo(d, at, d.Message)
	}
	open, inQuote := openInJSON(r.text, r.base, at)
	rest := r.text[at:]
	switch ends := strings.Contains(d.Message, "too early"); {
	case inQuote >= 0 && (ends || strings.HasPrefix(rest, "\n") || strings.HasPrefix(rest, "\r")):
		r.turnTo(d, inQuote, "not JSON: this quote is not closed")
		d.Help = `close it on its line; a line break inside a text is \n`
	case inQuote >= 0:
		r.turnTo(d, at, d.Message)
		d.Help = helpJSONText(rest, d.Message)
	case ends && len(open) > 0:
		last := open[len(open)-1]
		r.turnTo(d, last, "not JSON: "+r.text[last:last+1]+" is not closed")
		d.Help = "add " + closes[r.text[last]] + " where it ends"
	case len(open) == 0 && strings.TrimSpace(r.text[r.base:at]) != "":
		d.Message, d.Help = textAfter, helpJSONMore(r.text[d.Pos.Off:])
	default:
		d.Help = helpJSON(strings.TrimRight(r.text[r.base:at], " \t\r\n"), r.text[d.Pos.Off:], d.Message)
	}
}

// turnTo moves a finding to a byte, with another message.
func (r *jsonReader) turnTo(d *diag.Finding, at int, message string) {
	d.Pos, d.Message = policy.Pos{File: r.file, Off: uint32(at), End: uint32(at + 1)}, message
}

// openInJSON returns the brackets that are open at an offset, outermost first, and where a text begins that is not
// closed before it, or -1.
func openInJSON(text string, from, to int) (open []int, inQuote int) {
	for i := from; i < to; i++ {
		switch text[i] {
		case '"':
			n := quotedTo(text[:to], i)
			if n < 0 {
				return open, i
			}
			i = n
		case '{', '[':
			open = append(open, i)
		case '}', ']':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	return open, -1
}

// helpJSONText helps with what cannot be in a text.
func helpJSONText(rest, message string) string {
	switch {
	case strings.HasPrefix(rest, "\t"):
		return `write \t for a tab`
	case strings.HasPrefix(rest, `\`) && strings.Contains(message, "escape"):
		return `write \\ for a backslash`
	}
	return ""
}

// helpJSON helps with what people write in JSON that other languages have.
func helpJSON(before, rest, message string) string {
	last := before[max(0, len(before)-1):]
	word := rest[:len(rest)-len(strings.TrimLeft(rest, wordLetters))]
	switch {
	case strings.HasPrefix(rest, "'"), strings.HasPrefix(rest, "`"), strings.HasPrefix(rest, "“"):
		return "use double quotes"
	case strings.HasPrefix(rest, ",") && last == ",":
		return "remove one of the commas"
	case last == "," && strings.IndexAny(rest, "}]") == 0, strings.HasPrefix(rest, ",") && last != ":":
		return "remove the comma after the last one"
	case isComment(rest):
		return noComments
	case strings.HasPrefix(rest, "}") && strings.Contains(message, "after array"):
		return "close the list before it: ]}"
	case strings.HasPrefix(rest, "]") && strings.Contains(message, "after object"):
		return "close the mapping before it: }]"
	case strings.HasPrefix(rest, "="):
		return "write a colon in place of it"
	case strings.Contains(message, "expecting ':'"):
		return "put a colon before it"
	case strings.Contains(message, "expecting ','"):
		return "add a comma before it"
	case word != "":
		return helpJSONWord(word)
	}
	return ""
}

// noComments is the help for a comment.
const noComments = "JSON has no comments: remove it, or use YAML or CUE"

// isComment reports whether a text begins as a comment does in other languages.
func isComment(rest string) bool {
	return strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "/*") || strings.HasPrefix(rest, "#")
}

// wordLetters are the letters of what people write without quotes.
const wordLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.@/"

// helpJSONWord helps with a word that has no quotes.
func helpJSONWord(word string) string {
	switch plain := strings.ToLower(word); plain {
	case "true", "false", "null":
		return "write " + plain
	case "yes", "on":
		return "write true"
	case "no", "off":
		return "write false"
	case "none", "nil", "undefined":
		return "leave the field out"
	}
	return "put it in double quotes: " + diag.Quote(word)
}

// textAfter is the message about what follows the one value of a file.
const textAfter = "text after the end of the JSON value"

// helpJSONMore helps with what follows the one value of a file.
func helpJSONMore(rest string) string {
	switch {
	case strings.IndexAny(rest, "}]") == 0:
		return "remove it: nothing is open here"
	case strings.HasPrefix(rest, ","), strings.HasPrefix(rest, `"`):
		return "the } before it closes the whole: move it to the end"
	case isComment(rest):
		return noComments
	}
	return "put everything in one {…}, or each value in a file of its own"
}
