package render

// Approval is a part of a change to which people must agree, in words.
type Approval struct {
	About   string // what the owners own
	Needs   string // how many of whom
	Status  string // agreed or missing; "" if no approvals were asked for
	Missing int
	Agreed  string
	May     string
	Barred  string
	Reasons []string
	Stuck   bool
	Place   string
}

// Approvals returns who must agree to the change, in words for a page.
func (d *Diff) Approvals() (list []Approval) {
	g := d.Owners
	if g == nil {
		return nil
	}
	for i := range g.Needs {
		n := &g.Needs[i]
		a := Approval{
			About:   n.About,
			Needs:   Thousands(n.Owner.Min) + " of " + n.Approvers(),
			Missing: n.Missing,
			Agreed:  namePeople(n.Agreed),
			May:     namePeople(n.Able),
			Barred:  nameBarred(n.Barred),
			Reasons: n.Reasons,
			Stuck:   n.Stuck,
			Place:   placeOf(g, n),
		}
		switch {
		case !g.Asked:
		case n.Missing == 0:
			a.Status = "agreed"
		default:
			a.Status = Thousands(n.Missing) + " missing"
		}
		list = append(list, a)
	}
	return list
}

// OwnersNotes say what else is known about owners: that there are none, what has no owner, which approvals do not
// count. They are empty if owners were not asked for.
func (d *Diff) OwnersNotes() (list []string) {
	g := d.Owners
	switch {
	case g == nil:
		return nil
	case !g.Declared:
		list = append(list, noOwners(g))
	case len(g.Needs) == 0:
		list = append(list, "nobody must agree to this change")
	}
	if g.Unowned.Any() {
		list = append(list, unownedText(&g.Unowned))
	}
	return append(list, ignoredLines(g)...)
}
