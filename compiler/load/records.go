package load

import (
	"cmp"
	"runtime/debug"
	"slices"
	"strings"
	"unsafe"

	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/internal/mapped"
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// collectUsers collects the users of split documents and of the tree of all others. It first merges
// documents with a user who is in several places.
func (l *loader) collectUsers(docs []doc) (*Users, []doc) {
	const many = 1 << 22
	u := &Users{files: l.files, users: l.shape.Field("users")}
	n, some := 0, 0
	for _, d := range docs {
		if n += len(d.records); len(d.records) > 0 {
			u.list = d.records
			some++
		}
	}
	if some > 1 {
		if n >= many {
			debug.FreeOSMemory() // of hundreds of MiB of lists that became parts of these
		}
		u.list = hugepage.Make[scan.Record](n)[:0]
		for i := range docs { // one list in place of theirs: together they may be half of the memory
			from := len(u.list)
			u.list = append(u.list, docs[i].records...)
			docs[i].records = u.list[from:]
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

// keepIDs copies the ids of records out of a text that is not kept.
func keepIDs(list []scan.Record, text string) {
	if !mapped.Has(text) {
		return
	}
	size := 0
	for i := range list {
		size += len(list[i].ID)
	}
	ids := hugepage.Make[byte](size)
	seen := uint32(0)
	for i := range list {
		x := &list[i]
		n := copy(ids, x.ID)
		x.ID, ids = unsafe.String(unsafe.SliceData(ids), n), ids[n:]
		if x.From-seen >= mapped.Step {
			mapped.Forget(text[seen:x.From])
			seen = x.From
		}
	}
	mapped.Forget(text)
}

// contested returns the ids that are in several places.
func (u *Users) contested(docs []doc) map[string]bool {
	found := map[string]bool{}
	for i := 1; i < len(u.list); i++ {
		if a, b := &u.list[i-1], &u.list[i]; a.ID == b.ID {
			found[a.ID] = true
			if a.File == b.File && a.Format != inJSONLine && a.Format != inCSV {
				u.needFull(a.File) // a duplicate key: the full reader words the finding
			}
			u.needFullCUE(a)
			u.needFullCUE(b)
		}
	}
	if len(u.list) == 0 {
		return found
	}
	for _, d := range docs {
		fieldsOf(d.value.Get("users"), func(k *tree.Node, _ tree.Tree) {
			if i, ok := slices.BinarySearchFunc(u.list, k.Text, func(x scan.Record, id string) int {
				return strings.Compare(x.ID, id)
			}); ok {
				found[k.Text] = true
				u.needFullCUE(&u.list[i])
			}
		})
	}
	return found
}

// needFullCUE leaves a CUE file to the full reader: only CUE can say what a user in several places
// means.
func (u *Users) needFullCUE(x *scan.Record) {
	if x.Format == inCUE {
		u.needFull(x.File)
	}
}

// needFull leaves a file to the full reader.
func (u *Users) needFull(file int32) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.full == nil {
		u.full = map[int32]bool{}
	}
	u.full[file] = true
}

// withRecords returns a document's tree with some of its users in it.
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
				u.needFull(r.File)
				return d.value
			}
		}
		b.Close(0)
	}
	b.Close(0)
	return b.Nodes
}

// add appends the users of a tree and sorts all users.
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
			r := scan.Record{ID: k.Text, Key: k.Pos.Off, KeyEnd: k.Pos.End, From: uint32(j + 1), File: k.Pos.File,
				Format: inTree, Invited: name == "invitations"}
			u.list = append(u.list, r)
		}
	}
	if len(u.list) > before {
		u.list = sortUsers(u.list)
	}
}

// sortUsers sorts by id, then by place. It first compares eight bytes of each id, after the common
// prefix, as a number.
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
	order := hugepage.Make[ranked](len(list))
	for i := range list {
		order[i] = ranked{prefixKey(list[i].ID[common:]), int32(i)}
	}
	slices.SortFunc(order, func(a, b ranked) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return compareUsers(list[a.i], list[b.i])
	})
	sorted := hugepage.Make[scan.Record](len(list))
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

// prefixKey returns the first eight bytes as a number with the same order.
func prefixKey(s string) (key uint64) {
	for i := range 8 {
		key <<= 8
		if i < len(s) {
			key |= uint64(s[i])
		}
	}
	return key
}
