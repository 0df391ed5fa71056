package load

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/rolexml"
	"permc.dev/permc/compiler/policy"
)

// mostXML limits the bytes of a file with roles.
const mostXML = 64 << 20

// solutions reads the roles of unpacked solutions.
type solutions struct {
	*loader
	from   policy.Ref // the folder that is read
	files  []*source
	roles  []policy.SolutionRole
	faults []diag.Finding
}

// addSolutions reads the roles in the folders that a catalog names.
func (l *loader) addSolutions(c *policy.DeclaredCatalog) []diag.Finding {
	if c == nil || len(c.Solutions) == 0 {
		return nil
	}
	s := &solutions{loader: l}
	for _, s.from = range c.Solutions {
		s.find()
	}
	slices.SortFunc(s.files, func(a, b *source) int { return strings.Compare(a.name, b.name) })
	s.files = slices.CompactFunc(s.files, func(a, b *source) bool { return a.name == b.name })
	for _, f := range s.files {
		s.read(f)
	}
	if len(s.roles)+len(s.faults) == 0 {
		s.stop("solutions: there is no role in %s", diag.Quote(s.from.Name))
	}
	names := map[string]bool{}
	for _, f := range s.files {
		names[f.name] = true
	}
	l.finder.skipped = slices.DeleteFunc(l.finder.skipped, func(x Skipped) bool { return names[x.Name] })
	c.SolutionRoles = s.roles
	return s.faults
}

func (s *solutions) stop(format string, args ...any) {
	s.faults = append(s.faults, diag.Stopf("schema", s.from.Pos, format, args...).
		WithHelp("name a folder of the project with unpacked solutions, in which roles are in Roles/*.xml"))
}

// find finds the files of a folder, which must have at least one.
func (s *solutions) find() {
	folder := path.Clean(s.from.Name)
	if !fs.ValidPath(folder) {
		s.stop("solutions: %s is not in the project's folder", diag.Quote(s.from.Name))
		return
	}
	before, there := len(s.files)+len(s.faults), false
	for _, r := range s.roots {
		if r.only != "" {
			continue
		}
		if info, err := fs.Stat(r.fs, folder); err != nil || !info.IsDir() {
			continue
		}
		there = true
		err := fs.WalkDir(r.fs, folder, func(rel string, d fs.DirEntry, err error) error {
			if err != nil {
				return fmt.Errorf("%s: %w", r.display(rel), shortError(err))
			}
			return s.visit(r, rel, d)
		})
		if err != nil {
			s.stop("solutions: %v", err)
		}
	}
	switch {
	case !there:
		s.stop("solutions: there is no folder %s", diag.Quote(s.from.Name))
	case len(s.files)+len(s.faults) == before:
		s.stop("solutions: there is no file with roles in %s", diag.Quote(s.from.Name))
	}
}

// visit notes a file with roles. It refuses links and submodules, behind which there may be roles.
func (s *solutions) visit(r *root, rel string, d fs.DirEntry) error {
	isRole := rolexml.IsRoleFile(rel)
	switch {
	case d.IsDir() && path.Base(rel) == ".git":
		return fs.SkipDir
	case d.IsDir() && isRole:
		s.stop("solutions: %s is a folder", diag.Quote(r.display(rel)))
	case d.IsDir():
	case d.Type()&fs.ModeSymlink != 0 && (isRole || path.Ext(rel) == ""):
		s.stop("solutions: %s is a symbolic link, which permc does not follow", diag.Quote(r.display(rel)))
	case d.Type()&fs.ModeIrregular != 0:
		s.stop("solutions: %s is a submodule, whose files permc does not read", diag.Quote(r.display(rel)))
	case !isRole:
	case !d.Type().IsRegular():
		s.stop("solutions: %s is not a regular file", diag.Quote(r.display(rel)))
	default:
		s.files = append(s.files, &source{root: r, rel: rel, name: r.display(rel), ext: ".xml"})
	}
	return nil
}

// read reads the roles of a file.
func (s *solutions) read(f *source) {
	if info, err := fs.Stat(f.root.fs, f.rel); err == nil && info.Size() > mostXML {
		s.refuse(f, nil, "larger than %d MiB, the limit of a file with roles", mostXML>>20)
		return
	}
	if err := f.read(); err != nil {
		s.refuse(f, nil, "%v", err)
		return
	}
	f.num = s.loader.files.Add(f.name, f.data)
	file := s.loader.files.File(f.num)
	file.Rel, file.Below = f.rel, s.below(f)
	switch {
	case strings.HasPrefix(file.Data, pointer):
		s.refuse(f, &rolexml.Fault{Help: f.root.withoutPointer()}, "a pointer of Git LFS, not the file itself")
		return
	case !utf8.ValidString(file.Data):
		s.refuse(f, &rolexml.Fault{}, "not UTF-8")
		return
	}
	roles, fault := rolexml.Read(file.Data)
	switch {
	case fault != nil:
		s.refuse(f, fault, "%s", fault.What)
	case len(roles) == 0 && !rolexml.IsCustomizations(f.rel):
		s.refuse(f, &rolexml.Fault{}, "no role in it")
	}
	for i := range roles {
		s.add(f, &roles[i])
	}
}

// refuse reports a file that cannot be read, at the place of a fault if it was opened.
func (s *solutions) refuse(f *source, fault *rolexml.Fault, format string, args ...any) {
	if fault == nil {
		f.num = s.loader.files.Add(f.name, nil)
		fault = &rolexml.Fault{}
	}
	d := diag.Stopf("syntax", policy.Pos{File: f.num, Off: uint32(fault.Off), End: uint32(fault.Off)}, format, args...)
	if fault.Help != "" {
		d = d.WithHelp("%s", fault.Help)
	}
	s.faults = append(s.faults, d)
}

// add adds a role. Another file may define it once more, but not in another way.
func (s *solutions) add(f *source, r *rolexml.Role) {
	at := func(off, end int) policy.Pos { return policy.Pos{File: f.num, Off: uint32(off), End: uint32(end)} }
	out := policy.SolutionRole{ID: r.ID, Name: policy.Ref{Name: r.Name, Pos: at(r.Off, r.End)}, TeamOnly: r.TeamOnly}
	for _, p := range r.Privileges {
		pos := at(p.Off, p.End)
		out.Cells = append(out.Cells, policy.DeclaredCell{Permission: policy.Ref{Name: p.Name, Pos: pos}, Pos: pos,
			Privilege: p.Name, Depth: policy.Ref{Name: strings.ToLower(p.Level), Pos: pos}})
	}
	for i := range s.roles {
		old := &s.roles[i]
		sameID := r.ID != "" && strings.EqualFold(old.ID, r.ID)
		if !sameID && !strings.EqualFold(old.Name.Name, r.Name) {
			continue
		}
		if !old.Same(&out) {
			s.faults = append(s.faults, diag.Stopf("schema", out.Name.Pos,
				"role %s is defined in another way elsewhere",
				diag.Quote(r.Name)).WithRelated(old.Name.Pos,
				"here").WithHelp("keep one, or name other folders in solutions"))
		}
		return
	}
	s.roles = append(s.roles, out)
}
