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
			w := &accessRows{in: in, made: in.made.String(), mark: review.Marker{Exact: in.Policy.Catalog.ExactUsers},
				what: map[whatKey]cellRun{}, sure: map[sureKey]cellRun{}, through: map[render.SourceKey]cellRun{}}
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

	pos     policy.Pos // of the latest place
	place   string
	scratch []byte

	who   cellRun // of the user
	where cellRun // of the latest scope
	scope *policy.Scope
	what  map[whatKey]cellRun // of permissions
	sure  map[sureKey]cellRun

	through map[render.SourceKey]cellRun
}

// whatKey tells apart what the cells from Permission to Conditions say where nothing is withheld.
type whatKey struct {
	permission *policy.Permission
	actions    policy.Actions
	records    policy.Records
}

// sureKey tells apart what the cells of sensitivity and confidence say.
type sureKey struct {
	sensitivity string
	confidence  policy.Confidence
}

func (w *accessRows) user(c *cells, a *policy.Access) {
	rows := w.in.Filter.Rows(a.Rows)
	w.who.columns = 0 // a later user may be where an earlier one was in memory
	for i := range rows {
		w.row(c, &rows[i])
	}
}

func (w *accessRows) row(c *cells, r *policy.Row) {
	c.begin()
	w.userCells(c, r)
	w.scopeCells(c, r)
	w.permissionCells(c, r)
	w.sourceCell(c, r)
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
	w.sureCells(c, r)
	if len(w.in.Policy.External) > 0 {
		c.text(wrapped, render.DescribeExternal(r))
	}
	c.end()
}

// userCells writes who holds a row. All rows of a user begin alike.
func (w *accessRows) userCells(c *cells, r *policy.Row) {
	if w.who.columns > 0 {
		c.repeat(&w.who)
		return
	}
	mark := c.mark()
	c.newText(wrapped, r.User.ID)
	c.newText(wrapped, r.User.Name)
	c.text(plain, r.User.Status())
	c.text(plain, r.User.Affiliation)
	c.keepSince(mark, &w.who)
}

// scopeCells writes on what scope a row is.
func (w *accessRows) scopeCells(c *cells, r *policy.Row) {
	if w.scope == r.Scope {
		c.repeat(&w.where)
		return
	}
	mark := c.mark()
	c.text(wrapped, r.Scope.Path)
	c.text(muted, w.in.Policy.Catalog.Levels[r.Scope.Level])
	w.scope = r.Scope
	c.keepSince(mark, &w.where)
}

// permissionCells writes what a row gives.
func (w *accessRows) permissionCells(c *cells, r *policy.Row) {
	key := whatKey{r.Permission, r.Actions, r.Records}
	run, ok := w.what[key]
	if ok = ok && len(r.Withheld) == 0; ok {
		c.repeat(&run)
		return
	}
	mark := c.mark()
	c.text(wrapped, r.Permission.ID)
	c.text(wrapped, policy.JoinNames(r.Permission.Names(r.Actions), ", "))
	c.text(wrapped, withheldText(r))
	c.text(plain, render.NameAccess(r))
	c.text(wrapped, strings.Join(r.Permission.ConditionIDs, ", "))
	if len(r.Withheld) == 0 && len(w.what) < mostWritten {
		w.what[key] = c.runSince(mark)
	}
}

// sourceCell writes through what a row comes.
func (w *accessRows) sourceCell(c *cells, r *policy.Row) {
	key, ok := render.SourceKeyOf(r)
	if !ok {
		c.text(wrapped, render.DescribeSources(r))
		return
	}
	run, known := w.through[key]
	if known {
		c.repeat(&run)
		return
	}
	mark := c.mark()
	c.newText(wrapped, render.DescribeSources(r))
	if len(w.through) < mostWritten {
		w.through[key] = c.runSince(mark)
	}
}

// sureCells writes how sensitive a row is, and how sure the catalog is of it.
func (w *accessRows) sureCells(c *cells, r *policy.Row) {
	key := sureKey{r.Sensitivity(), r.Confidence()}
	run, ok := w.sure[key]
	if ok {
		c.repeat(&run)
		return
	}
	mark := c.mark()
	c.text(plain, key.sensitivity)
	c.text(plain, key.confidence.String())
	w.sure[key] = c.runSince(mark)
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
	b := append(append(w.scratch[:0], at.File...), ':')
	b = append(strconv.AppendInt(b, int64(at.Line), 10), ':')
	w.scratch = strconv.AppendInt(b, int64(at.Column), 10)
	return string(w.scratch)
}

// byRow reports whether reviewers decide about each permission.
func (in *job) byRow() bool { return in.Review == render.ByPermission }
