package render

import (
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/ends"
	"permc.dev/permc/compiler/policy"
)

// EndsFormats are the output formats of ends.
var EndsFormats = []string{"text", "csv", "json", "markdown"}

// Ends writes what expires, in one of EndsFormats.
func Ends(w io.Writer, a *ends.Answer, format string, style Style) error {
	return withExternal(w, externalOf(a.Policy), format, style, func(w io.Writer) error {
		return writeEnds(w, a, format, style)
	}, a, namesOfEnds(a))
}

// named is something that an answer names by its kind alone.
type named struct{ Role, Permission, Group, Scope string }

// namesOfEnds returns what expires.
func namesOfEnds(a *ends.Answer) (list []named) {
	for i := range a.Ends {
		switch e := &a.Ends[i]; e.Kind {
		case ends.Role:
			list = append(list, named{Role: e.What})
		case ends.Permission:
			list = append(list, named{Permission: e.What})
		case ends.Membership:
			list = append(list, named{Group: e.What})
		}
	}
	return list
}

func writeEnds(w io.Writer, a *ends.Answer, format string, style Style) error {
	t := &endsTable{Answer: a, style: style}
	switch format {
	case "json":
		return writeJSON(w, t.json(), "  ")
	case "csv":
		_, err := w.Write(safeCSV(t.csv()))
		return err
	case "markdown":
		_, err := w.Write(t.markdown())
		return err
	}
	_, err := w.Write(t.text())
	return err
}

// endsTable is a list of what expires that is being written.
type endsTable struct {
	*ends.Answer
	style  Style
	finder policy.Finder
}

// head counts what the list has.
func (t *endsTable) head() string {
	if len(t.Ends) == 0 {
		return fmt.Sprintf("nothing expires from %s through %s", t.Policy.AsOf, t.Until)
	}
	return fmt.Sprintf("%s from %s through %s", Count(len(t.Ends), "expiry", "expiries"), t.Policy.AsOf, t.Until)
}

// left says how far away a day is.
func (t *endsTable) left(on policy.Date) string {
	switch n := int(on - t.Policy.AsOf); n {
	case 0:
		return "today"
	default:
		return "in " + Plural(n, "day")
	}
}

// place returns where the day is written.
func (t *endsTable) place(e *ends.End) string {
	return strings.TrimSuffix(placePrefix(t.finder.Start(t.Policy.Files, e.Pos)), ": ")
}

// text writes a block for each day.
func (t *endsTable) text() []byte {
	b := []byte(t.style.bold(t.head()) + "\n")
	for i := range t.Ends {
		e := &t.Ends[i]
		if i == 0 || t.Ends[i-1].On != e.On {
			b = fmt.Appendf(b, "\n%s\n", t.style.bold(fmt.Sprintf("%s, %s", e.On, t.left(e.On))))
		}
		line := strings.Fields(Safe(endWho(e) + describeEnd(e)))
		var at int
		b = append(b, "  "...)
		b, at = wrapWords(b, 2, 6, line, leaveUnpainted)
		b = placeBehind(b, at, t.place(e), t.style)
		if why := endWhy(e); why != "" {
			b = append(b, "      "...)
			b, _ = wrapWords(b, 6, 6, strings.Fields(Safe(why)), t.style.dim)
			b = append(b, '\n')
		}
	}
	return b
}

// endWho names whose it is, with a colon, or "".
func endWho(e *ends.End) string {
	who := e.Holder()
	if who == "" {
		return ""
	}
	if s := e.Status(); s == "invited" || s == "disabled" {
		who += " (" + s + ")"
	}
	return who + ": "
}

// describeEnd says what expires.
func describeEnd(e *ends.End) string {
	text := map[ends.Kind]string{
		ends.Role:       "role ",
		ends.Permission: "permission ",
		ends.Membership: "member of group ",
		ends.Waiver:     "waiver of rule ",
		ends.Comment:    "comment that silences ",
		ends.Review:     "review of ",
	}[e.Kind] + e.What
	if e.Scope != "" {
		text += " on " + e.Scope
	}
	return text
}

// endWhy joins the reason and the ticket.
func endWhy(e *ends.End) string {
	switch {
	case e.Reason == "" || e.Ticket == "":
		return e.Reason + e.Ticket
	}
	return e.Reason + " (" + e.Ticket + ")"
}

// csv writes a line for each, whose columns are those of JSON.
func (t *endsTable) csv() []byte {
	b := []byte("expires,days,kind,holder,name,status,what,scope,reason,ticket,position\n")
	for i := range t.Ends {
		e := &t.Ends[i]
		for n, cell := range []string{e.On.String(), fmt.Sprint(int(e.On - t.Policy.AsOf)), string(e.Kind), e.Holder(),
			endName(e),
			e.Status(), e.What, e.Scope, e.Reason, e.Ticket, t.place(e)} {
			if n > 0 {
				b = append(b, ',')
			}
			b = appendCSV(b, cell)
		}
		b = append(b, '\n')
	}
	return b
}

// endName returns the name of the person, or the title of the group.
func endName(e *ends.End) string {
	switch {
	case e.User != nil:
		return e.User.Name
	case e.Group != nil:
		return e.Group.Title
	}
	return ""
}

// markdown writes a table for a mail or an issue.
func (t *endsTable) markdown() []byte {
	b := fmt.Appendf(nil, "**%s**\n", t.head())
	if len(t.Ends) == 0 {
		return b
	}
	b = append(b, "\n| Last day | Left | Who | What | Reason | Where |\n|---|---|---|---|---|---|\n"...)
	for i := range t.Ends {
		e := &t.Ends[i]
		who := strings.TrimSuffix(endWho(e), ": ")
		if name := endName(e); name != "" {
			who = name + ", " + who
		}
		cells := []string{e.On.String(), t.left(e.On), who, describeEnd(e), endWhy(e), t.place(e)}
		for _, c := range cells {
			b = append(append(b, "| "...), cellText(c)...)
			b = append(b, ' ')
		}
		b = append(b, "|\n"...)
	}
	return b
}

type jsonEnds struct {
	Version string    `json:"version"`
	AsOf    string    `json:"asOf"`
	Until   string    `json:"until"`
	Ends    []jsonEnd `json:"ends"`
}

type jsonEnd struct {
	Expires  string           `json:"expires"`
	Days     int              `json:"days"`
	Kind     string           `json:"kind"`
	Holder   string           `json:"holder,omitempty"`
	Name     string           `json:"name,omitempty"`
	Status   string           `json:"status,omitempty"`
	What     string           `json:"what"`
	Scope    string           `json:"scope,omitempty"`
	Reason   string           `json:"reason,omitempty"`
	Ticket   string           `json:"ticket,omitempty"`
	Position *policy.Position `json:"position,omitempty"`
}

func (t *endsTable) json() jsonEnds {
	out := jsonEnds{Version: Version, AsOf: t.Policy.AsOf.String(), Until: t.Until.String(), Ends: []jsonEnd{}}
	for i := range t.Ends {
		e := &t.Ends[i]
		out.Ends = append(out.Ends, jsonEnd{
			Expires:  e.On.String(),
			Days:     int(e.On - t.Policy.AsOf),
			Kind:     string(e.Kind),
			Holder:   e.Holder(),
			Name:     endName(e),
			Status:   e.Status(),
			What:     e.What,
			Scope:    e.Scope,
			Reason:   e.Reason,
			Ticket:   e.Ticket,
			Position: positionOf(t.Policy.Files, e.Pos),
		})
	}
	return out
}
