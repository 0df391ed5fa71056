package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"permc.dev/permc/bench/gen"
)

// write writes a project of some size into the folder "now", and beside it what the commands read: the project before a
// change, an export of it for drift, filled sheets and a baseline.
func (d *dimension) write(permc, dir string, n int) error {
	s := gen.Small
	d.set(&s, n)
	before := s
	if d.before != nil {
		d.before(&before, n)
	}
	now := filepath.Join(dir, "now")
	if err := s.Write(now); err != nil {
		return err
	}
	for _, file := range []struct {
		name  string
		write func(path string) error
	}{
		{"before", before.Write},
		{"export.csv", before.Export},
		{"sheet.csv", func(path string) error { return fill(permc, now, "compile -f csv --review -o "+path, path, &s) }},
		{"rows.csv", func(path string) error { return fill(permc, now, "compile -f csv --review=rows -o "+path, path, &s) }},
		{"known.json", func(path string) error {
			_, err := d.timed(permc, now, "check --write-baseline "+path)
			return err
		}},
	} {
		if slices.ContainsFunc(d.commands, func(c string) bool { return strings.Contains(c, "../"+file.name) }) {
			if err := file.write(filepath.Join(dir, file.name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// fill makes a review sheet and marks each row: everything of one user in ten is removed.
func fill(permc, dir, command, path string, s *gen.Shape) error {
	if _, err := (&dimension{}).timed(permc, dir, command); err != nil {
		return err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(strings.NewReader(string(raw))).ReadAll()
	if err != nil {
		return err
	}
	column := func(title string) int { return slices.Index(rows[0], title) }
	user, keep, remove, by, date := column("user"), column("keep"), column("remove"), column("by"), column("date")
	if min(user, keep, remove, by, date) < 0 || len(rows) < 2 {
		return fmt.Errorf("%s is no sheet to fill", path)
	}
	for _, row := range rows[1:] {
		mark := keep
		if strings.HasPrefix(row[user], "user-") && strings.HasSuffix(row[user], "0") {
			mark = remove
		}
		row[mark], row[by], row[date] = "x", s.User(s.Users-1), gen.AsOf
		if row[user] == row[by] {
			row[by] = s.User(s.Users - 2)
		}
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return csv.NewWriter(file).WriteAll(rows)
}
