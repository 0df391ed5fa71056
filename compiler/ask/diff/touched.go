package diff

import (
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/policy"
)

// touched is, by number of a file, what of it a change wrote: from the first line
// that differs to the last. A file that is not there is as it was.
type touched map[int32][2]int

// touchedLines compares the files of a change with those of the same names that
// it began with. Without a base all is the change's.
func touchedLines(base, head *compiler.Project) touched {
	was := map[string]string{}
	if base != nil {
		for _, f := range base.Files.All() {
			was[f.Name] = f.Data
		}
	}
	t := touched{}
	for i, f := range head.Files.All() {
		before, ok := was[f.Name]
		switch {
		case f.Shipped || ok && before == f.Data:
		case !ok:
			t[int32(i+1)] = [2]int{0, len(f.Data)}
		default:
			t[int32(i+1)] = changedPart(before, f.Data)
		}
	}
	return t
}

// changedPart returns the lines of a text without those at its beginning and end that another text shares.
func changedPart(before, after string) [2]int {
	from, to, rest := 0, len(after), len(before)
	for {
		n := strings.IndexByte(after[from:], '\n') + 1
		if n == 0 || !strings.HasPrefix(before[from:], after[from:from+n]) {
			break
		}
		from += n
	}
	for to > from && rest > from {
		line := after[strings.LastIndexByte(after[:to-1], '\n')+1 : to]
		if !strings.HasSuffix(before[from:rest], line) || rest-len(line) > from && before[rest-len(line)-1] != '\n' {
			break
		}
		to, rest = to-len(line), rest-len(line)
	}
	return [2]int{from, to}
}

// at reports whether the change wrote a position.
func (t touched) at(p policy.Pos) bool {
	part, ok := t[p.File]
	return ok && int(p.Off) < part[1] && int(p.End) >= part[0]
}

// gives reports whether somebody gains by a line that the change wrote.
func (t touched) gives(x *Person) bool {
	causes := func(list []Cause) bool {
		for _, c := range list {
			if !c.Base && t.at(c.Pos) {
				return true
			}
		}
		return false
	}
	for i := range x.Changes {
		c := &x.Changes[i]
		if !c.Kind.More() {
			continue
		}
		if causes(c.Causes) {
			return true
		}
		for j := range c.Row().Via {
			if t.at(c.Row().Via[j].Pos) {
				return true
			}
		}
	}
	for i := range x.Roles {
		if x.Roles[i].Kind.More() && causes(x.Roles[i].Causes) {
			return true
		}
	}
	return false
}
