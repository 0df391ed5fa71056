package reference_test

import (
	"encoding/json"
	"strings"
)

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
