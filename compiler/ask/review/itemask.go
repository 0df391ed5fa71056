package review

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/signer"
)

// itemMatch finds the items of a project on a sheet.
type itemMatch struct {
	*Outcome
	survey *Survey
	shown  func(string) string
	today  policy.Date
	signed map[string]signature // by column By
	of     map[*Item]*Row       // the rows that decide
	named  map[*Item]bool       // rows with another mark name them
}

// signature is who signed a row.
type signature struct {
	signer.Signer
	known  bool // it is a user of the project
	active bool
}

// AskItems finds the lines that a filled sheet of items wants changed, and tries out how changing them affects
// everybody. No decision may be later than today.
func AskItems(ctx context.Context, p *compiler.Project, s *Sheet, in func(*policy.Row) bool, shown func(string) string,
	today policy.Date) (*Reviewed, error) {
	made := Made{}
	if len(s.Made) > 0 {
		made = s.Made[0]
	}
	survey := NewSurvey(p, &made, in)
	found, err := p.Visit(ctx, survey.Worker)
	if err != nil {
		return nil, err
	}
	m := &itemMatch{
		Outcome: &Outcome{Made: s.Made, ByItem: true, sheet: s, lines: map[policy.Pos]*Line{}},
		survey:  survey,
		shown:   shown,
		today:   today,
		signed:  map[string]signature{},
		of:      map[*Item]*Row{},
		named:   map[*Item]bool{},
	}
	listed := survey.Finish(found)
	m.match()
	m.countRows()
	m.addMissingItems(listed)
	out := &Reviewed{Outcome: m.Outcome, Found: found}
	out.After = removePlaces(p.Declared(), m.addItemLines())
	after, faults := p.Rebind(out.After, p.Policy.Catalog)
	if out.Stops = faults; len(faults) > 0 {
		return out, nil
	}
	effects, before, then, err := diff.Pairs(ctx, p, after, m.effects)
	if err != nil {
		return nil, err
	}
	m.settleItems(effects)
	out.New, _, _ = diff.Findings(before, then)
	return out, nil
}

// match finds the item of each row, and what is wrong with the row.
func (m *itemMatch) match() {
	names := m.names()
	for i := range m.sheet.Rows {
		x := &m.sheet.Rows[i]
		item := m.survey.byKey[x.mark]
		switch {
		case x.mark == 0 || x.mark == noMark:
			x.found = true // it has a fault already
			m.named[names[m.rowName(x)]] = true
		case item == nil:
			m.noteGone(x, names)
		case !m.isNamed(x, item):
			x.found, m.named[names[m.rowName(x)]] = true, true
			x.fault("altered", "make a new sheet, and sort all of its columns together",
				"has the mark of another row: %s", item.describe())
		case m.of[item] != nil:
			x.found = true
			m.noteTwice(x, m.of[item])
		default:
			x.found = true
			m.of[item] = x
			m.compare(x, item)
		}
		if x.Decision != Undecided {
			m.checkSigner(x, item)
		}
	}
}

// itemName is what the cells of a row call an item.
type itemName struct{ user, kind, what, scope string }

func (m *itemMatch) names() map[itemName]*Item {
	names := make(map[itemName]*Item, len(m.survey.Items))
	for _, x := range m.survey.Items {
		names[m.nameOf(x)] = x
	}
	return names
}

func (m *itemMatch) nameOf(x *Item) itemName {
	return itemName{m.userCell(m.shown(x.Holder())), x.Kind, m.shown(x.What()), m.shown(x.Path())}
}

// userCell returns an id as it compares with others.
func (m *itemMatch) userCell(s string) string {
	return m.survey.userKey(strings.TrimLeft(strings.TrimSpace(s), "'"))
}

func (m *itemMatch) rowName(x *Row) itemName {
	return itemName{m.userCell(x.User), policy.Fold(x.kind), strings.TrimLeft(x.Permission, "'"),
		strings.TrimLeft(x.Scope, "'")}
}

// isNamed reports whether the cells of a row name the item of its mark.
func (m *itemMatch) isNamed(x *Row, item *Item) bool {
	name := m.nameOf(item)
	name.what, name.scope = strings.TrimLeft(Short(name.what), "'"), strings.TrimLeft(Short(name.scope), "'")
	name.user = m.userCell(Short(m.shown(item.Holder())))
	return m.rowName(x) == name
}

// noteGone settles a row about what the project no longer has.
func (m *itemMatch) noteGone(x *Row, names map[itemName]*Item) {
	now := names[m.rowName(x)]
	if now == nil || x.Decision == Contradictory {
		return // noteUnfound says it
	}
	x.found, m.named[now] = true, true
	text := ""
	if now.Starts() != 0 {
		text += ", starts " + now.Starts().String()
	}
	if now.Ends() != 0 {
		text += ", expires " + now.Ends().String()
	}
	x.fault("changed", "make a new sheet, and decide again",
		"the dates have changed since the sheet was made%s", text)
}

// noteTwice reports a row that repeats another one.
func (m *itemMatch) noteTwice(x, first *Row) {
	if x.Decision != first.Decision {
		x.fault("contradiction", "", "contradicts %s, which is about the same", first.Where)
		first.Decision, x.Decision = Contradictory, Contradictory
		return
	}
	x.fault("duplicate", "delete one of the two rows", "repeats %s", first.Where)
}

// compare notes what has changed since a row was made.
func (m *itemMatch) compare(x *Row, item *Item) {
	mark := m.survey.Mark(item)
	switch {
	case x.Decision == Contradictory:
	case !strings.HasSuffix(mark, "-"+x.print):
		x.fault("changed", "make a new sheet, and decide again",
			"gives something else since the sheet was made: now %d permissions", item.Rows)
	case x.gives != strconv.Itoa(item.Rows):
		x.fault("altered", "make a new sheet, and sort all of its columns together",
			"says that it gives %q permissions, but it gives %d", shortenAnswer(x.gives), item.Rows)
	}
}

// checkSigner checks who decided and when.
func (m *itemMatch) checkSigner(x *Row, item *Item) {
	if day, err := policy.ParseDate(x.Date); err == nil && day > m.today {
		x.fault("future", "a decision cannot be dated ahead", "decided on %s, which is after today, %s", day, m.today)
	}
	if x.By == "" || x.has("incomplete") {
		return
	}
	sign := m.signature(x.By)
	switch {
	case !sign.known:
		x.fault("unknown-reviewer", "write the id of a user of the project", "%q is no user of this project", x.By)
	case !sign.active:
		x.fault("unknown-reviewer", "let somebody decide who is active", "%q is disabled or only invited", x.By)
	case item != nil && item.benefits(sign.Is):
		x.fault("self-review", "let somebody else decide", "%q reviews their own access", x.By)
	}
}

// signature finds out who signed.
func (m *itemMatch) signature(by string) signature {
	if s, ok := m.signed[by]; ok {
		return s
	}
	s := signature{Signer: signer.Read(by)}
	for _, u := range m.survey.policy.Users {
		if s.Is(u) {
			s.known, s.active = true, s.active || !u.Waits()
		}
	}
	m.signed[by] = s
	return s
}

// addMissingItems adds problems for items that the sheet lacks.
func (m *itemMatch) addMissingItems(listed []*Item) {
	for _, x := range listed {
		if m.of[x] != nil || m.named[x] {
			continue
		}
		if m.Counts.Missing++; m.Counts.Missing <= mostMissing {
			m.Problems = append(m.Problems, Problem{Kind: "missing", Message: x.describe() + " is not on the sheet",
				Help: "make a new sheet; do not delete rows"})
		}
	}
	if n := m.Counts.Missing - mostMissing; n > 0 {
		m.Problems = append(m.Problems, Problem{Kind: "missing",
			Message: fmt.Sprintf("%d more decisions are not on the sheet", n)})
	}
}

// addItemLines adds the lines of items marked for removal, and returns their positions.
func (m *itemMatch) addItemLines() map[policy.Pos]bool {
	for item, x := range m.of {
		if x.Decision != Remove {
			continue
		}
		for _, pos := range item.Spots {
			l := m.lines[pos]
			if l == nil {
				l = item.line(pos)
				l.Where, l.By, l.Date = x.Where, x.By, x.Date
				m.lines[pos] = l
				m.Lines = append(m.Lines, l)
			} else if l.User != item.User {
				l.Shared = true
			}
		}
	}
	slices.SortFunc(m.Lines, func(a, b *Line) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Off, b.Pos.Off))
	})
	m.shareLines()
	return m.Places()
}

// shareLines marks the lines that are also about items to keep: a place that is computed.
func (m *itemMatch) shareLines() {
	for _, x := range m.survey.Items {
		for _, pos := range x.Spots {
			if l := m.lines[pos]; l != nil && (m.of[x] == nil || m.of[x].Decision != Remove) {
				l.Shared = true
			}
		}
	}
}

// line returns the change that removes an item.
func (x *Item) line(pos policy.Pos) *Line {
	l := &Line{Kind: DropEntry, Pos: pos, User: x.User, Group: x.Group, Scope: x.Scope}
	switch {
	case x.Into != nil:
		l.Kind, l.Inner, l.Group = LeaveGroup, x.Group, x.Into
	case x.User == nil:
		l.Kind = DropGroupEntry
	}
	if x.Entry != nil {
		l.Role, l.Permission = x.Entry.Role, x.Entry.Permission
	}
	return l
}

// effects appends the effects on one user.
func (m *itemMatch) effects(list []Effect, before, after *policy.Access) []Effect {
	for r, now := range pairRows(before, after) {
		if now != nil {
			list = appendGained(list, r, now)
		}
		if r == nil {
			continue
		}
		e := Effect{ref: Ref{Row: *r.Clone()}, sheet: -1, kind: lost}
		switch {
		case now == nil:
		case listBeyond(r, now) != nil:
			e.ref.Loses = strings.Join(listBeyond(r, now), ", ")
		case listOutlasting(r, now) != nil:
			e.kind, e.until = sooner, strings.Join(listOutlasting(r, now), ", ")
		default:
			continue
		}
		if now != nil {
			e.left = slices.Clone(now.Via)
		}
		list = append(list, e)
	}
	return list
}

// settleItems files the effects under the lines that cause them, and finds what is to be kept but is lost.
func (m *itemMatch) settleItems(effects []Effect) {
	lost := map[*Item]int{}
	for i := range effects {
		e := &effects[i]
		if e.kind == gained {
			m.Gained = append(m.Gained, e.ref.Row)
			continue
		}
		m.settleItem(e, lost)
	}
	for _, item := range m.survey.Items {
		if n := lost[item]; n > 0 {
			m.addLost(item, n)
		}
	}
}

func (m *itemMatch) settleItem(e *Effect, lost map[*Item]int) {
	var items []*Item
	for i := range e.ref.Row.Via {
		v := &e.ref.Row.Via[i]
		if slices.ContainsFunc(e.left, func(x policy.Via) bool { return x.Repeats(v) }) {
			continue
		}
		m.survey.sourcesOf(e.ref.Row.User, v, func(x *Item) {
			if !slices.Contains(items, x) {
				items = append(items, x)
			}
		})
	}
	for _, x := range items {
		if row := m.of[x]; row != nil && row.Decision == Remove {
			for _, pos := range x.Spots {
				m.lines[pos].file(e, row)
			}
		} else if e.kind != sooner && slices.ContainsFunc(items, func(y *Item) bool {
			return y.reach() > x.reach() && m.of[y] != nil && m.of[y].Decision == Remove
		}) {
			lost[x]++
		}
	}
	if len(items) == 0 { // it is derived from something that goes
		for _, l := range m.Lines {
			if l.User == e.ref.Row.User {
				l.file(e, nil)
				return
			}
		}
	}
}

// reach orders the items that together give somebody something: a membership of a user, one of a group, and what that
// gives. Whoever keeps one expects those behind it, but not that everybody stays before it.
func (x *Item) reach() int {
	switch {
	case x.Entry != nil:
		return 2
	case x.User == nil:
		return 1
	}
	return 0
}

// file adds an effect to a line, which a row of the sheet decides about.
func (l *Line) file(e *Effect, row *Row) {
	ref := e.ref
	if row != nil {
		ref.Where, ref.By, ref.Date = row.Where, row.By, row.Date
	}
	if e.kind == sooner {
		l.Ends = append(l.Ends, ref)
	} else {
		l.Asked = append(l.Asked, ref)
	}
}

// addLost adds a problem for a membership to keep of which permissions are lost.
func (m *itemMatch) addLost(x *Item, n int) {
	row := m.of[x]
	if row == nil || row.Decision != Keep {
		return // it is missing or undecided, which is a problem already
	}
	all := x.Rows * max(1, x.People)
	p := Problem{Kind: "kept-row-lost", Where: row.Where,
		Message: "marked keep, but the other changes remove all that it gives: " + x.describe(),
		Help:    "keep what it comes through, or mark this row Remove as well"}
	if n < all {
		p = Problem{Kind: "kept-row-narrowed", Warning: true, Where: row.Where,
			Message: fmt.Sprintf("marked keep, but the other changes remove some of what it gives: %s", x.describe())}
	}
	m.Problems = append(m.Problems, p)
}
