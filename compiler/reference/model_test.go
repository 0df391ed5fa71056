// Package reference_test says what permc means a second time, slowly: nested
// loops over the sentences of docs/language.md, sharing nothing with the
// compiler. Property tests hold the two against each other.
package reference_test

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Declaration is a project with a catalog of its own, as one JSON file.
type Declaration struct {
	Catalog     *Catalog          `json:"catalog"`
	Scopes      map[string]*Scope `json:"scopes,omitempty"`
	Domains     map[string]string `json:"domains,omitempty"`
	Users       map[string]*User  `json:"users,omitempty"`
	Groups      map[string]*Group `json:"groups,omitempty"`
	Invitations map[string]*User  `json:"invitations,omitempty"`
	Rules       map[string]*Rule  `json:"rules,omitempty"`
	Expect      []Expectation     `json:"expect,omitempty"`
	Waivers     []Waiver          `json:"waivers,omitempty"`
}

type Waiver struct {
	Rule       string `json:"rule"`
	User       string `json:"user"`
	Role       string `json:"role,omitempty"`
	Permission string `json:"permission,omitempty"`
	Scope      string `json:"scope,omitempty"`
	Reason     string `json:"reason"`
	Approver   string `json:"approver"`
	Expires    string `json:"expires"`

	ByPath bool `json:"-"` // as in Assignment
}

type Catalog struct {
	Levels       Levels                          `json:"levels"`
	Nested       bool                            `json:"nested,omitempty"`
	Affiliations map[string]struct{}             `json:"affiliations,omitempty"`
	Attributes   map[string]map[string]Attribute `json:"attributes,omitempty"` // of "user", "scope" and "group"
	Labels       map[string]struct{}             `json:"labels,omitempty"`
	Permissions  map[string]*Permission          `json:"permissions"`
	Roles        map[string]*Role                `json:"roles"`
	Rules        map[string]*Rule                `json:"rules,omitempty"`
	Default      *Default                        `json:"default,omitempty"`
	Home         *Home                           `json:"home,omitempty"`
	GroupKinds   map[string]*GroupKind           `json:"groupKinds,omitempty"`
	Dangling     string                          `json:"dangling,omitempty"`
	UserIDs      string                          `json:"userIds,omitempty"`
}

type Attribute struct {
	Values    []string   `json:"values,omitempty"`
	Delegates []Delegate `json:"delegates,omitempty"`
}

// Delegate says what holders of a permission, a role or an attribute can give.
type Delegate struct {
	Values []string `json:"values,omitempty"`
	Gives  Gives    `json:"gives"`
	Reach  *Reach   `json:"reach,omitempty"`
	To     Names    `json:"to"`
	Others bool     `json:"others,omitempty"`
	Bound  string   `json:"bound,omitempty"`
}

// Gives has AllRoles or Roles.
type Gives struct {
	Grantable   bool
	Permissions []string
	AllRoles    bool
	Roles       []string
}

func (g Gives) MarshalJSON() ([]byte, error) {
	fields := map[string]any{"grantable": g.Grantable}
	if g.Permissions != nil {
		fields["permissions"] = g.Permissions
	}
	if fields["roles"] = g.AllRoles; g.Roles != nil {
		fields["roles"] = g.Roles
	}
	return json.Marshal(fields)
}

func (g *Gives) UnmarshalJSON(data []byte) error {
	var fields struct {
		Grantable   bool
		Permissions []string
		Roles       json.RawMessage
	}
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	g.Grantable, g.Permissions = fields.Grantable, fields.Permissions
	if len(fields.Roles) == 0 {
		return nil
	}
	if fields.Roles[0] == '[' {
		return json.Unmarshal(fields.Roles, &g.Roles)
	}
	return json.Unmarshal(fields.Roles, &g.AllRoles)
}

// Home says where users and groups may be at home, and on which scopes users
// hold roles elsewhere.
type Home struct {
	Level     Names      `json:"level"`
	Elsewhere *Elsewhere `json:"elsewhere,omitempty"`
}

type Elsewhere struct {
	ScopeAttribute Attributes `json:"scopeAttribute"`
}

type GroupKind struct {
	Roles   *bool  `json:"roles,omitempty"`
	Grants  *bool  `json:"grants,omitempty"`
	Members string `json:"members,omitempty"`
}

type Default struct {
	Role       string `json:"role"`
	Unassigned bool   `json:"unassigned,omitempty"`
}

type Permission struct {
	External string     `json:"external,omitempty"`
	Level    Names      `json:"level"`
	Actions  ActionList `json:"actions,omitzero"`

	Sensitivity string               `json:"sensitivity,omitempty"`
	Grantable   *Grantable           `json:"grantable,omitempty"`
	Deprecated  string               `json:"deprecated,omitempty"`
	Conditions  map[string]Condition `json:"conditions,omitempty"`
	Implies     []string             `json:"implies,omitempty"`
	SharedWith  string               `json:"sharedWith,omitempty"`
	Delegates   []Delegate           `json:"delegates,omitempty"`
	When        *Requirement         `json:"when,omitempty"`
	Inferred    string               `json:"inferred,omitempty"`
}

// ActionList is names alone or, where some are rated, each with how sensitive it is.
type ActionList struct {
	Names []string
	Rated map[string]string
}

func (a ActionList) MarshalJSON() ([]byte, error) {
	if a.Rated == nil {
		return json.Marshal(a.Names)
	}
	text := ""
	for _, name := range a.Names { // in this order
		field, err := json.Marshal(map[string]struct {
			Sensitivity string `json:"sensitivity,omitempty"`
		}{name: {a.Rated[name]}})
		if err != nil {
			return nil, err
		}
		text += "," + string(field[1:len(field)-1])
	}
	return []byte("{" + text[1:] + "}"), nil
}

func (a *ActionList) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		return json.Unmarshal(data, &a.Names)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return err
	}
	a.Rated = map[string]string{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var rated struct{ Sensitivity string }
		if err := d.Decode(&rated); err != nil {
			return err
		}
		a.Names = append(a.Names, name.(string))
		a.Rated[name.(string)] = rated.Sensitivity
	}
	return nil
}

type Condition struct {
	Text string `json:"text"`
}

type Role struct {
	System
	Affiliations []string           `json:"affiliations,omitempty"`
	Level        Names              `json:"level"`
	Permissions  map[string]Cells   `json:"permissions,omitempty"`
	Includes     map[string]Include `json:"includes,omitempty"`
	Inheritance  string             `json:"inheritance,omitempty"`
	Delegates    []Delegate         `json:"delegates,omitempty"`
}

type Cell struct {
	Reach   *Reach       `json:"reach,omitempty"`
	Access  string       `json:"access,omitempty"`
	Actions []string     `json:"actions,omitempty"`
	When    *Requirement `json:"when,omitempty"`

	Derived  string `json:"derived,omitempty"`
	Inferred string `json:"inferred,omitempty"`
}

// Cells are those of one permission: one, or several in a list.
type Cells []Cell

func (c Cells) MarshalJSON() ([]byte, error) {
	if len(c) == 1 {
		return json.Marshal(c[0])
	}
	return json.Marshal([]Cell(c))
}

func (c *Cells) UnmarshalJSON(data []byte) error {
	if data[0] == '{' {
		*c = make(Cells, 1)
		return json.Unmarshal(data, &(*c)[0])
	}
	return json.Unmarshal(data, (*[]Cell)(c))
}

type Include struct {
	Reach    *Reach `json:"reach,omitempty"`
	Inferred string `json:"inferred,omitempty"`
}

// Join is a group that a user names: just that, or with a period and reasons.
type Join struct {
	Group   string `json:"group"`
	Starts  string `json:"starts,omitempty"`
	Expires string `json:"expires,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Ticket  string `json:"ticket,omitempty"`

	File string `json:"-"` // where it is written, unless that is the main file
}

func (j Join) MarshalJSON() ([]byte, error) {
	if j.Starts == "" && j.Expires == "" && j.Reason == "" && j.Ticket == "" {
		return json.Marshal(j.Group)
	}
	type plain Join
	return json.Marshal(plain(j))
}

func (j *Join) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &j.Group)
	}
	type plain Join
	return json.Unmarshal(data, (*plain)(j))
}

// Member is a user or a group in a group: its name, or with a period and reasons.
type Member struct {
	User, Group, Starts, Expires, Reason, Ticket string

	File string
}

func (m Member) MarshalJSON() ([]byte, error) {
	if m.Starts == "" && m.Expires == "" && m.Reason == "" && m.Ticket == "" {
		return json.Marshal(m.Name())
	}
	fields := map[string]string{}
	for name, value := range map[string]string{"user": m.User, "group": m.plain(), "starts": m.Starts,
		"expires": m.Expires, "reason": m.Reason, "ticket": m.Ticket} {
		if value != "" {
			fields[name] = value
		}
	}
	return json.Marshal(fields)
}

// Name is what stands for the member where nothing else is said.
func (m Member) Name() string { return m.User + m.Group }

func (m Member) plain() string { return strings.TrimPrefix(m.Group, "group:") }

func (m *Member) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		var name string
		if err := json.Unmarshal(data, &name); err != nil {
			return err
		}
		m.User = name
		if strings.HasPrefix(name, "group:") {
			m.User, m.Group = "", name
		}
		return nil
	}
	var fields struct{ User, Group, Starts, Expires, Reason, Ticket string }
	err := json.Unmarshal(data, &fields)
	*m = Member{User: fields.User, Group: fields.Group, Starts: fields.Starts, Expires: fields.Expires,
		Reason: fields.Reason, Ticket: fields.Ticket}
	if m.Group != "" {
		m.Group = "group:" + m.Group
	}
	return err
}

// Names is one name or several.
type Names []string

func (n Names) MarshalJSON() ([]byte, error) {
	if len(n) == 1 {
		return json.Marshal(n[0])
	}
	return json.Marshal([]string(n))
}

func (n *Names) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		*n = make(Names, 1)
		return json.Unmarshal(data, &(*n)[0])
	}
	return json.Unmarshal(data, (*[]string)(n))
}

// Grantable is "to anybody" or "to these affiliations".
type Grantable struct {
	Anybody bool
	To      []string
}

func (g Grantable) MarshalJSON() ([]byte, error) {
	if g.To != nil {
		return json.Marshal(g.To)
	}
	return json.Marshal(g.Anybody)
}

func (g *Grantable) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		return json.Unmarshal(data, &g.To)
	}
	return json.Unmarshal(data, &g.Anybody)
}

// Reach is self, subtree, tree or labels.
type Reach struct {
	Word   string
	Labels []string
}

func (r Reach) MarshalJSON() ([]byte, error) {
	if r.Word == "" {
		return json.Marshal(map[string][]string{"labels": r.Labels})
	}
	return json.Marshal(r.Word)
}

func (r *Reach) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &r.Word)
	}
	return json.Unmarshal(data, &struct{ Labels *[]string }{&r.Labels})
}

type Scope struct {
	System
	Inherits   *bool             `json:"inherits,omitempty"`
	Level      string            `json:"level,omitempty"`
	Labels     []string          `json:"labels,omitempty"`
	Attributes Attributes        `json:"attributes,omitempty"`
	Scopes     map[string]*Scope `json:"scopes,omitempty"`
}

// Attributes are facts, each with its values.
type Attributes map[string][]string

// User is a user or, with name and via, an invitation.
type User struct {
	IDs         map[string]string `json:"ids,omitempty"`
	Name        string            `json:"name,omitempty"`
	Via         string            `json:"via,omitempty"`
	Affiliation string            `json:"affiliation,omitempty"`
	Status      string            `json:"status,omitempty"`
	Roles       []Assignment      `json:"roles,omitempty"`
	Grants      []Grant           `json:"grants,omitempty"`
	Groups      []Join            `json:"groups,omitempty"`
	Attributes  Attributes        `json:"attributes,omitempty"`
	Home        string            `json:"home,omitempty"`
}

// System is what the system calls something. It changes nothing in the table.
type System struct {
	External string            `json:"external,omitempty"`
	IDs      map[string]string `json:"ids,omitempty"`
}

type Group struct {
	System
	Title      string       `json:"title,omitempty"`
	Kind       string       `json:"kind,omitempty"`
	Home       string       `json:"home,omitempty"`
	Members    []Member     `json:"members,omitempty"`
	Owners     []string     `json:"owners,omitempty"`
	Attributes Attributes   `json:"attributes,omitempty"`
	Roles      []Assignment `json:"roles,omitempty"`
	Grants     []Grant      `json:"grants,omitempty"`
}

type Assignment struct {
	Role    string `json:"role,omitempty"`
	Scope   string `json:"scope,omitempty"`
	Starts  string `json:"starts,omitempty"`
	Expires string `json:"expires,omitempty"`

	ByPath bool   `json:"-"` // the scope is written as a list of names
	File   string `json:"-"`
}

func (a Assignment) MarshalJSON() ([]byte, error) {
	type plain Assignment
	scope := a.Scope
	if a.ByPath {
		a.Scope = ""
	}
	return json.Marshal(struct {
		plain
		Path []string `json:"path,omitempty"`
	}{plain(a), namesOn(scope, a.ByPath)})
}

func (a *Assignment) UnmarshalJSON(data []byte) error {
	type plain Assignment
	x := struct {
		*plain
		Path []string `json:"path"`
	}{plain: (*plain)(a)}
	err := json.Unmarshal(data, &x)
	if x.Path != nil {
		a.Scope, a.ByPath = joinNames(x.Path), true
	}
	return err
}

// namesOn are the names on the way to a scope, if they are wanted: "In a part, `/` is written `%2F` and `%` is written
// `%25`".
func namesOn(scope string, wanted bool) (names []string) {
	if !wanted || scope == "" {
		return nil
	}
	for _, part := range strings.Split(scope, "/") {
		names = append(names, strings.ReplaceAll(strings.ReplaceAll(part, "%2F", "/"), "%25", "%"))
	}
	return names
}

type Grant struct {
	Permission string   `json:"permission"`
	Scope      string   `json:"scope,omitempty"`
	Actions    []string `json:"actions,omitempty"`
	Starts     string   `json:"starts,omitempty"`
	Expires    string   `json:"expires,omitempty"`

	File string `json:"-"`
}

type Requirement struct {
	AllOf          []*Requirement `json:"allOf,omitempty"`
	AnyOf          []*Requirement `json:"anyOf,omitempty"`
	NoneOf         []*Requirement `json:"noneOf,omitempty"`
	Role           string         `json:"role,omitempty"`
	Permission     string         `json:"permission,omitempty"`
	Actions        []string       `json:"actions,omitempty"`
	Group          string         `json:"group,omitempty"`
	Attribute      Attributes     `json:"attribute,omitempty"`
	ScopeAttribute Attributes     `json:"scopeAttribute,omitempty"`
	Matching       string         `json:"matching,omitempty"`
	Through        string         `json:"through,omitempty"`
	At             string         `json:"at,omitempty"`
}

// Rule has exactly one of its forms.
type Rule struct {
	Severity string    `json:"severity,omitempty"`
	Deny     *Selector `json:"deny,omitempty"`
	Forbid   *Selector `json:"forbid,omitempty"`
	Conflict *Conflict `json:"conflict,omitempty"`
	Require  *Require  `json:"require,omitempty"`
	Holders  *Holders  `json:"holders,omitempty"`
	PerUser  *Holders  `json:"per-user,omitempty"`
	Labels   *Holders  `json:"labels,omitempty"`
}

type Selector struct {
	Affiliation Names      `json:"affiliation,omitempty"`
	Role        Names      `json:"role,omitempty"`
	Permission  Names      `json:"permission,omitempty"`
	Action      Names      `json:"action,omitempty"`
	Scope       Names      `json:"scope,omitempty"`
	Level       Names      `json:"level,omitempty"`
	Attribute   Attributes `json:"attribute,omitempty"`

	Group  Names        `json:"group,omitempty"`
	Unless *Requirement `json:"unless,omitempty"`

	Files       Names `json:"files,omitempty"`
	ExceptFiles Names `json:"exceptFiles,omitempty"`

	ByPath bool `json:"-"` // as in Assignment, if there is one scope
}

type Conflict struct {
	Between Side   `json:"between"`
	And     Side   `json:"and,omitzero"`
	At      string `json:"at,omitempty"`
}

// Side is any of some roles and permissions, or all of them. EachOther stands
// for both sides.
type Side struct {
	AnyOf     []Item `json:"anyOf,omitempty"`
	AllOf     []Item `json:"allOf,omitempty"`
	EachOther []Item `json:"-"`
}

func (s Side) MarshalJSON() ([]byte, error) {
	if s.EachOther != nil {
		return json.Marshal(s.EachOther)
	}
	type fields Side
	return json.Marshal(fields(s))
}

func (s *Side) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		return json.Unmarshal(data, &s.EachOther)
	}
	type fields Side
	return json.Unmarshal(data, (*fields)(s))
}

// Item is a role or a permission, or the name of either.
type Item struct {
	Role       string `json:"role,omitempty"`
	Permission string `json:"permission,omitempty"`
	Level      string `json:"level,omitempty"`
	Name       string `json:"-"`
}

func (i Item) MarshalJSON() ([]byte, error) {
	if i.Name != "" {
		return json.Marshal(i.Name)
	}
	type fields Item
	return json.Marshal(fields(i))
}

func (i *Item) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &i.Name)
	}
	type fields Item
	return json.Unmarshal(data, (*fields)(i))
}

type Require struct {
	Holding Holding      `json:"holding"`
	Needs   *Requirement `json:"needs"`
	At      string       `json:"at,omitempty"`
}

type Holding struct {
	Role        Names      `json:"role,omitempty"`
	Permission  Names      `json:"permission,omitempty"`
	AnyRole     bool       `json:"anyRole,omitempty"`
	Level       Names      `json:"level,omitempty"`
	Affiliation Names      `json:"affiliation,omitempty"`
	Attribute   Attributes `json:"attribute,omitempty"`
	Group       Names      `json:"group,omitempty"`
	Through     string     `json:"through,omitempty"`
}

// Expectation has one of can, cannot and only.
type Expectation struct {
	User        string    `json:"user,omitempty"`
	Group       string    `json:"group,omitempty"`
	Affiliation string    `json:"affiliation,omitempty"`
	Can         string    `json:"can,omitempty"`
	Cannot      string    `json:"cannot,omitempty"`
	Only        *[]string `json:"only,omitempty"`
	Role        string    `json:"role,omitempty"`
	Scope       string    `json:"scope,omitempty"`
	Actions     []string  `json:"actions,omitempty"`
	AsOf        string    `json:"asOf,omitempty"`

	ByPath bool `json:"-"` // as in Assignment
}

// Holders counts, on each scope of a level, the holders of a role or
// permission, the roles of a user, or the scopes below with a label.
type Holders struct {
	Role       string `json:"role,omitempty"`
	Permission string `json:"permission,omitempty"`
	Label      string `json:"label,omitempty"`
	Level      string `json:"level,omitempty"`

	Actions []string  `json:"actions,omitempty"`
	Except  *Excepted `json:"except,omitempty"`
	Group   Names     `json:"group,omitempty"`
	Through string    `json:"through,omitempty"`

	Min *int `json:"min,omitempty"`
	Max *int `json:"max,omitempty"`
}

// Excepted are roles through which a permission is held and not counted.
type Excepted struct {
	Role Names `json:"role"`
}
