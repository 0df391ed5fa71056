package main

import (
	"database/sql"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"
)

// TestParquet reads the Parquet file that permc writes with another program,
// and holds it against the CSV, row by row and both ways.
func TestParquet(t *testing.T) {
	dir := t.TempDir()
	permc := filepath.Join(dir, "permc")
	execute(t, "../../..", "go", "build", "-o", permc, "./cmd/permc")
	for _, example := range []string{"services-hub", "call-manager", "dynamics-365-customer-service"} {
		for _, format := range []string{"csv", "parquet"} {
			execute(t, "../../..", permc, "compile", "examples/"+example, "--as-of", "2026-12-01", "-f", format, "-o",
				filepath.Join(dir, example+"."+format))
		}
		db, err := sql.Open("duckdb", "")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		ours := `SELECT user, status, coalesce(affiliation, '') AS affiliation, scope, level, permission,
			array_to_string(actions, ';') AS actions,
			array_to_string(list_transform(withheld, lambda w: w.action || ':' || w.rule), ';') AS withheld,
			access, array_to_string(conditions, ';') AS conditions,
			coalesce(strftime(expires, '%Y-%m-%d'), '') AS expires,
			via[1].file || ':' || via[1].line || ':' || via[1]."column" AS position
			FROM read_parquet('` + filepath.Join(dir, example+".parquet") + `')`
		theirs := `SELECT user, status, coalesce(affiliation, ''), scope, level, permission,
			coalesce(actions, ''), coalesce(withheld, ''), access, coalesce(conditions, ''),
			coalesce(expires, ''), position FROM read_csv('` + filepath.Join(dir, example+".csv") + `', all_varchar = true)`
		var rows, left, right int
		if err := db.QueryRow(`SELECT (SELECT count(*) FROM (`+ours+`)), (SELECT count(*) FROM (`+ours+` EXCEPT ALL `+
			theirs+`)), (SELECT count(*) FROM (`+
			theirs+` EXCEPT ALL `+ours+`))`).Scan(&rows, &left, &right); err != nil {
			t.Fatal(err)
		}
		if rows == 0 || left != 0 || right != 0 {
			t.Errorf("%s: of %d rows %d are in the Parquet file alone, and %d in the CSV alone", example, rows, left,
				right)
		}
		var kind string
		if err := db.QueryRow(`SELECT column_type FROM (DESCRIBE SELECT * FROM read_parquet('` + filepath.Join(dir,
			example+".parquet") + `')) WHERE column_name = 'expires'`).Scan(&kind); err != nil || kind != "DATE" {
			t.Errorf("expires is of type %s: %v", kind, err)
		}
	}
}

// TestShards reads the parts that shards write as one table, and compares it with the table of one run.
func TestShards(t *testing.T) {
	dir := t.TempDir()
	permc := filepath.Join(dir, "permc")
	execute(t, "../../..", "go", "build", "-o", permc, "./cmd/permc")
	compile := func(args ...string) {
		execute(t, "../../..", permc, append([]string{"compile", "examples/services-hub", "--as-of", "2026-12-01",
			"-f", "parquet"}, args...)...)
	}
	whole := filepath.Join(dir, "whole.parquet")
	compile("-o", whole)
	for i := 1; i <= 3; i++ {
		compile("--shard", fmt.Sprintf("%d/3", i), "-o", filepath.Join(dir, fmt.Sprintf("part-%d.parquet", i)),
			"--state", filepath.Join(dir, fmt.Sprintf("state-%d.json", i)))
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	one, parts := readRows(t, db, whole), readRows(t, db, filepath.Join(dir, "part-*.parquet"))
	if len(one) == 0 || !slices.Equal(one, parts) {
		t.Errorf("the parts have %d rows, one run has %d, and they are not the same", len(parts), len(one))
	}
	users := `SELECT count(DISTINCT filename), count(DISTINCT (filename, "user")) - count(DISTINCT "user") FROM
		read_parquet('` + filepath.Join(dir, "part-*.parquet") + `', filename = true)`
	var files, twice int
	if err := db.QueryRow(users).Scan(&files, &twice); err != nil || files != 3 || twice != 0 {
		t.Errorf("%d parts have rows, %d users are in several: %v", files, twice, err)
	}
}

// readRows returns the rows of Parquet files in their order, as text.
func readRows(t *testing.T, db *sql.DB, files string) (list []string) {
	t.Helper()
	rows, err := db.Query(`SELECT CAST(r AS VARCHAR) FROM read_parquet('` + files + `') AS r`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func execute(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() != 1 { // 1: findings
		t.Fatalf("%v\n%s", err, out)
	}
}
