package reference_test

import "encoding/json"

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
