package xlsx

import (
	"fmt"
	"strings"
)

// The parts of a workbook around its rows, as ECMA-376 defines them. permc writes them itself: a library's row writer
// uses temporary files, cuts long texts silently and orders sheets by chance, and loading one takes longer than a
// small check.
const (
	xmlHead     = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainNS      = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	packageNS   = "http://schemas.openxmlformats.org/package/2006/"
	relationsNS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	typesPrefix = "application/vnd.openxmlformats-"
)

// sheetFile returns the part that holds a sheet, counted from one.
func sheetFile(n int) string { return fmt.Sprintf("xl/worksheets/sheet%d.xml", n) }

// file is a part of a workbook.
type file struct {
	name string
	text []byte
}

// listFiles returns every part but the sheets, in the order that readers need them.
func listFiles(parts []part, in *job) []file {
	return []file{
		{"[Content_Types].xml", []byte(contentTypes(len(parts)))},
		{"_rels/.rels", []byte(relations(
			[2]string{relationsNS + "/officeDocument", "xl/workbook.xml"},
			[2]string{packageNS + "relationships/metadata/core-properties", "docProps/core.xml"},
			[2]string{relationsNS + "/extended-properties", "docProps/app.xml"}))},
		{"docProps/app.xml", []byte(xmlHead + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/` +
			`extended-properties"><Application>permc</Application></Properties>`)},
		{"docProps/core.xml", []byte(documentProperties(in))},
		{"xl/_rels/workbook.xml.rels", []byte(workbookRelations(len(parts)))},
		{"xl/sharedStrings.xml", in.shared.xml()},
		{"xl/styles.xml", []byte(stylesXML())},
		{"xl/workbook.xml", []byte(workbookXML(parts))},
	}
}

func contentTypes(sheets int) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Types xmlns="` + packageNS + `content-types"><Default Extension="rels" ContentType="` +
		typesPrefix + `package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`)
	add := func(name, kind string) {
		fmt.Fprintf(&b, `<Override PartName="/%s" ContentType="%s%s+xml"/>`, name, typesPrefix, kind)
	}
	add("xl/workbook.xml", "officedocument.spreadsheetml.sheet.main")
	add("xl/styles.xml", "officedocument.spreadsheetml.styles")
	add("xl/sharedStrings.xml", "officedocument.spreadsheetml.sharedStrings")
	add("docProps/core.xml", "package.core-properties")
	add("docProps/app.xml", "officedocument.extended-properties")
	for n := range sheets {
		add(sheetFile(n+1), "officedocument.spreadsheetml.worksheet")
	}
	return b.String() + `</Types>`
}

// relations returns a list of references, each a kind and a target, with the ids rId1, rId2, ….
func relations(list ...[2]string) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Relationships xmlns="` + packageNS + `relationships">`)
	for i, r := range list {
		fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s" Target="%s"/>`, i+1, r[0], r[1])
	}
	return b.String() + `</Relationships>`
}

// workbookRelations refers to the sheets first, so that sheet N has the id rIdN.
func workbookRelations(sheets int) string {
	var list [][2]string
	for n := range sheets {
		list = append(list, [2]string{relationsNS + "/worksheet", strings.TrimPrefix(sheetFile(n+1), "xl/")})
	}
	return relations(append(list, [2]string{relationsNS + "/styles", "styles.xml"},
		[2]string{relationsNS + "/sharedStrings", "sharedStrings.xml"})...)
}

// documentProperties contain no time of writing, only the day of the table.
func documentProperties(in *job) string {
	at := in.Policy.AsOf.String() + "T00:00:00Z"
	return xmlHead + `<cp:coreProperties xmlns:cp="` + packageNS + `metadata/core-properties" ` +
		`xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" ` +
		`xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` + escapeXML("Access to "+in.name()) +
		`</dc:title><dc:creator>permc</dc:creator><dc:description>` + escapeXML(in.made.String()) +
		`</dc:description><cp:lastModifiedBy>permc</cp:lastModifiedBy>` +
		`<dcterms:created xsi:type="dcterms:W3CDTF">` + at + `</dcterms:created>` +
		`<dcterms:modified xsi:type="dcterms:W3CDTF">` + at + `</dcterms:modified></cp:coreProperties>`
}

// workbookXML lists the sheets, and what is filtered, repeated and printed on each.
func workbookXML(parts []part) string {
	var sheets, names strings.Builder
	for i := range parts {
		p := &parts[i]
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%[2]d"/>`, escapeXML(p.name), i+1)
		name := func(kind, hidden, refersTo string) {
			fmt.Fprintf(&names, `<definedName name="_xlnm.%s" localSheetId="%d"%s>%s</definedName>`,
				kind, i, hidden, escapeXML(refersTo))
		}
		if !p.head {
			continue
		}
		name("_FilterDatabase", ` hidden="1"`, absoluteRange(p.name, 0, 1, len(p.columns)-1, p.rows+1))
		if p.printed > 0 {
			name("Print_Area", "", absoluteRange(p.name, 0, 1, p.printed-1, p.rows+1))
		}
		name("Print_Titles", "", sheetReference(p.name)+"$1:$1")
	}
	return xmlHead + `<workbook xmlns="` + mainNS + `" xmlns:r="` + relationsNS + `"><bookViews><workbookView ` +
		`windowWidth="24000" windowHeight="12000"/></bookViews><sheets>` + sheets.String() + `</sheets><definedNames>` +
		names.String() + `</definedNames></workbook>`
}

// textBefore returns the text of a sheet before its rows; the first sheet is the one that opens.
func (p *part) textBefore(first bool) string {
	selected := ""
	if first {
		selected = ` tabSelected="1"`
	}
	view := `<sheetView showGridLines="0"` + selected + ` workbookViewId="0"/>`
	if p.head {
		view = `<sheetView` + selected + ` workbookViewId="0">` + p.pane() + `</sheetView>`
	}
	var columns strings.Builder
	for i, c := range p.columns {
		fmt.Fprintf(&columns, `<col min="%d" max="%[1]d" width="%g" customWidth="1"/>`, i+1, c.width)
	}
	return xmlHead + `<worksheet xmlns="` + mainNS +
		`"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="` +
		p.area() + `"/><sheetViews>` + view + `</sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>` +
		columns.String() + `</cols><sheetData>`
}

// pane keeps the titles and the first columns in view.
func (p *part) pane() string {
	corner := columnName(p.frozen) + "2"
	if p.frozen == 0 {
		return `<pane ySplit="1" topLeftCell="` + corner + `" activePane="bottomLeft" state="frozen"/><selection ` +
			`pane="bottomLeft" activeCell="` + corner + `" sqref="` + corner + `"/>`
	}
	return fmt.Sprintf(`<pane xSplit="%d" ySplit="1" topLeftCell="%s" activePane="bottomRight" state="frozen"/>`+
		`<selection pane="bottomRight" activeCell="%[2]s" sqref="%[2]s"/>`, p.frozen, corner)
}

// area returns the cells of the part.
func (p *part) area() string {
	bottom := p.rows
	if p.head {
		bottom++
	}
	return cellRange(0, 1, len(p.columns)-1, max(1, bottom))
}

// textAfter returns the text of a sheet after its rows.
func (p *part) textAfter(in *job) string {
	filter, ignored, orientation := "", "", "portrait"
	if p.head {
		filter = `<autoFilter ref="` + p.area() + `"/>`
		ignored = `<ignoredErrors><ignoredError sqref="` + p.area() + `" numberStoredAsText="1"/></ignoredErrors>`
		orientation = "landscape"
	}
	return `</sheetData>` + filter + decisionRules(p) + p.hyperlinks(in) +
		`<pageMargins left="0.4" right="0.4" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>` +
		`<pageSetup paperSize="9" orientation="` + orientation + `" fitToWidth="1" fitToHeight="0"/>` +
		`<headerFooter><oddHeader>` + escapeXML(`&L&"-,Bold"`+printableText(in.name())+"&C"+printableText(p.name)+
		"&Ras of "+in.Policy.AsOf.String()) + `</oddHeader><oddFooter>` +
		escapeXML("&L"+printableText(in.made.String())+"&C&P of &N&Rpermc") + `</oddFooter></headerFooter>` +
		ignored + `</worksheet>`
}

func (p *part) hyperlinks(in *job) string {
	if len(p.links) == 0 {
		return ""
	}
	var b strings.Builder
	for _, l := range p.links {
		to := sheetReference(l.to.parts(in.mostRows())[l.part].name) + "A1"
		fmt.Fprintf(&b, `<hyperlink ref="%s" location="%s"/>`, l.cell, escapeXML(to))
	}
	return `<hyperlinks>` + b.String() + `</hyperlinks>`
}

// printableText returns text for the header of a printed page.
func printableText(s string) string {
	r := []rune(Shown(s))
	return strings.ReplaceAll(string(r[:min(len(r), 60)]), "&", "&&")
}

// escapeXML returns text as shown in a cell, for an element or an attribute.
func escapeXML(s string) string {
	return strings.ReplaceAll(string(appendXML(nil, Shown(s))), `"`, "&quot;")
}
