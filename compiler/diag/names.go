package diag

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"sort"
	"strings"
	"sync"
)

// Names finds the candidates that are near to a name, as Nearest and Only do. It is for many names: it sorts the
// candidates once, and shares the work on those that begin alike.
type Names struct {
	list   []candidate   // by folded name, then by name
	shared []uint8       // bytes that each folded name begins with as the one before it, up to 255
	others func() string // see Allowed
}

type candidate struct {
	name, folded string
	letters      letters
}

// NewNames returns the candidates in an order in which they are found fast.
func NewNames(candidates []string) *Names {
	n := &Names{list: make([]candidate, 0, len(candidates)), shared: make([]uint8, len(candidates)),
		others: sync.OnceValue(func() string { return Allowed(candidates) })}
	for _, c := range candidates {
		folded := foldName(c)
		n.list = append(n.list, candidate{c, folded, lettersOf(folded)})
	}
	slices.SortFunc(n.list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.folded, b.folded), cmp.Compare(a.name, b.name))
	})
	for i := 1; i < len(n.list); i++ {
		n.shared[i] = uint8(min(255, sharedBytes(n.list[i-1].folded, n.list[i].folded)))
	}
	return n
}

// letters are how often a text has each byte, modulo 32: one bit for the first, the second, the third and the fourth
// time. An edit changes two bits at most.
type letters [2]uint64

func lettersOf(s string) (set letters) {
	for i := range len(s) {
		class := int(s[i]&31) * 4
		half, at := &set[class>>6], class&63
		*half |= (*half<<1 | 1<<at) & (15 << at)
	}
	return set
}

// differ returns how many bits of two texts differ.
func (l letters) differ(from letters) int {
	return bits.OnesCount64(l[0]^from[0]) + bits.OnesCount64(l[1]^from[1])
}

func sharedBytes(a, b string) (n int) {
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// Nearest returns the candidate that a misspelt name most likely means, or "". See the function Nearest.
func (n *Names) Nearest(name string) string {
	if len(name) > mostCompared {
		return ""
	}
	want, best := foldName(name), ""
	n.search(want, limitOf(want), func(c string, distance, limit int) int {
		if best == "" || distance < limit || c < best {
			best = c
		}
		return distance // farther ones do not count any more
	})
	if best == "" {
		return n.complete(want)
	}
	return best
}

// Only returns what Nearest returns if no other candidate is near, or "".
func (n *Names) Only(name string) string {
	if len(name) > mostCompared {
		return ""
	}
	want, only, several := foldName(name), "", false
	n.search(want, limitOf(want), func(c string, _, limit int) int {
		several = several || only != "" && c != only
		only = c
		if several {
			return -1
		}
		return limit
	})
	switch {
	case several:
		return ""
	case only == "":
		return n.complete(want)
	}
	return only
}

// complete returns the one candidate that begins with the folded name, or "".
func (n *Names) complete(want string) string {
	if len(want) <= 2 {
		return ""
	}
	at := sort.Search(len(n.list), func(i int) bool { return n.list[i].folded >= want })
	begins := func(i int) bool { return i < len(n.list) && strings.HasPrefix(n.list[i].folded, want) }
	if !begins(at) || begins(at+1) {
		return ""
	}
	return n.list[at].name
}

// Suggest returns the help for an unknown name: the nearest candidate, or all of them.
func (n *Names) Suggest(name string) string {
	if near := n.Nearest(name); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return n.others()
}

// search calls near with each candidate within a distance. near returns the distance for the candidates that follow.
func (n *Names) search(want string, limit int, near func(name string, distance, limit int) int) {
	has, rows := lettersOf(want), newRows(want, limit)
	const never = 1 << 30
	dead := never // a name that shares so many bytes with the last ones is not near
	for i := range n.list {
		c := &n.list[i]
		same := int(n.shared[i])
		rows.keep(same)
		if same >= dead {
			continue
		}
		dead = never
		if abs(len(c.folded)-len(want)) > limit || has.differ(c.letters) > 2*limit {
			continue
		}
		distance := 0
		if distance, dead = rows.compare(c.folded, limit); distance > limit {
			continue
		}
		if limit = near(c.name, distance, limit); limit < 0 {
			return
		}
	}
}

// rows are the rows of a matrix of edit distances: each is of a beginning of a candidate, and has the distances to all
// beginnings of one name. The next candidate keeps those of its own beginning.
type rows struct {
	want  string
	band  int // cells farther from the diagonal are more than any limit
	cells []uint8
	least []int // of each row
	valid int   // rows that are right for the last candidate, after the first
}

func newRows(want string, band int) *rows {
	r := &rows{want: want, band: band, cells: make([]uint8, (len(want)+band+1)*(len(want)+1)),
		least: make([]int, len(want)+band+1)}
	for j := range len(want) + 1 {
		r.cells[j] = uint8(j)
	}
	return r
}

// keep notes that the next candidate shares some bytes with the last one.
func (r *rows) keep(same int) { r.valid = min(r.valid, same) }

func (r *rows) row(i int) []uint8 {
	width := len(r.want) + 1
	return r.cells[i*width : (i+1)*width]
}

// compare returns the distance of a candidate, or more than the limit, and the number of bytes after which that is
// certain: it is the same for all candidates that share them.
func (r *rows) compare(text string, limit int) (distance, dead int) {
	for i := r.valid + 1; i <= len(text); i++ {
		r.fill(text, i)
		r.valid = i
		if r.least[i] > limit && r.least[i-1] >= limit { // a swap of neighbours goes two rows back
			return limit + 1, i
		}
	}
	return int(r.row(len(text))[len(r.want)]), len(text) + 1
}

// fill computes a row of a text from the two before it.
func (r *rows) fill(text string, i int) {
	const far = 254 // more than any limit
	prev, row := r.row(i-1), r.row(i)
	first, end := max(1, i-r.band), min(len(r.want), i+r.band)
	row[first-1] = far
	if first == 1 {
		row[0] = uint8(min(i, far))
	}
	if i+r.band <= len(r.want) {
		prev[i+r.band] = far
	}
	least := int(row[first-1])
	for j := first; j <= end; j++ {
		cost := uint8(1)
		if text[i-1] == r.want[j-1] {
			cost = 0
		}
		d := min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
		if i > 1 && j > 1 && text[i-1] == r.want[j-2] && text[i-2] == r.want[j-1] {
			d = min(d, r.row(i - 2)[j-2]+1)
		}
		row[j] = min(d, far)
		least = min(least, int(row[j]))
	}
	r.least[i] = least
}

// NameLists holds candidates for unknown names, each list made once.
type NameLists map[any]*Names

// Of returns the candidates of a key, and makes their list when it is first asked for.
func (l *NameLists) Of(key any, candidates func() []string) *Names {
	names := (*l)[key]
	if names == nil {
		if *l == nil {
			*l = NameLists{}
		}
		names = NewNames(candidates())
		(*l)[key] = names
	}
	return names
}
