package policy

// MostAround is how many bytes of a line a finding shows on each side of its place.
const MostAround = 400

// Excerpt is what can be said of one place in a file without the file.
type Excerpt struct {
	At     Position
	Bytes  [2]int // the columns, in bytes
	Around [3]string
	Cut    [3]bool
}

// excerpts stand for the text of a file that was read by another process.
type excerpts struct {
	at   map[Pos]Excerpt
	size int
}

// NewExcerpts returns a file of which only some places are known, and its size.
func NewExcerpts(name string, size int, at map[Pos]Excerpt) *File {
	return &File{Name: name, excerpts: &excerpts{at, size}}
}

// AddFile appends a file.
func (fs *Files) AddFile(f *File) { fs.list = append(fs.list, f) }

// Size returns the number of bytes of text.
func (f *File) Size() int {
	if f.excerpts != nil {
		return f.excerpts.size
	}
	return len(f.Data)
}

// Excerpt returns what the files say of a place.
func (fs *Files) Excerpt(p Pos) (x Excerpt) {
	if !p.IsValid() {
		return x
	}
	x.At = fs.Position(p)
	f := fs.File(p.File)
	x.Bytes = f.ByteColumns(p, x.At)
	x.Around, x.Cut = f.Around(p, MostAround)
	return x
}

// excerpt returns the excerpt at a place, or an empty one that names the file.
func (f *File) excerpt(p Pos) Excerpt {
	if x, ok := f.excerpts.at[p]; ok {
		return x
	}
	return Excerpt{At: Position{File: f.Name}}
}

// ByteColumns returns the columns of a place, counted in bytes.
func (f *File) ByteColumns(p Pos, at Position) [2]int {
	if f.excerpts != nil {
		return f.excerpt(p).Bytes
	}
	return [2]int{f.byteColumn(at.Line, at.Column), f.byteColumn(at.EndLine, at.EndColumn)}
}

func (f *File) byteColumn(line, column int) int {
	text, n := f.Line(line), 1
	for i := range text {
		if n == column {
			return i + 1
		}
		n++
	}
	return len(text) + column - n + 1
}
