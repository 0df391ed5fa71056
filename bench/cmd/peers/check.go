package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// check runs a program for its rows: how many there are, and the hash of what they
// say in any order: user, scope, permission and one of the actions held. Permc has two
// rows for what ends at different times.
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
	sum, rows, readErr := read(out, p)
	if err := p.failed(c.Wait(), &said); err != nil {
		return "", 0, err
	}
	return fmt.Sprintf("%016x%016x%016x%016x", sum[0], sum[1], sum[2], sum[3]), rows, readErr
}

// sums is the sum of the hashes of lines in any order.
type sums [4]uint64

func (s *sums) add(line string) {
	hash := sha256.Sum256([]byte(line))
	for i := range s {
		s[i] += binary.LittleEndian.Uint64(hash[8*i:])
	}
}

// read reads rows, of which permc's have more columns and name what is withheld
// altogether, too. It returns the sum of what they say by action, and how
// many they are.
func read(r io.Reader, p *program) (sum sums, rows int, err error) {
	lines := csv.NewReader(r)
	lines.ReuseRecord = true
	columns := []int{0, 1, 2, 3}
	if p.permc {
		columns = []int{0, 3, 5, 6}
	}
	for n := 0; ; n++ {
		record, err := lines.Read()
		if err == io.EOF {
			return sum, rows, nil
		}
		if err != nil {
			return sum, 0, err
		}
		if n == 0 || record[columns[3]] == "" {
			continue
		}
		rows++
		row := strings.Join([]string{record[columns[0]], record[columns[1]], record[columns[2]]}, ",")
		for action := range strings.SplitSeq(record[columns[3]], ";") {
			sum.add(row + "," + action)
		}
	}
}
