package render

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/flatten/reach"
)

// PathsFormats are the output formats of paths.
var PathsFormats = []string{"text", "json", "markdown", "dot", "html"}

// Paths writes what people could make of their access, in one of PathsFormats. page writes the HTML.
func Paths(ctx context.Context, w io.Writer, a *paths.Answer, format string, style Style,
	page func(io.Writer, *PathsPage) error) error {
	if format == "html" {
		p, err := NewPathsPage(ctx, a)
		if err != nil {
			return err
		}
		return page(w, p)
	}
	return withExternal(w, externalOf(a.Policy), format, style, func(w io.Writer) error {
		switch format {
		case "json":
			return writePathsJSON(ctx, w, a)
		case "dot":
			return writePathsDot(ctx, w, a)
		case "markdown":
			return writePathsMarkdown(ctx, w, a)
		}
		return writePathsText(ctx, w, a, style)
	})
}

func writePathsText(ctx context.Context, w io.Writer, a *paths.Answer, style Style) error {
	made, n, err := foldPaths(ctx, a, newPathsTexts)
	if err != nil {
		return err
	}
	if _, err := w.Write(append([]byte(style.bold(Safe(pathsHead(a, n)))), '\n')); err != nil {
		return err
	}
	return paths.EachMade(ctx, a, made, func() func([]byte, *paths.User, *pathsText) []byte {
		t := &pathsWriter{style: style}
		return t.user
	}, func(b []byte) error {
		_, err := w.Write(b)
		return err
	})
}

// pathCounts counts people.
type pathCounts struct{ users, alone, assisted, others int }

func (n *pathCounts) add(r *reach.Run) { n.addSome(r, 1) }

// addSome adds some people who share paths.
func (n *pathCounts) addSome(r *reach.Run, people int) {
	n.users += people
	n.alone += people * min(1, len(r.Alone))
	n.assisted += people * min(1, len(r.Assisted))
	n.others += people * min(1, len(r.Others))
}

func (n *pathCounts) merge(x *pathCounts) {
	n.users += x.users
	n.alone += x.alone
	n.assisted += x.assisted
	n.others += x.others
}

// foldPaths returns what is made of everybody's paths, once for those who share them, and counts the people: the counts
// come first in the output.
func foldPaths[P any](ctx context.Context, a *paths.Answer, newMaker func() func([]pathSection) *P) (made []*P,
	n pathCounts, err error) {
	var all []*pathCounts
	made, err = paths.Make(ctx, a, func() func(*reach.Run, int) *P {
		f, work, own := newFolder(), newMaker(), &pathCounts{}
		all = append(all, own)
		return func(r *reach.Run, people int) *P {
			if r.Empty() {
				return nil
			}
			own.addSome(r, people)
			return work(f.sectionsOf(r))
		}
	})
	for _, own := range all {
		n.merge(own)
	}
	return made, n, err
}

// pathsHead says what the answer is about, and counts the people in it.
func pathsHead(a *paths.Answer, n pathCounts) string {
	what := ""
	switch {
	case a.Role != nil:
		what = " to role " + a.Role.ID
	case a.Permission != nil:
		what = " to permission " + a.Permission.ID
	}
	if n.users > 0 {
		return fmt.Sprintf("paths%s: %s can get more access alone, %d with help; %d can give access to others, as of "+
			"%s",
			what, countPeople(n.alone), n.assisted, n.others, a.Policy.AsOf)
	}
	switch {
	case !a.Policy.Catalog.Delegates():
		return "no paths: the catalog does not say under delegates who can give what"
	case a.User != nil:
		return a.User.ID + " has no path" + what + ", as of " + a.Policy.AsOf.String()
	}
	return "nobody has a path" + what + ", as of " + a.Policy.AsOf.String()
}

// pathsText is text about paths: its lines, before they are wrapped, one behind the other.
type pathsText struct {
	gappedText
	lines []pathsTextLine
	kept  keptBlock
}

// pathsTextLine is a line, or several where it is too long.
type pathsTextLine struct {
	text, gaps uint32 // where they end
	at, indent uint8  // of the first line and of others
	paint      func(Style, string) string
}

// newPathsTexts returns a function that words what somebody could do. It reuses its memory.
func newPathsTexts() func([]pathSection) *pathsText {
	var t pathsText
	var texts store[byte]
	var gaps store[textGap]
	var lines store[pathsTextLine]
	return func(list []pathSection) *pathsText {
		t.text, t.gaps, t.lines = t.text[:0], t.gaps[:0], t.lines[:0]
		t.sections(list)
		return &pathsText{gappedText: gappedText{texts.keep(t.text), gaps.keep(t.gaps)}, lines: lines.keep(t.lines)}
	}
}

func (t *pathsText) sections(list []pathSection) {
	for i := range list {
		t.add(list[i].title)
		t.end(2, 2, nil)
		for j := range list[i].lines {
			t.line(&list[i].lines[j])
		}
	}
}

// end ends a line.
func (t *pathsText) end(at, indent uint8, paint func(Style, string) string) {
	t.lines = append(t.lines, pathsTextLine{uint32(len(t.text)), uint32(len(t.gaps)), at, indent, paint})
}

func (t *pathsText) line(l *pathLine) {
	t.title(l)
	t.end(4, 6, Style.cyan)
	if len(l.path.Acts) == 1 {
		t.reason(l.path.Last(), l.by)
		t.end(6, 8, Style.dim)
		return
	}
	for i := range l.path.Acts {
		t.add(strconv.Itoa(i+1) + ". ")
		t.step(l, i)
		t.end(6, 9, nil)
	}
	if len(l.scopes) > 1 {
		t.add("and likewise on the other scopes")
		t.end(6, 6, nil)
	}
}

// pathsWriter writes people as text. It reuses its memory, so each goroutine needs its own.
type pathsWriter struct {
	style  Style
	words  []byte
	starts []int // of the gaps in them
}

func (t *pathsWriter) user(b []byte, u *paths.User, x *pathsText) []byte {
	b = append(b, '\n')
	if !bool(t.style) && isPlainWord(u.User.ID) {
		b = append(b, u.User.ID...)
	} else {
		b, _ = wrapWords(b, 0, 4, []string{Safe(u.User.ID)}, t.style.bold)
	}
	b = append(append(b, t.style.dim(describeUser(u.User))...), '\n')
	if block := x.kept.block.Load(); block != nil {
		if filled, ok := appendBlock(b, u, block); ok {
			return filled
		}
	}
	if bool(t.style) || !x.kept.isWanted() {
		return t.lines(b, u, x, nil)
	}
	block, from := &pathsBlock{}, len(b)
	b = t.lines(b, u, x, block)
	if block.text = slices.Clone(b[from:]); block.gaps != nil {
		x.kept.block.Store(block)
	}
	return b
}

// lines appends the lines about somebody. It adds them to a block, if there is one; its gaps are nil if they are not
// known.
func (t *pathsWriter) lines(b []byte, u *paths.User, x *pathsText, block *pathsBlock) []byte {
	var text, gaps uint32
	first, known := len(b), block != nil
	for i := range x.lines {
		l := &x.lines[i]
		some := x.gaps[gaps:l.gaps]
		t.words, t.starts = x.fill(t.words[:0], t.starts[:0], u, int(text), int(l.text), some)
		text, gaps = l.text, l.gaps
		for range l.at {
			b = append(b, ' ')
		}
		style, from := t.style && l.paint != nil, len(b)
		b = append(wrapSafe(b, int(l.at), int(l.indent), t.words, style, l.paint), '\n')
		known = known && block.addLine(u, b[from:], from-first, t.words, t.starts, some)
	}
	if block != nil && !known {
		block.gaps = nil
	}
	return b
}

// title says what is reached, where and for whom.
func (t *gappedText) title(l *pathLine) {
	for i, what := range l.what {
		t.addIf(i > 0, ", ")
		t.add(what)
	}
	t.scopes(l.scopes)
	for i, who := range l.who {
		t.addIf(i == 0, ", for ")
		t.addIf(i > 0, " and ")
		t.add(who)
	}
}

func (l *pathLine) title(u *paths.User) string {
	var t gappedText
	t.title(l)
	return t.about(u)
}

// wrapSafe appends text that may hold anything within the page width. Plain text without colour, nearly all, is not
// split into words first.
func wrapSafe(b []byte, at, indent int, text []byte, style Style, paint func(Style, string) string) []byte {
	if bool(style) || printableRun(text) < len(text) {
		b, _ = wrapWords(b, at, indent, strings.Fields(Safe(string(text))), func(word string) string {
			if paint == nil {
				return word
			}
			return paint(style, word)
		})
		return b
	}
	return wrapPlain(b, at, indent, text)
}

// step says one act of the first path in a sentence.
func (t *gappedText) step(l *pathLine, i int) {
	a := l.path.Acts[i]
	what := givenBy(a)
	if i == len(l.path.Acts)-1 && l.what[0] == what {
		what = strings.Join(l.what, ", ")
	}
	t.act(a, what)
}

// steps says each act of the first path in a sentence.
func (l *pathLine) steps(u *paths.User) (list []string) {
	for i := range l.path.Acts {
		var t gappedText
		t.step(l, i)
		list = append(list, t.about(u))
	}
	return list
}
