// Package policy holds the data that the phases of the compiler exchange: positions, declarations as
// written, catalogs, bound policies, and the rows of the effective-permission table.
package policy

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sort"
	"strings"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"

	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/internal/mapped"
	"permc.dev/permc/compiler/internal/parallel"
)

// Pos is a place in a source file: the number of a file in a Files, and a half-open range of byte
// offsets. The zero Pos is no place. 32 bits keep places small, and are enough for files up to MaxText.
type Pos struct {
	File     int32 // the index in Files, plus one
	Off, End uint32
}

// MaxText is the size of the longest file that places can point into, in bytes.
const MaxText = 1<<32 - 2

// IsValid reports whether the position is a place.
func (p Pos) IsValid() bool { return p.File > 0 }

// Before compares positions by file number, then offset.
func (p Pos) Before(q Pos) bool {
	if p.File != q.File {
		return p.File < q.File
	}
	return p.Off < q.Off
}

// File is one source file, as text without its byte order mark.
type File struct {
	Name    string // as shown to people, with slashes
	Rel     string // relative to the PATH that it was read from; "" if it is not a source of a project
	Below   string // relative to the folder that holds all PATHs, if there are several
	Data    string
	Shipped bool   // part of permc, not of the project
	Decoded string // the encoding on disk, if that is not UTF-8
	raw     []byte // as on disk
	lines   []uint32
	plain   bool     // ASCII without zero bytes
	runes   []uint32 // characters before each stride; nil: every character is one byte

	excerpts *excerpts // in place of Data, or nil

	looks atomic.Int32 // how often the text was looked at here and there
}

// look notes that some lines here and there are looked at. Of a text that is not kept, each one costs a few pages.
func (f *File) look() {
	const many, large = 64, 16 << 20
	if len(f.Data) >= large && f.looks.Add(1)%many == 0 {
		mapped.Forget(f.Data)
	}
}

// Path returns the name of a source within its project.
func (f *File) Path() string {
	if f.Below != "" {
		return f.Below
	}
	return f.Rel
}

// Files are the source files of a project, sorted by name, so that positions sort in reading order.
type Files struct {
	list []*File
	own  int // how many of them are the project's, if others follow
}

// Add appends a file and returns its number. Files must be added in name order. The bytes are kept and
// must not change.
func (fs *Files) Add(name string, raw []byte) int32 {
	fs.list = append(fs.list, NewFile(name, raw))
	return int32(len(fs.list))
}

// With returns these files followed by others, and by how much the numbers of the others grow.
func (fs *Files) With(others *Files) (all *Files, shift int32) {
	list := append(fs.list[:len(fs.list):len(fs.list)], others.list...)
	return &Files{list, len(fs.list)}, int32(len(fs.list))
}

// Own returns the files of the project, without those that With added.
func (fs *Files) Own() []*File {
	if fs.own > 0 {
		return fs.list[:fs.own]
	}
	return fs.list
}

// Append appends other files as no sources of the project, and returns by how much their numbers grow.
func (fs *Files) Append(others *Files) (shift int32) {
	shift = int32(len(fs.list))
	for _, f := range others.list {
		fs.AddShipped(f.Name, f.raw)
	}
	return shift
}

// NewFile returns a file with the bytes, which are kept and must not change.
func NewFile(name string, raw []byte) *File {
	text := unsafe.String(unsafe.SliceData(raw), len(raw))
	return &File{Name: name, Data: strings.TrimPrefix(text, "\ufeff"), raw: raw}
}

// NewDecodedFile returns a file that is in another encoding than UTF-8 on disk.
func NewDecodedFile(name string, raw, text []byte, encoding string) *File {
	f := NewFile(name, text)
	f.raw, f.Decoded = raw, encoding
	return f
}

// Replace replaces a file.
func (fs *Files) Replace(n int32, f *File) {
	f.Rel, f.Below = fs.list[n-1].Rel, fs.list[n-1].Below
	fs.list[n-1] = f
}

// Raw returns the bytes on disk, which must not change.
func (f *File) Raw() []byte { return f.raw }

// Hash returns the SHA-256 of the bytes on disk, in hex.
func (f *File) Hash() string {
	sum := sha256.New()
	mapped.Each(unsafe.String(unsafe.SliceData(f.raw), len(f.raw)), func(part string, from int) bool {
		sum.Write(f.raw[from : from+len(part)])
		return true
	})
	return hex.EncodeToString(sum.Sum(nil))
}

// AddShipped appends a file that is part of permc.
func (fs *Files) AddShipped(name string, raw []byte) int32 {
	n := fs.Add(name, raw)
	fs.File(n).Shipped = true
	return n
}

// File returns the file with a number that Add returned.
func (fs *Files) File(n int32) *File { return fs.list[n-1] }

// All returns the files in name order.
func (fs *Files) All() []*File { return fs.list }

// Named returns the file with a name, or nil.
func (fs *Files) Named(name string) *File {
	for _, f := range fs.list {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Index builds the line indexes, so that goroutines may call Position.
func (fs *Files) Index() {
	for _, f := range fs.list {
		f.index()
	}
}

// stride is the distance between two counts of characters.
const stride = 1 << 10

// block is how much text is read at a time: it fits into the processor's cache.
const block = 1 << 15

// index records where lines begin and, unless the text is plain ASCII, how many characters come before
// each stride, as a line may be as long as the file.
func (f *File) index() {
	if f.lines != nil {
		return
	}
	room := guessLines(f.Data)
	lines := append(hugepage.Make[uint32](room)[:0], 0)
	const large = 4 << 20 // half of it is worth a second core
	if half := len(f.Data) / 2; len(f.Data) < large {
		lines, f.plain = linesOf(lines, f.Data, 0, len(f.Data))
	} else {
		var second []uint32
		plain := false
		var wg parallel.Group
		wg.Go(func() { second, plain = linesOf(hugepage.Make[uint32](room / 2)[:0], f.Data, half, len(f.Data)) })
		lines, f.plain = linesOf(lines, f.Data, 0, half)
		wg.Wait()
		lines, f.plain = append(lines, second...), f.plain && plain
	}
	f.lines = lines
	if f.plain {
		return
	}
	n := uint32(0)
	for i := 0; i < len(f.Data); i += stride {
		if i%mapped.Step == 0 {
			mapped.Forget(f.Data[max(0, i-mapped.Step):i])
		}
		f.runes = append(f.runes, n)
		n += countStarts(f.Data[i:min(i+stride, len(f.Data))])
	}
}

// guessLines returns about how many lines a text has, rather more than fewer. It looks at the beginning.
func guessLines(text string) int {
	const least = 16 // bytes in most lines
	head := text[:min(block, len(text))]
	return min((strings.Count(head, "\n")+1)*(len(text)/block+2), len(text)/least+least)
}

// linesOf appends where lines begin after the line ends in a part of a text, and reports whether the
// part is plain.
func linesOf(lines []uint32, text string, from, to int) (_ []uint32, plain bool) {
	plain = true
	seen := from
	for ; from < to; from += block {
		if from-seen >= mapped.Step {
			mapped.Forget(text[seen:from])
			seen = from
		}
		part := text[from:min(from+block, to)]
		plain = plain && isPlain(part)
		for i := 0; i < len(part); i++ {
			n := strings.IndexByte(part[i:], '\n')
			if n < 0 {
				break
			}
			i += n
			lines = append(lines, uint32(from+i+1))
		}
	}
	mapped.Forget(text[seen:to])
	return lines, plain
}

// Plain reports whether the text is ASCII without zero bytes.
func (f *File) Plain() bool {
	f.index()
	return f.plain
}

// LongLine finds a line of more than most bytes, and returns where it begins and how long it is.
func (f *File) LongLine(most int) (from, length int) {
	f.index()
	for n, from := range f.lines {
		end := uint32(len(f.Data))
		if n+1 < len(f.lines) {
			end = f.lines[n+1] - 1
		}
		if int(end-from) > most {
			return int(from), int(end - from)
		}
	}
	return 0, 0
}

// isPlain reports whether a text is ASCII without zero bytes, 32 bytes at a time.
func isPlain(s string) bool {
	if strings.IndexByte(s, 0) >= 0 {
		return false
	}
	raw := unsafe.Slice(unsafe.StringData(s), len(s))
	odd := uint64(0)
	for ; len(raw) >= 32; raw = raw[32:] {
		odd |= binary.LittleEndian.Uint64(raw) | binary.LittleEndian.Uint64(raw[8:]) |
			binary.LittleEndian.Uint64(raw[16:]) | binary.LittleEndian.Uint64(raw[24:])
	}
	for _, c := range raw {
		odd |= uint64(c)
	}
	return odd&0x8080808080808080 == 0
}

// countStarts counts the bytes that begin a character.
func countStarts(s string) (n uint32) {
	for i := range len(s) {
		if s[i]&0xC0 != 0x80 {
			n++
		}
	}
	return n
}

// before returns the number of characters before an offset.
func (f *File) before(off uint32) uint32 {
	if f.runes == nil {
		return off
	}
	k := min(off/stride, uint32(len(f.runes)-1))
	return f.runes[k] + countStarts(f.Data[k*stride:off])
}

func (f *File) place(off uint32) (line, column int) {
	f.index()
	n := f.lineFrom(0, off)
	return n, f.column(n, off)
}

// near is how many lines after a known one are tried one by one.
const near = 32

// lineFrom returns the line of an offset, counted from one. It tries the lines after the given one
// first.
func (f *File) lineFrom(line int, off uint32) int {
	off = min(off, uint32(len(f.Data)))
	if line > 0 && f.lines[line-1] <= off {
		for n := line; n < line+near; n++ {
			if n == len(f.lines) || f.lines[n] > off {
				return n
			}
		}
	}
	return sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > off })
}

func (f *File) column(line int, off uint32) int {
	off = min(off, uint32(len(f.Data)))
	return 1 + int(f.before(off)-f.before(f.lines[line-1]))
}

// Around returns the line in which a place begins, in three parts: the text before the place, the
// place as far as it is on the line, and the rest. Parts of a long line are cut to about most bytes,
// on the side away from the place; cut says which ones.
func (f *File) Around(p Pos, most int) (parts [3]string, cut [3]bool) {
	if f.excerpts != nil {
		x := f.excerpt(p)
		return x.Around, x.Cut
	}
	f.index()
	f.look()
	n, _ := f.place(p.Off)
	start, end := int(f.lines[n-1]), len(f.Data)
	if n < len(f.lines) {
		end = int(f.lines[n]) - 1
	}
	if end > start && f.Data[end-1] == '\r' {
		end--
	}
	off := min(max(int(p.Off), start), end)
	to := min(max(int(p.End), off), end)
	off, to = f.runeStart(off, start), f.runeEnd(to, end) // a place may be one byte of several
	head, mid, tail := max(start, off-most), min(to, off+most), min(end, to+most)
	for head < off && !utf8.RuneStart(f.Data[head]) {
		head++
	}
	for mid > off && mid < to && !utf8.RuneStart(f.Data[mid]) {
		mid--
	}
	for tail > to && tail < end && !utf8.RuneStart(f.Data[tail]) {
		tail--
	}
	if mid < to {
		to, tail = mid, mid
	}
	return [3]string{f.Data[head:off], f.Data[off:to], f.Data[to:tail]},
		[3]bool{head > start, mid == tail && mid < end, tail < end}
}

// runeStart returns where the character around an offset begins, or the limit.
func (f *File) runeStart(off, limit int) int {
	for off > limit && off < len(f.Data) && !utf8.RuneStart(f.Data[off]) {
		off--
	}
	return off
}

// runeEnd returns where the character around an offset ends, or the limit.
func (f *File) runeEnd(off, limit int) int {
	for off < limit && !utf8.RuneStart(f.Data[off]) {
		off++
	}
	return off
}

// Line returns the text of a line, counted from one, without its line end.
func (f *File) Line(n int) string {
	f.index()
	f.look()
	if n < 1 || n > len(f.lines) {
		return ""
	}
	end := len(f.Data)
	if n < len(f.lines) {
		end = int(f.lines[n]) - 1
	}
	return strings.TrimSuffix(f.Data[f.lines[n-1]:end], "\r")
}
