package render

import (
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/catalogdiff"
	"permc.dev/permc/compiler/policy"
)

type jsonCatalogDiff struct {
	Version string              `json:"version"`
	Old     jsonCatalogName     `json:"old"`
	New     jsonCatalogName     `json:"new"`
	Equal   bool                `json:"equal"`
	Summary map[string]jsonHows `json:"summary"`
	News    []jsonVersion       `json:"news,omitempty"`
	Changes []jsonItemChange    `json:"changes"`
}

type jsonHows map[string]int

type jsonCatalogName struct {
	Name    string `json:"name"`
	Product string `json:"product,omitempty"`
	Catalog string `json:"catalog,omitempty"`
}

type jsonItemChange struct {
	Kind        string            `json:"kind"`
	Role        string            `json:"role,omitempty"`
	Permission  string            `json:"permission,omitempty"`
	Name        string            `json:"name,omitempty"`
	How         string            `json:"how"`
	Confidence  string            `json:"confidence,omitempty"` // up or down
	Sensitivity string            `json:"sensitivity,omitempty"`
	Before      string            `json:"before,omitempty"` // how far a cell reached
	After       string            `json:"after,omitempty"`
	Fields      []jsonFieldChange `json:"fields"`
}

type jsonFieldChange struct {
	Field  string   `json:"field"`
	Before []string `json:"before"`
	After  []string `json:"after"`
}

func (d *CatalogDiff) json(w io.Writer) error {
	out := jsonCatalogDiff{Version: Version, Old: jsonCatalogName{d.OldName, d.Old.Product, d.Old.Version},
		New: jsonCatalogName{d.NewName, d.New.Product, d.New.Version}, Equal: d.Equal(),
		Summary: map[string]jsonHows{}, Changes: []jsonItemChange{}}
	for _, x := range d.news() {
		out.News = append(out.News, jsonVersion{x.Date, x.What, refNames(x.Sources)})
	}
	for i := range d.Changes {
		c := &d.Changes[i]
		kind, how := c.Kind.String(), c.How.String()
		if out.Summary[kind] == nil {
			out.Summary[kind] = jsonHows{}
		}
		out.Summary[kind][how]++
		x := jsonItemChange{Kind: kind, Role: c.Role, Permission: c.Permission, Name: c.Name, How: how,
			Confidence: upOrDown(c), Sensitivity: d.sensitivity(c), Fields: []jsonFieldChange{}}
		if c.Kind == catalogdiff.Cell {
			x.Before, x.After = d.reachOf(d.Old, c), d.reachOf(d.New, c)
		}
		for _, f := range c.Fields {
			x.Fields = append(x.Fields, jsonFieldChange{f.Name, f.Before, f.After})
		}
		out.Changes = append(out.Changes, x)
	}
	return writeJSON(w, out, " ")
}

func upOrDown(c *catalogdiff.Change) string {
	switch {
	case c.Confidence > 0:
		return "up"
	case c.Confidence < 0:
		return "down"
	}
	return ""
}

// csv writes a line for each item that differs.
func (d *CatalogDiff) csv(w io.Writer) error {
	b := []byte("kind,role,permission,name,how,sensitivity," +
		"before,after,confidence_before,confidence_after,sources_before,sources_after,fields\n")
	for i := range d.Changes {
		c := &d.Changes[i]
		var before, after string
		sure, sources := [2]string{}, [2]string{}
		if c.Kind == catalogdiff.Cell {
			before, after = d.reachOf(d.Old, c), d.reachOf(d.New, c)
			for n, in := range [...]*policy.Catalog{d.Old, d.New} {
				if x := cellIn(in, c); x != nil {
					sure[n] = x.Confidence.String()
					sources[n] = strings.Join(slices.DeleteFunc(append([]string{x.Source}, x.Backing...),
						func(s string) bool { return s == "" }), ";")
				}
			}
		} else if c.How != catalogdiff.Added && c.How != catalogdiff.Removed {
			before, after = d.fieldsText(c)
		}
		var fields []string
		for _, f := range c.Fields {
			fields = append(fields, f.Name)
		}
		for n, x := range []string{c.Kind.String(), c.Role, c.Permission, c.Name, c.How.String(), d.sensitivity(c),
			before, after,
			sure[0], sure[1], sources[0], sources[1], strings.Join(fields, ";")} {
			b = appendCSV(appendComma(b, n), x)
		}
		b = append(b, '\n')
	}
	_, err := w.Write(safeCSV(b))
	return err
}

// fieldsText returns the fields that differ, as they were and are.
func (d *CatalogDiff) fieldsText(c *catalogdiff.Change) (before, after string) {
	var was, is []string
	for _, f := range c.Fields {
		was = append(was, f.Name+": "+strings.Join(f.Before, ", "))
		is = append(is, f.Name+": "+strings.Join(f.After, ", "))
	}
	return strings.Join(was, "; "), strings.Join(is, "; ")
}
