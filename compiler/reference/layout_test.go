package reference_test

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// layout writes values down as people do: now in one line, now over several,
// with comments in between. Each comment is another; one that is alone on its
// line outside of a list's elements says so.
type layout struct {
	*rapid.T
	strings.Builder
	format   string // "cue", "yaml" or "json"
	comments int
	inEntry  int // how many elements of lists are around
	inFlow   int // how many brackets are
}

// written is a document in a format.
func written(t *rapid.T, format string, doc any) string {
	l := &layout{T: t, format: format}
	fields := doc.(map[string]any)
	if format == "json" {
		l.value(doc, 0)
		l.WriteByte('\n')
		return l.String()
	}
	for _, k := range sorted(fields) {
		l.alone(0)
		l.field(k, fields[k], 0)
		l.WriteByte('\n')
	}
	return l.String()
}

func (l *layout) field(k string, v any, depth int) {
	fmt.Fprintf(l, "%s:", l.scalar(k))
	if l.format == "yaml" && l.inFlow == 0 && !l.nth(3) && l.block(v, depth) {
		return
	}
	l.WriteByte(' ')
	l.value(v, depth)
}

// block writes a value of YAML below its key.
func (l *layout) block(v any, depth int) bool {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			return false
		}
		l.behind()
		l.fields(v, depth+1)
		return true
	case []any:
		if len(v) == 0 {
			return false
		}
		l.behind()
		dash := depth + upTo(l.T, "indent", 1)
		for _, e := range v {
			l.line(dash)
			l.alone(dash)
			l.WriteString("- ")
			l.inEntry++
			if s, ok := e.(map[string]any); ok && len(s) > 0 && l.nth(2) {
				for i, k := range sorted(s) {
					if i > 0 {
						l.line(dash + 1)
						l.alone(dash + 1)
					}
					l.field(k, s[k], dash+1)
				}
			} else {
				l.value(e, dash+1)
			}
			l.inEntry--
			l.behind()
		}
		return true
	}
	return false
}

func (l *layout) fields(v map[string]any, depth int) {
	for _, k := range sorted(v) {
		l.line(depth)
		l.alone(depth)
		l.field(k, v[k], depth)
	}
}

func (l *layout) value(v any, depth int) {
	switch v := v.(type) {
	case map[string]any:
		l.inBrackets("{}", sorted(v), depth, func(k string) { l.field(k, v[k], depth+1) })
	case []any:
		l.inEntry++
		l.inBrackets("[]", v2i(v), depth, func(i string) { l.value(v[index(i)], depth+1) })
		l.inEntry--
	case string:
		l.WriteString(l.scalar(v))
	default:
		l.WriteString(compact(v))
	}
}

func v2i(v []any) (list []string) {
	for i := range v {
		list = append(list, fmt.Sprint(i))
	}
	return list
}

func index(s string) (i int) {
	fmt.Sscan(s, &i)
	return i
}

// inBrackets writes elements in one line, a line each, or as it comes.
func (l *layout) inBrackets(brackets string, of []string, depth int, write func(string)) {
	style := one(l.T, "style", []string{"line", "lines", "mixed"})
	breaks := func() bool { return style == "lines" || style == "mixed" && l.nth(2) }
	l.WriteByte(brackets[0])
	l.inFlow++
	for i, e := range of {
		if breaks() {
			l.behind()
			l.line(depth + 1)
			if brackets == "[]" {
				l.inEntry--
			}
			l.alone(depth + 1)
			if brackets == "[]" {
				l.inEntry++
			}
		}
		write(e)
		if i+1 < len(of) {
			l.WriteString(", ")
		}
	}
	if len(of) > 0 && breaks() {
		if l.format != "json" && l.nth(2) {
			l.WriteByte(',')
		}
		l.behind()
		l.line(depth)
	}
	l.inFlow--
	l.WriteByte(brackets[1])
}

func (l *layout) scalar(s string) string {
	if l.format == "yaml" && !strings.ContainsAny(s, "@: ,;=\"%") && s != "" && l.nth(2) {
		return s
	}
	return compact(s)
}

func (l *layout) nth(n int) bool { return upTo(l.T, "nth", n-1) == n-1 }

func (l *layout) line(depth int) {
	if strings.HasSuffix(l.String(), "\n") {
		l.WriteString(strings.Repeat("  ", depth))
		return
	}
	l.WriteString("\n" + strings.Repeat("  ", depth))
}

// behind may write a comment at the end of a line.
func (l *layout) behind() {
	if l.format != "json" && l.nth(4) {
		l.comments++
		fmt.Fprintf(l, " %s behind %d", l.mark(), l.comments)
	}
}

// alone may write a comment on a line of its own.
func (l *layout) alone(depth int) {
	if l.format == "json" || !l.nth(4) {
		return
	}
	l.comments++
	kind := "alone"
	if l.inEntry > 0 {
		kind = "inside"
	}
	fmt.Fprintf(l, "%s %s %d\n%s", l.mark(), kind, l.comments, strings.Repeat("  ", depth))
}

func (l *layout) mark() string {
	if l.format == "cue" {
		return "//"
	}
	return "#"
}
