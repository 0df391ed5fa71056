//go:build ignore

// This program writes table.txt from Unicode's confusables.txt, which
// unicode.org/Public/security publishes:
//
//	go run gen.go < confusables.txt > table.txt
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"strings"
)

func main() {
	in, out := bufio.NewScanner(os.Stdin), bufio.NewWriter(os.Stdout)
	for in.Scan() {
		line := strings.TrimPrefix(in.Text(), "\ufeff")
		fields := strings.Split(line, ";")
		switch {
		case strings.HasPrefix(line, "# "):
			fmt.Fprintln(out, strings.TrimSpace(line))
		case len(fields) >= 3:
			fmt.Fprintln(out, strings.TrimSpace(fields[0]), strings.TrimSpace(fields[1]))
		}
	}
	if err := in.Err(); err != nil {
		log.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}
