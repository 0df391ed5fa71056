package flags

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// Output is a format, and the file that it is written to.
type Output struct {
	Format string
	Path   string // or "": standard output
}

// outputs is a flag for the formats of an answer, each with or without a file.
type outputs struct {
	list[Output]
}

// Outputs returns a flag for FORMAT or FORMAT=FILE, which may be repeated. The default is text.
func Outputs(to *[]Output, formats []string) Value {
	*to = []Output{{Format: "text"}}
	o := &outputs{}
	o.all, o.word, o.text = to, "FORMAT", "text"
	o.parse = func(s string) (Output, error) { return parseOutput(s, formats) }
	o.complete = func(_ Project, start string) ([]string, cobra.ShellCompDirective) {
		if strings.Contains(start, "=") {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return Starting(formats, start), cobra.ShellCompDirectiveNoFileComp
	}
	return o
}

func parseOutput(s string, formats []string) (Output, error) {
	format, path, toFile := strings.Cut(s, "=")
	if err := CheckChoice(format, formats); err != nil {
		return Output{}, err
	}
	if toFile && path == "" {
		return Output{}, errors.New("name a file after the =")
	}
	return Output{format, path}, nil
}

// Check refuses two formats for one file, or for standard output.
func (o *outputs) Check() error {
	stdout, taken := 0, map[string]string{}
	for i, x := range *o.all {
		if x.Path == "" || x.Path == "-" {
			stdout++
			continue
		}
		name := filepath.Clean(x.Path)
		if first, twice := taken[name]; twice {
			return fmt.Errorf("%s and %s would be written to the same file", first, o.texts[i])
		}
		taken[name] = o.texts[i]
	}
	if stdout > 1 {
		return errors.New("only one format can go to standard output; write -f FORMAT=FILE for the others")
	}
	return nil
}

// IsStandardOutput reports whether a path is one of the names of standard output.
func IsStandardOutput(path string) bool {
	return slices.Contains([]string{"", "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}, path)
}
