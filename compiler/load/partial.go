package load

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// Partial is what could be read of a project that has errors. Nothing may be made of it but a search for more errors.
type Partial struct {
	*policy.Declared
	Faults []diag.Finding // of the schema, that only a change of the values there corrects
	Unread *Unread
}

// partialMost limits the bytes of a project that is read again for more errors, and cuts how often the rest is tried.
const (
	partialMost = 8 << 20
	cuts        = 16
)

// partial reads a project again, with the full readers, and leaves out what has errors.
type partial struct {
	*loader
	faults []diag.Finding
	unread Unread
}

// Partial returns what could be read of a project with errors, or nil if that is nothing.
func (p *Project) Partial() *Partial {
	l := p.loader
	if l == nil || l.shape == nil || l.size() > partialMost {
		return nil
	}
	r := &partial{loader: l}
	all := r.merged(r.documents())
	if all == nil {
		return nil
	}
	slices.Sort(r.unread.Files)
	r.unread.Files = slices.Compact(r.unread.Files)
	d := decodeDeclaration(all)
	users := &Users{files: l.files, users: l.shape.Field("users")}
	users.add(all)
	d.Files, d.Users = l.files, users
	return &Partial{d, r.faults, &r.unread}
}

// size returns the bytes of the project's files.
func (l *loader) size() (n int) {
	for _, s := range l.finder.sources {
		if s.num > 0 {
			n += len(l.files.File(s.num).Data)
		}
	}
	return n
}

// documents returns the documents that can be read.
func (r *partial) documents() (docs []tree.Tree) {
	for _, x := range r.finder.refused {
		r.unread.any, r.unread.Files = true, append(r.unread.Files, x.name)
	}
	var cues []*source
	for _, s := range r.finder.sources {
		switch {
		case s.num == 0:
			r.unread.any = true
		case slices.Contains(r.notText, s):
			r.unread.any, r.unread.Files = true, append(r.unread.Files, s.name)
		case s.ext == ".cue":
			cues = append(cues, s)
		default:
			docs = append(docs, r.file(s)...)
		}
	}
	if r.cueDoc.value != nil {
		if t, ok := r.withAll(r.cueDoc); ok {
			return append(docs, t)
		}
	}
	for _, s := range cues {
		if t, ok := r.plainCUE(s); ok {
			docs = append(docs, t)
		} else {
			r.unread.addFile(s, r.files.File(s.num).Data)
		}
	}
	return docs
}

// file reads a file of another format than CUE.
func (r *partial) file(s *source) (docs []tree.Tree) {
	file := r.files.File(s.num)
	if r.tooLarge(s) != nil || r.tooMany(s) != nil {
		r.unread.addFile(s, file.Data)
		return nil
	}
	values, faults := parseFile(s, file, s.num)
	if len(faults) > 0 {
		r.unread.addFile(s, unreadText(s, file.Data, faults, len(values) > 0))
	}
	for _, v := range values {
		lines := doc{source: s}.lines()
		if tooDeep(v) != nil || !lines && checkForeign(v, r.shape.FieldNames()) != nil {
			r.unread.addFile(s, file.Data)
			continue
		}
		if !lines {
			v = r.withoutDuplicates(v)
		}
		if v != nil {
			docs = append(docs, v)
		}
	}
	return docs
}

// unreadText returns the lines of a file with faults, if its other lines were read, or else the whole file.
func unreadText(s *source, text string, faults []diag.Finding, some bool) (lines string) {
	if !(doc{source: s}).lines() || !some || len(faults) >= diag.Most {
		return text
	}
	for i := range faults {
		from := min(int(faults[i].Pos.Off), len(text))
		end := max(from, min(int(faults[i].Pos.End), len(text)))
		for from > 0 && text[from-1] != '\n' {
			from--
		}
		lines += text[from:end+lineEnd(text[end:])] + "\n"
	}
	return lines
}

// plainCUE reads a CUE file that is plain data.
func (r *partial) plainCUE(s *source) (tree.Tree, bool) {
	split, _, ok := scan.CUE(s.num, r.files.File(s.num).Data)
	if !ok {
		return nil, false
	}
	d := doc{source: s, value: split.Rest, records: splitRecords(split, s.num, inCUE)}
	t, ok := r.withAll(d)
	if !ok || checkForeign(t, r.shape.FieldNames()) != nil {
		return nil, false
	}
	t = r.withoutDuplicates(t)
	return t, t != nil
}

// withAll returns a document's tree with all of its users in it.
func (l *loader) withAll(d doc) (tree.Tree, bool) {
	all := map[string]bool{}
	for i := range d.records {
		all[d.records[i].ID] = true
	}
	u := &Users{files: l.files}
	t := u.withRecords(d, all)
	return t, len(u.full) == 0
}

// merged merges documents into one declaration that fits the schema, or nil.
func (r *partial) merged(docs []tree.Tree) tree.Tree {
	if len(docs) == 0 {
		return nil
	}
	for i := range docs {
		docs[i], _ = nestScopes(docs[i])
	}
	all, faults := mergeSources(docs)
	for i := range faults { // both sides go
		for _, x := range faults[i].Related {
			faults = append(faults, diag.Finding{Pos: x.Pos})
		}
	}
	if len(faults) > 0 {
		for _, d := range docs {
			_, said := cutAt(d, placesOf(faults))
			r.unread.add(said...)
		}
		all = r.without(all, faults)
	}
	for i := range cuts {
		if all == nil {
			return nil
		}
		if faults = r.shape.Check(all); len(faults) == 0 {
			return all
		}
		if i == 0 { // what later rounds find may come from the cuts
			r.keep(faults)
		}
		before := len(all)
		if all = r.without(all, faults); len(all) == before {
			return nil
		}
	}
	return nil
}

// keep keeps those faults that remain whatever the unread files have to add.
func (r *partial) keep(faults []diag.Finding) {
	for _, d := range faults {
		if !d.TooFew {
			r.faults = append(r.faults, d)
		}
	}
}

func (r *partial) withoutDuplicates(t tree.Tree) tree.Tree {
	faults := findDuplicates(t)
	r.keep(faults)
	return r.without(t, faults)
}

// without cuts what has faults out of a tree.
func (r *partial) without(t tree.Tree, faults []diag.Finding) tree.Tree {
	if len(faults) == 0 {
		return t
	}
	t, said := cutAt(t, placesOf(faults))
	r.unread.add(said...)
	return t
}

func placesOf(faults []diag.Finding) map[policy.Pos]bool {
	at := map[policy.Pos]bool{}
	for i := range faults {
		at[faults[i].Pos] = true
	}
	return at
}
