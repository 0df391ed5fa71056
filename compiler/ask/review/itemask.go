package review

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/person"
)

// itemMatch finds the items of a project on a sheet.
type itemMatch struct {
	*Outcome
	survey *Survey
	shown  func(string) string
	today  policy.Date
	signed *person.Signatures
	of     map[*Item]*Row // the rows that decide
	named  map[*Item]bool // rows with another mark name them
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
		signed:  survey.signatures(p.Policy.People),
		of:      map[*Item]*Row{},
		named:   map[*Item]bool{},
	}
	listed := survey.Finish(found)
	m.match()
	m.countRows()
	m.addMissingItems(listed)
	out := &Reviewed{Outcome: m.Outcome, Found: found}
	out.Trimmed = removePlaces(p.Declared(), m.addItemLines())
	m.addReviews(out)
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
			x.gone = x.Decision == Undecided && x.has("unknown")
			m.named[names[m.rowName(x)]] = true
		case item == nil:
			m.noteGone(x, names)
		case !m.isNamed(x, item):
			x.found, m.named[names[m.rowName(x)]] = true, true
			m.noteAltered(x, item)
		case !m.survey.selects(item):
			x.found = true
			x.fault("changed", "make a new sheet", "not among what the sheet is about: %s", m.survey.made)
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

// sortHelp is the help for cells that belong to another row.
const sortHelp = "make a new sheet, and sort all of its columns together"

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
	return m.survey.userKey(strings.TrimLeft(trimCell(s), "'"))
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

// splitHelp is the help for a row that lacks cells which the rows above have.
const splitHelp = "split merged cells, so that each row has its own, or make a new sheet"

// noteAltered reports a row whose cells are not those of its mark: another row's, or none.
func (m *itemMatch) noteAltered(x *Row, item *Item) {
	for _, c := range []struct{ title, says, is string }{
		{"user", x.User, item.Holder()}, {"kind", x.kind, item.Kind}, {"entry", x.Permission, item.What()},
		{"scope", x.Scope, item.Path()},
	} {
		if c.says == "" && c.is != "" {
			x.fault("altered", splitHelp, "column %q is empty", c.title)
			return
		}
	}
	x.fault("altered", sortHelp, "has the mark of another row: %s", item.describe())
}

// countPermissions counts permissions in words.
func countPermissions(n int) string {
	if n == 1 {
		return "1 permission"
	}
	return strconv.Itoa(n) + " permissions"
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
	if x.Decision != first.Decision && x.Decision != Undecided && first.Decision != Undecided {
		x.fault("contradiction", twiceHelp, "contradicts %s, which is about the same", first.Where)
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
			"gives something else since the sheet was made: now %s", countPermissions(item.Rows))
	case x.gives != strconv.Itoa(item.Rows):
		x.fault("altered", sortHelp, "says that it gives %q, but it gives %s", shortenAnswer(x.gives),
			countPermissions(item.Rows))
	default:
		m.compareShown(x, item)
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
	sign := m.signed.Of(x.By)
	switch {
	case !sign.Known:
		x.fault("unknown-reviewer", "write the id of a user; add a reviewer who is no user under people",
			"%q is neither a user of this project nor among its people", x.By)
	case !sign.Active:
		x.fault("unknown-reviewer", "let somebody decide who is active", "%q is disabled or only invited", x.By)
	case item != nil && m.benefits(item, sign):
		x.fault("self-review", "let somebody else decide", "%q reviews their own access", x.By)
	}
}

// benefits reports whether somebody who signs has the item: as the user, or in the group.
func (m *itemMatch) benefits(x *Item, by *person.Signature) bool {
	if x.User != nil {
		return by.Is(x.User)
	}
	return m.signed.IsIn(by, x.Group)
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
