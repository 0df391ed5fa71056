package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// others are the files of a folder that becomes a project.
type others struct {
	ignore  []string // patterns of those that would be a broken declaration
	read    []string // those that will be part of the declaration
	skipped []load.Skipped

	dir    string
	broken map[string]bool
	texts  map[string][]byte // of the readable ones, by path in the folder
}

// findOthers looks at the files of a folder as permc check will. It says nothing of a folder that cannot be read: the
// files are written there only if it can.
func findOthers(ctx context.Context, dir string, starter map[string][]byte, opts compiler.Options) *others {
	o := &others{dir: dir, broken: map[string]bool{}}
	how := load.Options{Limits: opts.Limits, Evaluator: opts.Evaluator, Full: true}
	opts.Paths = []string{dir}
	for len(opts.Paths) > 0 {
		p, faults, err := load.Dirs(ctx, opts.Paths, how)
		if err != nil {
			break
		}
		if o.skipped == nil {
			o.skipped = p.Skipped
		}
		before := len(o.broken)
		opts.Paths = o.sort(p.Files, faults)
		if len(o.broken) == before {
			break
		}
	}
	if o.read = opts.Paths; len(o.texts) == 0 {
		o.read = nil
	}
	o.tryWith(ctx, starter, opts)
	o.ignore = append(o.crowded(), o.summarize()...)
	return o
}

// sort notes the files that have errors, and returns the others.
func (o *others) sort(files *policy.Files, faults []diag.Finding) (readable []string) {
	for _, d := range faults {
		if d.Pos.IsValid() {
			o.broken[files.File(d.Pos.File).Name] = true
		}
	}
	o.texts = map[string][]byte{}
	for _, f := range files.All() {
		if f.Shipped || o.broken[f.Name] || strings.Contains("/"+f.Name, "/cue.mod/") {
			continue
		}
		readable = append(readable, f.Name)
		o.texts[o.rel(f.Name)] = f.Raw()
	}
	return readable
}

// tryWith tries out the readable files with the new declaration: they may name what it lacks.
func (o *others) tryWith(ctx context.Context, starter map[string][]byte, opts compiler.Options) {
	own := "" // the first by name, so that contradictions are reported at the others
	for name, text := range starter {
		if stem, ext, _ := strings.Cut(name, "."); stem == "access" && len(o.texts) > 0 {
			own = "!." + ext
			o.texts[own] = text
		}
	}
	for len(o.texts) > 1 {
		opts.Paths, opts.FS = []string{"."}, load.InMemory(o.texts)
		p, err := compiler.Load(ctx, opts)
		if err != nil || len(p.Stopped) == 0 {
			return
		}
		found := false
		for _, d := range p.Stopped {
			name := ""
			if d.Pos.IsValid() {
				name = p.Files.File(d.Pos.File).Name
			}
			if _, ok := o.texts[name]; ok && name != own {
				found = true
				delete(o.texts, name)
				o.broken[name] = true
				o.read = slices.DeleteFunc(o.read, func(x string) bool { return o.rel(x) == name })
			}
		}
		if !found {
			return
		}
	}
}

// rel returns the path of a file in the folder.
func (o *others) rel(name string) string {
	rel, err := filepath.Rel(o.dir, filepath.FromSlash(name))
	if err != nil || !filepath.IsLocal(rel) {
		return name
	}
	return filepath.ToSlash(rel)
}

// crowd is how many files of other programs a folder has that is ignored as a whole.
const crowd = 20

// crowded returns the top folders with many files of other programs, and with none of the declaration.
func (o *others) crowded() (patterns []string) {
	n := map[string]int{}
	for _, s := range o.skipped {
		if top, _, below := strings.Cut(s.Rel, "/"); below && s.Foreign() {
			n[top]++
		}
	}
	for _, name := range o.read {
		top, _, _ := strings.Cut(o.rel(name), "/")
		delete(n, top)
	}
	for _, top := range slices.Sorted(maps.Keys(n)) {
		if n[top] > crowd {
			patterns = append(patterns, escapeGlob(top))
		}
	}
	return patterns
}

// summarize returns patterns of the broken files: each, or their folder if there are many in it.
func (o *others) summarize() (patterns []string) {
	covered := o.crowded()
	byFolder := map[string][]string{}
	for name := range o.broken {
		rel := o.rel(name)
		if slices.ContainsFunc(covered, func(p string) bool { return policy.MatchGlob(p, rel) }) {
			continue
		}
		byFolder[path.Dir(rel)] = append(byFolder[path.Dir(rel)], rel)
	}
	for folder, list := range byFolder {
		of := func(x string) bool { return strings.HasPrefix(o.rel(x), folder+"/") }
		if folder != "." && len(list) > 5 && !slices.ContainsFunc(o.read, of) {
			list = []string{folder}
		}
		for _, x := range list {
			patterns = append(patterns, escapeGlob(x))
		}
	}
	slices.Sort(patterns)
	return patterns
}

var globEscapes = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "\uFFFD", "*")

// escapeGlob returns a pattern that matches a name only, as far as its bytes can be written down.
func escapeGlob(name string) string { return globEscapes.Replace(name) }

// forget leaves out the export, which ignore lists anyway.
func (o *others) forget(export string) {
	o.read = slices.DeleteFunc(o.read, func(name string) bool { return o.rel(name) == export })
	o.skipped = slices.DeleteFunc(slices.Clone(o.skipped), func(s load.Skipped) bool { return s.Rel == export })
}

func (o *others) print(out io.Writer, dir string) {
	say := func(what string, names []string) {
		if len(names) > 0 {
			fmt.Fprintf(out, "note: %s: %s\n", what, render.Safe(firstNames(names)))
		}
	}
	if text := load.SkippedForeign(o.skipped); text != "" {
		fmt.Fprintf(out, "note: %s\n", render.Safe(text))
	}
	say("ignore lists files that permc cannot read as part of the declaration; remove an entry to see why", o.ignore)
	say("permc reads other files in "+render.Safe(dir)+", too; list them under ignore if they are not part of the "+
		"declaration", o.read)
}

func firstNames(names []string) string {
	const most = 6
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
