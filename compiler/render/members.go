package render

import (
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/policy"
)

// Members writes who is in a group, in one of WhoFormats.
func Members(w io.Writer, p *policy.Policy, m *who.Members, format string, style Style) error {
	switch format {
	case "json":
		return membersJSON(w, p, m)
	case "csv":
		return membersCSV(w, p, m)
	}
	return membersText(w, p, m, style)
}

func membersText(w io.Writer, p *policy.Policy, m *who.Members, style Style) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", strings.TrimRight(style.bold("group "+Safe(m.Group.ID))+"  "+Safe(m.Group.Title), " "))
	b.WriteString(Count(len(m.In), "user is in it", "users are in it") + ", as of " + p.AsOf.String() + "\n")
	for _, line := range groupFacts(m.Group) {
		b.WriteString(Safe(line) + "\n")
	}
	for _, o := range m.Group.Outer() {
		b.WriteString(Safe("in group "+o.Group.ID) + "\n")
	}
	heads := [...]string{"", style.bold("Not today") + "\n"}
	for i, list := range [...][]who.Member{m.In, m.Others} {
		if len(list) > 0 {
			b.WriteString("\n" + heads[i])
		}
		for j := range list {
			fmt.Fprintf(&b, "  %s  %s\n", Safe(describeMember(&list[j])), style.dim(Safe(placeText(p, list[j].Pos))))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// describeMember names a member, with the way into the group and the days.
func describeMember(x *who.Member) string {
	text := x.User.ID
	if x.User.Waits() {
		text += " (" + x.User.Status() + ")"
	}
	text += throughInner(x.Path)
	if x.Ends != 0 {
		text += ", " + describeExpiry(x.Ends)
	}
	if x.Idle != "" {
		text += ", " + x.Idle
	}
	return text
}

func placeText(p *policy.Policy, pos policy.Pos) string {
	at := p.Files.Position(pos)
	return fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column)
}

// groupFacts says who answers for a group, and what is known of it.
func groupFacts(g *policy.Group) (list []string) {
	if owners := ownersOf(g); len(owners) > 0 {
		list = append(list, "owners: "+policy.JoinNames(owners, ", "))
	}
	for _, name := range sortedKeys(g.Attributes) {
		list = append(list, name+": "+policy.JoinNames(g.Attributes[name], ", "))
	}
	for _, text := range g.IDs.Texts() {
		list = append(list, "id in "+text)
	}
	return list
}

// ownersOf names the owners of a group: user ids, and groups as group:ID.
func ownersOf(g *policy.Group) (list []string) {
	for _, o := range g.Owners {
		if o.Group != "" {
			list = append(list, "group:"+o.Group)
		} else {
			list = append(list, o.User)
		}
	}
	return list
}

// jsonGroup is a group, and what is known of it.
type jsonGroup struct {
	ID         string              `json:"id"`
	Title      string              `json:"title,omitempty"`
	Kind       string              `json:"kind,omitempty"`
	Home       string              `json:"home,omitempty"`
	Owners     []string            `json:"owners,omitempty"`
	Attributes map[string][]string `json:"attributes,omitempty"`
	IDs        map[string][]string `json:"ids,omitempty"`
}

func groupJSON(g *policy.Group) *jsonGroup {
	out := &jsonGroup{ID: g.ID, Title: g.Title, Owners: ownersOf(g), Attributes: g.Attributes, IDs: g.IDs}
	if g.Kind != nil {
		out.Kind = g.Kind.ID
	}
	if g.Home != nil {
		out.Home = g.Home.Path
	}
	return out
}

type jsonMember struct {
	User        string           `json:"user"`
	Status      string           `json:"status"`
	Affiliation string           `json:"affiliation,omitempty"`
	Through     []string         `json:"through,omitempty"`
	Expires     string           `json:"expires,omitempty"`
	Idle        string           `json:"idle,omitempty"`
	Position    *policy.Position `json:"position,omitempty"`
}

func membersJSON(w io.Writer, p *policy.Policy, m *who.Members) error {
	list := func(members []who.Member) []jsonMember {
		out := []jsonMember{}
		for i := range members {
			x := &members[i]
			out = append(out, jsonMember{x.User.ID, x.User.Status(), x.User.Affiliation, innerIDs(x.Path),
				x.Ends.String(), x.Idle,
				positionOf(p.Files, x.Pos)})
		}
		return out
	}
	return writeJSON(w, struct {
		Version string       `json:"version"`
		Product string       `json:"product,omitempty"`
		AsOf    string       `json:"asOf"`
		Group   *jsonGroup   `json:"group"`
		Members []jsonMember `json:"members"`
		Others  []jsonMember `json:"others"`
	}{Version, p.Catalog.Product, p.AsOf.String(), groupJSON(m.Group), list(m.In), list(m.Others)}, "  ")
}

// innerIDs names the groups of a path but the last, from the one that has the user outwards.
func innerIDs(path []*policy.Group) (list []string) {
	for _, g := range path[:len(path)-1] {
		list = append(list, g.ID)
	}
	return list
}

// membersCSV writes a line for each member of today.
func membersCSV(w io.Writer, p *policy.Policy, m *who.Members) error {
	b := []byte("user,status,affiliation,group,through,expires,position\n")
	for i := range m.In {
		x := &m.In[i]
		for j, s := range []string{x.User.ID, x.User.Status(), x.User.Affiliation, m.Group.ID,
			policy.JoinNames(innerIDs(x.Path), ";"), x.Ends.String(), placeText(p, x.Pos)} {
			b = appendCSV(appendComma(b, j), s)
		}
		b = append(b, '\n')
	}
	_, err := w.Write(safeCSV(b))
	return err
}
