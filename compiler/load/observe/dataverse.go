package observe

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

const dvHelp = "permc import dataverse --how lists the requests"

// dvRole is a role as it is expanded on a user or team. Each business unit has its own copy.
type dvRole struct {
	ID       string          `json:"roleid"`
	Name     string          `json:"name"`
	Unit     string          `json:"_businessunitid_value"`
	Template string          `json:"_roletemplateid_value"`
	Root     string          `json:"_parentrootroleid_value"`
	Inherits json.RawMessage `json:"isinherited"`
}

type dvTeam struct {
	ID        string    `json:"teamid"`
	Name      string    `json:"name"`
	Type      int       `json:"teamtype"`
	Default   bool      `json:"isdefault"`
	Unit      string    `json:"_businessunitid_value"`
	Entra     string    `json:"azureactivedirectoryobjectid"`
	Roles     *[]dvRole `json:"teamroles_association"`
	RolesNext string    `json:"teamroles_association@odata.nextLink"`
	Members   *[]dvUser `json:"teammembership_association"`
}

type dvUser struct {
	ID          string    `json:"systemuserid"`
	Name        string    `json:"fullname"`
	Domain      string    `json:"domainname"`
	Mail        string    `json:"internalemailaddress"`
	Unit        string    `json:"_businessunitid_value"`
	Disabled    *bool     `json:"isdisabled"`
	Application string    `json:"applicationid"`
	Entra       string    `json:"azureactivedirectoryobjectid"`
	Roles       *[]dvRole `json:"systemuserroles_association"`
	RolesNext   string    `json:"systemuserroles_association@odata.nextLink"`
	Teams       *[]dvTeam `json:"teammembership_association"`
	TeamsNext   string    `json:"teammembership_association@odata.nextLink"`
}

type dvUnit struct {
	ID     string `json:"businessunitid"`
	Name   string `json:"name"`
	Parent string `json:"_parentbusinessunitid_value"`
}

type dvAny struct {
	dvKind string
	user   dvUser
	team   dvTeam
	unit   dvUnit
	Place
}

// dataverse reads users, teams and business units.
type dataverse struct {
	*builder
	pages                                             map[string]*pages
	units                                             map[string]*dvUnit
	at                                                map[string]Place // of units
	items                                             []dvAny
	scopeOf                                           map[string]int32 // of a unit's id
	teams                                             map[string]bool  // that are listed themselves
	skip                                              map[int32]bool   // groups whose members are not declared
	noRoles, noTeams, noTeamRoles, cutUsers, cutTeams bool
	mixedUnits                                        bool // two files contradict each other about them
}

func readDataverse(b *builder, files []Input) error {
	d := &dataverse{builder: b, pages: map[string]*pages{}, units: map[string]*dvUnit{}, at: map[string]Place{},
		teams: map[string]bool{}, skip: map[int32]bool{}, scopeOf: map[string]int32{}}
	for i := range files {
		if !files[i].looksJSON() {
			return b.refuse(Place{int32(i), 1}, dvHelp, "the Web API answers JSON")
		}
		if err := d.file(&files[i], int32(i)); err != nil {
			return err
		}
	}
	complete := map[string]bool{}
	for _, kind := range slices.Sorted(maps.Keys(d.pages)) {
		before := len(b.o.Gaps)
		d.pages[kind].check(b)
		d.compareLists(kind, d.pages[kind])
		complete[kind] = len(b.o.Gaps) == before
	}
	d.checkUnits()
	for i := range d.items { // teams first: they say more of themselves than their members do
		if x := &d.items[i]; x.dvKind == "teams" {
			d.team(&x.team, x.Place)
		}
	}
	for i := range d.items {
		if x := &d.items[i]; x.dvKind == "systemusers" {
			d.user(&x.user, x.Place)
		}
	}
	d.cover(complete)
	return nil
}

// dvWords are what people call the kinds of things in an answer.
var dvWords = map[string]string{"systemusers": "users", "teams": "teams", "businessunits": "business units"}

// file reads an answer, which is about one kind of things.
func (d *dataverse) file(in *Input, file int32) error {
	var items []dvAny
	kind := ""
	l, err := d.readList(in, file, []string{"value"}, func(next *listReader, at Place) error {
		x, err := d.readAny(next, kind, at)
		if err == nil && kind != "" && kind != x.dvKind {
			err = d.refuse(at, dvHelp, "%s among %s", x.dvKind, kind)
		}
		kind = x.dvKind
		items = append(roomFor(next, items), x)
		return err
	})
	if err != nil {
		return err
	}
	if l.atName == "" {
		return d.refuse(Place{file, 1}, dvHelp, "no answer of the Web API: it has no value")
	}
	for _, name := range slices.Sorted(maps.Keys(dvWords)) {
		if kind == "" && strings.Contains(l.text("@odata.context"), "#"+name) {
			kind = name
		}
	}
	if kind == "" {
		return d.refuse(Place{file, 1}, dvHelp, "an empty answer that does not say what it is about")
	}
	p := d.pages[kind]
	if p == nil {
		p = &pages{what: dvWords[kind], how: dvHelp}
		d.pages[kind] = p
	}
	p.lists = append(p.lists, l)
	d.keep(kind, items)
	return nil
}

// keep keeps the things of an answer: business units by their ids, and others in order.
func (d *dataverse) keep(kind string, items []dvAny) {
	if kind != "businessunits" && d.items == nil {
		d.items = items
		return
	}
	if kind != "businessunits" {
		d.items = append(d.items, items...)
		return
	}
	for i := range items {
		x := &items[i]
		id := strings.ToLower(x.unit.ID)
		if old := d.units[id]; old != nil && (old.Name != x.unit.Name ||
			!strings.EqualFold(old.Parent, x.unit.Parent)) {
			was := d.o.Position(d.at[id])
			d.mixedUnits = true
			d.gap(x.Place, "export all files on the same day", "contradicts %s:%d about the business unit %q", was.File,
				was.Line, old.Name)
		}
		d.units[id], d.at[id] = &x.unit, x.Place
	}
}

// checkUnits finds business units that are named and not listed. If only one is named, it is the only one.
func (d *dataverse) checkUnits() {
	if len(d.units) > 0 {
		for _, id := range slices.Sorted(maps.Keys(d.units)) {
			if parent := strings.ToLower(d.units[id].Parent); parent != "" && d.units[parent] == nil {
				d.gap(d.at[id], "ask for businessunits again, without a filter",
					"the business unit above %q is not in the files", d.units[id].Name)
			}
		}
		return
	}
	named := map[string]Place{}
	note := func(id string, at Place) {
		if _, ok := named[strings.ToLower(id)]; !ok && id != "" {
			named[strings.ToLower(id)] = at
		}
	}
	for i := range d.items {
		x := &d.items[i]
		note(x.user.Unit, x.Place)
		note(x.team.Unit, x.Place)
		for _, list := range []*[]dvRole{x.user.Roles, x.team.Roles} {
			if list != nil {
				for _, r := range *list {
					note(r.Unit, x.Place)
				}
			}
		}
	}
	if len(named) > 1 {
		d.gap(Place{0, 1}, "ask for businessunits too: "+dvHelp, "the names of %d business units are not in the files",
			len(named))
	}
	if len(named) == 1 {
		for id := range named {
			d.units[id] = &dvUnit{ID: id, Name: id}
		}
	}
}

// unit returns the scope of a business unit, or None.
func (d *dataverse) unit(id string, at Place) int32 {
	if id == "" {
		return None
	}
	scope, ok := d.scopeOf[id]
	if !ok {
		scope = d.newUnit(id, at)
		d.scopeOf[id] = scope
	}
	return scope
}

func (d *dataverse) newUnit(id string, at Place) int32 {
	u := d.units[strings.ToLower(id)]
	if u == nil {
		if len(d.units) > 0 {
			d.gap(at, "ask for businessunits again, on the same day", "the business unit %s is not in the files", id)
		}
		return d.scope(Scope{ID: id, Path: []string{id}, Place: at})
	}
	var path []string
	for n := 0; u != nil && n <= len(d.units); n++ {
		path = append(path, u.Name)
		u = d.units[strings.ToLower(u.Parent)]
	}
	slices.Reverse(path)
	return d.scope(Scope{ID: id, Path: path, Root: true, Place: at})
}

func (d *dataverse) team(t *dvTeam, at Place) {
	d.teams[strings.ToLower(t.ID)] = true
	if t.Type == 1 && (t.Roles == nil || len(*t.Roles) == 0) {
		return // access teams share single records: the system makes them
	}
	g := d.groupOf(t, at)
	if t.Roles == nil {
		d.noTeamRoles = true
		return
	}
	if t.RolesNext != "" {
		d.cutTeams = true
		d.gap(at, dvHelp, "more roles of team %q follow", t.Name)
	}
	d.allOf(Holder{None, g}, None, rolesOf(*t.Roles), at)
	for i := range *t.Roles {
		d.role(Holder{None, g}, &(*t.Roles)[i], t.Unit, at)
	}
}

// groupOf returns the group of a team.
func (d *dataverse) groupOf(t *dvTeam, at Place) int32 {
	kind := [...]string{"owner", "access", "entra", "entra"}[min(max(t.Type, 0), 3)]
	if t.Default {
		kind = "business-unit"
	}
	g := d.group(Group{ID: t.ID, Entra: t.Entra, Name: t.Name, Kind: kind, Home: d.unit(t.Unit, at), Place: at})
	if t.Default || t.Type == 1 {
		d.skip[g] = true
	}
	return g
}

// role adds a role of a user or team.
func (d *dataverse) role(who Holder, r *dvRole, unit string, at Place) {
	if r.Unit != "" {
		unit = r.Unit
	}
	e := Entry{Holder: who, Scope: d.unit(unit, at), Place: at,
		Thing: d.thing(named{what: r.Name, ids: [3]string{r.Template, r.Root, r.ID}})}
	switch strings.Trim(string(r.Inherits), `"`) {
	case "0", "false":
		e.Inherit = InheritGroup
	case "1", "true":
		e.Inherit = InheritMember
	}
	d.entry(e)
}

// rolesOf returns what tells the roles of a record apart.
func rolesOf(list []dvRole) (names []string) {
	for i := range list {
		r := &list[i]
		names = append(names, r.Name+"|"+r.ID+"|"+r.Unit+"|"+string(r.Inherits))
	}
	return names
}

func (d *dataverse) user(u *dvUser, at Place) {
	p := Person{ID: u.ID, Entra: u.Entra, Logins: []string{u.Domain, u.Mail}, Name: u.Name, Home: d.unit(u.Unit, at),
		Place: at}
	if u.Application != "" {
		p.Kind = "program"
		p.Logins = append(p.Logins, u.Application)
	}
	if u.Disabled != nil {
		p.State = map[bool]State{true: Disabled, false: Enabled}[*u.Disabled]
	}
	who := Holder{d.person(p), None}
	if u.RolesNext+u.TeamsNext != "" {
		d.cutUsers = true
		d.gap(at, dvHelp, "more roles or teams of %s follow", p.Title())
	}
	if u.Roles == nil {
		d.noRoles = true
	} else {
		d.allOf(who, None, rolesOf(*u.Roles), at)
		for i := range *u.Roles {
			d.role(who, &(*u.Roles)[i], u.Unit, at)
		}
	}
	if u.Teams == nil {
		d.noTeams = true
		return
	}
	for i := range *u.Teams {
		t := &(*u.Teams)[i]
		if t.Type == 1 {
			continue
		}
		if g := d.groupOf(t, at); !d.skip[g] && !d.isDefault(t) {
			d.member(Member{who, g, at})
		}
	}
}

// isDefault reports whether a team is the default one of its business unit, which has the unit's name and members.
func (d *dataverse) isDefault(t *dvTeam) bool {
	u := d.units[strings.ToLower(t.Unit)]
	return t.Default || u != nil && t.Type == 0 && u.Name == t.Name && !d.teams[strings.ToLower(t.ID)]
}

// cover says what the files are complete for.
func (d *dataverse) cover(complete map[string]bool) {
	users, teams := d.pages["systemusers"] != nil, d.pages["teams"] != nil
	at := Place{0, 1}
	if users && d.noRoles {
		d.gap(at, "expand systemuserroles_association: "+dvHelp, "the users come without their roles")
	}
	if teams && d.noTeamRoles {
		d.gap(at, "expand teamroles_association: "+dvHelp, "the teams come without their roles")
	}
	if users && d.noTeams {
		d.gap(at, "expand teammembership_association: "+dvHelp, "the users come without their teams")
	}
	if d.mixedUnits {
		return // nobody knows where anything is
	}
	a := Area{Scope: d.rootScope(), Below: true, Group: None}
	a.Users = users && !d.noRoles && complete["systemusers"] && !d.cutUsers
	a.Groups = teams && !d.noTeamRoles && complete["teams"] && !d.cutTeams
	a.Roles = a.Users || a.Groups
	if a.Roles {
		d.o.Areas = append(d.o.Areas, a)
	}
	if !users || d.noTeams || !complete["systemusers"] || d.cutUsers {
		return
	}
	for i := range d.o.Groups { // those of Entra get their members when these sign in
		if g := &d.o.Groups[i]; g.Kind == "owner" && !d.skip[int32(i)] {
			d.o.Areas = append(d.o.Areas, Area{Members: true, Group: int32(i), Scope: None})
		}
	}
}
