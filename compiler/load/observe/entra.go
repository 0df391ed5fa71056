package observe

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/pattern"
)

var entraHeads = heads{
	"id":      {"objectid", "id", "memberobjectid"},
	"upn":     {"userprincipalname", "upn", "memberobjectidoruserprincipalname", "username"},
	"mail":    {"mail", "email", "emailaddress", "primaryemail"},
	"alias":   {"othermails", "otheremails", "proxyaddresses", "alternateemailaddresses", "alternateemailaddress"},
	"name":    {"displayname", "name"},
	"type":    {"usertype"},
	"object":  {"objecttype", "membertype"},
	"enabled": {"accountenabled", "enabled"},
	"blocked": {"blockcredential", "signinblocked"},
	"license": {"licenses", "assignedlicenses"},
}

const entraHow = "export it again with its next page; permc import entra --how lists the requests"

// entra reads lists of users and of members of groups.
type entra struct {
	*builder
	users, members map[string]*pages  // members by group
	listed         map[int32][]Holder // members by file
	licences       bool
}

func readEntra(b *builder, files []Input) error {
	e := &entra{builder: b, users: map[string]*pages{}, members: map[string]*pages{},
		listed: map[int32][]Holder{}}
	for i := range files {
		read := e.csv
		if files[i].looksJSON() {
			read = e.json
		}
		if err := read(&files[i], int32(i)); err != nil {
			return err
		}
	}
	for _, p := range e.users {
		p.check(b)
	}
	for _, group := range slices.Sorted(maps.Keys(e.members)) {
		p := e.members[group]
		at := len(b.o.Gaps)
		p.check(b)
		e.compareLists(group, p)
		if len(b.o.Gaps) == at && !slices.ContainsFunc(p.lists, func(l *list) bool { return b.hasGap(l.file) }) {
			e.coverMembers(group)
		}
	}
	if e.licences && len(b.o.Gaps) == 0 {
		b.o.Areas = append(b.o.Areas, Area{Facts: []string{"licenses"}, Scope: None, Group: None})
	}
	return nil
}

// compareLists finds complete lists of one group that have other members.
func (e *entra) compareLists(group string, p *pages) {
	if len(p.lists) < 2 || !p.whole() {
		return
	}
	var all []listing
	for _, l := range p.lists {
		all = append(all, listing{file: l.file, who: e.listed[l.file]})
	}
	e.sameListings("members of "+group, all)
}

// list adds a member of the group that a file is about.
func (e *entra) list(m Member) {
	e.listed[m.File] = append(e.listed[m.File], m.Holder)
	e.member(m)
}

// coverMembers says that all members of a group are there.
func (e *entra) coverMembers(group string) {
	i := e.group(groupRef(group, Place{}))
	e.o.Areas = append(e.o.Areas, Area{Members: true, Nested: true, Group: i, Scope: None})
}

// groupRef returns a group by what a list calls it: its name, or its id in Entra.
func groupRef(name string, at Place) Group {
	if isGUID(name) {
		return Group{ID: name, Home: None, Place: at}
	}
	return Group{Name: name, Home: None, Place: at}
}

// isUsers reports whether a file lists users, and not members of a group, and returns the group.
func (e *entra) isUsers(in *Input, looksLikeUsers bool) (group string, users bool) {
	about := e.opts.Map.file(in.Name)
	if about.List == "users" {
		return "", true
	}
	if about.Group != "" {
		return about.Group, false
	}
	named := groupOfName(in.Name)
	if looksLikeUsers && about.List == "" && named == fileName(in.Name) && (e.opts.Group == "" || len(e.o.Files) > 1) {
		return "", true // neither its name nor --group says otherwise
	}
	if e.opts.Group != "" {
		return e.opts.Group, false
	}
	return named, false
}

var pageSuffix = pattern.Lazy(`[-_. ]*(page|p)?[-_. ]*\d{1,4}$`)

// copySuffix is what browsers add to the name of a file that is there already.
var copySuffix = pattern.Lazy(` \(\d{1,3}\)$`)

// fileName returns what a file is called, without what a browser adds.
func fileName(name string) string { return copySuffix().ReplaceAllString(stem(name), "") }

// groupOfName returns the group that a file is named after: support-members-2.json has members of support.
func groupOfName(name string) string {
	s := fileName(name)
	for _, suffix := range []string{"-members", "_members", ".members", " members", "-group", "_group"} {
		cut := pageSuffix().ReplaceAllString(s, "")
		for _, x := range []string{s, cut} {
			if base, ok := strings.CutSuffix(x, suffix); ok && base != "" {
				return base
			}
		}
	}
	return s
}

func (e *entra) csv(in *Input, file int32) error {
	sheets, err := e.tables(in, file)
	if err != nil {
		return err
	}
	for _, s := range sheets {
		group, users, first := "", false, true
		found, err := entraHeads.each(e.builder, s.Rows, file, func(r *record) error {
			if first {
				first = false
				group, users = e.isUsers(in, r.has("enabled") || r.has("blocked") || r.has("license"))
			}
			return e.row(r, group)
		}, "id|upn")
		if err != nil {
			return err
		}
		if found && first { // nobody
			group, users = e.isUsers(in, hasUserColumns(s.Rows[0].Cells))
		}
		if found && !users {
			e.page(e.members, group, &list{in: in, file: file, head: map[string]json.RawMessage{}})
		}
		if found {
			return nil
		}
	}
	return e.refuse(Place{file, 1}, "permc import entra --how lists the exports it reads",
		"no heading with an object id or a user principal name")
}

func hasUserColumns(cells []string) bool {
	at, _ := entraHeads.find(cells, "id|upn")
	_, enabled := at["enabled"]
	_, blocked := at["blocked"]
	return enabled || blocked
}

func (e *entra) page(of map[string]*pages, key string, l *list) {
	p := of[key]
	if p == nil {
		p = &pages{what: "users", how: entraHow}
		if key != "" {
			p.what = "members of " + key
		}
		of[key] = p
	}
	p.lists = append(p.lists, l)
}

func (e *entra) row(r *record, group string) error {
	p := Person{ID: r.get("id"), Name: r.get("name"), Home: None, Place: r.Place}
	login := r.get("upn")
	if isGUID(login) && p.ID == "" { // bulk templates have either in one column
		p.ID, login = login, ""
	}
	p.Logins = append([]string{login, r.get("mail")}, splitCell(r.get("alias"), ";,+")...)
	if kind := strings.ToLower(r.get("object")); strings.Contains(kind, "group") {
		e.nest(r.Place, p.ID, p.Name, group)
		return nil
	}
	if strings.EqualFold(r.get("type"), "guest") {
		p.Kind = "guest"
	}
	p.State = parseState(r.get("enabled"))
	if s := parseState(r.get("blocked")); s != Unknown {
		p.State = Enabled + Disabled - s // a credential that is blocked is a user who is disabled
	}
	if r.has("license") {
		e.licences = true
		p.Facts = map[string][]string{"licenses": slices.DeleteFunc(splitCell(r.get("license"), "+;"),
			func(s string) bool { return strings.EqualFold(s, "unlicensed") })}
	}
	e.add(p, group)
	return nil
}

// add adds a person, and their membership if the file has members of a group. It returns the person, or None.
func (e *entra) add(p Person, group string) int32 {
	i := e.person(p)
	if i == None {
		e.gap(p.Place, "ask with an account that may read members, or ask the owner of the group",
			"a member is hidden: there is neither an id nor a name")
		return None
	}
	if group != "" {
		e.list(Member{Holder{i, None}, e.group(groupRef(group, p.Place)), p.Place})
	}
	return i
}

// nest adds a group in a group.
func (e *entra) nest(at Place, id, name, group string) {
	inner := e.group(Group{ID: id, Name: name, Home: None, Place: at})
	if group != "" {
		e.list(Member{Holder{None, inner}, e.group(groupRef(group, at)), at})
	}
}

var guid = pattern.Lazy(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func isGUID(s string) bool { return guid().MatchString(s) }

// graphObject is a user, a group or a service principal of Microsoft Graph.
type graphObject struct {
	Type        string        `json:"@odata.type"`
	ID          string        `json:"id"`
	Name        string        `json:"displayName"`
	UPN         string        `json:"userPrincipalName"`
	App         string        `json:"appId"`
	Mail        string        `json:"mail"`
	Others      []string      `json:"otherMails"`
	Proxies     []string      `json:"proxyAddresses"`
	Enabled     *bool         `json:"accountEnabled"`
	UserType    string        `json:"userType"`
	Licences    *[]graphSKU   `json:"assignedLicenses"`
	Members     []graphObject `json:"members"`
	MembersNext string        `json:"members@odata.nextLink"`
}

type graphSKU struct {
	ID string `json:"skuId"`
}

var contextGroup = pattern.Lazy(`groups\('?([^')]+)'?\)`)

func (e *entra) json(in *Input, file int32) error {
	type item struct {
		graphObject
		at Place
	}
	var all []item
	var x graphObject
	l, err := e.readList(in, file, []string{"value"}, func(next *listReader, at Place) error {
		if err := next.decode(at, &x); err != nil {
			return err
		}
		all = append(roomFor(next, all), item{x, at})
		return nil
	})
	if err != nil {
		return err
	}
	if l.atName == "" && len(l.head) > 0 {
		return e.refuse(Place{file, 1}, "permc import entra --how lists the requests",
			"no list of Microsoft Graph: it has no value")
	}
	enabled := slices.ContainsFunc(all, func(x item) bool { return x.Type == "" && x.Enabled != nil })
	group, users := e.groupOfList(in, l.text("@odata.context"), enabled)
	if name := groupOfName(in.Name); !users && isGUID(group) && name != group { // the file may say its name
		e.group(Group{ID: group, Name: name, Home: None, Place: Place{file, 1}})
	}
	if users {
		e.page(e.users, "", l)
	} else {
		e.page(e.members, group, l)
	}
	for i := range all {
		e.object(&all[i].graphObject, all[i].at, group)
	}
	return nil
}

// groupOfList returns the group whose members a list has, or that it lists users.
func (e *entra) groupOfList(in *Input, context string, enabled bool) (group string, users bool) {
	group, users = e.isUsers(in, strings.Contains(context, "#users") || context == "" && enabled)
	if m := contextGroup().FindStringSubmatch(context); m != nil && !users && group == groupOfName(in.Name) {
		group = m[1]
	}
	if users || strings.Contains(context, "#groups") && !strings.Contains(context, "members") {
		return "", true
	}
	return group, false
}

// object adds one object of a list. It returns the person, or None if it is a group or hidden.
func (e *entra) object(x *graphObject, at Place, group string) int32 {
	if strings.HasSuffix(x.Type, ".group") || len(x.Members) > 0 {
		e.nest(at, x.ID, x.Name, group)
		e.expanded(x, at)
		return None
	}
	p := Person{ID: x.ID, Name: x.Name, Home: None, Place: at}
	p.Logins = append([]string{x.UPN, x.Mail}, x.Others...)
	for _, proxy := range x.Proxies {
		if kind, address, ok := strings.Cut(proxy, ":"); ok && strings.EqualFold(kind, "smtp") {
			p.Logins = append(p.Logins, address)
		}
	}
	switch {
	case strings.HasSuffix(x.Type, ".servicePrincipal"):
		p.Kind = "program"
		p.Logins = append(p.Logins, x.App)
	case strings.HasSuffix(x.Type, ".device"):
		p.Kind = "device"
	}
	if strings.EqualFold(x.UserType, "guest") {
		p.Kind = "guest"
	}
	if x.UPN == "" && x.Mail == "" && x.Name == "" && p.Kind == "" {
		e.gap(at, "ask with an account that may read members (GroupMember.Read.All and User.ReadBasic.All)",
			"a member is hidden: Graph returned an object without names")
		return None
	}
	if x.Enabled != nil {
		p.State = map[bool]State{true: Enabled, false: Disabled}[*x.Enabled]
	}
	if x.Licences != nil {
		e.licences = true
		p.Facts = map[string][]string{"licenses": {}}
		for _, sku := range *x.Licences {
			p.Facts["licenses"] = append(p.Facts["licenses"], strings.ToLower(sku.ID))
		}
	}
	return e.add(p, group)
}

// mostExpanded is how many members of a group Graph expands, without a word about the others.
const mostExpanded = 20

// expanded adds the members that a list of groups has with each group.
func (e *entra) expanded(x *graphObject, at Place) {
	name := x.Name
	if name == "" {
		name = x.ID
	}
	if x.Members == nil {
		return
	}
	complete := true
	switch {
	case x.MembersNext != "":
		complete = false
		e.gap(at, entraHow, "more members of %s follow", name)
	case len(x.Members) >= mostExpanded:
		complete = false
		e.gap(at, "ask for groups/ID/members: permc import entra --how lists the requests",
			"%s may have more members: Graph expands %d at most", name, mostExpanded)
	}
	i := e.group(Group{ID: x.ID, Name: x.Name, Home: None, Place: at})
	for j := range x.Members {
		m := &x.Members[j]
		if strings.HasSuffix(m.Type, ".group") {
			e.member(Member{Holder{None, e.group(Group{ID: m.ID, Name: m.Name, Home: None, Place: at})}, i, at})
			continue
		}
		p := e.object(m, at, "")
		if p == None {
			complete = false
			continue
		}
		e.member(Member{Holder{p, None}, i, at})
	}
	if complete {
		e.o.Areas = append(e.o.Areas, Area{Members: true, Nested: true, Group: i, Scope: None})
	}
}
