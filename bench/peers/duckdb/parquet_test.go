package main

import (
	"database/sql"
	"os/exec"
	"path/filepath"
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
		ours := `SELECT user, status, coalesce(affiliation, '') AS affiliation, scope, level, permission, array_to_string(actions, ';') AS actions,
			array_to_string(list_transform(withheld, lambda w: w.action || ':' || w.rule), ';') AS withheld, access, array_to_string(conditions, ';') AS conditions,
			coalesce(strftime(expires, '%Y-%m-%d'), '') AS expires, via[1].file || ':' || via[1].line || ':' || via[1]."column" AS position
			FROM read_parquet('` + filepath.Join(dir, example+".parquet") + `')`
		theirs := `SELECT user, status, coalesce(affiliation, ''), scope, level, permission, coalesce(actions, ''), coalesce(withheld, ''), access, coalesce(conditions, ''),
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

func execute(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() != 1 { // 1: findings
		t.Fatalf("%v\n%s", err, out)
	}
}
