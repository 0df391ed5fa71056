package flags

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// Export is a file that a system exported, of a kind, or a file about the exports of one kind or, with "", of all.
type Export struct{ Kind, File string }

// Exports returns a flag for exports of some kinds, which may be repeated.
func Exports(to *[]Export, kinds []string) Value {
	l := &list[Export]{all: to}
	l.word, l.complete = "KIND=FILE", completeKinds(kinds)
	l.parse = func(s string) (Export, error) {
		kind, file, ok := strings.Cut(s, "=")
		if err := CheckChoice(kind, kinds); err != nil {
			return Export{}, fmt.Errorf("%w: KIND=FILE", err)
		}
		if !ok || file == "" {
			return Export{}, errors.New("name a file after the kind: " + kind + "=FILE")
		}
		return Export{kind, file}, nil
	}
	return l
}

// AboutExports returns a flag for files about the exports of one kind, or of all of them, which may be repeated.
func AboutExports(to *[]Export, kinds []string) Value {
	l := &list[Export]{all: to}
	l.word, l.complete = "[KIND=]FILE", completeKinds(kinds)
	l.parse = refuseEmpty(func(s string) (Export, error) {
		if kind, file, ok := strings.Cut(s, "="); ok && slices.Contains(kinds, kind) {
			return Export{kind, file}, nil
		}
		return Export{"", s}, nil
	})
	return l
}

// completeKinds completes the kind; the shell completes the file behind it.
func completeKinds(kinds []string) completion {
	var list []string
	for _, k := range kinds {
		list = append(list, k+"=")
	}
	return func(_ Project, start string) ([]string, cobra.ShellCompDirective) {
		if strings.Contains(start, "=") {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return Starting(list, start), cobra.ShellCompDirectiveNoSpace
	}
}
