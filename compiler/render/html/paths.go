package html

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"io"

	"permc.dev/permc/compiler/render"
)

// WritePaths writes the page of what people could make of their access.
func WritePaths(w io.Writer, p *render.PathsPage) error {
	var b bytes.Buffer
	page := &pathsPage{PathsPage: p, assets: loadPlainAssets("plain"), names: newPathNames(p.Policy)}
	if err := parsed().ExecuteTemplate(&b, "paths", page); err != nil {
		return err
	}
	_, err := w.Write(render.PageText(b.Bytes()))
	return err
}

// pathsPage is the data of the templates for paths.
type pathsPage struct {
	*render.PathsPage
	*assets
	names *pathNames
}

const (
	mostPathPeople   = 200 // with pictures and steps
	mostPathPictures = 3   // on the overview
	mostPathRows     = 4   // of a picture
	mostPathSteps    = 5   // of a row
)

// pathPerson is somebody on the page.
type pathPerson struct {
	*render.PathsPerson
	Detailed bool // with a part of the page
	names    *pathNames
}

// Title names the product.
func (p *pathsPage) Title() string {
	c := p.Policy.Catalog
	return cmp.Or(c.Title, c.Product, "the product")
}

// Lead says in a sentence what the page has.
func (p *pathsPage) Lead() string { return capitalize(p.Head) + "." }

// All returns everybody on the page, the gravest first.
func (p *pathsPage) All() (list []pathPerson) {
	for i := range p.People {
		list = append(list, pathPerson{&p.People[i], i < mostPathPeople, p.names})
	}
	return list
}

// Detailed returns the people who have a part of the page.
func (p *pathsPage) Detailed() []pathPerson { return p.All()[:min(len(p.People), mostPathPeople)] }

// First returns the people whose pictures are on the overview.
func (p *pathsPage) First() []pathPerson { return p.All()[:min(len(p.People), mostPathPictures)] }

// Listed counts the people who are only in the table.
func (p *pathsPage) Listed() int { return max(0, len(p.People)-mostPathPeople) }

// NameLink links to somebody's part of the page, if they have one.
func (p pathPerson) NameLink() template.HTML {
	text := titleOf(p.Name, p.ID)
	if !p.Detailed {
		return titled(p.Name, p.ID, plainText(text))
	}
	return titled(p.Name, p.ID, linkTo("user", p.ID, text))
}

// Kind names the kind of user.
func (p pathPerson) Kind() string { return kindOfUser(p.User) }

// Cells returns what somebody reaches in each kind of path, by sensitivity.
func (p pathPerson) Cells() (list []template.HTML) {
	for i, level := range p.Gravest {
		switch {
		case level != "":
			list = append(list, levelBadge(level))
		case p.Has[i]:
			list = append(list, `<span class="sub">more</span>`)
		default:
			list = append(list, "")
		}
	}
	return list
}

// levelBadge shows a sensitivity.
func levelBadge(level string) template.HTML {
	return template.HTML(`<span class="level ` + level + `">` + level + `</span>`)
}

// Worst returns the first line: the gravest.
func (p pathPerson) Worst() string {
	if len(p.Lines) == 0 {
		return ""
	}
	return p.names.line(&p.Lines[0])
}

// pathLine is a line on somebody's part of the page.
type pathLine struct {
	*render.PathsLine
	names *pathNames
}

// PathLines returns the lines of somebody.
func (p pathPerson) PathLines() (list []pathLine) {
	for i := range p.Lines {
		list = append(list, pathLine{&p.Lines[i], p.names})
	}
	return list
}

// Title says what is reached, where and for whom.
func (l pathLine) Title() string { return l.names.line(l.PathsLine) }

// How names the kind of path.
func (l pathLine) How() string { return render.PathKinds[l.Kind] }

// Badge shows the sensitivity, if there is one.
func (l pathLine) Badge() template.HTML {
	if l.Level == "" {
		return ""
	}
	return levelBadge(l.Level)
}

// Undrawn counts the lines that the picture leaves out.
func (p pathPerson) Undrawn() int { return p.More + max(0, len(p.Lines)-mostPathRows) }

// Command shows all paths of somebody.
func (p pathPerson) Command() string { return "permc paths " + p.ID }

// Words describe the picture.
func (p pathPerson) Words() string {
	text := "What " + titleOf(p.Name, p.ID) + " could make of their access: "
	for i := range p.Lines[:min(len(p.Lines), mostPathRows)] {
		l := &p.Lines[i]
		if i > 0 {
			text += "; "
		}
		text += fmt.Sprintf("%s, %s in %s", p.names.line(l), render.PathKinds[l.Kind], render.Plural(len(l.Steps), "step"))
	}
	return text + "."
}
