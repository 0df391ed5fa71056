package load

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// In CUE, an address or a name with a hyphen or a slash without quotes is an expression of other names, and its error
// says nothing about quotes.

// bareErrors matches CUE's errors about a text that needs quotes.
var bareErrors = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^invalid attribute|^missing ',' in (struct|list) literal|` +
		`^illegal integer number|reference "[^"]*" not found`)
})

// suggestQuotes rewords errors about texts that need quotes, once for each text.
func (p *cueProject) suggestQuotes(list []diag.Finding) []diag.Finding {
	for i := range list {
		d := &list[i]
		if !d.Pos.IsValid() || !bareErrors().MatchString(d.Message) {
			continue
		}
		from, to := bareText(p.files.File(d.Pos.File).Data, int(d.Pos.Off))
		text := p.files.File(d.Pos.File).Data[from:to]
		at := policy.Pos{File: d.Pos.File, Off: uint32(from), End: uint32(to)}
		if plain := strings.ToLower(text); plain == "true" || plain == "false" {
			d.Help = "write " + plain
			d.Edit = &diag.Edit{Kind: diag.ReplaceText, Pos: at, Text: plain, Done: "wrote " + text + " as " + plain}
			continue
		}
		special := strings.ContainsAny(text, "@-/")
		if reference := strings.Contains(d.Message, "not found"); !special && reference == strings.Contains(text, ".") {
			continue // a dot in a reference is a field of something else
		}
		special = special || strings.Contains(text, ".")
		if d.Help = "write it in quotes: " + diag.Quote(text); special {
			d.Message = text + " needs quotes"
			d.Pos = at
			d.Related = nil
			d.Edit = &diag.Edit{Kind: diag.ReplaceText, Pos: at, Text: strconv.Quote(text),
				Done: "put " + text + " in quotes"}
		}
	}
	return slices.CompactFunc(list, func(a, b diag.Finding) bool { return a.Pos == b.Pos && a.Message == b.Message })
}

// bareText returns the text without quotes around an offset, or before it.
func bareText(text string, off int) (from, to int) {
	off = min(off, len(text))
	from, to = off, off
	for from > 0 && isBare(text[from-1]) {
		from--
	}
	for to < len(text) && isBare(text[to]) {
		to++
	}
	return from, from + len(strings.TrimRight(text[from:to], ".-/"))
}

func isBare(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
		strings.IndexByte("@.-/+", c) >= 0
}

// asWritten corrects the help of numbers that need quotes: CUE has computed 2026-12-31.
func (l *loader) asWritten(list []diag.Finding) []diag.Finding {
	const help = "put it in quotes: "
	for i := range list {
		d := &list[i]
		if !d.Pos.IsValid() || !strings.HasPrefix(d.Help, help) ||
			!strings.HasSuffix(l.files.File(d.Pos.File).Name, ".cue") {
			continue
		}
		text := l.files.File(d.Pos.File).Data
		if from, to := bareText(text, int(d.Pos.Off)); from == int(d.Pos.Off) && to > from {
			d.Help = help + diag.Quote(text[from:to])
			if d.Edit != nil {
				d.Edit.Done = "put " + diag.Quote(text[from:to]) + " in quotes"
			}
		}
	}
	return list
}
