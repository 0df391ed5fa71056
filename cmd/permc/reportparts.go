package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/wholefile"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/html"
)

// split writes the parts of a report into a folder beside its file, and the
// file that leads to them: all of them or none.
func (w *reporter) split(cmd *cobra.Command, index *html.Page) error {
	if isStandardOutput(w.path) {
		return fmt.Errorf("%d rows of %d people are too many for one page: name a file with -o to write parts beside "+
			"it", index.Counts.Rows, index.Total())
	}
	pages, parts, err := html.SplitPage(cmd.Context(), w.job, index)
	if err != nil {
		return err
	}
	w.stopProgress()
	folder, err := createFolder(partsFolder(w.path))
	if err != nil {
		return err
	}
	defer folder.Discard()
	index.Table = nil
	for i, page := range pages {
		index.Parts = append(index.Parts, html.Link{File: filepath.Base(partsFolder(w.path)) + "/" + partFile(i),
			Part: parts.List[i]})
		page.Options = w.options
		page.Whole = &html.Link{File: "../" + filepath.Base(w.path), Part: parts.List[i]}
	}
	if err := w.files(folder, pages); err != nil {
		return err
	}
	if err := folder.Place(); err != nil {
		return err
	}
	if err := w.file(w.path, nil, index); err != nil {
		return errors.Join(err, folder.Restore())
	}
	return nil
}

// partsFolder returns where the parts of a report go that is in a file.
func partsFolder(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) + "-parts" }

func partFile(i int) string { return fmt.Sprintf("part-%04d.html", i+1) }

// files writes the parts, on every core.
func (w *reporter) files(folder *wholefile.Folder, pages []*html.Page) error {
	return html.EachPage(pages, func(i int) error { return w.part(folder, partFile(i), pages[i]) })
}

func (w *reporter) part(folder *wholefile.Folder, name string, page *html.Page) error {
	file, err := folder.Create(name)
	if err != nil {
		return err
	}
	return w.pageTo(outputTo(file), page)
}

// partName is what permc calls the files of such a folder.
var partName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^part-\d{4,}\.html$`) })

// createFolder begins a folder. One that is there may hold nothing but parts of
// an earlier report.
func createFolder(path string) (*wholefile.Folder, error) {
	entries, err := os.ReadDir(path)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	for _, e := range entries {
		if !partName().MatchString(e.Name()) {
			return nil,
				fmt.Errorf("%s holds %s, which is no part of a report: move it away, or name another file with -o",
					path, render.Safe(e.Name()))
		}
	}
	return wholefile.CreateFolder(path)
}
