// Command beam compiles a project in shards on a runner of Apache Beam, and merges them: the table in parts, and the
// findings of the whole.
//
//	beam --access access --output out/table --shards 64 --as-of 2026-12-01
//
// --runner selects the runner: prism, in this process, by default; flink, dataflow, spark. It exits as permc merge
// does.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"
)

func main() {
	o := options{}
	o.flags(flag.CommandLine)
	flag.Parse()
	beam.Init()
	code, err := run(context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "beam:", err)
	}
	os.Exit(code)
}

// flags adds the flags of the pipeline to those of the runners.
func (o *options) flags(set *flag.FlagSet) {
	set.StringVar(&o.Project, "access", "", "folder that each worker sees, or the address of a tar file of it")
	set.StringVar(&o.Output, "output", "", "how the addresses of all written files begin")
	set.StringVar(&o.Permc, "permc", "permc", "the permc command on each worker")
	set.StringVar(&o.AsOf, "as-of", time.Now().UTC().Format(time.DateOnly), "day of the table")
	set.StringVar(&o.Format, "format", "parquet", "format of the table: parquet, jsonl or csv")
	set.StringVar(&o.FailOn, "fail-on", "", "least severity that fails: error, warning or never")
	set.IntVar(&o.Shards, "shards", 8, "number of shards")
}

// run runs the pipeline, and returns the exit code of permc merge.
func run(ctx context.Context, o options) (code int, err error) {
	if err := o.check(); err != nil {
		return 2, err
	}
	p, s := beam.NewPipelineWithRoot()
	o.build(s)
	if err := beamx.Run(ctx, p); err != nil {
		return 3, err
	}
	v, err := o.readVerdict(ctx)
	if err != nil {
		return 3, err
	}
	fmt.Printf("%d of %d shards wrote a part of the table; permc merge exits with %d: see %s-findings.json\n",
		len(v.Parts),
		o.Shards, v.ExitCode, o.Output)
	return v.ExitCode, nil
}
