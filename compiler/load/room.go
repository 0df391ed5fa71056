package load

import (
	"fmt"
	"io/fs"

	"permc.dev/permc/compiler/internal/mapped"
)

// generated is the size of all files from which permc needs tens of MiB: more than people write by hand.
const generated = 4 << 20

// roomy is the size of all files from which permc looks how much memory there is.
const roomy = 64 << 20

// crowded is the size of all files from which what is left behind by reading them matters.
const crowded = 192 << 20

// kept is how much text of large files of lines is kept when that of others is not: reading a page of a file where it
// is costs more than reading it once into memory.
const kept = 64 << 20

// lean is the size of a file of lines from which its text may not be kept.
const lean = 16 << 20

// room is the memory for the texts of a project.
type room struct {
	most  func() uint64   // in bytes; 0 or nil: not known
	parts bool            // this process keeps a part of the users, and large files stay where they are
	lean  bool            // files of lines stay where they are
	many  func(users int) // called with 0 once there is very much text, or nil
	large func(int64)     // called once there is more text than people write by hand, or nil; with its size, if known
	size  int64           // of all files
	taken int64           // what they need in memory
	kept  int64           // of large files of lines

	inPlace []openFile
}

// openFile is a file that is read where it is. It stays open, to see whether others write to it.
type openFile struct {
	fs.File
	name string
	stamp
}

// changed returns the name of a file that has changed since it was opened, or "".
func (r *room) changed() string {
	for _, f := range r.inPlace {
		if info, err := f.Stat(); err != nil || stampOf(info) != f.stamp {
			return f.name
		}
	}
	return ""
}

// take returns an error if a file does not fit into memory with those read before. Otherwise the system would end the
// process without a word. Of a file that is read where it is, only the ids and places of its users are kept: less than
// half of it, unless its lines are very short.
func (r *room) take(size int64, inPlace bool) error {
	if r == nil || inPlace && r.parts {
		return nil
	}
	if r.size += size; r.size >= generated {
		known := r.size
		if size < generated { // one of many files
			known = 0
		}
		r.growLarge(known)
	}
	if r.size >= crowded && r.many != nil {
		r.many(0)
		r.many = nil
	}
	if inPlace {
		size /= 2
	}
	r.taken += size
	if r.most == nil || r.taken < roomy {
		return nil
	}
	most := r.most()
	if most == 0 || uint64(r.taken) <= most {
		return nil
	}
	help := "permc compile --shard I/N needs less"
	if r.parts {
		help = "split the files, or give permc more memory"
	}
	return fmt.Errorf("the files are larger than memory: %d MiB so far, of %d MiB; %s", r.size>>20, most>>20, help)
}

// growLarge says that reading will take some tens of MiB, for so many bytes of text, or 0 if more may come.
func (r *room) growLarge(bytes int64) {
	if r != nil && r.large != nil {
		r.large(bytes)
		r.large = nil
	}
}

// mapped returns the text of a large file without reading it into memory, if that is possible and makes sense.
func (r *room) mapped(f fs.File, rel string, size int64) ([]byte, bool) {
	if r == nil || !r.parts && !r.lean || size < lean {
		return nil, false
	}
	ext := kinds[fileExt(rel)]
	if lines := ext == ".jsonl" || ext == ".csv"; !lines && (!r.parts || size < roomy) {
		return nil, false
	}
	if r.kept+size <= kept {
		r.kept += size
		return nil, false
	}
	file, ok := f.(interface{ Fd() uintptr })
	if !ok {
		return nil, false
	}
	return mapped.Open(file.Fd(), int(size))
}

// AddressSpace returns how many bytes the process may allocate and map, or math.MaxUint64 if there is no limit. Under a
// limit, files are read instead of mapped.
func AddressSpace() uint64 { return mapped.AddressSpace() }
