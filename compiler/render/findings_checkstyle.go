package render

import (
	"encoding/xml"
	"fmt"
	"io"
)

type checkstyle struct {
	XMLName xml.Name          `xml:"checkstyle"`
	Version string            `xml:"version,attr"`
	Files   []*checkstyleFile `xml:"file"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleError struct {
	Line     int    `xml:"line,attr"`
	Column   int    `xml:"column,attr,omitempty"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

// FindingsCheckstyle writes findings as Checkstyle XML, which cannot express waived ones.
func FindingsCheckstyle(w io.Writer, r *Findings) error {
	out, files := checkstyle{Version: "4.3"}, map[string]*checkstyleFile{}
	for _, d := range r.live() {
		at := r.place(d)
		f := files[at.File]
		if f == nil {
			f = &checkstyleFile{Name: Safe(at.File)}
			files[at.File], out.Files = f, append(out.Files, f)
		}
		f.Errors = append(f.Errors, checkstyleError{max(1, at.Line), at.Column, levelName(d.Severity),
			messageAndHelp(d, "; "), "permc." + d.Rule})
	}
	return writeXML(w, out)
}

func writeXML(w io.Writer, v any) error {
	text, err := xml.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, safeXML(text))
	return err
}
