package revision

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// State is what a branch was at some moment: its last commit from before.
type State struct {
	Commit string
	Dated  time.Time

	// Mixed is true where dates do not rise along the history: later commits are dated before the moment, too, but
	// one between them and this one is not. That is After.
	Mixed bool
	After string
}

// StateBefore returns the state of the branch that is checked out at a moment. Only its first parents count: what a
// merge brought was not here before. Dates are those of the committer. Whoever commits can write any, so everything
// from the first commit that is not dated before the moment counts as later, however it is dated itself: no date hides
// a change behind another one.
func (r *Repository) StateBefore(ctx context.Context, moment time.Time) (State, error) {
	if r.shallow {
		return State{}, errors.New("this clone is shallow, so it does not hold the whole history; help: git fetch " +
			"--unshallow (with actions/checkout: fetch-depth: 0)")
	}
	if _, err := r.verify(ctx, "HEAD^{commit}"); err != nil {
		if ctx.Err() != nil {
			return State{}, ctx.Err()
		}
		return State{}, errors.New("nothing is committed yet")
	}
	out, err := r.run(ctx, nil, "rev-list", "--first-parent", "--timestamp", "HEAD", "--")
	if err != nil {
		return State{}, err
	}
	line, err := parseLine(string(out))
	if err != nil {
		return State{}, err
	}
	return findState(line, moment)
}

// dated is a commit with its date.
type dated struct {
	id string
	at time.Time
}

// parseLine reads what rev-list writes: a date and a commit in each line, the last one first.
func parseLine(out string) (line []dated, err error) {
	for text := range strings.Lines(out) {
		seconds, id, _ := strings.Cut(strings.TrimSpace(text), " ")
		n, err := strconv.ParseInt(seconds, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the commit %.12s has a date that cannot be read", id)
		}
		line = append(line, dated{id, time.Unix(n, 0).UTC()})
	}
	return line, nil
}

// findState finds the last commit of a line that is dated before a moment, as are all before it.
func findState(line []dated, moment time.Time) (State, error) {
	first, newest := 0, len(line) // before all that is later; the last one with an earlier date
	for i, c := range line {
		if !c.at.Before(moment) {
			first = i + 1
		} else {
			newest = min(newest, i)
		}
	}
	if first == len(line) {
		root := line[len(line)-1]
		return State{}, fmt.Errorf("the history begins with commit %.12s of %s; help: name a later day, or count "+
			"everything as new: --against %s", root.id, root.at.Format(time.DateOnly), strings.Repeat("0", 40))
	}
	s := State{Commit: line[first].id, Dated: line[first].at}
	if newest < first {
		s.Mixed, s.After = true, line[first-1].id
	}
	return s, nil
}
