package load

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"permc.dev/permc/compiler/arena"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/scan"
	"permc.dev/permc/compiler/shape"
	"permc.dev/permc/compiler/tree"
)

// Users are the users of a project. Those of trees have been checked; those
// of split documents are read and checked one at a time.
type Users struct {
	list  []scan.Record // in order of id
	files *policy.Files
	trees tree.Tree
	users *shape.Field // of a declaration

	mu      sync.Mutex
	careful map[int32]bool // files of which a record left the subset
	failed  atomic.Bool
}

// Failed reports whether a user that was read had faults.
func (u *Users) Failed() bool { return u.failed.Load() }

// records are those of a split file.
func records(s *scan.Split, file int32, how format) []scan.Record {
	for i := range s.Records {
		s.Records[i].File, s.Records[i].Format = file, how
	}
	return s.Records
}

// format is how a record is read.
type format = uint8

const (
	inTree format = iota // From is its key's place in the tree
	inJSON
	inJSONLine
	inYAML
	inCUE
	inCSV
)

// appenders append a record's value as the libraries' readers would.
var appenders = [...]func(b *tree.Builder, file int32, text string, r scan.Record) bool{
	inJSON: scan.JSONValue, inJSONLine: scan.JSONLine, inYAML: scan.YAMLValue, inCUE: scan.CUEValue, inCSV: scan.CSVLines,
}

// Len is how many users there are.
func (u *Users) Len() int { return len(u.list) }

// Reader returns a reader; each goroutine uses its own.
func (u *Users) Reader() policy.UserReader { return u.reader() }

func (u *Users) reader() *userReader {
	return &userReader{users: u, checker: shape.NewChecker(), straight: newStraight(u.users), path: []string{"users"}}
}

// Careful are the files of the project that must be read by the libraries.
func (p *Project) Careful() []string {
	if p.Users == nil {
		return nil
	}
	return p.Users.Careful()
}

// Careful are the files that must be read by the libraries, since something in
// them left the subset that is read fast.
func (u *Users) Careful() (names []string) {
	for num := range u.careful {
		names = append(names, u.files.File(num).Name)
	}
	slices.Sort(names)
	return names
}

// Check reads every user for its faults, in order of place: those of reading,
// or else those against the schema.
func (u *Users) Check(ctx context.Context) []diag.Diagnostic {
	if faults := u.unreadable(ctx); len(faults) > 0 {
		return faults
	}
	return u.each(ctx, func(r *userReader, i int) []diag.Diagnostic {
		_, faults := r.value(i)
		return faults
	})
}

// unreadable reads every user for faults of reading alone.
func (u *Users) unreadable(ctx context.Context) []diag.Diagnostic {
	return u.each(ctx, func(r *userReader, i int) []diag.Diagnostic {
		_, faults := r.read(i)
		return faults
	})
}

func (u *Users) each(ctx context.Context, f func(r *userReader, i int) []diag.Diagnostic) (faults []diag.Diagnostic) {
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
		if len(faults) >= diag.Most || ctx.Err() != nil {
			break
		}
		faults = append(faults, f(r, i)...)
	}
	return faults
}

// userReader reads users one at a time.
type userReader struct {
	users    *Users
	checker  *shape.Checker
	straight *straight // or nil
	b        tree.Builder
	path     []string
}

// Read reads the i-th user.
func (r *userReader) Read(i int, u *policy.DeclaredUser) bool {
	x := &r.users.list[i]
	key := policy.Ref{Name: x.ID, Pos: policy.Pos{File: x.File, Off: x.Key, End: x.KeyEnd}}
	*u = policy.DeclaredUser{ID: key, Invited: x.Invited, Entries: u.Entries[:0]}
	if x.Format != inTree && r.straight != nil && r.straight.read(u, x.Format, x.File, r.users.files.File(x.File).Data, *x) {
		return true
	}
	v, faults := r.value(i)
	if v == nil || len(faults) > 0 {
		r.users.failed.Store(true)
		return false
	}
	decodeUser(u, key, v, x.Invited)
	return true
}

// value is what stands at a record, with all its faults.
func (r *userReader) value(i int) (tree.Tree, []diag.Diagnostic) {
	v, faults := r.read(i)
	x := &r.users.list[i]
	if v == nil || x.Format == inTree {
		return v, faults
	}
	key := tree.Node{Text: x.ID, Pos: policy.Pos{File: x.File, Off: x.Key, End: x.KeyEnd}, Len: 1, Kind: tree.String}
	return v, r.checker.Field(r.path, r.users.users.Type, &key, v)
}

// read is what stands at a record, or nil where that has faults or must be
// read otherwise.
func (r *userReader) read(i int) (tree.Tree, []diag.Diagnostic) {
	u, x := r.users, &r.users.list[i]
	if x.Format == inTree {
		return u.trees.Sub(int(x.From)), nil
	}
	r.b.Nodes = r.b.Nodes[:0]
	text := u.files.File(x.File).Data
	switch {
	case appenders[x.Format](&r.b, x.File, text, *x):
		return r.b.Nodes, nil
	case x.Format == inJSONLine:
		return jsonLineAlone(x, text)
	case x.Format == inJSON && r.library(x, text):
		return r.b.Nodes, nil
	}
	u.refuse(x.File)
	return nil, nil
}

// library reads a record of JSON that the fast reader leaves to the library.
func (r *userReader) library(x *scan.Record, text string) bool {
	r.b = tree.Builder{}
	return appendJSON(&r.b, x.File, text, int(x.From), int(x.To)) == nil &&
		tooDeep(r.b.Nodes) == nil && len(duplicates(r.b.Nodes)) == 0
}

// jsonLineAlone reads a line with the library. Lines of a file do not depend
// on each other.
func jsonLineAlone(x *scan.Record, text string) (tree.Tree, []diag.Diagnostic) {
	u := openUsers(x.File, text)
	if d := u.jsonLine(text, int(x.From), int(x.To)); d != nil {
		return nil, []diag.Diagnostic{*d}
	}
	line := u.close(text)
	if d := tooDeep(line); d != nil {
		return nil, []diag.Diagnostic{*d}
	}
	return line.Get("users")[2:], nil
}

// lazy collects the users of split documents, and of the tree that all others
// make. Documents with a user who stands in several places are joined first.
func (l *loader) lazy(docs []doc) (*Users, []doc) {
	u := &Users{files: l.files, users: l.shape.Field("users")}
	n, some := 0, 0
	for _, d := range docs {
		if n += len(d.records); len(d.records) > 0 {
			u.list = d.records
			some++
		}
	}
	if some > 1 {
		u.list = arena.Make[scan.Record](n)[:0]
		for _, d := range docs {
			u.list = append(u.list, d.records...)
		}
	}
	u.list = sortUsers(u.list)
	contested := u.contested(docs)
	if len(contested) == 0 {
		return u, docs
	}
	clear(l.parts)
	u.list = slices.DeleteFunc(slices.Clone(u.list), func(x scan.Record) bool { return contested[x.ID] })
	joined := make([]doc, 0, len(docs))
	for _, d := range docs {
		if len(d.records) > 0 {
			d.value = u.withRecords(d, contested)
		}
		joined = append(joined, d)
	}
	return u, joined
}

// contested are the ids that stand in several places.
func (u *Users) contested(docs []doc) map[string]bool {
	found := map[string]bool{}
	for i := 1; i < len(u.list); i++ {
		if a, b := &u.list[i-1], &u.list[i]; a.ID == b.ID {
			found[a.ID] = true
			if a.File == b.File && a.Format != inJSONLine && a.Format != inCSV {
				u.refuse(a.File) // a key that stands twice: the library's reader has words for it
			}
			u.refuseCUE(a)
			u.refuseCUE(b)
		}
	}
	if len(u.list) == 0 {
		return found
	}
	for _, d := range docs {
		fieldsOf(d.value.Get("users"), func(k *tree.Node, _ tree.Tree) {
			if i, ok := slices.BinarySearchFunc(u.list, k.Text, func(x scan.Record, id string) int { return strings.Compare(x.ID, id) }); ok {
				found[k.Text] = true
				u.refuseCUE(&u.list[i])
			}
		})
	}
	return found
}

// refuseCUE leaves a file of CUE to the library: what a user means who stands
// in several places is CUE's to say.
func (u *Users) refuseCUE(x *scan.Record) {
	if x.Format == inCUE {
		u.refuse(x.File)
	}
}

// refuse leaves a file to the library.
func (u *Users) refuse(file int32) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.careful == nil {
		u.careful = map[int32]bool{}
	}
	u.careful[file] = true
}

// withRecords is a document's tree with some of its users in it.
func (u *Users) withRecords(d doc, ids map[string]bool) tree.Tree {
	b := &tree.Builder{}
	b.Open(tree.Struct, d.value[0].Pos)
	for k, v := range d.value.Fields() {
		b.Key(k.Text, k.Pos)
		if k.Text != "users" || len(d.records) == 0 {
			b.Append(v)
			continue
		}
		b.Open(tree.Struct, v[0].Pos)
		for _, r := range d.records {
			if !ids[r.ID] {
				continue
			}
			b.Key(r.ID, policy.Pos{File: r.File, Off: r.Key, End: r.KeyEnd})
			if !appenders[r.Format](b, r.File, u.files.File(r.File).Data, r) {
				u.refuse(r.File)
				return d.value
			}
		}
		b.Close(0)
	}
	b.Close(0)
	return b.Nodes
}

// add appends the users of a tree and sorts all.
func (u *Users) add(all tree.Tree) {
	u.trees = all
	before := len(u.list)
	for i := 1; i < len(all); i += 1 + int(all[i+1].Len) {
		name, end := all[i].Text, i+1+int(all[i+1].Len)
		if name != "users" && name != "invitations" {
			continue
		}
		for j := i + 2; j < end; j += 1 + int(all[j+1].Len) {
			k := &all[j]
			r := scan.Record{ID: k.Text, Key: k.Pos.Off, KeyEnd: k.Pos.End, From: int32(j + 1), File: k.Pos.File, Format: inTree, Invited: name == "invitations"}
			u.list = append(u.list, r)
		}
	}
	if len(u.list) > before {
		u.list = sortUsers(u.list)
	}
}

// sortUsers sorts by id, then by place. Eight bytes of each id, behind what all
// have in common, are compared as a number first.
func sortUsers(list []scan.Record) []scan.Record {
	type ranked struct {
		key uint64
		i   int32
	}
	if slices.IsSortedFunc(list, compareUsers) {
		return list
	}
	common := len(list[0].ID)
	for i := range list {
		common = commonPrefix(list[0].ID[:common], list[i].ID)
	}
	order := arena.Make[ranked](len(list))
	for i := range list {
		order[i] = ranked{prefixKey(list[i].ID[common:]), int32(i)}
	}
	slices.SortFunc(order, func(a, b ranked) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return compareUsers(list[a.i], list[b.i])
	})
	sorted := arena.Make[scan.Record](len(list))
	for i, o := range order {
		sorted[i] = list[o.i]
	}
	return sorted
}

func compareUsers(a, b scan.Record) int {
	if c := strings.Compare(a.ID, b.ID); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Key, b.Key))
}

func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// prefixKey is the first eight bytes as a number that orders as they do.
func prefixKey(s string) (key uint64) {
	for i := range 8 {
		key <<= 8
		if i < len(s) {
			key |= uint64(s[i])
		}
	}
	return key
}

// inParallel calls f with every index below n, on every core.
func inParallel(n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}
