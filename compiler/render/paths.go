package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/policy"
)

// PathsFormats are the output formats of paths.
var PathsFormats = []string{"text", "json", "markdown", "dot"}

// Paths writes what people could make of their access, in one of PathsFormats.
func Paths(w io.Writer, a *paths.Answer, format string, style Style) error {
	return withExternal(w, externalOf(a.Policy), format, style, func(w io.Writer) error {
		return writePaths(w, a, format, style)
	})
}

func writePaths(w io.Writer, a *paths.Answer, format string, style Style) error {
	switch format {
	case "json":
		return writeJSON(w, pathsJSON(a), "  ")
	case "markdown":
		_, err := w.Write(pathsMarkdown(a))
		return err
	case "dot":
		_, err := w.Write(pathsDot(a))
		return err
	}
	t := &pathsText{Answer: a, style: style}
	_, err := w.Write(t.text())
	return err
}

type pathsText struct {
	*paths.Answer
	style Style
}

// pathsHead counts what the answer has.
func pathsHead(a *paths.Answer) string {
	what := ""
	switch {
	case a.Role != nil:
		what = " to role " + a.Role.ID
	case a.Permission != nil:
		what = " to permission " + a.Permission.ID
	}
	if len(a.Users) == 0 {
		who := "nobody has"
		if a.User != nil {
			who = a.User.ID + " has no"
		}
		if !a.Policy.Catalog.Delegates() {
			return "no paths: the catalog does not say under delegates who can give what"
		}
		if a.User != nil {
			return who + " path" + what + ", as of " + a.Policy.AsOf.String()
		}
		return who + " a path" + what + ", as of " + a.Policy.AsOf.String()
	}
	alone, assisted, others := 0, 0, 0
	for _, u := range a.Users {
		alone += min(1, len(u.Alone))
		assisted += min(1, len(u.Assisted))
		others += min(1, len(u.Others))
	}
	return fmt.Sprintf("paths%s: %s can get more access alone, %d with help; %d can give access to others, as of %s",
		what,
		countPeople(alone), assisted, others, a.Policy.AsOf)
}

func (t *pathsText) text() []byte {
	b := append([]byte(t.style.bold(Safe(pathsHead(t.Answer)))), '\n')
	for i := range t.Users {
		u := &t.Users[i]
		b = append(b, '\n')
		b, _ = wrapWords(b, 0, 4, []string{Safe(u.User.ID)}, t.style.bold)
		b = append(append(b, t.style.dim(describeUser(u.User))...), '\n')
		for _, s := range sectionsOf(u.Run) {
			b = append(b, "  "+s.title+"\n"...)
			for j := range s.lines {
				b = t.line(b, u.User, &s.lines[j])
			}
		}
	}
	return b
}

// pathSection is one kind of path.
type pathSection struct {
	id, title string
	paths     []paths.Path
	lines     []pathLine
}

// sectionsOf returns the kinds of path that there are.
func sectionsOf(r *paths.Run) (list []pathSection) {
	for _, s := range []pathSection{
		{id: "alone", title: "for themselves, alone", paths: r.Alone},
		{id: "assisted", title: "for themselves, with somebody else's help", paths: r.Assisted},
		{id: "others", title: "for others", paths: r.Others},
	} {
		if len(s.paths) > 0 {
			s.lines = foldPaths(s.paths)
			list = append(list, s)
		}
	}
	return list
}

// pathLine is some paths that are alike: what they reach, on which scopes, for whom.
type pathLine struct {
	what, scopes, who []string
	by                []string // scopes of the only act's reason
	path              *paths.Path
}

// foldPaths joins paths that differ only in what the last act gives, in its scope, or in the receiver.
func foldPaths(list []paths.Path) (lines []pathLine) {
	for i := range list {
		p := &list[i]
		last := p.Last()
		l := pathLine{what: []string{actWhat(p)}, scopes: pathScopes(p), who: receiver(last), path: p}
		if s := last.Why.Scope; s != nil {
			l.by = []string{s.Path}
		}
		lines = append(lines, l)
	}
	lines = joinLines(lines, func(a, b *pathLine) bool {
		return slices.Equal(a.what, b.what) && slices.Equal(a.scopes, b.scopes) && slices.Equal(a.by, b.by)
	}, func(to, from *pathLine) { to.who = joinNames(to.who, from.who) })
	lines = joinLines(lines, func(a, b *pathLine) bool {
		return slices.Equal(a.what, b.what) &&
			slices.Equal(a.who, b.who)
	},
		func(to, from *pathLine) {
			to.scopes, to.by = joinNames(to.scopes, from.scopes), joinNames(to.by, from.by)
		})
	return joinLines(lines, func(a, b *pathLine) bool {
		return slices.Equal(a.scopes, b.scopes) && slices.Equal(a.who, b.who) && slices.Equal(a.by, b.by)
	}, func(to, from *pathLine) { to.what = joinNames(to.what, from.what) })
}

// joinLines joins each line into the first that it can be joined with.
func joinLines(lines []pathLine, alike func(a, b *pathLine) bool, join func(to, from *pathLine)) (out []pathLine) {
	for i := range lines {
		x := &lines[i]
		at := slices.IndexFunc(out, func(y pathLine) bool { return sameWay(x.path, y.path) && alike(&y, x) })
		if at < 0 {
			out = append(out, *x)
			continue
		}
		join(&out[at], x)
	}
	return out
}

// sameWay reports whether two paths differ at most in scopes and in the last act.
func sameWay(a, b *paths.Path) bool {
	n := len(a.Acts)
	if n != len(b.Acts) || n > 1 && (actWhat(a) != givenBy(a.Last()) || actWhat(b) != givenBy(b.Last())) {
		return false
	}
	for i := range a.Acts {
		x, y := &a.Acts[i], &b.Acts[i]
		if !sameGround(x, y) || i < n-1 && (x.To != y.To || givenBy(x) != givenBy(y)) {
			return false
		}
	}
	return true
}

func joinNames(a, b []string) []string {
	out := slices.Clone(a)
	for _, name := range b {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// sameGround reports whether two acts have the same reason, but for its scope.
func sameGround(a, b *paths.Act) bool {
	x, y := a.Why, b.Why
	return x.Role == y.Role && x.Permission == y.Permission && x.Attribute == y.Attribute && x.Owned == y.Owned &&
		x.Delegate == y.Delegate && a.Group == b.Group
}

// actWhat names what a path reaches by its last act.
func actWhat(p *paths.Path) string {
	last := p.Last()
	what := givenBy(last)
	if len(p.Acts) > 1 {
		what = describeGains(p.Gains)
	}
	return what
}

// givenBy names what an act gives.
func givenBy(a *paths.Act) string {
	switch {
	case a.Join:
		return "member of group " + a.Group.ID
	case a.Role != nil:
		return "role " + a.Role.ID
	}
	return a.Permission.ID
}

// describeGains names what a path of several acts reaches: its roles, or the permissions of no role.
func describeGains(list []paths.Gain) string {
	var names []string
	for _, g := range list {
		switch {
		case g.Role != nil:
			names = joinNames(names, []string{"role " + g.Role.ID})
		case g.Owned != nil:
			names = joinNames(names, []string{"owner of group " + g.Owned.ID})
		}
	}
	for _, g := range list {
		if g.Permission != nil && len(names) == 0 || g.Permission != nil && g.Permission.When != nil {
			names = joinNames(names, []string{g.Permission.ID})
		}
	}
	return strings.Join(names, ", ")
}

// pathScopes returns the scopes on which a path reaches something: that of its last act, or those of what several acts
// reach by a membership.
func pathScopes(p *paths.Path) (list []string) {
	if s := p.Last().Scope; s != nil {
		return []string{s.Path}
	}
	if len(p.Acts) == 1 {
		return nil
	}
	for _, g := range p.Gains {
		if g.Scope != nil {
			list = joinNames(list, []string{g.Scope.Path})
		}
	}
	return list
}

// receiver names who gets what an act gives, if it is not the person in question.
func receiver(a *paths.Act) []string {
	switch {
	case a.ToGroup():
		return []string{"group " + a.Group.ID}
	case !a.To.Other:
		return nil
	case a.To.Affiliation == "":
		return []string{"anybody"}
	}
	return []string{a.To.Affiliation + " users"}
}

// title says what is reached, where and for whom.
func (l *pathLine) title() string {
	text := strings.Join(l.what, ", ")
	if len(l.scopes) > 0 {
		text += " on " + strings.Join(l.scopes, ", ")
	}
	if len(l.who) > 0 {
		text += ", for " + strings.Join(l.who, " and ")
	}
	return text
}

func (t *pathsText) line(b []byte, u *policy.User, l *pathLine) []byte {
	b = append(b, "    "...)
	b, _ = wrapWords(b, 4, 6, strings.Fields(Safe(l.title())), t.style.cyan)
	b = append(b, '\n')
	if len(l.path.Acts) == 1 {
		b = append(b, "      "...)
		b, _ = wrapWords(b, 6, 8, strings.Fields(Safe(describeReason(l.path.Last(), l.by))), t.style.dim)
		return append(b, '\n')
	}
	for i, step := range l.steps(u) {
		b = append(b, "      "...)
		b, _ = wrapWords(b, 6, 9, strings.Fields(Safe(fmt.Sprintf("%d. %s", i+1, step))), leaveUnpainted)
		b = append(b, '\n')
	}
	if len(l.scopes) > 1 {
		b = append(b, "      and likewise on the other scopes\n"...)
	}
	return b
}

// steps says each act of the first path in a sentence.
func (l *pathLine) steps(u *policy.User) (list []string) {
	for i := range l.path.Acts {
		a := &l.path.Acts[i]
		what := givenBy(a)
		if i == len(l.path.Acts)-1 && l.what[0] == what {
			what = strings.Join(l.what, ", ")
		}
		list = append(list, describeAct(u, a, what))
	}
	return list
}

// describeAct says in a sentence who gives what to whom, and by what.
func describeAct(u *policy.User, a *paths.Act, what string) string {
	name := func(s paths.Somebody) string {
		switch {
		case !s.Other:
			return u.ID
		case s.Affiliation == "":
			return "somebody else"
		}
		return "somebody else (" + s.Affiliation + ")"
	}
	to := name(a.To)
	switch {
	case a.ToGroup():
		to = "group " + a.Group.ID
	case a.To == a.By:
		to = "themselves"
	}
	text := name(a.By) + " gives " + to + " " + what
	if a.Join {
		text = name(a.By) + " adds " + to + " to group " + a.Group.ID
	}
	if a.Scope != nil {
		text += " on " + a.Scope.Path
	}
	var on []string
	if a.Why.Scope != nil {
		on = []string{a.Why.Scope.Path}
	}
	return text + ", " + describeReason(a, on)
}

// describeReason says what lets somebody do an act.
func describeReason(a *paths.Act, on []string) string {
	text := "as "
	switch w := &a.Why; {
	case w.Owned != nil:
		return "as an owner of the group"
	case w.Permission != nil:
		text = "by " + w.Permission.ID
	case w.Role != nil:
		text = "by role " + w.Role.ID
	default:
		text = "by attribute " + w.Attribute
	}
	if len(on) > 0 {
		text += " on " + strings.Join(on, ", ")
	}
	if a.ToGroup() {
		text += ", which the user is in"
	}
	if c := a.Why.Delegate.Confidence; c != policy.Stated {
		text += " (" + c.String() + ")"
	}
	return text
}
