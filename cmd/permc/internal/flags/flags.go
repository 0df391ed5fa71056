// Package flags holds the kinds of flags that commands have. Each kind parses its argument, with an error that says
// what is allowed, names the argument in help, and completes it in a shell.
package flags

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"permc.dev/permc/compiler/policy"
)

// Value is a flag of a kind of this package.
type Value interface {
	pflag.Value

	// Complete returns the arguments that begin with start, each with a tab and what it means.
	Complete(project Project, start string) ([]string, cobra.ShellCompDirective)
}

// Project returns the project at hand, or nil if it cannot be read quickly.
type Project func() *policy.Policy

// value is a flag that parses its argument into to.
type value[T any] struct {
	to       *T
	word     string // the argument in help
	text     string // the argument as written, at first the default
	parse    func(string) (T, error)
	complete completion
}

type completion func(project Project, start string) ([]string, cobra.ShellCompDirective)

func (v *value[T]) String() string { return v.text }
func (v *value[T]) Type() string   { return v.word }

func (v *value[T]) Set(s string) (err error) {
	parsed, err := v.parse(s)
	if err == nil {
		*v.to, v.text = parsed, s
	}
	return err
}

func (v *value[T]) Complete(project Project, start string) ([]string, cobra.ShellCompDirective) {
	return v.complete(project, start)
}

// list is a flag that may be repeated. The first argument replaces the default.
type list[T any] struct {
	value[T]
	all   *[]T
	texts []string
	set   bool
}

func (l *list[T]) Set(s string) error {
	parsed, err := l.parse(s)
	if err != nil {
		return err
	}
	if !l.set {
		*l.all, l.texts, l.set = nil, nil, true
	}
	*l.all, l.texts = append(*l.all, parsed), append(l.texts, s)
	return nil
}

// Append, Replace and GetSlice make a pflag.SliceValue, which shells complete again after the first time.

func (l *list[T]) Append(s string) error { return l.Set(s) }

func (l *list[T]) Replace(texts []string) error {
	*l.all, l.texts, l.set = nil, nil, true
	for _, s := range texts {
		if err := l.Set(s); err != nil {
			return err
		}
	}
	return nil
}

func (l *list[T]) GetSlice() []string { return l.texts }

// checker is a flag whose arguments must fit together. They are checked after parsing, because completion parses a
// command line twice.
type checker interface{ Check() error }

// Check returns the first error of flags whose arguments do not fit together.
func Check(f *pflag.FlagSet) (err error) {
	f.Visit(func(flag *pflag.Flag) {
		if c, ok := flag.Value.(checker); ok && err == nil {
			if e := c.Check(); e != nil {
				err = prefix(flag, e)
			}
		}
	})
	return err
}

// errEmpty is the error of an empty argument where that would read as if the flag were left out: a script passes it
// if a variable is not set.
var errEmpty = errors.New("is empty: leave it out, or give it a value")

// refuseEmpty returns a parser that refuses an empty argument.
func refuseEmpty[T any](parse func(string) (T, error)) func(string) (T, error) {
	return func(s string) (T, error) {
		if s == "" {
			var none T
			return none, errEmpty
		}
		return parse(s)
	}
}

// keep parses an argument that may be anything.
func keep(s string) (string, error) { return s, nil }
