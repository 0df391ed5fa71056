package render

import (
	"io"

	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/policy"
)

type jsonReview struct {
	Version  string              `json:"version"`
	Product  string              `json:"product,omitempty"`
	AsOf     string              `json:"asOf"`
	Sheet    string              `json:"sheet"`
	Made     []string            `json:"made,omitempty"`
	Summary  jsonReviewSummary   `json:"summary"`
	Lines    []jsonReviewLine    `json:"lines"`
	Stays    []jsonReviewStay    `json:"stays,omitempty"`
	Gained   []jsonReviewRow     `json:"gained,omitempty"`
	New      []jsonFinding       `json:"newFindings,omitempty"`
	Stops    []jsonFinding       `json:"stops,omitempty"`
	Problems []jsonReviewProblem `json:"problems"`
}

type jsonReviewSummary struct {
	Rows          int `json:"rows"`
	Kept          int `json:"kept"`
	Removed       int `json:"removed"`
	Undecided     int `json:"undecided"`
	Contradictory int `json:"contradictory"`
	Done          int `json:"done"`
	Missing       int `json:"missing"`
	Errors        int `json:"errors"`
	Warnings      int `json:"warnings"`
}

type jsonReviewLine struct {
	Do         string           `json:"do"`
	Position   *policy.Position `json:"position,omitempty"`
	Text       string           `json:"text"`
	User       string           `json:"user,omitempty"`
	Group      string           `json:"group,omitempty"`
	Member     string           `json:"member,omitempty"` // a group that leaves the group
	Role       string           `json:"role,omitempty"`
	Permission string           `json:"permission,omitempty"`
	Scope      string           `json:"scope,omitempty"`
	Shared     bool             `json:"shared,omitempty"`
	Removes    []jsonReviewRow  `json:"removes"`
	Kept       []jsonReviewRow  `json:"kept,omitempty"`
	Undecided  []jsonReviewRow  `json:"undecided,omitempty"`
	Unlisted   []jsonReviewRow  `json:"unlisted,omitempty"`
	Others     []jsonReviewRow  `json:"others,omitempty"`
	Ends       []jsonReviewRow  `json:"ends,omitempty"`
	Stays      []jsonReviewRow  `json:"stays,omitempty"`
}

type jsonReviewRow struct {
	User       string `json:"user"`
	Scope      string `json:"scope"`
	Permission string `json:"permission"`
	Sheet      string `json:"sheet,omitempty"`
	Row        int    `json:"row,omitempty"`
	By         string `json:"by,omitempty"`
	Date       string `json:"date,omitempty"`
}

type jsonReviewStay struct {
	jsonReviewRow
	Advice []string `json:"advice"`
}

type jsonReviewProblem struct {
	Kind     string `json:"kind"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Help     string `json:"help,omitempty"`
	Sheet    string `json:"sheet,omitempty"`
	Row      int    `json:"row,omitempty"`
}

// ReviewJSON writes a review as one JSON value.
func ReviewJSON(w io.Writer, r *Review) error {
	c := r.Counts
	out := jsonReview{Version: Version, Product: r.Policy.Catalog.Product, AsOf: r.Policy.AsOf.String(), Sheet: r.Sheet,
		Summary: jsonReviewSummary{
			Rows:          c.Rows,
			Kept:          c.Kept,
			Removed:       c.Removed,
			Undecided:     c.Undecided,
			Contradictory: c.Contradictory,
			Done:          c.Done,
			Missing:       c.Missing,
		},
		Lines: []jsonReviewLine{}, Problems: []jsonReviewProblem{}}
	out.Summary.Errors, out.Summary.Warnings = r.Errors()
	for _, m := range r.Made {
		out.Made = append(out.Made, m.String())
	}
	for _, l := range r.Lines {
		out.Lines = append(out.Lines, r.lineJSON(l))
	}
	for i := range r.Stays {
		out.Stays = append(out.Stays, jsonReviewStay{reviewRow(&r.Stays[i].Ref), r.Stays[i].Advice()})
	}
	for _, row := range r.Gained {
		out.Gained = append(out.Gained, reviewRow(&review.Ref{Row: row}))
	}
	for i := range r.New {
		out.New = append(out.New, findingJSON(r.Policy.Files, &r.New[i]))
	}
	for i := range r.Stops {
		out.Stops = append(out.Stops, findingJSON(r.Policy.Files, &r.Stops[i]))
	}
	for i := range r.Problems {
		p := &r.Problems[i]
		severity := "error"
		if p.Warning {
			severity = "warning"
		}
		out.Problems = append(out.Problems,
			jsonReviewProblem{p.Kind, severity, p.Message, p.Help, p.Where.Sheet, p.Where.Row})
	}
	return writeJSON(w, out, "  ")
}

func (r *Review) lineJSON(l *review.Line) jsonReviewLine {
	x := jsonReviewLine{Do: l.Kind.String(), Position: positionOf(r.Policy.Files, l.Pos), Text: lineWords(l),
		Shared:  l.Shared,
		Removes: reviewRows(l.Asked), Kept: reviewRows(l.Kept), Undecided: reviewRows(l.Undecided),
		Unlisted: reviewRows(l.Unlisted),
		Others:   reviewRows(l.Others), Ends: reviewRows(l.Ends), Stays: reviewRows(l.Stays)}
	if l.User != nil && l.Kind != review.DropGroupEntry {
		x.User = l.User.ID
	}
	if l.Group != nil {
		x.Group = l.Group.ID
	}
	if l.Inner != nil {
		x.Member = "group:" + l.Inner.ID
	}
	if l.Kind == review.LeaveGroup {
		return x
	}
	x.Scope = l.Scope.Path
	if l.Role != nil {
		x.Role = l.Role.ID
	} else {
		x.Permission = l.Permission.ID
	}
	return x
}

func reviewRow(ref *review.Ref) jsonReviewRow {
	return jsonReviewRow{ref.Row.User.ID, ref.Row.Scope.Path, ref.Row.Permission.ID, ref.Where.Sheet, ref.Where.Row,
		ref.By, ref.Date}
}

func reviewRows(refs []review.Ref) (list []jsonReviewRow) {
	for i := range refs {
		list = append(list, reviewRow(&refs[i]))
	}
	return list
}
