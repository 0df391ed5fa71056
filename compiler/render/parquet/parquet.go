// Package parquet turns a table into a Parquet file: the columns of CSV, with types.
package parquet

import (
	"context"
	"encoding/json"
	"io"

	library "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// Version is the version of the columns: a new column is a minor change, anything else a new version.
const Version = "1"

// row is a row of the table as columns. Empty values are null.
type row struct {
	User        string     `parquet:"user,dict"`
	Status      string     `parquet:"status,dict"`
	Affiliation string     `parquet:"affiliation,dict,optional"`
	Scope       string     `parquet:"scope,dict"`
	Level       string     `parquet:"level,dict"`
	Permission  string     `parquet:"permission,dict"`
	Actions     []string   `parquet:"actions,list" parquet-element:",dict"`
	Withheld    []withheld `parquet:"withheld,list"`
	Access      string     `parquet:"access,dict"`
	Conditions  []string   `parquet:"conditions,list" parquet-element:",dict"`
	Via         []via      `parquet:"via,list"`
	Expires     *int32     `parquet:"expires,optional,date"`
	ViaOmitted  int32      `parquet:"via_omitted"`
	Confidence  string     `parquet:"confidence,dict"`
}

// namedRow is a row of a project in which things have other names in the system.
type namedRow struct {
	row
	External []external `parquet:"external,list"`
}

type external struct {
	Kind       string `parquet:"kind,dict"`
	Permission string `parquet:"permission,dict,optional"` // of an action
	ID         string `parquet:"id,dict"`
	Name       string `parquet:"name,dict"`
}

type withheld struct {
	Action string `parquet:"action,dict"`
	Rule   string `parquet:"rule,dict"`
}

type via struct {
	Kind       string   `parquet:"kind,dict"`
	Role       string   `parquet:"role,dict,optional"`
	From       string   `parquet:"from,dict,optional"`
	Group      string   `parquet:"group,dict,optional"`
	Permission string   `parquet:"permission,dict,optional"`
	Scope      string   `parquet:"scope,dict"`
	Actions    []string `parquet:"actions,list" parquet-element:",dict"`
	Access     string   `parquet:"access,dict"`
	Expires    *int32   `parquet:"expires,optional,date"`
	File       string   `parquet:"file,dict,optional"`
	Line       int32    `parquet:"line,optional"`
	Column     int32    `parquet:"column,optional"`
}

// Write writes the rows that the filter selects, and returns all findings.
func Write(ctx context.Context, w io.Writer, job *render.TableJob) ([]diag.Finding, error) {
	p := job.Project.Policy
	options, err := tableMetadata(job.Project, &job.Filter)
	if err != nil {
		return nil, err
	}
	if len(p.External) > 0 {
		return writeRows(ctx, w, job, options, (*maker).namedRow)
	}
	return writeRows(ctx, w, job, options, (*maker).row)
}

// writeRows writes rows in the form that newRow makes.
func writeRows[T any](ctx context.Context, w io.Writer, job *render.TableJob, options []library.WriterOption,
	newRow func(*maker, *policy.Row) T) ([]diag.Finding, error) {
	out := newGroups[T](w, options)
	defer out.work.Wait()
	newWorker := func() func([]T, *policy.Access) []T {
		m := maker{policy: job.Project.Policy}
		return func(list []T, a *policy.Access) []T {
			rows := job.Filter.Rows(a.Rows)
			for i := range rows {
				list = append(list, newRow(&m, &rows[i]))
			}
			return list
		}
	}
	findings, err := compiler.Each(ctx, job.Project, newWorker, out.add)
	if err != nil {
		return nil, err
	}
	return findings, out.close()
}

// writerOptions are those of all writers.
var writerOptions = []library.WriterOption{library.Compression(&zstd.Codec{}),
	library.CreatedBy("permc", Version, ""), library.MaxRowsPerRowGroup(mostRows)}

// tableMetadata returns the inputs of the table.
func tableMetadata(project *compiler.Project, filter *render.Filter) ([]library.WriterOption, error) {
	p := project.Policy
	type input struct {
		File string `json:"file"`
		Hash string `json:"sha256"`
	}
	var inputs []input
	for _, f := range p.Files.All() {
		if !f.Shipped {
			inputs = append(inputs, input{f.Name, f.Hash()})
		}
	}
	text, err := json.Marshal(inputs)
	if err != nil {
		return nil, err
	}
	var list []library.WriterOption
	for _, x := range [...][2]string{{"permc.version", Version}, {"permc.product", p.Catalog.Product},
		{"permc.catalog", p.Catalog.Version},
		{"permc.as-of", p.AsOf.String()}, {"permc.filter", filter.String()}, {"permc.inputs", string(text)},
		{"permc.shard", project.Share.String()}} {
		if x[1] != "" {
			list = append(list, library.KeyValueMetadata(x[0], x[1]))
		}
	}
	return list, nil
}

// maker makes rows. Each goroutine uses its own.
type maker struct {
	policy *policy.Policy
	at     policy.Finder
	spare  []via // for rows to come
}

// vias returns n empty sources.
func (m *maker) vias(n int) []via {
	const many = 256
	if len(m.spare) < n {
		m.spare = make([]via, max(n, many))
	}
	list := m.spare[:n:n]
	m.spare = m.spare[n:]
	return list
}

func (m *maker) row(r *policy.Row) row {
	x := row{
		User: r.User.ID, Status: r.User.Status(), Affiliation: r.User.Affiliation, Scope: r.Scope.Path,
		Level:      m.policy.Catalog.Levels[r.Scope.Level],
		Permission: r.Permission.ID, Actions: r.Permission.Names(r.Actions), Access: render.NameAccess(r),
		Conditions: r.Permission.ConditionIDs, Expires: daysSince1970(r.Ends),
		Confidence: r.Confidence().String(),
	}
	for _, w := range r.Withheld {
		x.Withheld = append(x.Withheld, withheld{w.Action, w.Rule.ID})
	}
	list, more := r.Leading()
	x.Via, x.ViaOmitted = m.vias(len(list)), int32(more)
	for i := range list {
		m.via(&x.Via[i], r, &list[i])
	}
	return x
}

func (m *maker) namedRow(r *policy.Row) namedRow {
	x := namedRow{row: m.row(r)}
	for _, n := range r.External() {
		x.External = append(x.External, external{n.Kind, n.Of, n.ID, n.Name})
	}
	return x
}

func (m *maker) via(x *via, r *policy.Row, v *policy.Via) {
	at := m.at.Start(m.policy.Files, v.Pos)
	*x = via{Kind: v.Kind.String(), Scope: v.Scope.Path, Actions: r.Permission.Names(v.Actions),
		Access: v.Records.String(), Expires: daysSince1970(v.Ends),
		File: at.File, Line: int32(at.Line), Column: int32(at.Column)}
	if v.Role != nil {
		x.Role = v.Role.ID
	}
	if v.From != nil {
		x.From = v.From.ID
	}
	if v.Group != nil {
		x.Group = v.Group.ID
	}
	if v.Implier != nil {
		x.Permission = v.Implier.ID
	}
}

var epoch, _ = policy.ParseDate("1970-01-01")

// daysSince1970 returns the days since 1970, or null.
func daysSince1970(d policy.Date) *int32 {
	if d == 0 {
		return nil
	}
	n := int32(d - epoch)
	return &n
}
