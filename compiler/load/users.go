package load

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/mapped"
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/shape"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// Users are the users of a project. Those from trees have been checked; those of split documents are
// checked while they are read, one at a time.
type Users struct {
	list  []scan.Record // sorted by id
	files *policy.Files
	trees tree.Tree
	users *shape.Field // of the declaration's type

	mu     sync.Mutex
	full   map[int32]bool // files with a record outside the fast readers' subset
	failed atomic.Bool
}

// Failed reports whether a user that was read has findings.
func (u *Users) Failed() bool { return u.failed.Load() }

// splitRecords returns the records of a split file.
func splitRecords(s *scan.Split, file int32, how recordKind) []scan.Record {
	for i := range s.Records {
		s.Records[i].File, s.Records[i].Format = file, how
	}
	return s.Records
}

// recordKind says how to read a record.
type recordKind = uint8

const (
	inTree recordKind = iota // From is the index of its key in the tree
	inJSON
	inJSONLine
	inYAML
	inCUE
	inCSV
)

// appenders append a record's value as the full readers would.
var appenders = [...]func(b *tree.Builder, file int32, text string, r scan.Record) bool{
	inJSON: scan.JSONValue, inJSONLine: scan.JSONLine, inYAML: scan.YAMLValue, inCUE: scan.CUEValue,
	inCSV: scan.CSVLines,
}

// Len returns the number of users.
func (u *Users) Len() int { return len(u.list) }

// Reader returns a reader. Each goroutine needs its own.
func (u *Users) Reader() policy.UserReader { return u.reader() }

func (u *Users) reader() *userReader {
	return &userReader{users: u, checker: shape.NewChecker(), fast: newFastReader(u.users), path: []string{"users"}}
}

// FullFiles returns the files of the project that only the full readers can read.
func (p *Project) FullFiles() []string {
	if p.Users == nil {
		return nil
	}
	return p.Users.FullFiles()
}

// FullFiles returns the files that only the full readers can read, since something in them is outside
// the fast readers' subset.
func (u *Users) FullFiles() (names []string) {
	for num := range u.full {
		names = append(names, u.files.File(num).Name)
	}
	slices.Sort(names)
	return names
}

// Check reads all users and returns their findings in file order: those of reading, or else those of
// the schema; all of them, or as many as anybody reads.
func (u *Users) Check(ctx context.Context, all bool) []diag.Finding {
	if faults := u.unreadable(ctx); len(faults) > 0 {
		return faults
	}
	return u.each(ctx, all, func(r *userReader, i int) []diag.Finding {
		_, faults := r.value(i)
		return faults
	})
}

// unreadable reads all users and returns only findings of reading.
func (u *Users) unreadable(ctx context.Context) []diag.Finding {
	return u.each(ctx, false, func(r *userReader, i int) []diag.Finding {
		_, faults := r.read(i)
		return faults
	})
}

func (u *Users) each(ctx context.Context, all bool,
	f func(r *userReader, i int) []diag.Finding) (faults []diag.Finding) {
	order := make([]int, 0, len(u.list))
	for i := range u.list {
		if u.list[i].Format != inTree {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := &u.list[i], &u.list[j]
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.From, b.From))
	})
	r := u.reader()
	for _, i := range order {
		if !all && len(faults) >= diag.Most || ctx.Err() != nil {
			break
		}
		faults = append(faults, f(r, i)...)
	}
	return faults
}

// mostUser limits the bytes of a user, to about ten thousand entries.
const mostUser = 4 << 20

// userReader reads users one at a time.
type userReader struct {
	users   *Users
	checker *shape.Checker
	fast    *fastReader // may be nil
	b       tree.Builder
	path    []string

	looked int    // bytes of records read since the last time that text was forgotten
	names  []byte // room for names of users whose text is not kept
}

// Read reads the i-th user.
func (r *userReader) Read(i int, u *policy.DeclaredUser) bool {
	x := &r.users.list[i]
	key := policy.Ref{Name: x.ID, Pos: policy.Pos{File: x.File, Off: x.Key, End: x.KeyEnd}}
	*u = policy.DeclaredUser{ID: key, Invited: x.Invited, Entries: u.Entries[:0], Groups: u.Groups[:0],
		Attributes: u.Attributes[:0], IDs: u.IDs[:0]}
	if x.Format != inTree && x.To-x.From <= mostUser && r.fast != nil {
		text := r.users.files.File(x.File).Data
		r.forget(x, text)
		if r.fast.read(u, x.Format, x.File, text, *x) {
			u.Name = r.keep(u.Name, text)
			return true
		}
	}
	v, faults := r.value(i)
	if v == nil || len(faults) > 0 {
		r.users.failed.Store(true)
		return false
	}
	decodeUser(u, key, v, x.Invited)
	return true
}

// forget gives up the text that was read, if that is much and need not be kept.
func (r *userReader) forget(x *scan.Record, text string) {
	if r.looked += int(x.To - x.From); r.looked >= mapped.Step {
		r.looked = 0
		mapped.Forget(text)
	}
}

// keep copies a part of a text that is not kept.
func (r *userReader) keep(s, text string) string {
	if s == "" || len(text) < lean || !mapped.Has(text) {
		return s
	}
	if len(r.names) < len(s) {
		r.names = make([]byte, max(1<<16, len(s)))
	}
	n := copy(r.names, s)
	s, r.names = unsafe.String(unsafe.SliceData(r.names), n), r.names[n:]
	return s
}

// value returns the value of a record, with all its findings.
func (r *userReader) value(i int) (tree.Tree, []diag.Finding) {
	v, faults := r.read(i)
	x := &r.users.list[i]
	if v == nil || x.Format == inTree {
		return v, faults
	}
	key := tree.Node{Text: x.ID, Pos: policy.Pos{File: x.File, Off: x.Key, End: x.KeyEnd}, Len: 1, Kind: tree.String}
	return v, r.checker.Field(r.path, r.users.users.Type, &key, v)
}

// read returns the value of a record, or nil if it has findings or needs another reader.
func (r *userReader) read(i int) (tree.Tree, []diag.Finding) {
	u, x := r.users, &r.users.list[i]
	if x.Format == inTree {
		return u.trees.Sub(int(x.From)), nil
	}
	if n := x.To - x.From; n > mostUser {
		d := diag.Stopf("schema", policy.Pos{File: x.File, Off: x.Key, End: x.KeyEnd},
			"%d bytes for one user, at most %d allowed", n, mostUser)
		return nil, []diag.Finding{d.WithHelp("use a role or a group instead of many grants")}
	}
	r.b.Nodes = r.b.Nodes[:0]
	text := u.files.File(x.File).Data
	switch {
	case appenders[x.Format](&r.b, x.File, text, *x):
		return r.b.Nodes, nil
	case x.Format == inJSONLine:
		return jsonLineAlone(x, text)
	case x.Format == inJSON && r.readFull(x, text):
		return r.b.Nodes, nil
	}
	u.needFull(x.File)
	return nil, nil
}

// readFull reads a JSON record that the fast reader leaves to the library.
func (r *userReader) readFull(x *scan.Record, text string) bool {
	r.b = tree.Builder{}
	return appendJSON(&r.b, x.File, text, int(x.From), int(x.To)) == nil &&
		tooDeep(r.b.Nodes) == nil && len(findDuplicates(r.b.Nodes)) == 0
}

// jsonLineAlone reads a line with the library. The lines of a file do not depend on each other.
func jsonLineAlone(x *scan.Record, text string) (tree.Tree, []diag.Finding) {
	u := openUsers(x.File, text)
	if d := u.jsonLine(text, int(x.From), int(x.To)); d != nil {
		return nil, []diag.Finding{*d}
	}
	line := u.close(text)
	if d := tooDeep(line); d != nil {
		return nil, []diag.Finding{*d}
	}
	return line.Get("users")[2:], nil
}
