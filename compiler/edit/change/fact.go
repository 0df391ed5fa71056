package change

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/policy"
)

// Fact is one thing that a declaration says, without its place.
type Fact struct {
	Holder string // the user, or the group with its prefix, or ""
	Kind   string // "entry", "member", "attribute", "waiver", "review", "expectation", "owner" or another section
	Names  string // the user that a member, waiver, review, expectation or owner names
	Text   string
}

// Compare returns the facts that only one of two declarations has.
func Compare(a, b *policy.Declared) (gone, come []Fact) {
	if a == nil || b == nil {
		return []Fact{{Kind: "unreadable"}}, nil
	}
	c := &comparer{count: map[Fact]int{}}
	c.users(a.Users, b.Users)
	c.rest(a, 1)
	c.rest(b, -1)
	for f, n := range c.count {
		for range n {
			gone = append(gone, f)
		}
		for range -n {
			come = append(come, f)
		}
	}
	sortFacts(gone)
	sortFacts(come)
	return gone, come
}

func sortFacts(list []Fact) {
	slices.SortFunc(list, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.Holder, b.Holder), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text))
	})
}

// comparer counts facts: those of the first declaration up, those of the second down.
type comparer struct{ count map[Fact]int }

// add counts a fact. What both sides have is forgotten: there may be a million users.
func (c *comparer) add(f Fact, by int) {
	if c.count[f] += by; c.count[f] == 0 {
		delete(c.count, f)
	}
}

// users walks the users of both sides, which are sorted by id.
func (c *comparer) users(a, b policy.DeclaredUsers) {
	r, s := a.Reader(), b.Reader()
	var u, v policy.DeclaredUser
	for i, j := 0, 0; i < a.Len() || j < b.Len(); {
		left, right := i < a.Len(), j < b.Len()
		switch {
		case left && !r.Read(i, &u):
			c.add(Fact{Kind: "unreadable"}, 1)
			i++
			continue
		case right && !s.Read(j, &v):
			c.add(Fact{Kind: "unreadable"}, -1)
			j++
			continue
		}
		order := 0
		switch {
		case !right:
			order = -1
		case !left:
			order = 1
		default:
			order = strings.Compare(u.ID.Name, v.ID.Name)
		}
		if order <= 0 {
			c.user(&u, 1)
			i++
		}
		if order >= 0 {
			c.user(&v, -1)
			j++
		}
	}
}

func (c *comparer) user(u *policy.DeclaredUser, by int) {
	id := u.ID.Name
	c.entries(id, u.Entries, by)
	for i := range u.Groups {
		c.add(Fact{id, "member", "", sayMember(&u.Groups[i])}, by)
	}
	c.attributes(id, u.Attributes, by)
	x := *u
	x.Entries, x.Groups, x.Attributes = nil, nil, nil
	c.add(Fact{id, "user", id, say(x)}, by)
}

func (c *comparer) entries(holder string, list []policy.DeclaredEntry, by int) {
	for i := range list {
		c.add(Fact{holder, "entry", "", say(list[i])}, by)
	}
}

func (c *comparer) attributes(holder string, list []policy.Attribute, by int) {
	for _, a := range list {
		for _, v := range a.Values {
			c.add(Fact{holder, "attribute", "", sayAttribute(a.Name.Name, v.Name)}, by)
		}
	}
}

func sayAttribute(name, value string) string { return fmt.Sprintf("%q %q", name, value) }

// rest counts everything but users.
func (c *comparer) rest(d *policy.Declared, by int) {
	for i := range d.Groups {
		c.group(d.Groups[i], by)
	}
	for i := range d.Waivers {
		c.add(Fact{"", "waiver", d.Waivers[i].User.Name, say(d.Waivers[i])}, by)
	}
	for i := range d.Reviews {
		c.add(Fact{"", "review", d.Reviews[i].User.Name, say(d.Reviews[i])}, by)
	}
	for i := range d.Expects {
		c.add(Fact{"", "expectation", d.Expects[i].User.Name, say(d.Expects[i])}, by)
	}
	x := *d
	x.Files, x.Spelled, x.Users, x.Groups = nil, nil, nil, nil
	x.Waivers, x.Reviews, x.Expects = nil, nil, nil
	c.add(Fact{Kind: "project", Text: say(x)}, by)
}

func (c *comparer) group(g policy.DeclaredGroup, by int) {
	id := "group:" + g.ID.Name
	c.entries(id, g.Entries, by)
	for i := range g.Members {
		c.add(Fact{id, "member", g.Members[i].Name, sayMember(&g.Members[i])}, by)
	}
	for _, o := range g.Owners {
		c.add(Fact{id, "owner", o.Name, o.Name}, by)
	}
	c.attributes(id, g.Attributes, by)
	g.Entries, g.Members, g.Owners, g.Attributes = nil, nil, nil, nil
	c.add(Fact{id, "group", "", say(g)}, by)
}

func sayMember(m *policy.DeclaredMember) string {
	text := fmt.Sprintf("%q", m.Name)
	if t := m.Terms; t != nil {
		text += " " + say(*t)
	}
	return text
}

// say writes a value without its places.
func say(v any) string {
	var b strings.Builder
	write(&b, reflect.ValueOf(v))
	return b.String()
}

var posType = reflect.TypeFor[policy.Pos]()

func write(b *strings.Builder, v reflect.Value) {
	switch {
	case v.Type() == posType:
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				write(b, v.Field(i))
			}
		}
		b.WriteByte(';')
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			write(b, v.Index(i))
		}
		fmt.Fprintf(b, "[%d]", v.Len())
	case v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface:
		if v.IsNil() {
			b.WriteByte('-')
		} else {
			write(b, v.Elem())
		}
	case v.Kind() == reflect.String:
		fmt.Fprintf(b, "%q", v.String())
	default:
		fmt.Fprintf(b, "%v ", v.Interface())
	}
}

var errOther = errors.New("the edit would change more than was asked for: " +
	"CUE may compute it, or several people may share it")

// check returns an error unless the edit says just what the step is about.
func (s *Step) check(gone, come []Fact, after *compiler.Project) error {
	if after.Declared() == nil {
		if len(after.Stopped) > 0 {
			return fmt.Errorf("after the edit, %s", after.Stopped[0].Message)
		}
		return errOther
	}
	ok := false
	switch {
	case s.Want != nil:
		more, less := Compare(s.Want, after.Declared())
		ok = len(more) == 0 && len(less) == 0
	case s.New:
		ok = len(gone) == 0 && s.declared(come)
	case s.Add != nil:
		ok = len(gone) == 0 && len(come) == 1 && s.added(&come[0])
	case s.Attribute != "":
		ok = len(gone) == 0 && len(come) == 1 && come[0].Kind == "attribute" && s.isHolder(come[0].Holder) &&
			come[0].Text == sayAttribute(s.Attribute, s.Value)
	case s.Enable:
		ok = len(gone) == 1 && len(come) == 1 && come[0].Kind == "user" && s.isHolder(come[0].Holder)
	case s.Delete:
		ok = len(come) == 0 && !slices.ContainsFunc(gone, func(f Fact) bool { return !s.deletes(&f) }) &&
			slices.ContainsFunc(gone, func(f Fact) bool { return f.Kind == "user" })
	default:
		ok = len(come) == 0 && len(gone) == len(s.Cut) && !slices.ContainsFunc(gone, func(f Fact) bool {
			return f.Kind != "entry" && f.Kind != "member" || !s.isAbout(&f)
		})
	}
	if !ok {
		return errOther
	}
	return nil
}

// added reports whether a fact is the entry to add.
func (s *Step) added(f *Fact) bool {
	x := s.Add
	if x.Group == "" {
		e := policy.DeclaredEntry{Grant: x.Permission != "", What: policy.Ref{Name: x.Role + x.Permission},
			Scope: policy.Ref{Name: x.Scope}, Starts: x.Starts, Ends: x.Ends, Reason: x.Reason, Ticket: x.Ticket}
		for _, a := range x.Actions {
			e.Actions = append(e.Actions, policy.Ref{Name: a})
		}
		return f.Kind == "entry" && s.isHolder(f.Holder) && f.Text == say(e)
	}
	m := policy.DeclaredMember{Ref: policy.Ref{Name: s.holder()}}
	if s.isHolder(f.Holder) {
		m.Name = x.Group
	}
	if x.terms() {
		m.Terms = &policy.Terms{Starts: x.Starts, Ends: x.Ends, Reason: x.Reason, Ticket: x.Ticket}
	}
	return f.Kind == "member" && (s.isHolder(f.Holder) || f.Holder == "group:"+x.Group) && f.Text == sayMember(&m)
}

// terms reports whether a membership has more than a name.
func (x *Entry) terms() bool { return x.Starts != 0 || x.Ends != 0 || x.Reason != "" || x.Ticket != "" }

// isHolder reports whether an id is the holder's, as it is or in another spelling.
func (s *Step) isHolder(id string) bool {
	if s.User == nil || s.key == nil {
		return id == s.holder()
	}
	return s.key(id) == s.key(s.User.ID)
}

// isAbout reports whether an entry or a membership is one of the holder.
func (s *Step) isAbout(f *Fact) bool {
	return s.isHolder(f.Holder) || f.Kind == "member" && s.isHolder(f.Names)
}

// deletes reports whether a fact goes with the user.
func (s *Step) deletes(f *Fact) bool {
	return s.isHolder(f.Holder) || f.Names != "" && s.isHolder(f.Names)
}
