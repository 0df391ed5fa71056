package drift

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Presence says whether something declared is there.
type Presence string

// The presences, gravest first. Their words are those of the report.
const (
	AfterEnd Presence = "there after its end"
	NotThere Presence = "not there"
	TooEarly Presence = "there before its start"
	Unclear  Presence = "not clear" // its name fits several things
	There    Presence = "there"
	Skipped  Presence = "ignored by the map"
	Unlisted Presence = "not covered"
)

// Presences are all of them, gravest first.
var Presences = []Presence{AfterEnd, NotThere, TooEarly, Unclear, There, Skipped, Unlisted}

// Line is a declared entry or membership with what exports say about it.
type Line struct {
	User       *policy.User // the holder, or nil
	Group      *policy.Group
	Role       *policy.Role
	Permission *policy.Permission
	In         *policy.Group // of a membership
	Scope      *policy.Scope
	Via        *policy.Group // that gives it to the user, or nil
	Day        policy.Date   // on which it ended, or will begin
	Pos        policy.Pos
	Said       []Said // by each export that says something
}

// Said is what one export says about a line.
type Said struct {
	Presence
	Kind string
	Note string // what is different there, or ""
}

// Names returns the ids of the user, role, permission and scope of a line, "" for those that it does not have.
func (l *Line) Names() (user, role, permission, scope string) {
	if l.User != nil {
		user = l.User.ID
	}
	return user, idOf(l.Role), permissionOf(l.Permission), pathOf(l.Scope)
}

// Worst returns the gravest presence.
func (l *Line) Worst() Presence {
	for _, p := range Presences {
		if slices.ContainsFunc(l.Said, func(s Said) bool { return s.Presence == p }) {
			return p
		}
	}
	return Unlisted
}

// Lines returns what is declared, with what each export says about it: all that is in force, and what is there although
// it ended or has yet to begin. Later exports add to what earlier ones say.
func Lines(list ...*Drift) (lines []Line) {
	at := map[key]int{}
	for _, d := range list {
		c := d.compared
		notes := c.notes()
		for j, k := range c.facts.keys[:c.facts.declared] {
			f := c.facts.list[j]
			said, ok := c.presence(k, &f)
			if !ok {
				continue
			}
			i, has := at[k]
			if !has {
				i = len(lines)
				at[k] = i
				lines = append(lines, Line{User: k.user, Group: k.group, Role: k.role, Permission: k.permission,
					In:    k.in,
					Scope: k.scope, Via: f.via, Day: f.day, Pos: f.pos})
			}
			if said != Unlisted {
				lines[i].Said = append(lines[i].Said, Said{said, d.Kind, c.noteOn(k, said, notes)})
			}
		}
	}
	return lines
}

// presence says whether something declared is there. It reports false for what is neither in force nor there.
func (c *comparison) presence(k key, f *fact) (p Presence, ok bool) {
	here := c.isThere(k)
	switch {
	case f.state == ended && here:
		return AfterEnd, true
	case f.state == early && here:
		return TooEarly, true
	case f.state != inForce:
		return "", false
	case here:
		return There, true
	case c.skipped(k):
		return Skipped, true
	case !c.covered(k):
		return Unlisted, true
	case c.doubtful(k):
		return Unclear, true
	case c.throughThere(k) != nil:
		return There, true
	}
	return NotThere, true
}

// doubtful reports whether it is not clear which thing of the export something declared is.
func (c *comparison) doubtful(k key) bool {
	anywhere := k
	anywhere.scope = nil
	return c.unsure[k] || c.unsure[anywhere] ||
		k.user != nil && c.match.Doubtful[k.user] || k.group != nil && c.match.DoubtfulGroups[k.group] ||
		k.in != nil && c.match.DoubtfulGroups[k.in]
}

// notes returns what differs about things that are on both sides, and where somebody has what is not declared there.
func (c *comparison) notes() map[key]string {
	notes := map[key]string{}
	for i := range c.out.Items {
		x := &c.out.Items[i]
		switch x.By {
		case ByActions:
			notes[x.key] = "actions there: " + orNothing(x.Seen)
		case ByInheritance:
			notes[x.key] = "inheritance there: " + x.Seen
		}
	}
	for i := range c.seen {
		k := c.facts.keys[c.seen[i].fact]
		on := k.scope
		if on == nil || c.facts.list[c.seen[i].fact].state == inForce {
			continue
		}
		k.scope = nil
		if notes[k] != "" {
			notes[k] += ", "
		}
		notes[k] += on.Path
	}
	return notes
}

// noteOn returns what is different about something there, or "".
func (c *comparison) noteOn(k key, said Presence, notes map[key]string) string {
	switch said {
	case There:
		if g := c.throughThere(k); g != nil && !c.isThere(k) {
			return "through group " + g.ID
		}
		return notes[k]
	case NotThere:
		anywhere := k
		anywhere.scope = nil
		if on := notes[anywhere]; on != "" && k.scope != nil {
			return "on " + on + " there"
		}
		if name := c.unclear[subject(k)]; name != "" && k.in == nil {
			return "perhaps as " + diag.Quote(name)
		}
	}
	return ""
}

// Text returns what the exports say in words: with their kinds, if they do not agree.
func (l *Line) Text() string {
	if len(l.Said) == 0 {
		return string(Unlisted)
	}
	first, agree := l.Said[0], true
	for _, s := range l.Said {
		agree = agree && s.Presence == first.Presence && s.Note == first.Note
	}
	if agree {
		return first.text()
	}
	var parts []string
	for _, s := range l.Said {
		parts = append(parts, s.Kind+": "+s.text())
	}
	return strings.Join(parts, "; ")
}

func (s *Said) text() string {
	if s.Note == "" {
		return string(s.Presence)
	}
	return string(s.Presence) + " (" + s.Note + ")"
}
