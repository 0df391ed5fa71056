package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/render"
)

// settle is the time without changes before a check: editors and version control write files in several steps.
const settle = 10 * time.Millisecond

// watch checks whenever a file changes, until it is interrupted. It shows errors of the project and waits for a change.
func (g *globals) watch(cmd *cobra.Command, paths []string, show func(*compiler.Project,
	*compiler.Findings) error) error {
	ctx := cmd.Context()
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return failed(err)
	}
	defer w.Close()
	s := compiler.Watch(g.thorough(paths))
	g.dog.watching.Store(true)
	var last string
	for {
		start := time.Now()
		p, findings, err := g.checkAgain(ctx, cmd, s)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && err.Error() != last:
			fmt.Fprintf(cmd.ErrOrStderr(), "permc: %s\n", render.Safe(err.Error()))
		case err == nil && findings != nil:
			if err := show(p, findings); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "permc: checked %s in %v; waiting for changes\n",
				render.Plural(findings.Read, "user"), time.Since(start).Round(time.Millisecond))
		}
		if last = ""; err != nil {
			last = err.Error()
		}
		if err := follow(w, s.Dirs()); err != nil {
			return failed(err)
		}
		again, err := wait(ctx, w)
		if err != nil || ctx.Err() != nil {
			return err
		}
		if again {
			s = compiler.Watch(g.thorough(paths))
		}
	}
}

func (g *globals) checkAgain(ctx context.Context, cmd *cobra.Command,
	s *compiler.Session) (*compiler.Project, *compiler.Findings, error) {
	g.dog.work()
	defer g.dog.rest()
	defer g.begin(cmd)()
	defer func() { g.stopProgress() }()
	return s.Check(ctx)
}

// follow makes the watcher watch these folders and no others. A folder that is gone is a change, not an error.
func follow(w *fsnotify.Watcher, dirs []string) error {
	for i, dir := range dirs {
		dirs[i] = filepath.Clean(dir)
	}
	for _, dir := range w.WatchList() {
		if !slices.Contains(dirs, dir) {
			_ = w.Remove(dir)
		}
	}
	for _, dir := range dirs {
		if err := w.Add(dir); err != nil && len(dirs) == 1 {
			return fmt.Errorf("%s: %w", dir, err)
		}
	}
	return nil
}

// wait returns when something has changed and then nothing for a while. It reports whether CUE's modules have changed,
// so that everything must be read again.
func wait(ctx context.Context, w *fsnotify.Watcher) (modules bool, err error) {
	var quiet <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return false, nil
		case e, ok := <-w.Events:
			if !ok {
				return false, nil
			}
			if e.Op == fsnotify.Chmod {
				continue
			}
			modules = modules || slices.Contains(strings.Split(filepath.ToSlash(e.Name), "/"), "cue.mod")
			quiet = time.After(settle)
		case err := <-w.Errors:
			return false, failed(err)
		case <-quiet:
			return modules, nil
		}
	}
}
