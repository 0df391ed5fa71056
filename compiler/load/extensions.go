package load

import "cuelang.org/go/cue/ast"

// extensions are the fields that an organisation adds to the schema in
// cue.mod/usr/permc.dev/schema.
func (r *root) extensions() []*ast.File {
	return parseAll(r.fs.FS(), "cue.mod/usr/permc.dev/schema", "schema", r.display("")+"/")
}
