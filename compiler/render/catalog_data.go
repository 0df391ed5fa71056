package render

import (
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// sorted returns the cells in order of permission and role, users last.
func (m *matrix) sorted() (list []Cell) {
	for _, p := range m.catalog.Permissions {
		for _, r := range m.catalog.Roles {
			if x, ok := m.cells[[2]string{p.ID, r.ID}]; ok {
				list = append(list, x.all()...)
			}
		}
		if x, ok := m.cells[[2]string{p.ID, everybody}]; ok {
			list = append(list, x)
		}
	}
	return list
}

func (m *matrix) csv(w io.Writer) error {
	b := []byte("permission,role,cell,depth,reach,access," +
		"actions,through,to,source,confidence,derived,inferred,corrected,note,when\n")
	for _, x := range m.sorted() {
		for i, s := range []string{x.Permission, x.Role, x.Cell, x.Depth, x.Reach, x.Access,
			policy.JoinNames(x.Actions, ";"), x.Through,
			strings.Join(x.To, ";"), strings.Join(x.AllSources(), ";"), x.Confidence, x.Derived, x.Inferred,
			x.Corrected, x.Note, x.When} {
			b = appendCSV(appendComma(b, i), s)
		}
		b = append(b, '\n')
	}
	_, err := w.Write(safeCSV(b))
	return err
}

type jsonCatalog struct {
	Version      string           `json:"version"`
	Product      string           `json:"product,omitempty"`
	Title        string           `json:"title,omitempty"`
	Catalog      string           `json:"catalog,omitempty"`
	Levels       []string         `json:"levels"`
	Nested       bool             `json:"nested,omitempty"`
	Inside       insideLevels     `json:"inside,omitempty"`
	Default      string           `json:"defaultRole,omitempty"`
	Affiliations []jsonDescribed  `json:"affiliations,omitempty"`
	Attributes   *jsonAttributes  `json:"attributes,omitempty"`
	Labels       []jsonDescribed  `json:"labels,omitempty"`
	ClosedLabels bool             `json:"closedLabels,omitempty"`
	Depths       []jsonDepth      `json:"depths,omitempty"`
	Home         *jsonHome        `json:"home,omitempty"`
	GroupKinds   []jsonGroupKind  `json:"groupKinds,omitempty"`
	Roles        []jsonRole       `json:"roles"`
	Permissions  []jsonPermission `json:"permissions"`
	Cells        []Cell           `json:"cells"`
	Rules        []jsonRule       `json:"rules,omitempty"`
	Corrections  []jsonCorrection `json:"corrections,omitempty"`
	Sources      []jsonSource     `json:"sources,omitempty"`
	Notes        []string         `json:"notes,omitempty"`
	Limits       []string         `json:"limits,omitempty"`
	Changes      []jsonVersion    `json:"changes,omitempty"`
}

type jsonHome struct {
	Levels    []string `json:"levels"`
	Elsewhere string   `json:"elsewhere,omitempty"`
	Source    string   `json:"source,omitempty"`
}

type jsonGroupKind struct {
	ID          string `json:"id"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Roles       bool   `json:"roles"`
	Grants      bool   `json:"grants"`
	Members     string `json:"members"`
	Source      string `json:"source,omitempty"`
}

type jsonVersion struct {
	Date    string   `json:"date"`
	What    string   `json:"what"`
	Sources []string `json:"sources,omitempty"`
}

type jsonRole struct {
	ID           string        `json:"id"`
	Title        string        `json:"title,omitempty"`
	Aliases      []string      `json:"aliases,omitempty"`
	Description  string        `json:"description,omitempty"`
	Levels       []string      `json:"levels"`
	Affiliations []string      `json:"affiliations,omitempty"`
	Inheritance  string        `json:"inheritance,omitempty"`
	Includes     []jsonInclude `json:"includes,omitempty"`
	Source       string        `json:"source,omitempty"`
	Custom       bool          `json:"custom,omitempty"`
}

type jsonInclude struct {
	Role     string `json:"role"`
	Reach    string `json:"reach"`
	Inferred string `json:"inferred,omitempty"`
}

type jsonPermission struct {
	ID           string              `json:"id"`
	Title        string              `json:"title,omitempty"`
	Aliases      []string            `json:"aliases,omitempty"`
	Description  string              `json:"description,omitempty"`
	Levels       []string            `json:"levels"`
	Actions      []string            `json:"actions"`
	Grantable    bool                `json:"grantable"`
	GrantTo      []string            `json:"grantTo,omitempty"`
	Grantors     string              `json:"grantors,omitempty"`
	Deprecated   string              `json:"deprecated,omitempty"`
	Conditions   []jsonText          `json:"conditions,omitempty"`
	Capabilities []policy.Capability `json:"capabilities,omitempty"`
	Sensitivity  string              `json:"sensitivity,omitempty"`
	Rated        map[string]string   `json:"actionSensitivity,omitempty"`
	Depths       []string            `json:"depths,omitempty"`
	SharedWith   string              `json:"sharedWith,omitempty"`
	Implies      []string            `json:"implies,omitempty"`
	When         string              `json:"when,omitempty"`
	Source       string              `json:"source,omitempty"`
	Inferred     string              `json:"inferred,omitempty"`
}

type jsonText struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

type jsonRule struct {
	ID       string `json:"id"`
	Form     string `json:"form"`
	Severity string `json:"severity"`
	Message  string `json:"message,omitempty"`
	Help     string `json:"help,omitempty"`
}

type jsonSource struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	Read  string `json:"read"`
	Note  string `json:"note,omitempty"`
}

// insideLevels are the levels of scopes directly inside those of a level.
type insideLevels map[string][]string

// insideOf returns which levels are inside which, of levels that are no line.
func insideOf(c *policy.Catalog) insideLevels {
	if !c.Branching {
		return nil
	}
	in := insideLevels{}
	for i, level := range c.Levels {
		if list := c.LevelNames(c.Inside[i]); len(list) > 0 {
			in[level] = list
		}
	}
	return in
}

func roleJSON(c *policy.Catalog, r *policy.Role) jsonRole {
	j := jsonRole{
		ID:           r.ID,
		Title:        r.Title,
		Aliases:      r.Aliases,
		Description:  r.Description,
		Levels:       c.LevelNames(r.Levels),
		Affiliations: r.Affiliations,
		Source:       r.Source,
		Custom:       r.Custom,
	}
	if r.GroupRecords {
		j.Inheritance = "group"
	}
	for _, i := range r.Includes {
		j.Includes = append(j.Includes, jsonInclude{i.Role.ID, reachText(i.Reach), i.Inferred})
	}
	return j
}

func (m *matrix) json(w io.Writer) error {
	c := m.catalog
	out := jsonCatalog{Version: Version, Product: c.Product, Title: c.Title, Catalog: c.Version, Levels: c.Levels,
		Nested: c.Nested, Inside: insideOf(c),
		Cells: m.sorted(), Notes: c.Notes, Limits: c.Limits, Roles: []jsonRole{}, Permissions: []jsonPermission{}}
	if c.Default != nil {
		out.Default = c.Default.ID
	}
	out.Affiliations, out.Attributes, out.Depths = describedJSON(c.Affiliations), attributesJSON(c), depthsJSON(c)
	out.Labels, out.ClosedLabels = describedJSON(c.Labels), c.ClosedLabels
	out.Home, out.GroupKinds = homeJSON(c), groupKindsJSON(c)
	for _, r := range c.Roles {
		out.Roles = append(out.Roles, roleJSON(c, r))
	}
	for _, p := range c.Permissions {
		out.Permissions = append(out.Permissions, permissionJSON(c, p))
	}
	for i := range c.Rules {
		r := &c.Rules[i]
		severity := r.Severity
		if severity == "" {
			severity = "error"
		}
		out.Rules = append(out.Rules, jsonRule{r.ID.Name, ruleForm(r), severity, r.Message, r.Help})
	}
	for _, x := range c.Corrections {
		out.Corrections = append(out.Corrections, correctionJSON(&x, nil))
	}
	for _, s := range c.Sources {
		out.Sources = append(out.Sources, jsonSource{s.ID.Name, s.Title, s.URL, s.Read, s.Note})
	}
	for _, x := range c.Changes {
		out.Changes = append(out.Changes, jsonVersion{x.Date, x.What, refNames(x.Sources)})
	}
	return writeJSON(w, out, "  ")
}

func homeJSON(c *policy.Catalog) *jsonHome {
	if c.Home == nil {
		return nil
	}
	return &jsonHome{c.LevelNames(c.Home.Levels), elsewhere(c), c.Home.Source}
}

// elsewhere says on which scopes users hold roles wherever they are at home.
func elsewhere(c *policy.Catalog) string {
	if len(c.Home.Elsewhere) == 0 {
		return ""
	}
	return (&policy.Requirement{ScopeAttributes: c.Home.Elsewhere}).String()
}

func groupKindsJSON(c *policy.Catalog) (list []jsonGroupKind) {
	for _, k := range c.GroupKinds {
		j := jsonGroupKind{k.ID, k.Title, k.Description, !k.NoRoles, !k.NoGrants, "listed", k.Source}
		if k.AllAtHome {
			j.Members = "home"
		}
		list = append(list, j)
	}
	return list
}

func permissionJSON(c *policy.Catalog, p *policy.Permission) jsonPermission {
	j := jsonPermission{ID: p.ID, Title: p.Title, Aliases: p.Aliases, Description: p.Description,
		Levels: c.LevelNames(p.Levels), Actions: p.Actions,
		Grantable: p.Grantable, GrantTo: p.GrantTo, Grantors: p.Grantors, Deprecated: p.Deprecated,
		Capabilities: p.Capabilities,
		Sensitivity:  p.Sensitivity, Depths: p.Depths, Source: p.Source, Inferred: p.Inferred}
	for i, s := range p.ActionSensitivity {
		if s != "" {
			if j.Rated == nil {
				j.Rated = map[string]string{}
			}
			j.Rated[p.Actions[i]] = s
		}
	}
	if p.SharedWith != nil {
		j.SharedWith = p.SharedWith.ID
	}
	for _, x := range p.Conditions {
		j.Conditions = append(j.Conditions, jsonText{x.ID, x.Text})
	}
	for _, q := range p.Implies {
		j.Implies = append(j.Implies, q.ID)
	}
	if p.When != nil {
		j.When = p.When.String()
	}
	return j
}

func (m *matrix) markdown(w io.Writer) error {
	var b strings.Builder
	c := m.catalog
	fmt.Fprintf(&b, "# %s\n\n%s, catalog %s\n", cellText(c.Title), cellText(c.Product), cellText(c.Version))
	for set := range levelSets(c) {
		fmt.Fprintf(&b, "\n## On %s\n\n| Permission |", cellText(strings.Join(c.LevelNames(set), " or ")))
		for _, r := range c.Roles {
			fmt.Fprintf(&b, " %s |", cellText(r.ID))
		}
		fmt.Fprintf(&b, " user |\n|%s\n", strings.Repeat(" --- |", len(c.Roles)+2))
		for _, p := range c.Permissions {
			if p.Levels != set {
				continue
			}
			fmt.Fprintf(&b, "| %s |", cellText(p.ID))
			for _, column := range append(c.RoleIDs(), everybody) {
				fmt.Fprintf(&b, " %s |", cellText(strings.TrimPrefix(m.cells[[2]string{p.ID, column}].code(), ".")))
			}
			b.WriteByte('\n')
		}
	}
	b.WriteByte('\n')
	used := m.marks()
	for _, l := range legend {
		if strings.Contains(used, l.mark) {
			fmt.Fprintf(&b, "- %s: %s\n", cellText(l.mark), l.means)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", m.confidence())
	_, err := io.WriteString(w, b.String())
	return err
}
