package xlsx

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// accessSheet returns the sheet of effective permissions, one a row, for reviewers to fill if that was asked for.
func accessSheet(in *job, f *facts) *sheet {
	s := &sheet{name: "Access", head: true, frozen: 1, rows: f.lines, review: -1, printed: 13,
		about: "who can do what: one row per user, scope and permission"}
	s.columns = []column{
		{"User", columnWidth(14, 34, userIDs(in)), header}, {"Name", 17, header}, {"Status", 9, header},
		{"Affiliation", 11, header},
		{"Scope", columnWidth(12, 26, scopePaths(in)), header}, {"Level", 11, header},
		{"Permission", columnWidth(14, 30, permissionIDs(in)), header},
		{"Actions", 13, header}, {"Withheld", 18, header}, {"Access", 8, header}, {"Conditions", 12, header},
		{"Through", 36, header}, {"Expires", 12, header},
	}
	if in.byRow() {
		s.review, s.printed, s.about = 13, 17, s.about+"; reviewers fill the columns from Keep on"
		s.columns = append(s.columns, column{"Keep", 8, headerReview}, column{"Remove", 9, headerReview},
			column{"By", 20, headerReview}, column{"Date", 12, headerReview})
	}
	s.columns = append(s.columns, column{"Position", 36, header})
	if in.byRow() {
		s.columns = append(s.columns, column{"Row", 19, header}, column{"Table", 40, header})
	}
	s.columns = append(s.columns, column{"Sensitivity", 12, header}, column{"Confidence", 11, header})
	if len(in.Policy.External) > 0 {
		s.columns = append(s.columns, column{"Names in the system", 36, header})
	}
	s.fill = func(x *stream) error {
		return x.table(func() func(*cells, *policy.Access) {
			w := &accessRows{in: in, made: in.made.String(), mark: review.Marker{Exact: in.Policy.Catalog.ExactUsers}}
			return w.user
		})
	}
	return s
}

// accessRows writes rows for one goroutine.
type accessRows struct {
	in   *job
	made string
	mark review.Marker
	at   policy.Finder

	pos   policy.Pos // of the latest place
	place string
}

func (w *accessRows) user(c *cells, a *policy.Access) {
	rows := w.in.Filter.Rows(a.Rows)
	for i := range rows {
		w.row(c, &rows[i])
	}
}

func (w *accessRows) row(c *cells, r *policy.Row) {
	c.begin()
	c.likeLast(wrapped, r.User.ID)
	c.likeLast(wrapped, r.User.Name)
	c.text(plain, r.User.Status())
	c.text(plain, r.User.Affiliation)
	c.text(wrapped, r.Scope.Path)
	c.text(muted, w.in.Policy.Catalog.Levels[r.Scope.Level])
	c.text(wrapped, r.Permission.ID)
	c.text(wrapped, policy.JoinNames(r.Permission.Names(r.Actions), ", "))
	c.text(wrapped, withheldText(r))
	c.text(plain, render.NameAccess(r))
	c.text(wrapped, strings.Join(r.Permission.ConditionIDs, ", "))
	c.text(wrapped, render.DescribeSources(r))
	c.date(dated, r.Ends)
	if w.in.byRow() {
		c.empty(inputCentred)
		c.empty(inputCentred)
		c.empty(input)
		c.empty(inputDated)
	}
	c.likeLast(located, w.places(r))
	if w.in.byRow() {
		c.newText(muted, w.mark.Mark(r))
		c.text(muted, w.made)
	}
	c.text(plain, r.Sensitivity())
	c.text(plain, r.Confidence().String())
	if len(w.in.Policy.External) > 0 {
		c.text(wrapped, render.DescribeExternal(r))
	}
	c.end()
}

// withheldText returns the actions withheld by deny rules, by rule.
func withheldText(r *policy.Row) string {
	var list []string
	for _, w := range r.Withheld {
		list = append(list, fmt.Sprintf("%s (%s)", w.Action, w.Rule.ID))
	}
	return strings.Join(list, ", ")
}

// places returns the positions of the sources of a row, each once. Most rows have one, and it is that of the row
// before.
func (w *accessRows) places(r *policy.Row) string {
	via, more := r.Leading()
	if len(via) == 1 && more == 0 {
		if w.pos != via[0].Pos || w.place == "" {
			w.pos, w.place = via[0].Pos, w.placeOf(&via[0])
		}
		return w.place
	}
	var list []string
	for i := range via {
		if s := w.placeOf(&via[i]); s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	if more > 0 {
		list = append(list, strconv.Itoa(more)+" more")
	}
	return strings.Join(list, ", ")
}

// placeOf returns the position of a source, or "".
func (w *accessRows) placeOf(v *policy.Via) string {
	at := w.at.Start(w.in.Policy.Files, v.Pos)
	if at.File == "" {
		return ""
	}
	return at.File + ":" + strconv.Itoa(at.Line) + ":" + strconv.Itoa(at.Column)
}

// byRow reports whether reviewers decide about each permission.
func (in *job) byRow() bool { return in.Review == render.ByPermission }
