package observe

import "encoding/json"

// dvKeys are the keys of the kinds of things. What has two of them is not plain.
var dvKeys = [...]struct{ kind, not string }{
	{"systemusers", "teamid businessunitid"}, {"teams", "systemuserid businessunitid"},
	{"businessunits", "systemuserid teamid"},
}

// readAny reads a user, a team or a business unit: most likely one of the same kind as the thing before.
func (d *dataverse) readAny(next *listReader, kind string, at Place) (dvAny, error) {
	for _, k := range dvKeys {
		if kind != "" && k.kind != kind {
			continue
		}
		x, before := dvAny{dvKind: k.kind, Place: at}, next.last
		var to any = &x.unit
		switch k.kind {
		case "systemusers":
			to = &x.user
		case "teams":
			to = &x.team
		}
		if next.readPlain(to, k.not) && x.user.ID+x.team.ID+x.unit.ID != "" {
			return x, nil
		}
		next.last = before
	}
	return d.decodeAny(next, at)
}

// decodeAny decodes a user, a team or a business unit that may be anything.
func (d *dataverse) decodeAny(next *listReader, at Place) (x dvAny, err error) {
	var raw json.RawMessage
	if err := next.decode(at, &raw); err != nil {
		return x, err
	}
	var keys struct {
		User *string `json:"systemuserid"`
		Team *string `json:"teamid"`
		Unit *string `json:"businessunitid"`
	}
	if err := d.decodeCopy(raw, at, &keys); err != nil {
		return x, err
	}
	x.Place = at
	switch {
	case keys.User != nil:
		x.dvKind, err = "systemusers", d.decodeCopy(raw, at, &x.user)
	case keys.Team != nil:
		x.dvKind, err = "teams", d.decodeCopy(raw, at, &x.team)
	case keys.Unit != nil:
		x.dvKind, err = "businessunits", d.decodeCopy(raw, at, &x.unit)
	default:
		err = d.refuse(at, dvHelp, "neither a user, a team nor a business unit")
	}
	return x, err
}
