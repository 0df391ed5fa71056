package review

// Decided is one row of a sheet as it was read.
type Decided struct {
	Where                   Where
	User, Kind, What, Scope string
	By, Date                string
	Decision                Decision
	Done                    bool // to be removed, and already gone
	Wrong                   []string
}

// Decided lists the rows of the sheet, in order.
func (o *Outcome) Decided() (list []Decided) {
	for i := range o.sheet.Rows {
		x := &o.sheet.Rows[i]
		d := Decided{Where: x.Where, User: x.User, Kind: x.kind, What: x.Permission, Scope: x.Scope, By: x.By,
			Date: x.Date, Decision: x.Decision, Done: x.gone && x.Decision == Remove}
		if d.Kind == "" {
			d.Kind = "permission"
		}
		for _, f := range x.faults {
			if !f.warning {
				d.Wrong = append(d.Wrong, f.message)
			}
		}
		list = append(list, d)
	}
	return list
}
