package xlsx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// skeleton is a workbook without rows, as its files. The library's own row writer would use temporary files, silently
// cut long texts, and order the sheets by chance.
type skeleton struct {
	files map[string][]byte
	book  *excelize.File
	err   error // the first
}

// newSkeleton makes the workbook for some sheets.
func newSkeleton(parts []part, in *job) (*skeleton, error) {
	s := &skeleton{files: map[string][]byte{}, book: excelize.NewFile()}
	defer s.book.Close()
	for _, style := range cellStyles() {
		_, err := s.book.NewStyle(style)
		s.note(err)
	}
	for i := range parts {
		if i == 0 {
			s.note(s.book.SetSheetName("Sheet1", parts[i].name))
		} else {
			_, err := s.book.NewSheet(parts[i].name)
			s.note(err)
		}
	}
	for i := range parts {
		s.sheet(&parts[i], in)
		s.decisions(&parts[i])
	}
	s.properties(in)
	s.book.SetZipWriter(func(io.Writer) excelize.ZipWriter { return s })
	if _, err := s.book.WriteToBuffer(); err != nil {
		return nil, err
	}
	return s, s.err
}

// note keeps the first error.
func (s *skeleton) note(err error) {
	if s.err == nil {
		s.err = err
	}
}

// sheet sets the look of a part on screen and on paper.
func (s *skeleton) sheet(p *part, in *job) {
	for i, c := range p.columns {
		s.note(s.book.SetColWidth(p.name, columnName(i), columnName(i), c.width))
	}
	yes, no, a4, one, any := true, false, 9, 1, 0
	orientation := "portrait"
	if p.head {
		orientation = "landscape"
	}
	if p.head {
		s.table(p)
	} else {
		s.note(s.book.SetSheetView(p.name, 0, &excelize.ViewOptions{ShowGridLines: &no}))
	}
	// after the filter, which would undo it
	s.note(s.book.SetSheetProps(p.name, &excelize.SheetPropsOptions{FitToPage: &yes}))
	s.note(s.book.SetPageLayout(p.name, &excelize.PageLayoutOptions{
		Size:        &a4,
		Orientation: &orientation,
		FitToWidth:  &one,
		FitToHeight: &any,
	}))
	edge, top, head := 0.4, 0.75, 0.3
	s.note(s.book.SetPageMargins(p.name, &excelize.PageLayoutMarginsOptions{
		Left:   &edge,
		Right:  &edge,
		Top:    &top,
		Bottom: &top,
		Header: &head,
		Footer: &head,
	}))
	s.note(s.book.SetHeaderFooter(p.name, &excelize.HeaderFooterOptions{
		OddHeader: "&L&\"-,Bold\"" + printableText(in.name()) + "&C" + printableText(p.name) + "&Ras of " +
			in.Policy.AsOf.String(),
		OddFooter: "&L" + printableText(in.made.String()) + "&C&P of &N&Rpermc",
	}))
	for _, l := range p.links {
		s.note(s.book.SetCellHyperLink(p.name, l.cell, "'"+l.to.parts(in.mostRows())[l.part].name+"'!A1", "Location"))
	}
}

// table sets up a part: it freezes, filters and repeats the titles.
func (s *skeleton) table(p *part) {
	last, bottom := len(p.columns)-1, p.rows+1
	corner := fmt.Sprintf("%s2", columnName(p.frozen))
	pane := "bottomRight"
	if p.frozen == 0 {
		pane = "bottomLeft"
	}
	s.note(s.book.SetPanes(p.name, &excelize.Panes{Freeze: true, XSplit: p.frozen, YSplit: 1, TopLeftCell: corner,
		ActivePane: pane,
		Selection:  []excelize.Selection{{SQRef: corner, ActiveCell: corner, Pane: pane}}}))
	s.note(s.book.SetSheetDimension(p.name, cellRange(0, 1, last, bottom)))
	s.note(s.book.AutoFilter(p.name, cellRange(0, 1, last, bottom), nil))
	s.note(s.book.AddIgnoredErrors(p.name, cellRange(0, 1, last, bottom), excelize.IgnoredErrorsNumberStoredAsText))
	s.note(s.book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + p.name + "'!$1:$1",
		Scope: p.name}))
	if p.printed > 0 {
		s.note(s.book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area",
			RefersTo: absoluteRange(p.name, 0, 1, p.printed-1, bottom), Scope: p.name}))
	}
}

// properties sets the properties of the document. They contain no time of writing, only the day of the table.
func (s *skeleton) properties(in *job) {
	at := in.Policy.AsOf.String() + "T00:00:00Z"
	s.note(s.book.SetDocProps(&excelize.DocProperties{Title: "Access to " + Shown(in.name()), Creator: "permc",
		LastModifiedBy: "permc",
		Description:    Shown(in.made.String()), Created: at, Modified: at}))
	s.note(s.book.SetAppProps(&excelize.AppProperties{Application: "permc"}))
	s.book.SetActiveSheet(0)
}

// printableText returns text for the header of a printed page.
func printableText(s string) string {
	r := []rune(Shown(s))
	return strings.ReplaceAll(string(r[:min(len(r), 60)]), "&", "&&")
}

// names returns the names of the files, in the order that readers need them.
func (s *skeleton) names() []string {
	const first = "[Content_Types].xml"
	names := slices.Sorted(maps.Keys(s.files))
	return append([]string{first}, slices.DeleteFunc(names, func(n string) bool { return n == first })...)
}

// around returns the text before and after the rows of a sheet.
func (s *skeleton) around(n int) (before, after []byte, err error) {
	all := s.files[sheetFile(n)]
	for _, open := range [...]string{"<sheetData></sheetData>", "<sheetData/>"} {
		if before, after, ok := bytes.Cut(all, []byte(open)); ok {
			return append(bytes.Clone(before), "<sheetData>"...), append([]byte("</sheetData>"), after...), nil
		}
	}
	return nil, nil, fmt.Errorf("no rows can be put into %s", sheetFile(n))
}

func sheetFile(n int) string { return fmt.Sprintf("xl/worksheets/sheet%d.xml", n) }

// Create makes a skeleton, with AddFS and Close, a target for the library.
func (s *skeleton) Create(name string) (io.Writer, error) { return &file{s, name}, nil }

// AddFS fails: the library never calls it for our workbooks.
func (s *skeleton) AddFS(fs.FS) error { return zip.ErrFormat }

// Close does nothing.
func (s *skeleton) Close() error { return nil }

// file is one file of a skeleton.
type file struct {
	*skeleton
	name string
}

func (f *file) Write(b []byte) (int, error) {
	f.files[f.name] = append(f.files[f.name], b...)
	return len(b), nil
}
