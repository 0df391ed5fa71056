// Command duckdb prints what every user holds, flattened by DuckDB: read_json
// reads all three files, every rule is SQL, and COPY writes the rows. The Go code
// opens an in-memory database through the Go driver and runs the script.
//
//	duckdb DIR
package main

import (
	"database/sql"
	_ "embed"
	"fmt"
	"os"
	"strings"

	_ "github.com/duckdb/duckdb-go/v2"
)

//go:embed peer.sql
var script string

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: duckdb DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir string) error {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(strings.ReplaceAll(script, "DIR", strings.ReplaceAll(dir, "'", "''")))
	return err
}
