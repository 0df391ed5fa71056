package html

import (
	"fmt"
	"html/template"

	"permc.dev/permc/compiler/render"
)

// Sizes in a picture of paths.
const (
	pathWho  = 190 // width of the box of the person
	pathBox  = 330 // of the other boxes
	pathGap  = 44  // between columns
	pathRows = 16  // between rows
)

// Picture draws the gravest paths of somebody: a row for each, with a box for every act.
func (p pathPerson) Picture() template.HTML {
	d := p.draw()
	if d == nil {
		return ""
	}
	return d.picture(p.Words())
}

func (p pathPerson) draw() *drawing {
	rows := p.Lines[:min(len(p.Lines), mostPathRows)]
	if len(rows) == 0 {
		return nil
	}
	d := &drawing{}
	y := 2
	var starts []*box
	for i := range rows {
		list := p.stepBoxes(&rows[i])
		height := 0
		for _, b := range list {
			height = max(height, b.height())
		}
		for j, b := range list {
			b.x, b.y = 1+pathWho+pathGap+j*(pathBox+pathGap), y+(height-b.height())/2
			d.width = max(d.width, b.x+pathBox+1)
			if j > 0 {
				d.between(rows[i].Kind, list[j-1], pathBox, b)
			}
			b.draw(d, pathBox)
		}
		starts = append(starts, list[0])
		y += height + pathRows
	}
	who := &box{kind: "who", title: titleOf(p.Name, p.ID), x: 1}
	if p.Name != "" && p.Name != p.ID {
		who.lines = []string{p.ID}
	}
	who.lines = append(who.lines, p.Kind())
	d.height = max(y-pathRows, who.height()) + 2
	who.y = max(1, (d.height-who.height())/2)
	for i, b := range starts {
		d.between(rows[i].Kind, who, pathWho, b)
	}
	who.draw(d, pathWho)
	return d
}

// between connects two boxes, the first of some width. Acts that need somebody's help are dashed.
func (d *drawing) between(kind int, from *box, width int, to *box) {
	class := "edge"
	if kind == 1 {
		class = "edge helped"
	}
	d.curve(class, from.x+width, from.y+from.height()/2, to.x, to.y+to.height()/2)
}

// stepBoxes returns a box for each act of a line, the last with what it reaches. The middle of a long way is counted.
func (p pathPerson) stepBoxes(l *render.PathsLine) (list []*box) {
	last := len(l.Steps) - 1
	for i := range l.Steps {
		s := &l.Steps[i]
		if last >= mostPathSteps && i == mostPathSteps-2 {
			list = append(list, &box{kind: "rest", title: fmt.Sprintf("%d more steps", last-i)})
		}
		if last >= mostPathSteps && i >= mostPathSteps-2 && i < last {
			continue
		}
		list = append(list, p.stepBox(l, s, i == last))
	}
	return list
}

func (p pathPerson) stepBox(l *render.PathsLine, s *render.PathsStep, last bool) *box {
	b := &box{kind: "role", title: p.names.of(s.What)}
	to, on := s.To, s.On
	if last {
		b.kind, b.title, on = "what", p.names.of(l.What[0]), l.On
		if n := len(l.What) - 1; n == 1 {
			b.lines = append(b.lines, "and "+p.names.of(l.What[1]))
		} else if n > 1 {
			b.lines = append(b.lines, fmt.Sprintf("and %s more", render.Thousands(n)))
		}
		if l.For != "" {
			to = l.For
		}
		if l.Level != "" {
			b.kind += " " + l.Level
			b.lines = append(b.lines, l.Level+" sensitivity")
		}
	}
	if to == "" {
		to = "themselves"
	}
	b.lines = append(b.lines, "to "+p.names.of(to))
	if on != "" {
		b.lines = append(b.lines, "on "+p.names.on(on))
	}
	by := "by " + p.names.of(s.By)
	if s.Confident != "" {
		by += " (" + s.Confident + ")"
	}
	b.lines = append(b.lines, by)
	return b
}
