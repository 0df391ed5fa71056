package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"slices"
)

// DigestFile holds the digest of a vendored copy of the module.
const DigestFile = "digest"

// Vendored returns the module's files as a project has them in
// cue.mod/pkg/permc.dev: the same bytes of CUE, and their digest.
func Vendored() map[string][]byte {
	files := map[string][]byte{}
	err := fs.WalkDir(FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[name], err = FS.ReadFile(name)
		return err
	})
	if err != nil {
		panic(err) // embedded: cannot fail
	}
	files[DigestFile] = []byte(digestFiles(files) + "\n")
	return files
}

// digestFiles hashes names and texts, in order of name.
func digestFiles(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sum := sha256.Sum256(files[name])
		h.Write([]byte(hex.EncodeToString(sum[:]) + "  " + name + "\n"))
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
