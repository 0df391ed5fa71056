package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
)

func init() {
	register.DoFn3x1[context.Context, int, func(shardDone), error](&compileShard{})
	register.DoFn3x1[context.Context, []byte, func(*shardDone) bool, error](&mergeShards{})
	register.Function1x2(withoutKey)
	register.Emitter1[shardDone]()
	register.Iter1[shardDone]()
}

// options are the flags of the command, and the fields of its steps.
type options struct {
	Project string
	Output  string
	Permc   string
	AsOf    string
	Format  string
	FailOn  string
	Shards  int
}

func (o *options) check() error {
	switch {
	case o.Project == "" || o.Output == "":
		return errors.New("--access and --output are needed")
	case o.Shards < 1:
		return fmt.Errorf("--shards %d: at least 1 is needed", o.Shards)
	}
	return nil
}

// build adds the steps: a shard for each number, then one merge.
func (o *options) build(s beam.Scope) {
	var numbers []int
	for i := range o.Shards {
		numbers = append(numbers, i+1)
	}
	// A shuffle keeps the runner from putting all shards on one worker.
	shards := beam.Reshuffle(s, beam.CreateList(s, numbers))
	done := beam.ParDo(s, &compileShard{*o}, shards)
	all := beam.GroupByKey(s, beam.ParDo(s, withoutKey, done))
	beam.ParDo0(s, &mergeShards{*o}, all)
}

// withoutKey gives all shards one key: they are merged together.
func withoutKey(x shardDone) ([]byte, shardDone) { return nil, x }

// shardDone is what a shard leaves for the merge.
type shardDone struct {
	Number int
	State  []byte
	Part   part
}

// part is a file of the table. A project without a table has none.
type part struct {
	Address string `json:"address"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
}

// compileShard compiles a shard, and writes its part of the table. A second try writes the same bytes.
type compileShard struct{ Options options }

// ProcessElement compiles the shard of a number from 1.
func (f *compileShard) ProcessElement(ctx context.Context, number int, emit func(shardDone)) error {
	o := &f.Options
	dir, err := os.MkdirTemp("", "permc-shard-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	project, err := stageProject(ctx, o.Project)
	if err != nil {
		return fmt.Errorf("project %s: %w", o.Project, err)
	}
	table, state := filepath.Join(dir, "table"), filepath.Join(dir, "state.json")
	r, err := o.permc(ctx, "compile", "--shard", fmt.Sprintf("%d/%d", number, o.Shards), "--state", state,
		"--format", o.Format, "--output", table, "--as-of", o.AsOf, project)
	if err != nil {
		return fmt.Errorf("shard %d: %w", number, err)
	}
	done := shardDone{Number: number}
	if done.State, err = os.ReadFile(state); err != nil {
		return fmt.Errorf("shard %d: no state, exit code %d: %w\n%s", number, r.code, err, r.messages)
	}
	if r.code == 0 {
		done.Part.Address = fmt.Sprintf("%s-%05d-of-%05d.%s", o.Output, number, o.Shards, o.Format)
		if err := upload(ctx, table, &done.Part); err != nil {
			return err
		}
	}
	emit(done)
	return nil
}

// mergeShards merges the states of all shards, and writes the findings and the list of parts.
type mergeShards struct{ Options options }

// ProcessElement merges the states under the only key that there is.
func (f *mergeShards) ProcessElement(ctx context.Context, _ []byte, next func(*shardDone) bool) error {
	o := &f.Options
	var shards []shardDone
	for x := (shardDone{}); next(&x); x = (shardDone{}) {
		shards = append(shards, x)
	}
	slices.SortFunc(shards, func(a, b shardDone) int { return cmp.Compare(a.Number, b.Number) })
	dir, err := os.MkdirTemp("", "permc-merge-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	v := verdict{Parts: []part{}}
	args := []string{"merge", "--format", "json"}
	if o.FailOn != "" {
		args = append(args, "--fail-on", o.FailOn)
	}
	for _, x := range shards {
		name := filepath.Join(dir, strconv.Itoa(x.Number)+".json")
		if err := os.WriteFile(name, x.State, 0o600); err != nil {
			return err
		}
		args = append(args, name)
		if x.Part.Address != "" {
			v.Parts = append(v.Parts, x.Part)
		}
	}
	r, err := o.permc(ctx, args...)
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	v.ExitCode = r.code
	return o.writeMerged(ctx, r.stdout, v)
}

// result is what a command printed, and how it ended.
type result struct {
	stdout, messages []byte
	code             int
}

// permc runs a command. What cannot be run, or not like this, is an error; findings are none.
func (o *options) permc(ctx context.Context, args ...string) (result, error) {
	var out, messages bytes.Buffer
	cmd := exec.CommandContext(ctx, o.Permc, args...)
	cmd.Stdout, cmd.Stderr = &out, &messages
	err := cmd.Run()
	r := result{out.Bytes(), messages.Bytes(), 0}
	var exit *exec.ExitError
	if errors.As(err, &exit) && (exit.ExitCode() == 1 || exit.ExitCode() == 3) {
		r.code = exit.ExitCode()
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("%w\n%s", err, messages.Bytes())
	}
	return r, nil
}

// verdict is the answer of the whole.
type verdict struct {
	ExitCode int    `json:"exitCode"`
	Parts    []part `json:"parts"`
}

// writeMerged writes the findings, then the verdict: who finds a verdict finds all that it is about.
func (o *options) writeMerged(ctx context.Context, findings []byte, v verdict) error {
	if err := write(ctx, o.Output+"-findings.json", findings); err != nil {
		return err
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return write(ctx, o.Output+"-verdict.json", append(text, '\n'))
}

func (o *options) readVerdict(ctx context.Context) (v verdict, err error) {
	text, err := read(ctx, o.Output+"-verdict.json")
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal(text, &v)
}
