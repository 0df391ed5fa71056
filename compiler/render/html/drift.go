package html

import (
	"bytes"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// mostDrift limits the differences on a page.
const mostDrift = 5000

// WriteDrift writes the page of what differs between a declaration and a system.
func WriteDrift(w io.Writer, d *drift.Drift) error {
	p := &driftPage{
		Drift:  d,
		assets: loadPlainAssets("plain"),
		More:   max(0, len(d.Items)-mostDrift),
	}
	var b bytes.Buffer
	if err := parsed().ExecuteTemplate(&b, "drift", p); err != nil {
		return err
	}
	_, err := w.Write(render.PageText(b.Bytes()))
	return err
}

// driftPage is the data of the templates for a drift.
type driftPage struct {
	*drift.Drift
	*assets
	More int // differences that are not on the page
}

// driftRow is a difference on the page.
type driftRow struct {
	Class, Level, Message, Worth, Help string
	Breaks                             []string
	Here, There                        policy.Position
}

// Lead summarizes the drift.
func (p *driftPage) Lead() string { return render.SumDrift(p.Drift) + "." }

// driftCard counts the differences of a kind.
type driftCard struct {
	Number       int
	Class, Means string
	Bad          bool
}

// Cards counts the differences by kind, the gravest first.
func (p *driftPage) Cards() (list []driftCard) {
	for _, c := range drift.Classes {
		if n := p.Count(c); n > 0 {
			list = append(list, driftCard{n, string(c), strings.ToLower(render.DriftTitle(c)),
				c.Severity() == diag.Error})
		}
	}
	return list
}

// Rows are the differences on the page.
func (p *driftPage) Rows() (list []driftRow) {
	for i := range p.Items[:min(len(p.Items), mostDrift)] {
		x := &p.Items[i]
		list = append(list, driftRowOf(p.Drift, x))
	}
	return list
}

func driftRowOf(d *drift.Drift, x *drift.Item) driftRow {
	r := driftRow{Class: string(x.Class), Level: driftLevelOf(x), Message: x.Message, Help: x.Help,
		Here: d.Policy.Files.Position(x.Pos), There: d.Position(x)}
	if x.Worth != nil {
		r.Worth = render.SumWorth(x.Worth)
		for j := range x.Worth.Breaks {
			r.Breaks = append(r.Breaks, x.Worth.Breaks[j].Rule+": "+x.Worth.Breaks[j].Message)
		}
	}
	return r
}

func driftLevelOf(x *drift.Item) string { return x.Class.Severity().String() }

// About says what the files are complete for.
func (p *driftPage) About() []string { return render.CoverageLines(p.Drift) }
