package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// ours returns a place in the project's own files: nobody can open a line of
// what is part of permc.
func (r *Findings) ours(p policy.Pos) (at policy.Position, ok bool) {
	if !p.IsValid() || r.Files.File(p.File).Shipped {
		return at, false
	}
	return r.Files.Position(p), true
}

// place says where a finding is shown by what must have a file: its own, or
// else the project's first, without a line.
func (r *Findings) place(d *diag.Finding) policy.Position {
	if at, ok := r.ours(d.Pos); ok {
		return at
	}
	for _, f := range r.Files.All() {
		if !f.Shipped {
			return policy.Position{File: f.Name}
		}
	}
	return policy.Position{}
}

// said returns the message, and whom it is about where that does not say.
func said(d *diag.Finding, between string) string {
	if whom := unsaid(d); whom != "" {
		return Safe(d.Message) + between + Safe(whom)
	}
	return Safe(d.Message)
}

// advice returns what is said, and what to do.
func advice(d *diag.Finding, between string) string {
	text := said(d, between)
	if d.Help != "" {
		text += between + "help: " + Safe(d.Help)
	}
	return text
}

// fingerprints name findings by what they are about, so that they stay the same
// when lines move; of equal ones, by how many came before.
type fingerprints map[finger]int

type finger struct {
	diag.Key
	message string // of what is about nothing that has a name
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
