package render

import (
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/roles"
	"permc.dev/permc/compiler/policy"
)

// RolesFormats are the output formats of roles.
var RolesFormats = []string{"text", "json", "markdown"}

// Roles writes what roles, assignments and groups have in common, in one of RolesFormats.
func Roles(w io.Writer, a *roles.Answer, format string, style Style) error {
	t := &rolesText{Answer: a, style: style, name: func(r *policy.Role) string { return r.ID },
		nameUser: func(u *policy.User) string { return u.ID }}
	b := t.text
	switch format {
	case "json":
		return writeJSON(w, t.json(), "  ")
	case "markdown":
		b = t.markdown
	}
	_, err := w.Write(b())
	return err
}

type rolesText struct {
	*roles.Answer
	style    Style
	name     func(*policy.Role) string // names a role in the first line of an answer
	nameUser func(*policy.User) string // names a person there
	finder   policy.Finder
}

// rolesSection is one kind of answer.
type rolesSection struct {
	title string
	lines []rolesLine
	more  string // what the text leaves out
}

// rolesLine is one thing to look at, with details.
type rolesLine struct {
	what    string
	details []string
}

// mostPeople bounds the people, and the names on a line, in text and Markdown.
const mostPeople, mostOnLine = 20, 8

// head counts what the answer has.
func (t *rolesText) head() string {
	if t.User != nil {
		return "roles of " + t.User.ID + ", as of " + t.Policy.AsOf.String()
	}
	var parts []string
	count := func(n int, one, several string) {
		if n > 0 {
			parts = append(parts, Count(n, one, several))
		}
	}
	count(len(t.Same), "set of roles gives the same", "sets of roles give the same")
	count(len(t.Inside), "role is inside another", "roles are inside another")
	count(len(t.Near), "pair is near", "pairs are near")
	count(len(t.Unused), "role is unused", "roles are unused")
	count(len(t.People), "person needs fewer assignments", "people need fewer assignments")
	if len(parts) == 0 {
		parts = []string{"nothing overlaps"}
	}
	return fmt.Sprintf("roles: %s, as of %s", strings.Join(parts, ", "), t.Policy.AsOf)
}

func (t *rolesText) sections() (list []rolesSection) {
	for _, s := range []rolesSection{
		{title: "Roles that give the same", lines: t.same()},
		{title: "Roles inside another", lines: t.inside()},
		{title: fmt.Sprintf("Roles near another (%.0f %% or more in common)", t.Question.Near*100), lines: t.near()},
		t.unused(),
		{title: "Roles that one person holds", lines: t.byOne()},
		t.people(),
		{title: "Grants that could be a role", lines: t.fresh()},
		{title: "Groups with the same members", lines: t.groups()},
	} {
		if len(s.lines) > 0 {
			list = append(list, s)
		}
	}
	return list
}

func (t *rolesText) same() (list []rolesLine) {
	for _, x := range t.Same {
		var names []string
		for _, r := range x {
			names = append(names, t.name(r.Role)+" ("+holdersOf(r)+")")
		}
		list = append(list, rolesLine{what: strings.Join(names, ", "), details: rolesNotes(x...)})
	}
	return list
}

func (t *rolesText) inside() (list []rolesLine) {
	for i := range t.Inside {
		p := &t.Inside[i]
		what := fmt.Sprintf("%s is inside %s", t.name(p.Left.Role), t.name(p.Right.Role))
		if p.Includes {
			what += ", which includes it"
		}
		l := rolesLine{what: what}
		if len(p.RightOnly) > 0 {
			l.details = []string{p.Right.ID + " has more of " + namePermissions(p.RightOnly)}
		}
		l.details = append(l.details, rolesNotes(p.Left, p.Right)...)
		list = append(list, l)
	}
	return list
}

func (t *rolesText) near() (list []rolesLine) {
	for i := range t.Near {
		p := &t.Near[i]
		l := rolesLine{what: fmt.Sprintf("%s and %s have %.0f %% in common", p.Left.ID, p.Right.ID, 100*p.Likeness())}
		if len(p.LeftOnly) > 0 {
			l.details = append(l.details, p.Left.ID+" has more of "+namePermissions(p.LeftOnly))
		}
		if len(p.RightOnly) > 0 {
			l.details = append(l.details, p.Right.ID+" has more of "+namePermissions(p.RightOnly))
		}
		l.details = append(l.details, rolesNotes(p.Left, p.Right)...)
		list = append(list, l)
	}
	return list
}

func (t *rolesText) unused() rolesSection {
	var own, shipped []string
	for _, r := range t.Unused {
		if r.Custom {
			own = append(own, t.name(r.Role))
		} else {
			shipped = append(shipped, t.name(r.Role))
		}
	}
	s := rolesSection{title: "Roles that nobody holds"}
	if len(own) > 0 {
		s.lines = append(s.lines, rolesLine{what: "of the project: " + strings.Join(own, ", ")})
	}
	if len(shipped) > 0 {
		s.lines = append(s.lines, rolesLine{what: "of the catalog: " + strings.Join(shipped, ", ")})
	}
	if t.Skipped > 0 {
		s.more = Count(t.Skipped, "role of the catalog was", "roles of the catalog were") + " not compared; --all does"
	}
	return s
}

func (t *rolesText) byOne() (list []rolesLine) {
	for _, r := range t.ByOne {
		list = append(list, rolesLine{what: t.name(r.Role) + ": " + t.nameUser(r.First)})
	}
	return list
}

func (t *rolesText) people() rolesSection {
	s := rolesSection{title: "People who need fewer assignments"}
	if t.User != nil {
		s.title = "Assignments"
	}
	for i := range t.People {
		if i == mostPeople {
			s.more = "and " + countPeople(len(t.People)-i) + " more; -f json lists all"
			break
		}
		s.lines = append(s.lines, t.person(&t.People[i]))
	}
	return s
}

// person says how few assignments a person needs.
func (t *rolesText) person(p *roles.Person) rolesLine {
	now := p.Left + len(p.Drop)
	l := rolesLine{what: t.nameUser(p.User) + ": " + Plural(now, "assignment")}
	switch {
	case p.Unsure:
		l.details = []string{"deny rules or groups depend on dates, so nothing is proposed"}
		return l
	case p.Smallest < now:
		l.what += ", " + enough(p.Smallest)
	case now > 0:
		l.what += ", none can go"
	}
	if !p.Proved {
		l.what += " (not proved smallest)"
	}
	for _, e := range p.Drop {
		l.details = append(l.details, nameEntry(e)+" gives nothing that the rest does not give"+t.at(e.Pos))
	}
	if len(p.By) > 0 {
		var old, fresh []string
		for _, e := range p.Replace {
			old = append(old, nameEntry(e)+t.at(e.Pos))
		}
		for _, r := range p.By {
			fresh = append(fresh, r.Role.ID+" on "+r.Scope.Path)
		}
		l.details = append(l.details, strings.Join(fresh, " and ")+" gives the same as "+strings.Join(old, " and "))
	}
	return l
}

// enough says how many assignments are enough.
func enough(n int) string {
	if n == 0 {
		return "none is needed"
	}
	return Count(n, "is", "are") + " enough"
}

func (t *rolesText) at(p policy.Pos) string {
	at := strings.TrimSuffix(placePrefix(t.finder.Start(t.Policy.Files, p)), ": ")
	if at == "" {
		return ""
	}
	return " (" + at + ")"
}

func nameEntry(e *policy.Entry) string { return e.Role.ID + " on " + e.Scope.Path }

func (t *rolesText) fresh() (list []rolesLine) {
	for i := range t.New {
		c := &t.New[i]
		var grants, who []string
		for _, g := range c.Grants {
			grants = append(grants, nameGrant(g))
		}
		for _, u := range c.Users {
			who = append(who, u.ID)
		}
		list = append(list, rolesLine{
			what: fmt.Sprintf("on a %s: %s", t.Policy.Catalog.Levels[c.Level], strings.Join(grants, ", ")),
			details: []string{
				fmt.Sprintf("%s: %s", countPeople(len(c.Users)), someNames(who)),
				fmt.Sprintf("a role with these would take the place of %s",
					Plural(len(c.Places)*len(c.Grants), "grant")),
			},
		})
	}
	return list
}

func nameGrant(g roles.Grant) string {
	if g.Actions == g.Permission.All() {
		return g.Permission.ID
	}
	return g.Permission.ID + " (" + strings.Join(g.Permission.Names(g.Actions), ", ") + ")"
}

func (t *rolesText) groups() (list []rolesLine) {
	for _, x := range t.Groups {
		var names []string
		for _, g := range x {
			names = append(names, g.ID)
		}
		n := len(x[0].Users)
		list = append(list, rolesLine{what: strings.Join(names, ", ") + ": " + Plural(n, "member")})
	}
	return list
}

func holdersOf(r *roles.Role) string {
	if r.Holders == 0 {
		return "no holders"
	}
	return Plural(r.Holders, "holder")
}

// rolesNotes says why roles cannot simply take each other's place.
func rolesNotes(list ...*roles.Role) (notes []string) {
	for _, r := range list {
		if len(r.Named) > 0 {
			notes = append(notes, r.ID+" is asked for by "+someNames(r.Named))
		}
		if r.Sure == policy.Inferred {
			notes = append(notes, "what "+r.ID+" gives is partly inferred")
		}
	}
	return notes
}

func namePermissions(list []*policy.Permission) string {
	return someNames(policy.PermissionIDs(list))
}

// someNames joins names; of many, the first ones.
func someNames(names []string) string {
	if more := len(names) - mostOnLine; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostOnLine], ", "), more)
	}
	return strings.Join(names, ", ")
}

func (t *rolesText) text() []byte {
	b := []byte(t.style.bold(Safe(t.head())) + "\n")
	for _, s := range t.sections() {
		b = append(b, "\n"+t.style.bold(s.title)+"\n"...)
		for _, l := range s.lines {
			b = append(b, "  "...)
			b, _ = wrapWords(b, 2, 6, strings.Fields(Safe(l.what)), leaveUnpainted)
			b = append(b, '\n')
			for _, d := range l.details {
				b = append(b, "      "...)
				b, _ = wrapWords(b, 6, 8, strings.Fields(Safe(d)), t.style.dim)
				b = append(b, '\n')
			}
		}
		if s.more != "" {
			b = append(b, "  "+s.more+"\n"...)
		}
	}
	return b
}

func (t *rolesText) markdown() []byte {
	b := fmt.Appendf(nil, "**%s**\n", cellText(t.head()))
	for _, s := range t.sections() {
		b = fmt.Appendf(b, "\n%s\n\n| What | Details |\n|---|---|\n", s.title)
		for _, l := range s.lines {
			b = fmt.Appendf(b, "| %s | %s |\n", cellText(l.what), cellText(strings.Join(l.details, "; ")))
		}
		if s.more != "" {
			b = append(b, "\n"+s.more+"\n"...)
		}
	}
	return b
}
