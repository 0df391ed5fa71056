package render

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Links are the web addresses of the files of both sides. The path of a file below the top of the repository is
// appended. Empty ones make no links.
type Links struct {
	Base, Head string
	Place      func(file string) string
}

// LinkBase checks the address of files on the web, and returns it in a form that cannot end a Markdown link early.
func LinkBase(address string) (string, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return "", fmt.Errorf("not a web address")
	case u.Scheme != "https" && u.Scheme != "http" || u.Opaque != "":
		return "", fmt.Errorf("it must begin with https:// or http://")
	case u.Hostname() == "" || strings.Trim(strings.ToLower(u.Host), "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") != "":
		return "", fmt.Errorf("the host is missing")
	case u.User != nil:
		return "", fmt.Errorf("it must not contain a user or a password")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return "", fmt.Errorf("it must end with a path, without ? and #")
	}
	return u.Scheme + "://" + u.Host + strings.TrimSuffix(escapePath(u.Path), "/"), nil
}

// escapePath escapes each part of a path.
func escapePath(p string) string {
	parts := strings.Split(p, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

// to returns the address of a line of a side's file, or "" if the file is part of permc or outside the repository.
func (l Links) to(base bool, files *policy.Files, p policy.Pos) string {
	prefix := l.Head
	if base {
		prefix = l.Base
	}
	if prefix == "" || !p.IsValid() || files.File(p.File).Shipped {
		return ""
	}
	at := files.Position(p)
	name := at.File
	if l.Place != nil && name != "" {
		name = l.Place(name)
	}
	if name == "" || !filepath.IsLocal(filepath.FromSlash(name)) {
		return ""
	}
	name = path.Clean(name)
	address := prefix + "/" + escapePath(name)
	if at.Line > 0 {
		address += fmt.Sprintf("#L%d", at.Line)
	}
	return address
}

// positionIn resolves a place, with the path of its file below the top of the repository.
func (l Links) positionIn(files *policy.Files, pos policy.Pos) policy.Position {
	at := files.Position(pos)
	if l.Place != nil && at.File != "" {
		if name := l.Place(at.File); name != "" {
			at.File = name
		}
	}
	return at
}
