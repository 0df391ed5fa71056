package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"

	"permc.dev/permc/compiler/ask/diff/revision"
	"permc.dev/permc/compiler/edit/starter"
)

// repository is where permc was built from, e.g. github.com/OWNER/permc: release builds set it with -ldflags -X.
var repository = ""

// digest is how an address of a binary ends: with its checksum.
var digest = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(https://[^#]+)#sha256=([0-9a-f]{64})$`)
})

// source returns where CI gets permc: as --permc says, or as this permc was built.
func (f *initFlags) source(dir string) (starter.Source, error) {
	from := f.permc
	if from == "" {
		from = os.Getenv("PERMC_MODULE")
	}
	if from == "" {
		return ownSource(), nil
	}
	if image, ok := strings.CutPrefix(from, "docker://"); ok {
		return starter.Source{Image: image}, nil
	}
	if m := digest().FindStringSubmatch(from); m != nil {
		return starter.Source{Binary: m[1], SHA256: m[2]}, nil
	}
	info, err := os.Stat(from)
	if err == nil && info.Mode().IsRegular() {
		return vendoredSource(dir, from)
	}
	if err == nil && info.IsDir() {
		from, err = filepath.Abs(from)
		return starter.Source{Module: filepath.ToSlash(from), Version: ownSource().Version}, err
	}
	if strings.HasPrefix(from, ".") || filepath.IsAbs(from) {
		return starter.Source{}, usage("--permc %s: no such file; put permc there first, or see permc init --help", from)
	}
	if at := strings.LastIndexByte(from, '@'); at > strings.LastIndexByte(from, '/') {
		return starter.Source{Module: from[:at], Version: from[at+1:]}, nil
	}
	if own := ownSource(); f.permc == "" && own.Version != "" {
		return starter.Source{Module: from, Version: own.Version}, nil
	}
	return starter.Source{},
		usage("--permc %s: use MODULE@VERSION, such as github.com/OWNER/permc@v0.1.0, a file of the "+
			"repository, docker://IMAGE, or https://ADDRESS#sha256=CHECKSUM", from)
}

// ownSource returns where this permc can be built again. The module is missing if it was not built from a repository
// that it knows, and the version if that was not a commit.
func ownSource() starter.Source {
	s := starter.Source{Module: repository}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, x := range info.Settings {
			if x.Key == "vcs.revision" {
				s.Version = x.Value
			}
		}
		if v := info.Main.Version; v != "" && !strings.HasPrefix(v, "(") && s.Version == "" {
			s.Version = v
		}
	}
	if version != "" {
		s.Version = version
	}
	return s
}

// vendoredSource returns a permc that is a file of the repository, with the checksum that it has now.
func vendoredSource(dir, file string) (starter.Source, error) {
	top, _, err := revision.Around(dir)
	if err != nil {
		return starter.Source{}, err
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return starter.Source{}, err
	}
	if top, err = filepath.Abs(top); err != nil {
		return starter.Source{}, err
	}
	rel, err := filepath.Rel(top, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return starter.Source{}, fmt.Errorf("--permc %s: the file is not in the repository, where CI would find it",
			file)
	}
	text, err := os.ReadFile(abs)
	if err != nil {
		return starter.Source{}, err
	}
	return starter.Source{Binary: filepath.ToSlash(rel), SHA256: fmt.Sprintf("%x", sha256.Sum256(text))}, nil
}

// sayUnknown prints what the workflows still need.
func sayUnknown(s starter.Source) string {
	switch {
	case s.Binary != "" || s.Image != "":
		return ""
	case s.Module == "":
		return "CI cannot get permc yet, because this permc does not know which repository it was built from: set " +
			"PERMC_MODULE and PERMC_VERSION in these files, e.g. to github.com/OWNER/permc and v0.1.0; or delete " +
			"them, and run init with --permc"
	case s.Version == "" && !strings.HasPrefix(s.Module, "/"):
		return "set PERMC_VERSION in the files for CI: this permc was not built from a commit; or run init with --permc"
	}
	return ""
}
