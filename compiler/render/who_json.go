package render

import (
	"fmt"

	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/policy"
)

// json writes the answer for programs; rows are those of compile.
func (a *whoAnswer) json() []byte {
	b := []byte(`{"version":"` + Version + `"`)
	b = appendField(b, "product", a.Policy.Catalog.Product)
	b = appendField(b, "asOf", a.Policy.AsOf.String())
	if a.Role != nil {
		b = appendField(b, "role", a.Role.ID)
	} else {
		b = appendField(b, "permission", a.Permission.ID)
		b = appendField(b, "sensitivity", a.Permission.SensitivityOf(a.Actions))
	}
	if a.Actions != 0 {
		b = appendField(b, "action", a.Permission.Names(a.Actions)[0])
	}
	if a.Scope != nil {
		b = appendField(b, "scope", a.Scope.Path)
	}
	holders, invited := a.Holders.Totals(), a.Invited.Totals()
	disabled := a.Disabled.Totals()
	b = fmt.Appendf(b, `,"summary":{"users":%d,"scopes":%d,"invited":%d,"denied":%d`, holders.Users, holders.Scopes,
		invited.Users, a.Denied.Totals().Users)
	if disabled.Users > 0 {
		b = fmt.Appendf(b, `,"disabled":%d`, disabled.Users)
	}
	b = append(b, '}')
	if x := a.Upcoming(a.Policy); x.Entries > 0 {
		b = fmt.Appendf(b, `,"later":{"entries":%d,"next":"%s"}`, x.Entries, x.Next)
	}
	b = a.list(b, "holders", &a.Holders)
	if invited.Users > 0 {
		b = a.list(b, "invited", &a.Invited)
	}
	if disabled.Users > 0 {
		b = a.list(b, "disabled", &a.Disabled)
	}
	if a.Denied.Totals().Users > 0 {
		b = a.list(b, "denied", &a.Denied)
	}
	return append(b, "}\n"...)
}

func (a *whoAnswer) list(b []byte, name string, h *who.Holders) []byte {
	b = append(append(append(b, `,"`...), name...), `":[`...)
	n := 0
	for i := range h.Rows {
		b = a.appendRow(append(appendComma(b, n), '\n'), &h.Rows[i])
		n++
	}
	for i := range h.Roles {
		b = a.appendRoleRow(append(appendComma(b, n), '\n'), &h.Roles[i])
		n++
	}
	return append(b, "\n]"...)
}

// appendRoleRow appends a held role as a row, without the fields of permissions.
func (t *Table) appendRoleRow(b []byte, r *who.RoleRow) []byte {
	b = append(b, `{"user":`...)
	b = appendQuoted(b, r.User.ID)
	b = appendField(b, "status", r.User.Status())
	b = appendField(b, "affiliation", r.User.Affiliation)
	b = appendField(b, "scope", r.Scope.Path)
	b = appendField(b, "level", t.Policy.Catalog.Levels[r.Scope.Level])
	b = appendField(b, "role", r.Role.ID)
	b = appendField(b, "expires", r.Ends.String())
	b = append(b, `,"via":[`...)
	via, more := r.Leading()
	for i := range via {
		v := &via[i]
		b = append(appendComma(b, i), `{"kind":`...)
		b = appendQuoted(b, v.Kind.String())
		b = t.appendRoleVia(b, r.User, v)
	}
	return append(appendOmitted(append(b, ']'), more), '}')
}

func (t *Table) appendRoleVia(b []byte, u *policy.User, v *policy.Via) []byte {
	b = appendField(b, "role", v.Role.ID)
	if v.From != nil {
		b = appendField(b, "from", v.From.ID)
	}
	b = t.appendGroup(b, u, v.Group)
	b = appendField(b, "scope", v.Scope.Path)
	b = appendField(b, "expires", v.Ends.String())
	return append(t.appendPosition(b, v.Pos), '}')
}

// csv writes a line for each row, with invited people; the status tells them apart.
func (a *whoAnswer) csv() []byte {
	if a.Role == nil {
		csv := tableCSV{a.Table}
		worker := csv.worker()
		b := csv.head(nil)
		for _, h := range []*who.Holders{&a.Holders, &a.Invited, &a.Disabled} {
			for i := range h.Rows {
				b = worker.rows(b, h.Rows[i:i+1])
			}
		}
		return b
	}
	b := []byte("user,status,affiliation,scope,level,role,via,expires,position\n")
	for _, h := range []*who.Holders{&a.Holders, &a.Invited, &a.Disabled} {
		for i := range h.Roles {
			b = a.roleLine(b, &h.Roles[i])
		}
	}
	return b
}

func (a *whoAnswer) roleLine(b []byte, r *who.RoleRow) []byte {
	b = append(appendCSV(b, r.User.ID), ',')
	for _, s := range []string{r.User.Status(), r.User.Affiliation, r.Scope.Path,
		a.Policy.Catalog.Levels[r.Scope.Level], r.Role.ID} {
		b = append(appendCSV(b, s), ',')
	}
	list, more := r.Leading()
	var via []byte
	for i := range list {
		if i > 0 {
			via = append(via, ';')
		}
		via = appendVia(via, &list[i], appendInVia)
	}
	if more > 0 {
		via = appendMore(append(via, ';'), more)
	}
	b = append(appendCSV(b, string(via)), ',')
	b = append(append(b, r.Ends.String()...), ',')
	at := a.Policy.Files.Position(r.Via[0].Pos)
	return append(appendCSV(b, fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column)), '\n')
}
