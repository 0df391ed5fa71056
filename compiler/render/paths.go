package render

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/policy"
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
	body, n, err := collectPaths(ctx, a, func() func([]byte, *paths.User) []byte {
		t := &pathsText{fold: newFolder(), style: style}
		return t.user
	})
	if err != nil {
		return err
	}
	_, err = w.Write(append([]byte(style.bold(Safe(pathsHead(a, n)))), '\n'))
	return cmp.Or(err, body.write(w))
}

// pathCounts counts people.
type pathCounts struct{ users, alone, assisted, others int }

func (n *pathCounts) add(r *reach.Run) {
	n.users++
	n.alone += min(1, len(r.Alone))
	n.assisted += min(1, len(r.Assisted))
	n.others += min(1, len(r.Others))
}

func (n *pathCounts) merge(x *pathCounts) {
	n.users += x.users
	n.alone += x.alone
	n.assisted += x.assisted
	n.others += x.others
}

// chunks is text in several parts.
type chunks [][]byte

func (c chunks) write(w io.Writer) error {
	for _, b := range c {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// collectPaths returns what workers write of everybody, and counts them: the counts come first in the output.
func collectPaths(ctx context.Context, a *paths.Answer, newWorker func() func([]byte, *paths.User) []byte) (body chunks,
	n pathCounts, err error) {
	var all []*pathCounts
	err = paths.Each(ctx, a, func() func([]byte, *paths.User) []byte {
		work, own := newWorker(), &pathCounts{}
		all = append(all, own)
		return func(b []byte, u *paths.User) []byte {
			own.add(u.Run)
			return work(b, u)
		}
	}, func(b []byte) error {
		body = append(body, slices.Clone(b))
		return nil
	})
	for _, own := range all {
		n.merge(own)
	}
	return body, n, err
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

// pathsText writes people as text. It reuses its memory, so each goroutine needs its own.
type pathsText struct {
	fold  *folder
	style Style
	words []byte
}

func (t *pathsText) user(b []byte, u *paths.User) []byte {
	b = append(b, '\n')
	b, _ = wrapWords(b, 0, 4, []string{Safe(u.User.ID)}, t.style.bold)
	b = append(append(b, t.style.dim(describeUser(u.User))...), '\n')
	for _, s := range t.fold.sections(u) {
		b = append(append(append(b, "  "...), s.title...), '\n')
		for j := range s.lines {
			b = t.line(b, u, &s.lines[j])
		}
	}
	return b
}

// appendTitle says what is reached, where and for whom.
func (l *pathLine) appendTitle(b []byte, u *paths.User) []byte {
	for i, what := range l.what {
		b = append(appendIf(b, i > 0, ", "), what...)
	}
	b = appendScopes(b, u, l.scopes)
	for i, who := range l.who {
		if i == 0 {
			b = append(b, ", for "...)
		}
		b = append(appendIf(b, i > 0, " and "), who...)
	}
	return b
}

func (l *pathLine) title(u *paths.User) string { return string(l.appendTitle(nil, u)) }

func appendIf(b []byte, yes bool, text string) []byte {
	if yes {
		return append(b, text...)
	}
	return b
}

// appendScopes says on which scopes, if on any.
func appendScopes(b []byte, u *paths.User, on []*policy.Scope) []byte {
	for i, s := range on {
		if i == 0 {
			b = append(b, " on "...)
		}
		b = append(appendIf(b, i > 0, ", "), u.At(s).Path...)
	}
	return b
}

func (t *pathsText) line(b []byte, u *paths.User, l *pathLine) []byte {
	t.words = l.appendTitle(t.words[:0], u)
	b = wrapSafe(append(b, "    "...), 4, 6, t.words, t.style, Style.cyan)
	b = append(b, '\n')
	if len(l.path.Acts) == 1 {
		t.words = appendReason(t.words[:0], u, l.path.Last(), l.by)
		b = wrapSafe(append(b, "      "...), 6, 8, t.words, t.style, Style.dim)
		return append(b, '\n')
	}
	for i, step := range l.steps(u) {
		t.words = fmt.Appendf(t.words[:0], "%d. %s", i+1, step)
		b = wrapSafe(append(b, "      "...), 6, 9, t.words, false, Style.dim)
		b = append(b, '\n')
	}
	if len(l.scopes) > 1 {
		b = append(b, "      and likewise on the other scopes\n"...)
	}
	return b
}

// wrapSafe appends text that may hold anything within the page width. Plain text without colour, nearly all, is not
// split into words first.
func wrapSafe(b []byte, at, indent int, text []byte, style Style, paint func(Style, string) string) []byte {
	if bool(style) || !isPrintable(text) {
		b, _ = wrapWords(b, at, indent, strings.Fields(Safe(string(text))),
			func(word string) string { return paint(style, word) })
		return b
	}
	return wrapPlain(b, at, indent, text)
}

// steps says each act of the first path in a sentence.
func (l *pathLine) steps(u *paths.User) (list []string) {
	for i, a := range l.path.Acts {
		what := givenBy(a)
		if i == len(l.path.Acts)-1 && l.what[0] == what {
			what = strings.Join(l.what, ", ")
		}
		list = append(list, describeAct(u, a, what))
	}
	return list
}
