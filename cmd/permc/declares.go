package main

import (
	"regexp"
	"strings"

	"permc.dev/permc/schema"
)

// declares reports whether a file shows that a project is in its folder: what
// permc init put there, a product that permc ships, or a catalog. It need not
// be read in full for that.
func declares(name string, data []byte) bool {
	return strings.Contains("/"+name, "/cue.mod/pkg/permc.dev/") || shippedProduct.Match(data) ||
		catalogWord.Match(data) && levelsWord.Match(data) && rolesWord.Match(data)
}

const (
	keyStart = `(?m)(?:^|[\s{,])["']?`
	keyEnd   = `["']?\s*[:{]`
)

var (
	shippedProduct = regexp.MustCompile(keyStart + `(?:product|extends)["']?\s*:\s*["']?(?:` + strings.Join(schema.Products(), "|") + `)(?:["'\s,}#]|$)`)
	catalogWord    = regexp.MustCompile(keyStart + `catalog` + keyEnd)
	levelsWord     = regexp.MustCompile(keyStart + `levels` + keyEnd)
	rolesWord      = regexp.MustCompile(keyStart + `roles` + keyEnd)
)
