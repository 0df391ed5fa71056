package roles

import (
	"fmt"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// verify takes back what would change the user's rows, by flattening the user as proposed: two sources that become one
// may be surer than both, for example.
func (w *worker) verify(u, base *policy.User, f *finding) {
	if len(f.drop)+len(f.replace) == 0 {
		return
	}
	rows, undated := w.rowsOf(u), w.rowsOf(base)
	keeps := func(without []int, with []policy.RoleOn) bool {
		now, left := w.proposed(u, base, without, with)
		return slices.Equal(rows, w.rowsOf(now)) && slices.Equal(undated, w.rowsOf(left)) &&
			w.keepsCounts(u, now) && w.keepsCounts(base, left)
	}
	if keeps(slices.Concat(f.drop, f.replace), f.by) {
		return
	}
	f.smallest += len(f.replace) - len(f.by)
	f.replace, f.by, f.proved = nil, nil, false
	if !keeps(f.drop, nil) {
		f.left += len(f.drop)
		f.smallest, f.drop = f.left, nil
	}
}

// proposed returns the user without some of the entries and with other assignments: once with everything left, and
// once with only the entries that have no dates.
func (w *worker) proposed(u, base *policy.User, without []int, with []policy.RoleOn) (_, _ *policy.User) {
	gone := make([]bool, len(u.Entries))
	for _, i := range without {
		gone[i] = true
	}
	now, undated := *u, *base
	now.Entries, undated.Entries = nil, nil
	for i := range u.Entries {
		if !gone[i] {
			now.Entries = append(now.Entries, u.Entries[i])
		}
	}
	for _, e := range base.Entries {
		if e.Role == nil || !gone[w.sources[sourceAt(e.Pos)].number] {
			undated.Entries = append(undated.Entries, e)
		}
	}
	for _, x := range with {
		now.Entries = append(now.Entries, policy.Entry{Role: x.Role, Scope: x.Scope})
		undated.Entries = append(undated.Entries, policy.Entry{Role: x.Role, Scope: x.Scope})
	}
	return &now, &undated
}

// rowNotes is what the table says of a row, without its sources.
type rowNotes struct {
	scope    *policy.Scope
	what     *policy.Permission
	actions  policy.Actions
	records  policy.Records
	ends     policy.Date
	sure     policy.Confidence
	withheld string
}

// rowsOf returns what the table says of a user.
func (w *worker) rowsOf(u *policy.User) (list []rowNotes) {
	a := w.flatten.User(u)
	rows := policy.Split(a.Rows)
	for i := range rows {
		r := &rows[i]
		x := rowNotes{r.Scope, r.Permission, r.Actions, r.Records, r.Ends, r.Confidence(), ""}
		if len(r.Withheld) > 0 {
			x.withheld = fmt.Sprint(r.Withheld)
		}
		list = append(list, x)
	}
	return list
}
