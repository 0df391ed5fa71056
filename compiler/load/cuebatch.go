package load

import (
	"cmp"
	"slices"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/token"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// CUE keeps ten kilobytes and more of each user it evaluates: tens of thousands of them need more memory than there may
// be, and most of the time to look after it. Users who are written out do not depend on each other as long as nothing
// refers to them, so they are evaluated in batches, each together with the rest of the project. The memory of a batch
// is free again once it is read.

// batchOf is how many users a batch has at least, to be worth evaluating the rest of the project again.
var batchOf = 250

// batches are the users of a project who can be evaluated some at a time.
type batches struct {
	files  []batchFile
	lists  []userList
	users  [][]userAt // of each user, the fields in order
	shared int        // bytes of what belongs to every batch
	own    int        // bytes of users
}

// batchFile is a file, whose declarations at some indexes belong to every batch.
type batchFile struct {
	*ast.File
	always []int
}

// userList is the struct of one `users` field at the top of a file.
type userList struct {
	file, at int // index of the field in the file
	lit      *ast.StructLit
	all      []ast.Decl
	always   []int // indexes of what is no user: of templates, for one
}

// userAt is the place of one field of a user: the indexes of the list, and in it.
type userAt struct{ list, at int }

// batchFinder finds the users of files.
type batchFinder struct {
	batches
	numbers map[string]int // of users by id
	names   map[string]int // of `users` and of users, how often they are said as such
}

// findBatches returns the users of files in batches. It is nil if they are few, or if evaluating them apart could make
// a difference: if they are not fields of structs that are written out at the top of a file, or if anything names
// `users` or one of them. A library cannot: it would import the declaration, which imports it.
func findBatches(files []*cueFile) *batches {
	f := batchFinder{numbers: map[string]int{}, names: map[string]int{"users": 0}}
	for i, file := range files {
		f.files = append(f.files, batchFile{File: file.syntax})
		for at, d := range file.syntax.Decls {
			if !f.addDecl(i, at, d) {
				return nil
			}
		}
	}
	if len(f.users) < 2*batchOf || f.namedElsewhere(files) {
		return nil
	}
	return &f.batches
}

// addDecl adds a declaration at the top of a file. It returns false if that could have users in any other way.
func (f *batchFinder) addDecl(file, at int, d ast.Decl) bool {
	always := &f.files[file].always
	switch d := d.(type) {
	case *ast.Package, *ast.ImportDecl, *ast.LetClause, *ast.CommentGroup:
	case *ast.Field:
		label, ok := d.Label.(*ast.Ident)
		if !ok || d.Alias != nil {
			return false
		}
		if label.Name == "users" && !isConstraint(d) {
			lit, ok := d.Value.(*ast.StructLit)
			if !ok || d.Constraint != token.ILLEGAL {
				return false
			}
			f.names["users"]++
			return f.addList(userList{file: file, at: at, lit: lit, all: lit.Elts})
		}
	default:
		return false // an embedding may have users, and an attribute may change what CUE means
	}
	*always = append(*always, at)
	f.shared += textSize(d)
	return true
}

// addList adds a struct of users. It returns false if it has any in another way than as fields.
func (f *batchFinder) addList(l userList) bool {
	for i, d := range l.all {
		id, isUser, ok := f.userLabel(d)
		if !ok {
			return false
		}
		if !isUser {
			l.always = append(l.always, i)
			f.shared += textSize(d)
			continue
		}
		n, known := f.numbers[id]
		if !known {
			n = len(f.users)
			f.numbers[id], f.users = n, append(f.users, nil)
		}
		f.users[n] = append(f.users[n], userAt{len(f.lists), i})
		f.own += textSize(d)
	}
	if len(l.always) > 0 || len(f.lists) == 0 { // the key stays where the first is
		f.files[l.file].always = append(f.files[l.file].always, l.at)
		l.file = -1
	}
	f.lists = append(f.lists, l)
	return true
}

// textSize returns how many bytes a node has.
func textSize(n ast.Node) int { return n.End().Offset() - n.Pos().Offset() }

// userLabel returns the id of a user, or none if a declaration is about users in general.
func (f *batchFinder) userLabel(d ast.Decl) (id string, isUser, ok bool) {
	switch d := d.(type) {
	case *ast.CommentGroup, *ast.Ellipsis:
		return "", false, true
	case *ast.Field:
		switch l := d.Label.(type) {
		case *ast.ListLit:
			return "", false, d.Alias == nil
		case *ast.Ident:
			f.names[l.Name]++
			isHidden := l.Name == "" || l.Name[0] == '_' || l.Name[0] == '#'
			return l.Name, true, d.Alias == nil && !isHidden
		case *ast.BasicLit:
			id, _, err := ast.LabelName(l)
			return id, true, d.Alias == nil && err == nil
		}
	}
	return "", false, false
}

// namedElsewhere reports whether files say `users`, or the id of a user as a name, anywhere else.
func (f *batchFinder) namedElsewhere(files []*cueFile) bool {
	said := map[string]int{}
	for _, file := range files {
		ast.Walk(file.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if _, ok := f.names[n.Name]; ok {
					said[n.Name]++
				}
			case *ast.BasicLit:
				if n.Value == `"users"` {
					said["users"]++
				}
			}
			return true
		}, nil)
	}
	for name, n := range said {
		if n > f.names[name] {
			return true
		}
	}
	return false
}

// evaluateBatches evaluates users in batches. It is not ok if there is a fault that has to do with no user, or that
// evaluating at once would not have: then everything must be evaluated at once.
func (p *cueProject) evaluateBatches(b *batches) (whole tree.Tree, faults []diag.Finding, ok bool) {
	defer b.restore()
	before := p.left
	if whole, faults = p.evaluateSome(b.choose(nil)); whole == nil {
		return nil, nil, false
	}
	most, rest := p.left, before-p.left
	var users tree.Tree
	var faulty [][]userAt
	for part := range slices.Chunk(b.users, b.size(len(whole))) {
		p.left = most + rest // which is there again
		t, _ := p.evaluateSome(b.choose(part))
		if list := t.Get("users"); len(list) == 0 || list[0].Kind != tree.Struct {
			faulty, p.left = append(faulty, part...), most
		} else {
			users = append(users, list[1:]...)
		}
		most = p.left
	}
	if len(faulty) > 0 {
		p.left = most + rest
		_, faults = p.evaluateSome(b.choose(faulty))
		return nil, faults, len(faults) > 0
	}
	b.restore()
	whole, ok = insertUsers(whole, users, p.placeOf(b))
	return whole, nil, ok
}

// placeOf returns the place that all users together have if they are evaluated at once.
func (p *cueProject) placeOf(b *batches) policy.Pos {
	last := b.lists[len(b.lists)-1].lit
	if len(b.lists) == 1 {
		return p.nodePos(last)
	}
	return p.pos(last.Pos())
}

// evaluateSome evaluates files. If there are faults, it returns them alone, or nothing if it cannot say which.
func (p *cueProject) evaluateSome(files []*ast.File) (tree.Tree, []diag.Finding) {
	inst, _ := p.build(files)
	if inst == nil {
		return nil, nil
	}
	t, faults, err := p.data(cuecontext.New().BuildInstance(inst), files)
	if err != nil || len(faults) > 0 {
		return nil, faults
	}
	return t, nil
}

// size returns how many users a batch has: so many that evaluating the rest, of so many nodes, takes little of the
// time.
func (b *batches) size(rest int) int {
	const node = 16 // bytes of text that take about as long to evaluate
	each := b.own/len(b.users) + 1
	return max(batchOf, 4*max(b.shared, node*rest)/each)
}

// choose returns the files with some of the users.
func (b *batches) choose(users [][]userAt) []*ast.File {
	fields := slices.Concat(users...)
	slices.SortFunc(fields, func(x, y userAt) int { return cmp.Or(x.list-y.list, x.at-y.at) })
	inFile := make([][]int, len(b.files))
	for i := range b.lists {
		if l := &b.lists[i]; l.file < 0 {
			l.lit.Elts = pick(l.all, l.always, nil)
		}
	}
	for len(fields) > 0 {
		n := fields[0].list
		l := &b.lists[n]
		var at []int
		for len(fields) > 0 && fields[0].list == n {
			at, fields = append(at, fields[0].at), fields[1:]
		}
		if l.lit.Elts = pick(l.all, l.always, at); l.file >= 0 {
			inFile[l.file] = append(inFile[l.file], l.at)
		}
	}
	var files []*ast.File
	for i, f := range b.files {
		decls := pick(f.Decls, f.always, inFile[i])
		files = append(files, &ast.File{Filename: f.Filename, Decls: append(decls, mentionAll(decls)...)})
	}
	return files
}

// mentionAll returns a field that mentions what must not go unused in a file: perhaps the users who do are in another
// batch. It is optional, so CUE does not look at it.
func mentionAll(decls []ast.Decl) []ast.Decl {
	list := &ast.ListLit{}
	for _, d := range decls {
		switch d := d.(type) {
		case *ast.LetClause:
			list.Elts = append(list.Elts, ast.NewIdent(d.Ident.Name))
		case *ast.ImportDecl:
			for _, spec := range d.Specs {
				if info, err := astImport(spec); err == nil {
					name := info.pkg
					if spec.Name != nil {
						name = spec.Name.Name
					}
					list.Elts = append(list.Elts, ast.NewIdent(name))
				}
			}
		}
	}
	if len(list.Elts) == 0 {
		return nil
	}
	return []ast.Decl{&ast.Field{Label: ast.NewIdent("_mentioned"), Constraint: token.OPTION, Value: list}}
}

// pick returns the declarations at some indexes, in order.
func pick(all []ast.Decl, always, some []int) []ast.Decl {
	list := make([]ast.Decl, 0, len(always)+len(some))
	for len(always)+len(some) > 0 {
		next := &always
		if len(always) == 0 || len(some) > 0 && some[0] < always[0] {
			next = &some
		}
		list, *next = append(list, all[(*next)[0]]), (*next)[1:]
	}
	return list
}

// restore gives the structs back what they had.
func (b *batches) restore() {
	for i := range b.lists {
		b.lists[i].lit.Elts = b.lists[i].all
	}
}

// insertUsers returns a declaration that has users at a place, given one without.
func insertUsers(rest, users tree.Tree, place policy.Pos) (tree.Tree, bool) {
	none := rest.Get("users")
	if len(none) != 1 || none[0].Kind != tree.Struct {
		return nil, false
	}
	at := cap(rest) - cap(none) + 1 // they share memory
	whole := slices.Concat(rest[:at], users, rest[at:])
	whole[at-1].Len, whole[at-1].Pos = 1+int32(len(users)), place
	whole[0].Len += int32(len(users))
	return whole, true
}
