package load

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/internal/mapped"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/policy"
)

func (s *source) read() (err error) {
	s.data, s.stamp, err = s.root.read(s.rel)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

// read reads a whole file.
func (r *root) read(rel string) ([]byte, stamp, error) {
	f, err := r.fs.Open(rel)
	if err != nil {
		return nil, stamp{}, err
	}
	inPlace := false
	defer func() {
		if !inPlace {
			f.Close()
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, stamp{}, err
	}
	if info.Size() > policy.MaxText {
		return nil, stamp{}, errTooLarge
	}
	data, ok := r.room.mapped(f, rel, info.Size())
	if err := r.room.take(info.Size(), ok); err != nil {
		return nil, stamp{}, err
	}
	if inPlace = ok; ok {
		r.room.inPlace = append(r.room.inPlace, openFile{f, r.display(rel), stampOf(info)})
		return data, stampOf(info), nil
	}
	data = hugepage.Make[byte](int(info.Size()))
	n, err := readInto(f, data)
	if err == io.EOF || err == io.ErrUnexpectedEOF { // it has shrunk since
		return data[:n], stampOf(info), nil
	}
	if err != nil {
		return nil, stamp{}, err
	}
	rest, err := io.ReadAll(io.LimitReader(f, policy.MaxText-int64(n)+1)) // or grown
	if int64(len(data))+int64(len(rest)) > policy.MaxText {
		return nil, stamp{}, errTooLarge
	}
	return append(data, rest...), stampOf(info), err
}

// large is the size from which a file's halves are read in parallel: most of the time goes into
// writing fresh memory.
const large = 4 << 20

// readInto reads a file from its beginning, as io.ReadFull does.
func readInto(f fs.File, data []byte) (n int, err error) {
	at, ok := f.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok || len(data) < large {
		return io.ReadFull(f, data)
	}
	half := len(data) / 2
	var second error
	m := 0
	var wg parallel.Group
	wg.Go(func() {
		m, second = io.ReadFull(io.NewSectionReader(at, int64(half), int64(len(data)-half)), data[half:])
	})
	n, err = io.ReadFull(f, data[:half])
	wg.Wait()
	if err != nil {
		return n, err
	}
	if second != nil {
		return n + m, second
	}
	_, err = at.Seek(int64(len(data)), io.SeekStart)
	return n + m, err
}

var errTooLarge = errors.New("larger than 4 GiB; split it into several files")

// maxLine bounds a line in formats that people write by hand.
const maxLine = 1 << 20

// tooLarge reports a file that would take its library minutes and gigabytes.
func (l *loader) tooLarge(s *source) *diag.Finding {
	const most = 32 << 20
	if n := len(l.files.File(s.num).Data); n > most && (s.ext == ".cue" || s.ext == ".yaml") {
		d := diag.Stopf("syntax", policy.Pos{File: s.num, End: 1},
			"%d bytes: a %s file that is not plain data may have at most %d", n, s.ext, most).
			WithHelp("split it, or write it as JSON lines or CSV")
		return &d
	}
	return nil
}

// tooMany reports a file with so many values that its library would take gigabytes. permc's fast
// readers take more users than that.
func (l *loader) tooMany(s *source) *diag.Finding {
	most, marks := 2*scan.MostNodes, ",:[{"
	switch s.ext {
	case ".yaml":
		most, marks = 4_000_000, ",:[{-?"
	case ".csv":
		marks = ",;\t\n"
	}
	text := l.files.File(s.num).Data
	if len(text) < most {
		return nil
	}
	off, n := 0, 0
	for ; off < len(text) && n <= most; off++ {
		if c := text[off]; strings.IndexByte(marks, c) >= 0 &&
			(c != '-' && c != '?' || strings.IndexByte(" \r\n", nextByte(text, off)) >= 0) {
			n++
		}
	}
	if n <= most {
		return nil
	}
	d := diag.Stopf("syntax", policy.Pos{File: s.num, Off: uint32(off - 1), End: uint32(off)},
		"more than %d values: a %s file that permc cannot read user by user may have at most that many", most, s.ext).
		WithHelp("split the file, or write the users as JSON lines")
	return &d
}

// textFault returns what is wrong with the file as text, or nil. Offsets do not count a byte order
// mark.
func (s *source) textFault(file *policy.File) *diag.Finding {
	at := func(off int, format string, args ...any) *diag.Finding {
		d := diag.Stopf("syntax", policy.Pos{File: s.num, Off: uint32(off), End: uint32(off + 1)}, format, args...)
		return &d
	}
	text := file.Data
	if strings.HasPrefix(text, pointer) {
		d := at(0, "a Git LFS pointer instead of the file").WithHelp("%s", s.root.withoutPointer())
		return &d
	}
	if file.Decoded == "" && len(s.data) >= 2 && (s.data[0] == 0xFF && s.data[1] == 0xFE ||
		s.data[0] == 0xFE && s.data[1] == 0xFF) {
		d := at(0, "the file is UTF-16, not UTF-8").WithHelp("save it as UTF-8")
		return &d
	}
	if strings.TrimSpace(text) == "" {
		d := at(0, "the file is empty").WithHelp("add a declaration, remove the file, or list it under ignore")
		return &d
	}
	if strings.HasPrefix(text, "\ufeff") {
		return at(0, "a second byte order mark")
	}
	if !file.Plain() {
		if i := mapped.IndexByte(text, 0); i >= 0 {
			return at(i, "a zero byte: this is not a text file")
		}
		if i := notUTF8(text); i >= 0 {
			d := at(i, "not UTF-8 text").WithHelp("save the file as UTF-8")
			return &d
		}
	}
	if s.ext == ".json" {
		return nil
	}
	if from, n := file.LongLine(maxLine); n > 0 {
		return at(from, "a line of %d bytes, at most %d allowed", n, maxLine)
	}
	return nil
}

// notUTF8 returns the first offset that is not UTF-8, or -1.
func notUTF8(text string) int {
	at := -1
	mapped.Each(text, func(part string, from int) bool {
		if i := invalid(part); i >= 0 {
			at = from + i
		}
		return at < 0
	})
	return at
}

// invalid returns the first offset in a part of a text that is not UTF-8, or -1.
func invalid(part string) int {
	if utf8.ValidString(part) {
		return -1
	}
	for i, r := range part {
		if _, n := utf8.DecodeRuneInString(part[i:]); r == utf8.RuneError && n == 1 {
			return i
		}
	}
	return -1
}
