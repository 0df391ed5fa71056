package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"permc.dev/permc/bench/alone"
	"permc.dev/permc/bench/gen"
)

// writeTable writes what was measured with so many users of a product.
func writeTable(b *strings.Builder, o options, product string, n int, list []*program) {
	base := list[0].sizes[n]
	fmt.Fprintf(b, "%s, %s users, %s rows; the median of %d runs each, in rounds:\n\n", product, thousands(n),
		thousands(base.rows), o.runs)
	fmt.Fprintln(b, "| | CPU s | wall s | peak MiB | CPU against the near limit | wall / CPU |")
	fmt.Fprintln(b, "|---|--:|--:|--:|--:|--:|")
	for _, p := range list {
		m := p.sizes[n]
		if m == nil || len(m.runs) == 0 {
			fmt.Fprintf(b, "| %s | – | – | – | – | – |\n", p.name)
			continue
		}
		cpu, wall := m.cpu(), m.wall()
		few := ""
		if len(m.runs) < o.runs {
			few = fmt.Sprintf(" (%d run)", len(m.runs))
		}
		fmt.Fprintf(b, "| %s%s | %.3g | %.3g | %d | %.3g | %.2f |\n", p.name, few, cpu.Seconds(), wall.Seconds(),
			m.peak()>>20, cpu.Seconds()/base.cpu().Seconds(), wall.Seconds()/cpu.Seconds())
	}
	fmt.Fprintln(b)
}

// commandLine returns the command that measures the same again.
func (o options) commandLine() string {
	words := []string{"go -C bench run ./cmd/peers"}
	if !slices.Equal(o.products, gen.Products) {
		words = append(words, "--product", strings.Join(o.products, ","))
	}
	if o.users != nil {
		words = append(words, "--users", strings.ReplaceAll(strings.Trim(fmt.Sprint(o.users), "[]"), " ", ","))
	}
	if o.only != nil {
		words = append(words, "--only", `"`+strings.Join(o.only, ",")+`"`)
	}
	return strings.Join(append(words, "--runs", fmt.Sprint(o.runs)), " ")
}

// writeVersions writes the machine, and which version of each tool and library was measured.
func writeVersions(ctx context.Context, b *strings.Builder) error {
	fmt.Fprintf(b, "%s, %d cores, %s/%s; %s", processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH,
		runtime.Version())
	for _, c := range [][]string{
		{"python3", "-c",
			"import platform, sqlite3; print('Python', platform.python_version() + ', SQLite', " +
				"sqlite3.sqlite_version)"},
		{"node", "-p", "'Node ' + process.version"},
		{"go", "list", "-C", "peers", "-m", "-f", "{{if not (or .Main .Indirect)}}{{.Path}} {{.Version}}{{end}}",
			"all"},
	} {
		out, err := exec.CommandContext(ctx, c[0], c[1:]...).Output()
		if err != nil {
			return fmt.Errorf("%s: %w", c[0], err)
		}
		for line := range strings.Lines(string(out)) {
			fmt.Fprintf(b, ", %s", strings.TrimSpace(line))
		}
	}
	return nil
}

func (m *measured) cpu() time.Duration {
	return median(each(m.runs, func(r alone.Run) time.Duration { return r.CPU }))
}

func (m *measured) wall() time.Duration {
	return median(each(m.runs, func(r alone.Run) time.Duration { return r.Wall }))
}

func (m *measured) peak() int64 {
	return median(each(m.runs, func(r alone.Run) int64 { return r.Peak }))
}

func each[T any](runs []alone.Run, f func(alone.Run) T) (list []T) {
	for _, r := range runs {
		list = append(list, f(r))
	}
	return list
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// processor returns the name of the machine's, where the system tells.
func processor() string {
	raw, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "a processor of unknown name"
	}
	for line := range strings.Lines(string(raw)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), ":"))
		}
	}
	return "a processor of unknown name"
}

const begin, end = "<!-- results -->\n", "<!-- /results -->"

// replace puts the results between the markers of a page.
func replace(page, text string) error {
	raw, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(raw, []byte(begin))
	if !ok {
		return fmt.Errorf("%s has no line %q", page, strings.TrimSpace(begin))
	}
	_, after, ok := bytes.Cut(rest, []byte(end))
	if !ok {
		return fmt.Errorf("%s has no line %q", page, end)
	}
	return os.WriteFile(page, []byte(string(before)+begin+"\n"+text+"\n"+end+string(after)), 0o644)
}
