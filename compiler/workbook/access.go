package workbook

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/review"
)

// access is the sheet of effective permissions, one a row, which a reviewer
// fills.
func access(in *Input, f *facts) *sheet {
	longest := func(least, most int, ids func(yield func(string) bool)) float64 {
		n := least
		ids(func(s string) bool { n = max(n, len([]rune(s))+2); return true })
		return float64(min(n, most))
	}
	users := longest(14, 36, func(yield func(string) bool) { each(in.Policy.Users, func(u *policy.User) { yield(u.ID) }) })
	scopes := longest(12, 32, func(yield func(string) bool) { each(in.Policy.Scopes, func(s *policy.Scope) { yield(s.Path) }) })
	permissions := longest(14, 34, func(yield func(string) bool) {
		each(in.Policy.Catalog.Permissions, func(p *policy.Permission) { yield(p.ID) })
	})
	s := &sheet{name: "Access", head: true, frozen: 1, rows: f.rows, review: 12, printed: 16,
		about: "who can do what, a row for each permission of a user on a scope; the columns from Keep on are a reviewer's"}
	s.columns = []column{
		{"User", users, header}, {"Name", 18, header}, {"Status", 9, header}, {"Affiliation", 12, header}, {"Scope", scopes, header},
		{"Level", 12, header}, {"Permission", permissions, header}, {"Actions", 16, header}, {"Withheld", 22, header}, {"Access", 9, header},
		{"Conditions", 15, header}, {"Through", 42, header},
		{"Keep", 8, headerReview}, {"Remove", 9, headerReview}, {"By", 22, headerReview}, {"Date", 12, headerReview},
		{"Expires", 12, header}, {"Position", 36, header}, {"Row", 19, header}, {"Table", 40, header},
	}
	s.fill = func(x *stream) error {
		return x.table(func() func(*cells, *policy.Access) {
			w := &accessRows{in: in, made: in.made.String()}
			return w.user
		})
	}
	return s
}

func each[T any](list []T, f func(T)) {
	for _, x := range list {
		f(x)
	}
}

// accessRows writes rows for one goroutine.
type accessRows struct {
	in   *Input
	made string
	mark review.Marker
	at   policy.Finder
}

func (w *accessRows) user(c *cells, a *policy.Access) {
	rows := w.in.Filter.Rows(a.Rows)
	for i := range rows {
		w.row(c, &rows[i])
	}
}

func (w *accessRows) row(c *cells, r *policy.Row) {
	c.begin()
	c.text(plain, r.User.ID)
	c.text(plain, r.User.Name)
	c.text(plain, r.User.Status())
	c.text(plain, r.User.Affiliation)
	c.text(plain, r.Scope.Path)
	c.text(muted, w.in.Policy.Catalog.Levels[r.Scope.Level])
	c.text(plain, r.Permission.ID)
	c.text(wrapped, strings.Join(r.Permission.Names(r.Actions), ", "))
	c.text(wrapped, withheld(r))
	c.text(plain, render.Access(r))
	c.text(wrapped, strings.Join(r.Permission.ConditionIDs, ", "))
	c.text(wrapped, render.Sources(r))
	c.empty(inputCentred)
	c.empty(inputCentred)
	c.empty(input)
	c.empty(inputDated)
	c.date(dated, r.Ends)
	c.text(muted, w.places(r))
	c.text(muted, w.mark.Mark(r))
	c.text(muted, w.made)
	c.end()
}

// withheld is what deny rules took, by rule.
func withheld(r *policy.Row) string {
	var list []string
	for _, w := range r.Withheld {
		list = append(list, fmt.Sprintf("%s (%s)", w.Action, w.Rule.ID))
	}
	return strings.Join(list, ", ")
}

// places are where the sources of a row stand, each once.
func (w *accessRows) places(r *policy.Row) string {
	var list []string
	for i := range r.Via {
		at := w.at.Start(w.in.Policy.Files, r.Via[i].Pos)
		if at.File == "" {
			continue
		}
		if s := fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column); !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return strings.Join(list, ", ")
}
