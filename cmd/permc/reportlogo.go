package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// largestLogo limits the bytes of a logo, which is on the page itself.
const largestLogo = 256 << 10

// images are the kinds of logo, each with what its files begin with.
var images = []struct{ kind, start string }{
	{"image/png", "\x89PNG\r\n\x1a\n"},
	{"image/jpeg", "\xff\xd8\xff"},
	{"image/svg+xml", "<svg"},
	{"image/svg+xml", "<?xml"},
}

// readLogo returns the logo that the settings name as a data URL, or "" if they name none. The file is in the folder
// of the declaration or below it: a declaration cannot put another file of the machine on a page.
func readLogo(p *policy.Policy) (template.URL, error) {
	logo := p.Report.Logo
	if logo.Name == "" {
		return "", nil
	}
	data, err := readBelow(folderOfLogo(p), logo.Name)
	if err != nil {
		if at, ok := errors.AsType[*fs.PathError](err); ok {
			err = at.Err // without the path, which may say anything
		}
		return "", fmt.Errorf("settings.report.logo: %s: %w", diag.Quote(logo.Name), err)
	}
	for _, x := range images {
		if strings.HasPrefix(string(bytes.TrimLeft(data, "\ufeff \t\r\n")), x.start) {
			return template.URL("data:" + x.kind + ";base64," + base64.StdEncoding.EncodeToString(data)), nil
		}
	}
	return "", fmt.Errorf("settings.report.logo: %s is not a PNG, JPEG or SVG image", diag.Quote(logo.Name))
}

func folderOfLogo(p *policy.Policy) string {
	return filepath.Dir(filepath.FromSlash(p.Files.Position(p.Report.Logo.Pos).File))
}

// logoPath returns the path of the logo that the settings name.
func logoPath(p *policy.Policy) string {
	return filepath.Join(folderOfLogo(p), filepath.FromSlash(p.Report.Logo.Name))
}

// readBelow reads a small file in a folder or below it.
func readBelow(dir, name string) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, largestLogo+1))
	if err == nil && len(data) > largestLogo {
		err = fmt.Errorf("larger than %d kB", largestLogo>>10)
	}
	return data, err
}
