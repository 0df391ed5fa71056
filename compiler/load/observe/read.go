package observe

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unsafe"

	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/policy"
)

// MostBytes limits the size of a file to read.
const MostBytes = 512 << 20

// MostItems limits the people, entries and memberships of an observation.
const MostItems = 20_000_000

// ReadRaw reads a file that seems to have a size, up to the first byte above the limit. It copies the bytes, so that
// all that is said of them, and their hash, are about the same ones, whatever becomes of the file.
func ReadRaw(f io.Reader, size int) ([]byte, error) {
	text := bytes.NewBuffer(hugepage.Buffer[byte](size + bytes.MinRead))
	_, err := text.ReadFrom(io.LimitReader(f, MostBytes+1))
	return text.Bytes(), err
}

// Read reads files of one kind. Files that are no such export are an error; files that are half of one have gaps.
func Read(kind string, files []Input, opts Options) (*Observation, error) {
	b := newBuilder(kind, opts)
	read := map[string]func(*builder, []Input) error{
		"table": readTable, "entra": readEntra, "scim": readSCIM, "services-hub": readServicesHub, "m365dsc": readDSC,
		"dataverse": readDataverse,
	}[kind]
	if read == nil {
		return nil, fmt.Errorf("unknown kind %q: use one of %s", kind, strings.Join(Kinds, ", "))
	}
	for _, f := range files {
		b.o.Files = append(b.o.Files, File{f.Name, f.Raw})
		b.size += len(f.Raw)
	}
	if err := read(b, files); err != nil {
		return nil, err
	}
	b.finish()
	return b.o, nil
}

// builder gathers what files say, and makes one of what they say twice.
type builder struct {
	o      *Observation
	opts   Options
	known  accounts
	groups map[string]int32
	scopes map[string]int32
	things map[named]*Thing
	have   map[string]bool // gaps
	given  givenEntries
	inside map[Member]bool // memberships, without their places
	wholes wholes
	plain  plainFields

	names, logins []string // of a record, used again

	size, passed int         // bytes of all files, and of those that are read
	reading      *listReader // or nil
}

func newBuilder(kind string, opts Options) *builder {
	return &builder{
		o:      &Observation{Kind: kind, Read: opts.Read},
		opts:   opts,
		known:  newAccounts(opts.Exact),
		groups: map[string]int32{},
		scopes: map[string]int32{},
		things: map[named]*Thing{},
		have:   map[string]bool{},
		inside: map[Member]bool{},
		plain:  plainFields{},
	}
}

// withRoom returns a list with room for another item. It takes the rest of the files for like what is read of them, and
// makes room for all that they may have, within limits: to grow often is to copy often.
func withRoom[T any](b *builder, list []T) []T {
	const least = 1.5
	if len(list) < cap(list) || len(list) < 1024 {
		return list
	}
	read := b.passed
	if b.reading != nil {
		read += int(b.reading.offset())
	}
	times := timesMore * float64(b.size) / float64(read+1)
	if read == 0 || times < least {
		times = 2 // it is not known how much follows
	}
	if long := 4 << 20; len(list)*int(unsafe.Sizeof(*new(T))) >= long {
		times = min(times, 2) // the files may name the same people again
	}
	return makeRoom(list, times)
}

// timesMore is how many more items there may be than the bytes let expect.
const timesMore = 1.05

// makeRoom copies a list into one with room for so many times as many items, but four times at most.
func makeRoom[T any](list []T, times float64) []T {
	return append(hugepage.Make[T](int(min(times, 4) * float64(len(list))))[:0], list...)
}

// finish drops the coverage that gaps leave in doubt. Only a part of the system may be in doubt: readers with such
// gaps make their areas smaller themselves, and have none left for finish to drop.
func (b *builder) finish() {
	slices.SortStableFunc(b.o.Gaps, func(x, y Gap) int {
		if x.File != y.File {
			return int(x.File - y.File)
		}
		return int(x.Line - y.Line)
	})
}

func (b *builder) gap(at Place, help, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	if b.have["gap "+what] {
		return // once is enough
	}
	b.have["gap "+what] = true
	b.o.Gaps = append(b.o.Gaps, Gap{at, what, help})
}

// hasGap reports whether a file lacks something.
func (b *builder) hasGap(file int32) bool {
	return slices.ContainsFunc(b.o.Gaps, func(g Gap) bool { return g.File == file })
}

func (b *builder) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(b.o.Notes, text) {
		b.o.Notes = append(b.o.Notes, text)
	}
}

// refuse returns the error of a file that is no export of the kind.
func (b *builder) refuse(at Place, help, format string, args ...any) error {
	return &Refused{b.o.Files[at.File].Name, at.Line, fmt.Sprintf(format, args...), help}
}

// person adds a person, or what is new about a person who is known already. It keeps a copy of the logins.
func (b *builder) person(p Person) int32 {
	p.Logins = slices.DeleteFunc(p.Logins, func(s string) bool { return s == "" })
	if p.ID == "" && len(p.Logins) == 0 && p.Name == "" {
		return None
	}
	at := b.known.find(b.o.People, &p)
	if at == None {
		at = int32(len(b.o.People))
		p.Logins = slices.Clone(p.Logins)
		b.o.People = append(withRoom(b, b.o.People), p)
	} else {
		old := &b.o.People[at]
		if old.ID == p.ID && slices.Equal(old.Logins, p.Logins) { // every name is known already
			b.merge(old, &p)
			return at
		}
		b.merge(old, &p)
	}
	b.known.add(&p, at)
	return at
}

// merge adds what a file says to what an earlier one said of the same person.
func (b *builder) merge(p, more *Person) {
	for _, l := range more.Logins {
		same := func(x string) bool { return x == l || b.known.loginKey(x) == b.known.loginKey(l) }
		if !slices.ContainsFunc(p.Logins, same) {
			p.Logins = append(p.Logins, l)
		}
	}
	if p.State != Unknown && more.State != Unknown && p.State != more.State {
		b.clash(p, more, "%s there, %s here", p.State, more.State)
	}
	if p.ID == "" {
		p.ID = more.ID
	}
	if p.Entra == "" {
		p.Entra = more.Entra
	}
	if p.Name == "" {
		p.Name = more.Name
	}
	if p.State == Unknown {
		p.State = more.State
	}
	if p.Kind == "" {
		p.Kind = more.Kind
	}
	if p.Home == None {
		p.Home = more.Home
	}
	for k, v := range more.Facts {
		if p.Facts == nil {
			p.Facts = map[string][]string{}
		}
		p.Facts[k] = appendNew(p.Facts[k], v...)
	}
}

func appendNew(list []string, more ...string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// clash notes that two lines contradict each other about a person.
func (b *builder) clash(p, more *Person, format string, args ...any) {
	at := b.o.Position(p.Place)
	p.Clashes = true
	b.gap(more.Place, "export both files on the same day",
		"contradicts %s:%d about %q: %s", at.File, at.Line, p.Title(), fmt.Sprintf(format, args...))
}

func (s State) String() string { return [...]string{"", "enabled", "disabled", "invited"}[s] }

// group adds a group, or returns the one that is known by its id or else its name.
func (b *builder) group(g Group) int32 {
	key := "id:" + strings.ToLower(g.ID)
	if g.ID == "" {
		key = "name:" + policy.Fold(g.Name)
	}
	if i, ok := b.groups[key]; ok {
		have := &b.o.Groups[i]
		if have.Name == "" {
			have.Name = g.Name
		}
		if have.Entra == "" {
			have.Entra = g.Entra
		}
		return i
	}
	i := int32(len(b.o.Groups))
	b.groups[key] = i
	b.o.Groups = append(b.o.Groups, g)
	return i
}

// scope adds a scope, or returns the one that is known by its id or else its path.
func (b *builder) scope(s Scope) int32 {
	key := "id:" + strings.ToLower(s.ID)
	if s.ID == "" {
		key = "path:" + policy.Fold(strings.Join(s.Path, "\x00"))
	}
	if i, ok := b.scopes[key]; ok {
		return i
	}
	i := int32(len(b.o.Scopes))
	b.scopes[key] = i
	b.o.Scopes = append(b.o.Scopes, s)
	return i
}

// member adds a membership, once.
func (b *builder) member(m Member) {
	key := Member{Holder: m.Holder, In: m.In}
	if !b.inside[key] {
		b.inside[key] = true
		b.o.Members = append(b.o.Members, m)
	}
}

// stem returns the name of a file without folder and endings.
func stem(name string) string {
	base := path.Base(strings.ReplaceAll(name, "\\", "/"))
	for {
		ext := path.Ext(base)
		if ext == "" || ext == base || len(ext) > 5 {
			return base
		}
		base = strings.TrimSuffix(base, ext)
	}
}
