package diff

import (
	"strings"

	"permc.dev/permc/compiler/internal/pattern"
)

// mayBeProjectFile reports whether a file seems to belong to a project: permc init wrote it, or it has a field of a
// declaration. It may be wrong about files of other programs, but must not miss one of ours.
func mayBeProjectFile(name string, data []byte) bool {
	return strings.Contains("/"+name, "/cue.mod/pkg/permc.dev/") || declared().Match(data)
}

var declared = pattern.Lazy(`(?m)(?:^|[\s{,])` +
	`["']?(?:product|catalog|scopes|users|gates|review|rules|waivers|invitations)["']?\s*[:{]`)
