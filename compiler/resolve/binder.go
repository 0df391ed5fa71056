// Package resolve binds the names of a catalog and a declaration and checks that they make sense
// together. It returns the policy: bound, acyclic and sorted, without unknown names.
package resolve

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// binder collects findings while names are bound.
type binder struct {
	faults     []diag.Finding
	unlisted   []policy.Unlisted
	identified []identified
	external   []policy.External // names that the system has
	all        bool              // no limit of diag.Most
	files      *policy.Files     // or nil

	near   map[unknownName]suggestion
	among  map[list]*diag.Names // the candidates that were looked through already
	looked int                  // candidates compared so far

	valuesOf    map[*policy.DeclaredAttribute]map[string]bool // values of attributes with many
	labelSet    map[string]bool                               // labels of a catalog with many
	labelled    int                                           // how many it had
	listedNames diag.NameLists
}

// full reports whether there are as many findings as anybody reads.
func (b *binder) full() bool { return !b.all && len(b.faults) >= diag.Most }

func (b *binder) fail(d diag.Finding) {
	if !b.full() {
		b.faults = append(b.faults, d)
	}
}

// suggested is how many unknown names get a suggestion, which must compare every known name. If all
// findings are wanted, so are suggestions, up to manyLooks comparisons.
const (
	suggested = 100
	manyLooks = 200_000_000
)

// unknownName is a name, and the list of candidates it was looked up in.
type unknownName struct {
	name  string
	among list
}

// list is a list of candidates: its first one, and how many there are.
type list struct {
	first *string
	n     int
}

// suggestion is the name that was probably meant.
type suggestion struct{ help, right string }

// suggest finds the name that was probably meant, once for each name.
func (b *binder) suggest(name string, candidates []string) (s suggestion) {
	if len(candidates) == 0 {
		return s
	}
	key := unknownName{name, list{&candidates[0], len(candidates)}}
	s, known := b.near[key]
	if known || !b.all && len(b.faults) >= suggested || b.looked > manyLooks {
		return s
	}
	b.looked += len(candidates)
	if b.near == nil {
		b.near, b.among = map[unknownName]suggestion{}, map[list]*diag.Names{}
	}
	names := b.among[key.among]
	if names == nil {
		names = diag.NewNames(candidates)
		b.among[key.among] = names
	}
	s = suggestion{names.Suggest(name), names.Only(name)}
	b.near[key] = s
	return s
}

func (b *binder) errorf(rule string, pos policy.Pos, format string, args ...any) {
	b.fail(diag.Stopf(rule, pos, format, args...))
}

// unknown reports an unknown name, with the nearest known one.
func (b *binder) unknown(kind string, r policy.Ref, candidates []string) *diag.Finding {
	d := diag.Stopf("unknown-"+kind, r.Pos, "unknown %s %s", kind, diag.Quote(r.Name))
	d.Wrong = r.Name
	s := b.suggest(r.Name, candidates)
	d.Help, d.Right = s.help, s.right
	if len(b.faults) < suggested {
		suggestExternal(&d, kind, b.external)
	}
	d.SetSubject(kind, r.Name)
	switch kind {
	case "scope":
		if len(b.faults) < suggested {
			suggestPrefix(&d, candidates)
		}
		b.asList(&d)
	case "group":
		if d.Help == "" && len(candidates) == 0 {
			d.Help = "declare it, with what it gives, under groups"
		}
	}
	b.fail(d)
	return &b.faults[len(b.faults)-1] // if there are too many, the last one
}

// asList words what is said of a scope as it is written there, if that is a list of names.
func (b *binder) asList(d *diag.Finding) {
	if b.files == nil || !d.Pos.IsValid() {
		return
	}
	if text := b.files.File(d.Pos.File).Data; int(d.Pos.Off) >= len(text) || text[d.Pos.Off] != '[' {
		return
	}
	d.Message = "unknown scope " + policy.PathList(d.Wrong)
	if near := strings.TrimPrefix(d.Help, "did you mean "); near != d.Help {
		if path, err := strconv.Unquote(strings.TrimSuffix(near, "?")); err == nil {
			d.Help = "did you mean " + policy.PathList(path) + "?"
		}
	}
}

func refNames(refs []policy.Ref) []string {
	list := make([]string, 0, len(refs))
	for _, r := range refs {
		list = append(list, r.Name)
	}
	return list
}

func describedIDs(list []policy.Described) []string {
	ids := make([]string, 0, len(list))
	for _, d := range list {
		ids = append(ids, d.ID.Name)
	}
	return ids
}

// oneOf binds names from a fixed list.
func (b *binder) oneOf(kind string, refs []policy.Ref, candidates []string) (list []string) {
	for _, r := range refs {
		if !slices.Contains(candidates, r.Name) {
			b.unknown(kind, r, candidates)
			continue
		}
		list = append(list, r.Name)
	}
	return list
}

// actions binds the names of a permission's actions; none means all.
func (b *binder) actions(p *policy.Permission, refs []policy.Ref) policy.Actions {
	if len(refs) == 0 {
		return p.All()
	}
	var set policy.Actions
	for _, r := range refs {
		i := slices.Index(p.Actions, r.Name)
		if i < 0 {
			d := b.unknown("action", r, p.Actions)
			d.Permission = p.ID
			d.Message = fmt.Sprintf("unknown action %s of permission %q", diag.Quote(r.Name), p.ID)
			if i := slices.Index(p.ActionExternal, r.Name); i >= 0 {
				d.Help, d.Right, d.Same = "write "+diag.Quote(p.Actions[i])+", the id of the action", p.Actions[i], true
			}
			continue
		}
		if set>>i&1 != 0 {
			b.twice(r)
		}
		set |= 1 << i
	}
	return set
}

// twice reports an action that a list has twice, once for each place.
func (b *binder) twice(r policy.Ref) {
	d := diag.Stopf("schema", r.Pos, "action %s is listed twice", diag.Quote(r.Name)).WithHelp("list it once").
		WithEdit(diag.DropItem, "listed "+diag.Quote(r.Name)+" once")
	if !slices.ContainsFunc(b.faults, func(x diag.Finding) bool {
		return x.Pos == d.Pos && x.Message == d.Message
	}) {
		b.fail(d)
	}
}
