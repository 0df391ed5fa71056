package render

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/explain"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/edit/change"
	"permc.dev/permc/compiler/policy"
)

type jsonAnswer struct {
	Version    string            `json:"version"`
	AsOf       string            `json:"asOf"`
	Permission string            `json:"permission,omitempty"`
	Action     string            `json:"action,omitempty"`
	User       string            `json:"user"`
	Status     string            `json:"status"`
	Scope      string            `json:"scope,omitempty"`
	Allowed    *bool             `json:"allowed,omitempty"`
	Row        json.RawMessage   `json:"row,omitempty"`
	Rows       []json.RawMessage `json:"rows,omitempty"`
	Note       string            `json:"note,omitempty"`
	Facts      []rowFact         `json:"facts,omitempty"`
	Later      *jsonLater        `json:"later,omitempty"`
	When       *jsonWhen         `json:"when,omitempty"`
	Missing    []jsonMissing     `json:"missing,omitempty"`
	How        []jsonProposal    `json:"how,omitempty"`
	Impossible []jsonBlock       `json:"impossible,omitempty"`
	Elsewhere  bool              `json:"elsewhere,omitempty"` // further scopes were not examined
	Reviews    []jsonToReview    `json:"reviews,omitempty"`

	// For a question without a permission.
	Group       *jsonGroup          `json:"group,omitempty"`
	Affiliation string              `json:"affiliation,omitempty"`
	Attributes  map[string][]string `json:"attributes,omitempty"`
	Roles       []jsonHeld          `json:"roles,omitempty"`
	Groups      []string            `json:"groups,omitempty"`
	Nested      []jsonNested        `json:"nested,omitempty"`
	Events      []jsonEvent         `json:"events,omitempty"`
	Findings    []jsonFinding       `json:"findings,omitempty"`
}

// jsonNested says by which groups somebody is in another one, from the one that has the user outwards.
type jsonNested struct {
	Group   string   `json:"group"`
	Through []string `json:"through"`
}

// jsonLater are the entries that begin later.
type jsonLater struct {
	Entries int    `json:"entries"`
	Next    string `json:"next"`
}

type jsonWhen struct {
	Scope string     `json:"scope"`
	Parts []jsonPart `json:"parts"`
}

type jsonPart struct {
	Requirement string           `json:"requirement"`
	Met         bool             `json:"met"`
	Found       string           `json:"found,omitempty"`
	Help        string           `json:"help,omitempty"`
	Position    *policy.Position `json:"position,omitempty"`
	Parts       []jsonPart       `json:"parts,omitempty"`
}

type jsonMissing struct {
	Requirement string           `json:"requirement"`
	Message     string           `json:"message"`
	Help        string           `json:"help,omitempty"`
	Position    *policy.Position `json:"position,omitempty"`
}

type jsonProposal struct {
	Change      string     `json:"change"`
	ForbiddenBy string     `json:"forbiddenBy,omitempty"`
	Reason      string     `json:"reason,omitempty"`
	Scope       string     `json:"scope"`
	Gains       int        `json:"gains"`
	Critical    int        `json:"critical,omitempty"`
	Excess      bool       `json:"excess,omitempty"`
	Steps       []jsonStep `json:"steps"`
	Write       string     `json:"write"` // all texts of Edits
	Edits       []jsonEdit `json:"edits,omitempty"`
}

// jsonEdit is what to add in one place, in the format of the file.
type jsonEdit struct {
	Position *policy.Position `json:"position"` // of what comes before it
	Into     string           `json:"into,omitempty"`
	Text     string           `json:"text"`
}

type jsonStep struct {
	Kind       string `json:"kind"`
	Role       string `json:"role,omitempty"`
	Permission string `json:"permission,omitempty"`
	Action     string `json:"action,omitempty"`
	Scope      string `json:"scope,omitempty"`
	Group      string `json:"group,omitempty"`
	Attribute  string `json:"attribute,omitempty"`
	Value      string `json:"value,omitempty"`
}

type jsonBlock struct {
	Rule   string `json:"rule,omitempty"`
	Reason string `json:"reason"`
}

type jsonHeld struct {
	Role     string           `json:"role"`
	Scope    string           `json:"scope"`
	From     string           `json:"from,omitempty"`
	Group    string           `json:"group,omitempty"`
	Default  bool             `json:"default,omitempty"`
	Expires  string           `json:"expires,omitempty"`
	Position *policy.Position `json:"position,omitempty"`
}

type jsonEvent struct {
	Kind       string           `json:"kind"`
	Date       string           `json:"date"`
	Role       string           `json:"role,omitempty"`
	Permission string           `json:"permission,omitempty"`
	Scope      string           `json:"scope,omitempty"` // of an entry; else the membership of the group
	Group      string           `json:"group,omitempty"`
	Position   *policy.Position `json:"position,omitempty"`
}

// explainJSON writes an answer as one JSON value.
func explainJSON(w io.Writer, a *explain.Answer, whole bool) error {
	out := jsonAnswer{Version: Version, AsOf: a.Policy.AsOf.String(), User: a.User.ID, Status: a.User.Status(),
		Action: a.Action}
	if a.Scope != nil {
		out.Scope = a.Scope.Path
	}
	if x := countUpcoming(a); x.Entries > 0 {
		out.Later = &jsonLater{x.Entries, x.Next.String()}
	}
	out.Reviews = reviewsJSON(a)
	if a.Permission == nil {
		addEverything(&out, a)
		return writeJSON(w, out, "  ")
	}
	out.Permission, out.Allowed, out.Note = a.Permission.ID, &a.Allowed, a.Note
	parts := policy.Split(a.Rows)
	if rows := rawRows(a.Policy, parts, len(a.Rows) == 1); len(rows) > 0 {
		out.Row = rows[firstHeld(a, parts)]
		if len(rows) > 1 {
			out.Rows = rows
		}
	}
	if whole {
		out.Facts = factsOf(a.Policy.Catalog, &a.Access, a.Rows)
	}
	if a.At != nil {
		out.When = &jsonWhen{a.At.Path, partsJSON(a, a.Parts)}
	}
	for _, m := range a.Missing {
		out.Missing = append(out.Missing,
			jsonMissing{m.Requirement, m.Message, m.Help, positionOf(a.Policy.Files, m.Pos)})
	}
	for i := range a.How {
		out.How = append(out.How, proposalJSON(a, &a.How[i]))
	}
	for _, b := range a.Blocks {
		out.Impossible = append(out.Impossible, jsonBlock(b))
	}
	out.Elsewhere = a.Elsewhere
	return writeJSON(w, out, "  ")
}

// firstHeld returns the row to show if only one is shown.
func firstHeld(a *explain.Answer, rows []policy.Row) int {
	return max(0, slices.IndexFunc(rows, func(r policy.Row) bool { return a.Holds(&r) }))
}

func rawRows(p *policy.Policy, rows []policy.Row, whole bool) (list []json.RawMessage) {
	t := &Table{Policy: p, whole: whole, ways: &wayNames{}}
	for i := range rows {
		list = append(list, t.appendRow(nil, &rows[i]))
	}
	return list
}

func partsJSON(a *explain.Answer, parts []explain.Part) (list []jsonPart) {
	for i := range parts {
		p := &parts[i]
		list = append(list, jsonPart{p.Requirement, p.Met, p.Found, p.Hint, positionOf(a.Policy.Files, p.Pos),
			partsJSON(a, p.Parts)})
	}
	return list
}

func proposalJSON(a *explain.Answer, p *explain.Proposal) jsonProposal {
	out := jsonProposal{Change: explain.Words(p.Changes), ForbiddenBy: p.ForbiddenBy, Reason: p.Reason,
		Scope: p.Scope.Path, Gains: p.Rows, Critical: p.Critical, Excess: p.Excess()}
	for _, x := range change.Describe(a.Policy, a.User, p.Changes) {
		text := strings.Join(x.Text, "\n")
		out.Edits = append(out.Edits, jsonEdit{positionOf(a.Policy.Files, x.Pos), x.Into, text})
		out.Write = strings.TrimPrefix(out.Write+"\n"+text, "\n")
	}
	for _, c := range p.Changes {
		s := jsonStep{Kind: c.Kind(), Action: c.Action, Attribute: c.Attribute, Value: c.Value}
		if c.Role != nil {
			s.Role = c.Role.ID
		}
		if c.Permission != nil {
			s.Permission = c.Permission.ID
		}
		if c.Scope != nil {
			s.Scope = c.Scope.Path
		}
		if c.Group != nil {
			s.Group = c.Group.ID
		}
		out.Steps = append(out.Steps, s)
	}
	return out
}

// addEverything adds everything a user has.
func addEverything(out *jsonAnswer, a *explain.Answer) {
	out.Affiliation, out.Attributes = a.User.Affiliation, a.User.Attributes
	if a.Group != nil {
		out.Group = groupJSON(a.Group)
	}
	files := a.Policy.Files
	for i := range a.Access.Roles {
		h := &a.Access.Roles[i]
		if a.Scope != nil && !h.Scope.Related(a.Scope) {
			continue
		}
		x := jsonHeld{
			Role:     h.Role.ID,
			Scope:    h.Scope.Path,
			Default:  h.Entry.ByDefault,
			Expires:  h.Ends.String(),
			Position: positionOf(files, h.Entry.Pos),
		}
		if h.From != nil {
			x.From = h.From.ID
		}
		if h.Group != nil {
			x.Group = h.Group.ID
		}
		out.Roles = append(out.Roles, x)
	}
	var ways policy.WayFinder
	ways.Of(a.User)
	for _, m := range a.User.Groups(a.Policy.AsOf) {
		out.Groups = append(out.Groups, m.Group.ID)
		if path, _ := ways.Into(m.Group); len(path) > 1 {
			out.Nested = append(out.Nested, jsonNested{m.Group.ID, innerIDs(path)})
		}
	}
	filter := Filter{Scope: a.Scope, Action: a.Action}
	out.Rows = rawRows(a.Policy, filter.Rows(a.Access.Rows), false)
	for _, e := range a.Events() {
		out.Events = append(out.Events, eventJSON(files, &e))
	}
	for i := range a.Findings {
		if d := &a.Findings[i]; d.Severity != diag.Off {
			out.Findings = append(out.Findings, findingJSON(files, d))
		}
	}
}

func eventJSON(files *policy.Files, e *explain.Event) jsonEvent {
	x := jsonEvent{Kind: "ends", Date: e.On.String(), Position: positionOf(files, e.Pos())}
	if e.Starts {
		x.Kind = "starts"
	}
	if e.Entry == nil {
		x.Group = e.Group.ID
		return x
	}
	x.Scope = e.Scope.Path
	if e.Role != nil {
		x.Role = e.Role.ID
	} else {
		x.Permission = e.Permission.ID
	}
	if e.Group != nil {
		x.Group = e.Group.ID
	}
	return x
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
