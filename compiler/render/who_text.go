package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/policy"
)

// WhoFormats are the output formats of who.
var WhoFormats = []string{"text", "json", "csv"}

// Who writes the answer to a who question in one of WhoFormats.
func Who(w io.Writer, p *policy.Policy, who *who.Who, format string, style Style) error {
	return withExternal(w, externalOf(p), format, style, func(w io.Writer) error {
		return writeWho(w, p, who, format, style)
	}, who)
}

func writeWho(w io.Writer, p *policy.Policy, who *who.Who, format string, style Style) error {
	a := &whoAnswer{Who: who, Table: &Table{Policy: p, Style: style, ways: &wayNames{}}}
	var b []byte
	switch format {
	case "json":
		b = SafeJSON(a.json())
	case "csv":
		b = safeCSV(a.csv())
	default:
		b = a.text()
	}
	_, err := w.Write(b)
	return err
}

type whoAnswer struct {
	*who.Who
	*Table
}

// text writes the answer for people: the number of holders, then a block for each user.
func (a *whoAnswer) text() []byte {
	b := []byte(a.Style.bold(a.asked()) + "\n")
	n := a.Holders.Totals()
	if n.Users == 0 {
		b = fmt.Appendf(b, "nobody holds it%s, as of %s\n", a.where(), a.Policy.AsOf)
	} else {
		b = fmt.Appendf(b, "%s%s, on %s, as of %s\n", Count(n.Users, "user holds it", "users hold it"), a.where(),
			Plural(n.Scopes, "scope"), a.Policy.AsOf)
	}
	if text := UpcomingText(a.Upcoming(a.Policy)); text != "" {
		b = append(b, text+"\n"...)
	}
	b = a.blocks(b, &a.Holders)
	if n := a.Invited.Totals(); n.Users > 0 {
		words := fmt.Sprintf("Invited, not active yet: %d", n.Users)
		b = append(append(b, '\n'), a.Style.bold(words)+"\n"...)
		b = a.blocks(b, &a.Invited)
	}
	if n := a.Disabled.Totals(); n.Users > 0 {
		words := fmt.Sprintf("Disabled: %d", n.Users)
		b = append(append(b, '\n'), a.Style.bold(words)+"\n"...)
		b = a.blocks(b, &a.Disabled)
	}
	if n := a.Denied.Totals(); n.Users > 0 {
		words := fmt.Sprintf("Denied by rules: %d", n.Users)
		b = append(append(b, '\n'), a.Style.bold(words)+"\n"...)
		b = a.blocks(b, &a.Denied)
	}
	return b
}

// asked names the role or permission in question.
func (a *whoAnswer) asked() string {
	switch {
	case a.Role != nil:
		return "role " + a.Role.ID
	case a.Actions != 0:
		return "permission " + nameRated(a.Permission, a.Actions) + ", action " +
			policy.JoinNames(a.Permission.Names(a.Actions), ", ")
	}
	return "permission " + nameRated(a.Permission, 0)
}

// nameRated names a permission with the sensitivity of some of its actions, or of all, if rated.
func nameRated(p *policy.Permission, actions policy.Actions) string {
	if s := p.SensitivityOf(actions); s != "" {
		return p.ID + " [" + s + "]"
	}
	return p.ID
}

// UpcomingText counts the entries that start later, or returns "".
func UpcomingText(x who.Upcoming) string {
	switch x.Entries {
	case 0:
		return ""
	case 1:
		return "1 entry starts later, on " + x.Next.String() + ": see permc report"
	}
	return fmt.Sprintf("%d entries start later, the next on %s: see permc report", x.Entries, x.Next)
}

// where says how the question is narrowed.
func (a *whoAnswer) where() (s string) {
	if a.Through != nil {
		s += " through " + a.Through.ID
	}
	if a.Group != "" {
		s += " through group " + a.Group
	}
	if a.Affiliation != "" {
		s += " with affiliation " + a.Affiliation
	}
	if a.Scope != nil {
		s += " within " + a.Scope.Path
	}
	return s
}

// holding is shared by rows of one user that differ only in scope.
type holding struct {
	scopes  []string
	about   string   // actions and their limits
	sources []string // each with its position after a newline
}

func (a *whoAnswer) blocks(b []byte, h *who.Holders) []byte {
	for i := 0; i < len(h.Rows); {
		u := h.Rows[i].User
		list := holdings{}
		for ; i < len(h.Rows) && h.Rows[i].User == u; i++ {
			list.join(a.row(&h.Rows[i]))
		}
		b = a.block(b, u, list.list)
	}
	for i := 0; i < len(h.Roles); {
		u := h.Roles[i].User
		list := holdings{}
		for ; i < len(h.Roles) && h.Roles[i].User == u; i++ {
			list.join(a.role(&h.Roles[i]))
		}
		b = a.block(b, u, list.list)
	}
	return b
}

// holdings are what one user holds: each once, with all its scopes.
type holdings struct {
	list []holding
	at   map[string]int // by what is said of it
}

// join adds a holding.
func (l *holdings) join(h holding) {
	said := h.about + "\x00" + strings.Join(h.sources, "\x00")
	if i, ok := l.at[said]; ok {
		l.list[i].scopes = append(l.list[i].scopes, h.scopes...)
		return
	}
	if l.at == nil {
		l.at = map[string]int{}
	}
	l.at[said] = len(l.list)
	l.list = append(l.list, h)
}

func (a *whoAnswer) row(r *policy.Row) holding {
	h := holding{scopes: []string{r.Scope.Path}}
	var about []string
	if len(r.Permission.Actions) > 1 {
		about = append(about, describeActions(r))
	}
	plain := tableText{&Table{Policy: a.Policy}}
	h.about = strings.Join(append(about, plain.marks(r)...), "; ")
	given := givenActions(r.Actions, r.Via)
	via, more := (&policy.Row{Via: a.wantedVias(r)}).Leading()
	for i := range via {
		v := &via[i]
		text := describeSource(r.User, v, onOther(v, r.Scope))
		if len(r.Via) > 1 {
			text += sourceMarks(r, v, given)
		}
		h.sources = append(h.sources, text+"\n"+a.at(v.Pos))
	}
	h.sources = appendMoreSources(h.sources, more)
	return h
}

// wantedVias returns the sources of a row that give the role or permission in question.
func (a *whoAnswer) wantedVias(r *policy.Row) []policy.Via {
	unwanted := func(v policy.Via) bool { return v.Actions&a.Wanted() == 0 }
	if !slices.ContainsFunc(r.Via, unwanted) {
		return r.Via
	}
	return slices.DeleteFunc(slices.Clone(r.Via), unwanted)
}

// appendMoreSources appends the number of further sources, if any.
func appendMoreSources(list []string, more int) []string {
	if more == 0 {
		return list
	}
	return append(list, fmt.Sprintf("and %d more\n", more))
}

// givenActions returns the actions that sources give, of those left.
func givenActions(set policy.Actions, via []policy.Via) policy.Actions {
	for i := range via {
		set |= via[i].Actions
	}
	return set
}

// sourceMarks says how a source differs from its row.
func sourceMarks(r *policy.Row, v *policy.Via, given policy.Actions) (s string) {
	if v.Actions != given {
		s += ": " + policy.JoinNames(r.Permission.Names(v.Actions), ", ")
	}
	if v.Records > r.Records {
		s += ", " + describeRecords(v.Records)
	}
	if v.Ends != r.Ends {
		s += ", " + describeExpiry(v.Ends)
	}
	return s
}

func (a *whoAnswer) role(r *who.RoleRow) holding {
	h := holding{scopes: []string{r.Scope.Path}}
	if r.Ends != 0 {
		h.about = describeExpiry(r.Ends)
	}
	via, more := r.Leading()
	for i := range via {
		v := &via[i]
		text := describeHeld(r.User, v, onOther(v, r.Scope))
		if v.Ends != r.Ends {
			text += ", " + describeExpiry(v.Ends)
		}
		h.sources = append(h.sources, text+"\n"+a.at(v.Pos))
	}
	h.sources = appendMoreSources(h.sources, more)
	return h
}

// block writes the holdings of one user.
func (a *whoAnswer) block(b []byte, u *policy.User, list []holding) []byte {
	b = append(b, '\n')
	b, _ = wrapWords(b, 0, 4, []string{Safe(u.ID)}, a.Style.bold)
	b = append(append(b, a.Style.dim(describeUser(u))...), '\n')
	for _, h := range list {
		b = append(b, "  "...)
		words := splitCommas(h.scopes)
		if h.about != "" {
			words[len(words)-1] += ":"
		}
		var at int
		b, at = wrapWords(b, 2, 4, words, a.Style.cyan)
		if h.about != "" {
			words := strings.Fields(h.about)
			if at+1+textWidth(words[0]) > pageWidth {
				b, at = append(b, "\n    "...), 4
			} else {
				b, at = append(b, ' '), at+1
			}
			b, _ = wrapWords(b, at, 4, words, leaveUnpainted)
		}
		b = append(b, '\n')
		for _, s := range h.sources {
			b = a.source(b, s)
		}
	}
	return b
}

// source writes a source, with its position after it or on the next line.
func (a *whoAnswer) source(b []byte, s string) []byte {
	text, at, _ := strings.Cut(s, "\n")
	b = append(b, "      "...)
	b, col := wrapWords(b, 6, 8, strings.Fields(text), leaveUnpainted)
	if at == "" {
		return append(b, '\n')
	}
	return placeBehind(b, col, at, a.Style)
}
