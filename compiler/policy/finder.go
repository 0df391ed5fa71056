package policy

// Position is a place for people and tools: lines and columns count from one, columns in characters.
// The end is exclusive.
type Position struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
}

// Position resolves a place. The zero Pos gives the zero Position.
func (fs *Files) Position(p Pos) Position {
	var f Finder
	return f.Position(fs, p)
}

// Finder resolves places near each other faster than one by one. Each goroutine needs its own.
type Finder struct {
	file int32
	line int // where the last place began, from one
}

// Position resolves a place, as Files.Position does.
func (at *Finder) Position(fs *Files, p Pos) Position {
	out := at.Start(fs, p)
	if p.IsValid() && p.End > p.Off {
		f := fs.File(p.File)
		if f.excerpts != nil {
			return f.excerpt(p).At
		}
		out.EndLine = f.lineFrom(at.line, p.End)
		out.EndColumn = f.column(out.EndLine, p.End)
	}
	return out
}

// Start resolves where a place begins.
func (at *Finder) Start(fs *Files, p Pos) (out Position) {
	if !p.IsValid() {
		return out
	}
	f := fs.File(p.File)
	if f.excerpts != nil {
		return f.excerpt(p).At
	}
	f.index()
	if at.file != p.File {
		at.file, at.line = p.File, 1
	}
	at.line = f.lineFrom(at.line, p.Off)
	out.File, out.Line, out.Column = f.Name, at.line, f.column(at.line, p.Off)
	out.EndLine, out.EndColumn = out.Line, out.Column
	return out
}
