package load

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// Change says how a project's files have changed since they were read.
type Change uint8

// The kinds of change.
const (
	Nothing    Change = iota
	SomeUsers         // the project is up to date again
	Everything        // the project must be loaded again
)

// stamp shows whether a file has changed since it was read.
type stamp struct {
	size int64
	time time.Time
}

func stampOf(info fs.FileInfo) stamp { return stamp{info.Size(), info.ModTime()} }

// splitFile describes a file whose users are records.
type splitFile struct {
	rest   tree.Tree
	format recordKind
}

func (l *loader) noteSplit(file int32, s *scan.Split, how recordKind) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.parts[file] = splitFile{s.Rest, how}
}

// reread is the new state of a changed file.
type reread struct {
	*source
	file  *policy.File
	split *scan.Split
	how   recordKind
}

// Dirs returns the folders that may hold files of the project.
func (p *Project) Dirs() (dirs []string) {
	for _, path := range p.loader.paths {
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			dirs = append(dirs, filepath.Dir(path))
			continue
		}
		_ = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return nil // the loader reports files that cannot be read
			}
			if base := d.Name(); name != path && strings.HasPrefix(base, ".") {
				return fs.SkipDir
			}
			dirs = append(dirs, name)
			return nil
		})
	}
	return dirs
}

// Update reads changed files again. If only users have changed, it puts them into the list of users
// and returns the indexes of those it read.
func (p *Project) Update() (change Change, fresh []int, in []int32) {
	var f finder
	for _, dir := range p.loader.paths {
		r, err := openRoot(dir, p.loader.opts.FS)
		if err != nil {
			return Everything, nil, nil
		}
		defer r.shut()
		if err := f.find(r); err != nil || len(f.refused) > 0 {
			return Everything, nil, nil
		}
	}
	changed, same := p.changed(f.sources)
	switch {
	case !same:
		return Everything, nil, nil
	case len(changed) == 0:
		return Nothing, nil, nil
	case p.Users == nil || p.Declared.Users == nil:
		return Everything, nil, nil
	}
	var files []reread
	for _, s := range changed {
		x, ok := p.reread(s)
		if !ok {
			return Everything, nil, nil
		}
		files, in = append(files, x), append(in, x.num)
	}
	if fresh, ok := p.replace(files); ok {
		return SomeUsers, fresh, in
	}
	return Everything, nil, nil
}

// changed returns the changed files. same is false if other files make up the project now.
func (p *Project) changed(now []*source) (list []*source, same bool) {
	known := p.loader.finder.sources
	n := 0
	for _, s := range now {
		i, ok := slices.BinarySearchFunc(known, s.name, func(k *source, name string) int {
			return strings.Compare(k.name, name)
		})
		if !ok {
			if !p.stillSkipped(s) {
				return nil, false
			}
			continue
		}
		n++
		s.num = known[i].num
		info, err := fs.Stat(s.root.fs, s.rel)
		if err != nil {
			return nil, false
		}
		if stampOf(info) != known[i].stamp {
			list = append(list, s)
		}
	}
	return list, n == len(known)
}

// stillSkipped reports whether a file was skipped and is as it was then, or is ignored whatever it is.
func (p *Project) stillSkipped(s *source) bool {
	for _, x := range p.loader.finder.foreign {
		if x.name == s.name {
			info, err := fs.Stat(s.root.fs, s.rel)
			return err == nil && stampOf(info) == x.stamp
		}
	}
	return slices.ContainsFunc(p.Skipped, func(x Skipped) bool { return x.Name == s.name })
}

// reread reads a file again. It returns false if more than users changed.
func (p *Project) reread(s *source) (x reread, ok bool) {
	before, ok := p.loader.parts[s.num]
	if !ok || s.read() != nil {
		return x, false
	}
	x = reread{source: s, file: policy.NewFile(s.name, s.data), how: before.format}
	if s.textFault(x.file) != nil {
		return x, false
	}
	x.split = splitFast(s.ext, s.num, x.file.Data)
	return x, x.split != nil && sameRest(x.split.Rest, before.rest)
}

// sameRest reports whether everything except the users is unchanged, including its place.
func sameRest(a, b tree.Tree) bool {
	return slices.EqualFunc(a, b, func(x, y tree.Node) bool {
		return x.Text == y.Text && x.Kind == y.Kind && x.Len == y.Len && x.Pos.Off == y.Pos.Off &&
			(x.Pos.End == y.Pos.End || x.Kind == tree.Struct)
	})
}

// replace replaces the users of some files.
func (p *Project) replace(files []reread) (fresh []int, ok bool) {
	touched := map[int32]bool{}
	var added []scan.Record
	for _, x := range files {
		touched[x.num] = true
		added = append(added, splitRecords(x.split, x.num, x.how)...)
	}
	if len(added) == 0 {
		return nil, false
	}
	list, fresh, ok := p.Users.with(sortUsers(added), touched)
	if !ok {
		return nil, false
	}
	p.Users.list = list
	for _, x := range files {
		p.Files.Replace(x.num, x.file)
		i := slices.IndexFunc(p.loader.finder.sources, func(k *source) bool { return k.name == x.name })
		p.loader.finder.sources[i].stamp = x.stamp
	}
	return fresh, true
}

// with returns the list with the records of some files replaced, and the indexes of the new ones. No
// user may be in two places. All lists are sorted by id.
func (u *Users) with(added []scan.Record, files map[int32]bool) (list []scan.Record, fresh []int, ok bool) {
	kept := hugepage.Make[scan.Record](len(u.list))[:0]
	from := 0 // start of a kept run
	for i := range u.list {
		if x := &u.list[i]; files[x.File] {
			if x.Format == inTree {
				return nil, nil, false
			}
			kept = append(kept, u.list[from:i]...)
			from = i + 1
		}
	}
	kept = append(kept, u.list[from:]...)
	list = hugepage.Make[scan.Record](len(kept) + len(added))[:0]
	for i := range added {
		x := &added[i]
		n, twice := slices.BinarySearchFunc(kept, x.ID, func(y scan.Record, id string) int {
			return strings.Compare(y.ID, id)
		})
		if twice || i > 0 && added[i-1].ID == x.ID {
			return nil, nil, false
		}
		list = append(list, kept[:n]...)
		kept = kept[n:]
		fresh = append(fresh, len(list))
		list = append(list, *x)
	}
	return append(list, kept...), fresh, true
}
