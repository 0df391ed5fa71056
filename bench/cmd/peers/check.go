package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"io"
	"slices"
	"strings"
)

// check runs a program for its rows: how many there are, and the hash of their
// text in order. A row is user, scope, permission and the actions held.
func check(ctx context.Context, p *program, dir string) (hash string, rows int, err error) {
	c := p.command(ctx, dir)
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.StdoutPipe()
	if err != nil {
		return "", 0, err
	}
	if err := c.Start(); err != nil {
		return "", 0, err
	}
	list, readErr := read(out, p)
	if err := p.failed(c.Wait(), &said); err != nil {
		return "", 0, err
	}
	slices.Sort(list)
	sum := sha256.New()
	for _, line := range list {
		io.WriteString(sum, line)
		io.WriteString(sum, "\n")
	}
	return hex.EncodeToString(sum.Sum(nil)), len(list), readErr
}

// read reads rows, of which permc's have more columns and name what is withheld
// altogether, too.
func read(r io.Reader, p *program) (list []string, err error) {
	lines := csv.NewReader(r)
	lines.ReuseRecord = true
	columns := []int{0, 1, 2, 3}
	if p.permc {
		columns = []int{0, 3, 5, 6}
	}
	for n := 0; ; n++ {
		record, err := lines.Read()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		fields := make([]string, 0, len(columns))
		for _, c := range columns {
			fields = append(fields, record[c])
		}
		if n > 0 && fields[3] != "" {
			list = append(list, strings.Join(fields, ","))
		}
	}
}
