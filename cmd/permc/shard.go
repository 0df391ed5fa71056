package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/shard"
	"permc.dev/permc/compiler/render"
)

// shardFlags select a part of the users, whose table one process makes.
type shardFlags struct {
	share flags.Part
	state string
}

// shardFormats are the formats of tables whose parts are tables, too.
var shardFormats = []string{"csv", "jsonl", "parquet"}

func (f *shardFlags) flags(cmd *cobra.Command) {
	set := cmd.Flags()
	set.Var(flags.PartOf(&f.share, shard.MostShards), "shard",
		"only part I of N of the users, from 1/N to N/N; permc merge then gives the findings")
	set.Var(flags.NewFile(&f.state), "state", "with --shard: write what permc merge needs to this file")
}

// check reports flags that do not go together.
func (f *shardFlags) check(opts *compileFlags) error {
	switch {
	case f.share.Of == 0 && f.state != "":
		return usage("--state needs --shard")
	case f.share.Of == 0:
		return nil
	case f.state == "":
		return usage("--shard needs --state FILE, which permc merge reads")
	case !slices.Contains(shardFormats, opts.format):
		return usage("--shard needs -f %s, got -f %s", strings.Join(shardFormats, ", "), opts.format)
	case opts.review != "":
		return usage("--review cannot be combined with --shard: reviewers decide about whole roles")
	case opts.known.source != "":
		return usage("--baseline cannot be combined with --shard; permc merge --baseline %s", opts.known.source)
	case opts.path == f.state:
		return usage("--output and --state name the same file")
	}
	return nil
}

// share returns the share of the users that the flags ask for, or nil: all users.
func (opts *compileFlags) share() *compiler.Share {
	f := &opts.shard
	if f.share.Of == 0 {
		return nil
	}
	return &compiler.Share{
		Index: f.share.Index,
		Of:    f.share.Of,
		Asked: opts.filters.user != "" || opts.filters.group != "",
	}
}

// compileShard writes the table of a part of the users, and the state of the shard. Findings are left to merge, unless
// there is no table.
func (g *globals) compileShard(cmd *cobra.Command, p *compiler.Project, opts *compileFlags) error {
	run := shard.Run{Program: "permc " + versionText(), AsOf: g.date}
	findings := p.Stopped
	if p.Policy != nil {
		filter, err := opts.filters.bind(p.Policy)
		if err != nil {
			return err
		}
		run.Filter = filter.String()
		if findings, err = g.table(cmd, p, opts); err != nil {
			return err
		}
	}
	g.stopProgress()
	text, err := shard.NewState(p, findings, run).Encode(render.SafeJSON)
	if err != nil {
		return failed(err)
	}
	out, err := create(opts.shard.state, nil)
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	if err := out.close(err); err != nil {
		return failed(err)
	}
	if p.Policy != nil {
		return nil
	}
	r := g.report(p, findings)
	if err := render.FindingsText(cmd.ErrOrStderr(), r, styleOf(cmd.ErrOrStderr())); err != nil {
		return failed(err)
	}
	return g.verdict(r)
}
