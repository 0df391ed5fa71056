package flatten

// The items of a user are one sorted run after the other: what each entry gives is sorted when it is
// expanded. Merging these runs takes a sixth of the time of slices.SortFunc (BenchmarkSort), which would
// be a quarter of what flattening and linting take.

// sort sorts the items.
func (f *Flattener) sort() {
	ends := f.runs[:0]
	for i := 1; i < len(f.items); i++ {
		if f.before(&f.items[i], &f.items[i-1]) {
			ends = append(ends, i)
		}
	}
	ends = append(ends, len(f.items))
	for len(ends) > 1 {
		ends = f.mergePairs(ends)
	}
	f.runs = ends[:0]
}

// mergePairs merges every two runs, and returns where the runs end then.
func (f *Flattener) mergePairs(ends []int) []int {
	n, from := 0, 0
	for i := 0; i < len(ends); i += 2 {
		if i+1 < len(ends) {
			f.mergeRuns(from, ends[i], ends[i+1])
			ends[i] = ends[i+1]
		}
		from = ends[i]
		ends[n] = from
		n++
	}
	return ends[:n]
}

// mergeRuns merges two adjacent runs.
func (f *Flattener) mergeRuns(from, middle, to int) {
	left := append(f.aside[:0], f.items[from:middle]...)
	f.aside = left
	right, out := f.items[middle:to], f.items[from:to]
	n := 0
	for len(left) > 0 && len(right) > 0 {
		if f.before(&right[0], &left[0]) {
			out[n], right = right[0], right[1:]
		} else {
			out[n], left = left[0], left[1:]
		}
		n++
	}
	copy(out[n:], left)
}

// before reports whether one item comes before another. Of one row, nearly all come from the person's own assignments,
// and are in the order of these.
func (f *Flattener) before(a, b *item) bool {
	if a.key != b.key {
		return a.key < b.key
	}
	if s, t := &f.sources[a.source], &f.sources[b.source]; s.gives(a) && t.gives(b) {
		if p, q := &s.entry.Pos, &t.entry.Pos; p.File != q.File || p.Off != q.Off {
			return p.File < q.File || p.File == q.File && p.Off < q.Off
		}
	}
	return f.compare(*a, *b) < 0
}

// gives reports whether an item of a source is what an assigned role of the person's own gives by itself.
func (s *source) gives(x *item) bool {
	return x.cell != nil && x.cell.role == s.entry.Role && s.group == nil && !s.entry.ByDefault && x.implier == noImplier
}
