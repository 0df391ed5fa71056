package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"permc.dev/permc/bench/alone"
	"permc.dev/permc/bench/gen"
)

// program is something to measure.
type program struct {
	name    string
	pkg     string   // package to build, from the folder in
	in      string   // module's folder, from bench
	args    []string // the folder of declarations is in place of DIR
	permc   bool     // it prints permc's table
	rowless bool     // it does a part of the work, and prints no rows
	path    string   // of what was built, or of the interpreter
	most    int      // users, or 0: any number; CUE's memory has a limit

	sizes map[int]*measured
}

// measured is a program at one number of users.
type measured struct {
	rows int
	runs []alone.Run
}

func (p *program) at(n int) *measured {
	if p.sizes == nil {
		p.sizes = map[int]*measured{}
	}
	if p.sizes[n] == nil {
		p.sizes[n] = &measured{}
	}
	return p.sizes[n]
}

// tooSlow reports whether so many users would be too many: a minute's work, or more memory than most machines have.
// It knows from a tenth of them.
func (p *program) tooSlow(n int) bool {
	if p.most > 0 && n > p.most {
		return true
	}
	for _, m := range p.sizes {
		for _, r := range m.runs {
			if r.Wall > 6*time.Second {
				return true
			}
		}
	}
	return false
}

const nearLimit = "near limit"

// programs are all programs, the one that others are compared with first.
func programs(folder string) []*program {
	list := []*program{{name: nearLimit, pkg: "./cmd/nearlimit", in: ".", args: []string{"peer"}}}
	for _, format := range gen.Formats {
		p := &program{name: "permc, " + formatNames[format], pkg: "./cmd/permc", in: "..",
			args: []string{"compile", format, "-f", "csv", "--as-of", gen.AsOf}, permc: true}
		if format == "logic" {
			p.most, p.args = 50_000, append(p.args, "--eval-timeout", "60s")
		}
		list = append(list, p)
	}
	list = append(list,
		&program{name: "Python script", path: "python3", args: []string{"peers/python/peer.py", "peer"}},
		&program{name: "Node script", path: "node", args: []string{"peers/node/peer.js", "peer"}},
		&program{name: "SQLite", path: "python3", args: []string{"peers/sqlite/peer.py", "peer"}},
	)
	for _, p := range []struct{ name, folder string }{{"DuckDB", "duckdb"}, {"Cedar", "cedar"}, {"OPA", "opa"},
		{"Casbin", "casbin"}} {
		list = append(list, &program{name: p.name, pkg: "./" + p.folder, in: "peers", args: []string{"peer"}})
	}
	for _, mode := range []string{"parse", "vet", "export"} {
		list = append(list, &program{name: "CUE " + mode, pkg: "./cue", in: "peers", args: []string{"peer", mode},
			rowless: mode != "export"})
	}
	for _, p := range list {
		if p.pkg != "" {
			p.path = filepath.Join(folder, filepath.Base(p.in)+"-"+filepath.Base(p.pkg))
		}
	}
	return list
}

var formatNames = map[string]string{"json": "JSON", "jsonl": "JSON lines", "yaml": "YAML", "cue": "CUE", "csv": "CSV",
	"logic": "CUE with logic"}

// build builds what is written in Go. It must be run in the folder bench.
func build(ctx context.Context, folder string, list []*program) error {
	done := map[string]bool{}
	for _, p := range list {
		if p.pkg == "" || done[p.path] {
			continue
		}
		done[p.path] = true
		c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", p.path, p.pkg)
		c.Dir, c.Stderr = p.in, os.Stderr
		if p.permc {
			c.Env = append(os.Environ(), "CGO_ENABLED=0") // as its releases are built
		}
		if err := c.Run(); err != nil {
			return fmt.Errorf("building %s: %w", p.name, err)
		}
	}
	return nil
}

// command returns a run on the declarations in a folder.
func (p *program) command(ctx context.Context, dir string) *exec.Cmd {
	var args []string
	for _, a := range p.args {
		if a == "peer" || p.permc && formatNames[a] != "" && len(args) == 1 {
			a = filepath.Join(dir, a)
		}
		args = append(args, a)
	}
	return exec.CommandContext(ctx, p.path, args...)
}
