package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// ours returns a position in the project's own files: nobody can open a file that is part of permc.
func (r *Findings) ours(p policy.Pos) (at policy.Position, ok bool) {
	if !p.IsValid() || r.Files.File(p.File).Shipped {
		return at, false
	}
	at = r.Files.Position(p)
	at.File = r.path(at.File)
	return at, true
}

// path returns the path by which the reader of a format knows a file.
func (r *Findings) path(name string) string {
	if r.Place == nil {
		return name
	}
	return r.Place(name)
}

// place returns a position for formats that need a file: the finding's own, or the project's first file without a
// line.
func (r *Findings) place(d *diag.Finding) policy.Position {
	if at, ok := r.ours(d.Pos); ok {
		return at
	}
	for _, f := range r.Files.All() {
		if !f.Shipped {
			return policy.Position{File: r.path(f.Name)}
		}
	}
	return policy.Position{}
}

// messageOf returns the message, and its subject if the message does not name it.
func messageOf(d *diag.Finding, between string) string {
	text := Safe(d.Message)
	if whom := unnamedSubject(d); whom != "" {
		text += between + Safe(whom)
	}
	if names := InSystem(d); names != "" {
		text += between + Safe(names)
	}
	return text
}

// InSystem says what the things of a finding are called in the system, or returns "".
func InSystem(d *diag.Finding) string {
	if len(d.External) == 0 {
		return ""
	}
	texts := make([]string, len(d.External))
	for i := range texts {
		texts[i] = ExternalText(&d.External[i])
	}
	return "in the system: " + strings.Join(texts, ", ")
}

// messageAndHelp returns the message and the help.
func messageAndHelp(d *diag.Finding, between string) string {
	text := messageOf(d, between)
	if d.Help != "" {
		text += between + "help: " + Safe(d.Help)
	}
	return text
}

// fingerprints identify findings by their subject, so that they stay the same when lines move; equal ones are
// numbered.
type fingerprints map[finger]int

type finger struct {
	diag.Key
	message string // only if the finding has no named subject
}

func (f fingerprints) of(d *diag.Finding) string {
	k := finger{Key: d.Key()}
	if k.Key == (diag.Key{Rule: d.Rule}) {
		k.message = d.Message
	}
	f[k]++
	parts := []string{k.Rule, k.User, k.Group, k.Role, k.Permission, k.Action, k.Scope, k.message}
	if k.With != "" {
		parts = append(parts, k.With)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d", parts, f[k]))
	return hex.EncodeToString(sum[:16])
}
