package compiler

import "permc.dev/permc/compiler/policy"

// Declared is the project as written, or nil where it could not be read.
func (p *Project) Declared() *policy.Declared {
	if d := p.loaded.Declared; d != nil && d.Users != nil {
		return d
	}
	return nil
}
