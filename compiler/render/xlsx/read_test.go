package xlsx

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"

	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/internal/spreadsheet"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// saved returns a workbook as another program saves it after people worked in it: shared texts, moved columns, sorted
// rows hidden by a filter, an extra column, a chart, days as numbers.
func saved(t *testing.T, raw []byte, fill func(row map[string]any)) *bytes.Buffer {
	t.Helper()
	return savedSheet(t, raw, "Access", fill)
}

func savedSheet(t *testing.T, raw []byte, name string, fill func(row map[string]any)) *bytes.Buffer {
	t.Helper()
	from, to := open(t, raw), excelize.NewFile()
	rows, err := from.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	titles := append(slices.Clone(rows[0]), "Remark")
	slices.SortFunc(titles, func(a, b string) int { return -strings.Compare(a, b) })
	sheet := "Sheet1"
	set := func(column, row int, v any) {
		cell, _ := excelize.CoordinatesToCellName(column+1, row)
		if err := to.SetCellValue(sheet, cell, v); err != nil {
			t.Fatal(err)
		}
	}
	set(0, 1, "Review of access")
	for i, title := range titles {
		set(i, 3, title)
	}
	for n, cells := range slices.Backward(rows[1:]) {
		row := map[string]any{"Remark": "-"}
		for i, title := range rows[0] {
			if i < len(cells) {
				row[title] = cells[i]
			}
		}
		fill(row)
		for i, title := range titles {
			set(i, 4+len(rows)-2-n, row[title])
		}
	}
	if err := to.SetRowVisible(sheet, 5, false); err != nil {
		t.Fatal(err)
	}
	series := []excelize.ChartSeries{{Name: "Sheet1!$A$3", Values: "Sheet1!$A$4:$A$6"}}
	if err := to.AddChartSheet("Chart", &excelize.Chart{Type: excelize.Col, Series: series}); err != nil {
		t.Fatal(err)
	}
	b, err := to.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestReadBack fills a workbook, saves it as other programs do, and reads the decisions back.
func TestReadBack(t *testing.T) {
	p := project(t, hostile)
	in := inputOf(p)
	filled := saved(t, bytesOf(t, in), func(row map[string]any) {
		row["Keep"], row["By"], row["Date"] = "x", "Eva Lind", time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC)
		if row["User"] == "+49 151 1234" {
			row["Keep"], row["Remove"], row["Date"] = nil, true, "5.12.2026"
		}
	})
	var r review.Reader
	if err := Read(filled.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	s, err := r.Sheet()
	if err != nil {
		t.Fatal(err)
	}
	done, err := review.Ask(context.Background(), p, s.NewMatch(func(*policy.Row) bool { return true }, Shown))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(review.Counts{Rows: 6, Kept: 5, Removed: 1}, done.Counts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"hidden"}, kindsOf(done.Problems)); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, l := range done.Lines {
		at := p.Files.Position(l.Pos)
		got = append(got, fmt.Sprintf("%s:%d %s %s %s", at.File, at.Line, l.Kind, l.User.ID, l.Asked[0].Date))
	}
	if diff := cmp.Diff([]string{"=cmd|' -C calc'!A0.yaml:3 drop-entry +49 151 1234 2026-12-05"}, got); diff != "" {
		t.Error(diff)
	}
}

func kindsOf(problems []review.Problem) (kinds []string) {
	for _, x := range problems {
		kinds = append(kinds, x.Kind)
	}
	return kinds
}

// TestStruckOut strikes out a mark, a name and a day, in ways that spreadsheets have: none of the rows is decided.
func TestStruckOut(t *testing.T) {
	p := project(t, hostile)
	raw := bytesOf(t, inputOf(p))
	f := open(t, raw)
	rows, err := f.GetRows("Access")
	if err != nil {
		t.Fatal(err)
	}
	struck, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
	if err != nil {
		t.Fatal(err)
	}
	cell := func(title string, row int) string {
		name, _ := excelize.CoordinatesToCellName(slices.Index(rows[0], title)+1, row)
		return name
	}
	for row := 2; row <= len(rows); row++ {
		for title, v := range map[string]string{"Keep": "x", "By": "Eva Lind", "Date": "2026-12-05"} {
			if err := f.SetCellStr("Access", cell(title, row), v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for row, title := range []string{2: "Keep", 3: "User", 4: "Date"} {
		if title == "" {
			continue
		}
		if err := f.SetCellStyle("Access", cell(title, row), cell(title, row), struck); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellRichText("Access", cell("By", 5), []excelize.RichTextRun{{Text: "Eva "},
		{Text: "Lind", Font: &excelize.Font{Strike: true}}}); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	var r review.Reader
	if err := Read(b.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	s, err := r.Sheet()
	if err != nil {
		t.Fatal(err)
	}
	done, err := review.Ask(context.Background(), p, s.NewMatch(func(*policy.Row) bool { return true }, Shown))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range done.Problems {
		got = append(got, x.Where.String()+" "+x.Kind+": "+x.Message)
	}
	want := []string{`Access row 2 struck: "x" in column "keep" is struck out`,
		`Access row 3 struck: "` + rows[2][slices.Index(rows[0], "User")] + `" in column "user" is struck out`,
		`Access row 4 struck: "2026-12-05" in column "date" is struck out`,
		`Access row 5 struck: "Eva Lind" in column "by" is struck out`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(review.Counts{Rows: 6, Kept: 2, Contradictory: 4}, done.Counts); diff != "" {
		t.Error(diff)
	}
}

// TestSortedApart sorts one column without the others, which invalidates every decision.
func TestSortedApart(t *testing.T) {
	p := project(t, hostile)
	names := []string{"'quoted", "+49 151 1234", "-1", "00042", `=HYPERLINK("http://evil.example","click")`, "@ana"}
	filled := saved(t, bytesOf(t, inputOf(p)), func(row map[string]any) {
		row["Remove"], row["By"], row["Date"] = "x", "Eva Lind", "2026-12-05"
		row["User"] = names[(slices.Index(names, row["User"].(string))+1)%len(names)]
	})
	var r review.Reader
	if err := Read(filled.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	s, err := r.Sheet()
	if err != nil {
		t.Fatal(err)
	}
	done, err := review.Ask(context.Background(), p, s.NewMatch(func(*policy.Row) bool { return true }, Shown))
	if err != nil {
		t.Fatal(err)
	}
	if len(done.Lines) > 0 || done.Counts.Contradictory != 6 {
		t.Errorf("%d lines, %+v", len(done.Lines), done.Counts)
	}
	for _, x := range done.Problems {
		if x.Kind != "altered" && x.Kind != "hidden" {
			t.Errorf("%s: %s", x.Kind, x.Message)
		}
	}
}

// TestDecisions fills a sheet of decisions, and reads it back. The other sheets of the workbook have nothing to fill.
func TestDecisions(t *testing.T) {
	p := project(t, hostile)
	in := inputOf(p)
	in.Review, in.Made = render.ByDecision, in.made
	raw := bytesOf(t, in)
	if got := columnOf(t, open(t, raw), "Access", "Keep"); got != nil {
		t.Errorf("Access has a column to fill: %q", got)
	}
	filled := savedSheet(t, raw, "Review", func(row map[string]any) {
		row["Keep"], row["By"], row["Date"] = "x", "@ana", time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC)
		if row["User"] == "+49 151 1234" {
			row["Keep"], row["Remove"] = nil, "x"
		}
	})
	var r review.Reader
	if err := Read(filled.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	s, err := r.Sheet()
	if err != nil {
		t.Fatal(err)
	}
	today, _ := policy.ParseDate("2026-12-06")
	done, err := review.AskItems(context.Background(), p, s, func(*policy.Row) bool { return true }, Shown, today)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(review.Counts{Rows: 6, Kept: 5, Removed: 1}, done.Counts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"self-review", "hidden"}, kindsOf(done.Problems)); diff != "" {
		t.Error(diff)
	}
	if len(done.Lines) != 1 || done.Lines[0].User.ID != "+49 151 1234" {
		t.Errorf("lines: %v", done.Lines)
	}
}

// TestEvidence writes the record of a review: every cell is text.
func TestEvidence(t *testing.T) {
	in := inputOf(project(t, hostile))
	record := &render.Evidence{Title: "Review", Facts: [][2]string{{"Sheet", "=1+1"}},
		Tables: []render.EvidenceTable{{Name: "Decisions", Titles: []string{"User"}, Rows: [][]string{{"=2+2"}}}}}
	var b bytes.Buffer
	if err := WriteEvidence(context.Background(), &b, in.TableJob, record); err != nil {
		t.Fatal(err)
	}
	f := open(t, b.Bytes())
	if got := columnOf(t, f, "Decisions", "User"); !slices.Equal(got, []string{"=2+2"}) {
		t.Errorf("got %q", got)
	}
	if formula, _ := f.GetCellFormula("Decisions", "A2"); formula != "" {
		t.Errorf("formula %q", formula)
	}
}

// TestMerged reads merged cells and hidden sheets of an export, with both readers.
func TestMerged(t *testing.T) {
	f := excelize.NewFile()
	for cell, text := range map[string]string{"A1": "Users of Contoso", "A3": "Email", "B3": "Where", "B4": "Customer",
		"C4": "Workspace", "A5": "ana@contoso.example", "B5": "Contoso", "C5": "EMEA", "C6": "APAC", "C7": "UK"} {
		if err := f.SetCellValue("Sheet1", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	for _, corners := range [][2]string{{"A1", "C1"}, {"A3", "A4"}, {"B3", "C3"}, {"A5", "A6"}, {"B5", "B7"}} {
		if err := f.MergeCell("Sheet1", corners[0], corners[1]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.NewSheet("Former"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetVisible("Former", false); err != nil {
		t.Fatal(err)
	}
	raw, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	want := []spreadsheet.Sheet{{Name: "Sheet1", Rows: []spreadsheet.Row{
		{Number: 1, Cells: []string{"Users of Contoso"}},
		{Number: 3, Cells: []string{"Email", "Where"}},
		{Number: 4, Cells: []string{"Email", "Customer", "Workspace"}},
		{Number: 5, Cells: []string{"ana@contoso.example", "Contoso", "EMEA"}},
		{Number: 6, Cells: []string{"ana@contoso.example", "Contoso", "APAC"}},
		{Number: 7, Cells: []string{"", "Contoso", "UK"}},
	}}, {Name: "Former", Hidden: true}}
	for _, full := range []bool{false, true} {
		var b spreadsheet.Book
		if err := read(raw.Bytes(), &b, full); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.Sheets, cmpopts.IgnoreUnexported(spreadsheet.Sheet{})); diff != "" {
			t.Errorf("full %v: (-want +got)\n%s", full, diff)
		}
	}
}
