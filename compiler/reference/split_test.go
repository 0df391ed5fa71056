package reference_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// split writes pieces of a declaration down in many files of all formats.
func split(t *rapid.T, pieces []any) map[string]string {
	pieces = rapid.Permutation(pieces).Draw(t, "pieces")
	docs := make([]map[string]any, 1+upTo(t, "documents", 5))
	files := map[string]string{}
	for _, piece := range pieces {
		id, user := userOf(piece)
		cells, fits := csvCells(id, user)
		forms := []string{"document", "document"}
		if user != nil {
			forms = append(forms, "line")
		}
		if fits {
			forms = append(forms, "cells")
		}
		switch one(t, "form", forms) {
		case "document":
			i := upTo(t, "document", len(docs)-1)
			docs[i] = merge(docs[i], piece)
		case "line":
			user["user"] = id
			files["users.jsonl"] += compact(user) + "\n"
		case "cells":
			files["users.csv"] += csvLine(cells)
		}
	}
	if lines := files["users.csv"]; lines != "" {
		files["users.csv"] = strings.Join(csvColumns, ",") + "\n" + lines
	}
	for i, doc := range docs {
		switch format := one(t, "format", []string{"json", "yaml", "yml", "cue"}); {
		case doc == nil:
		case format == "json", format == "cue" && files["all.cue"] != "": // lists in two would be one list
			files[fmt.Sprintf("part-%d.json", i)] = compact(doc)
		case files["all."+format] == "":
			files["all."+format] = compact(doc) + "\n"
		default:
			files["all."+format] += "---\n" + compact(doc) + "\n"
		}
	}
	return files
}

// pieces takes a declaration apart.
func pieces(d *Declaration) []any {
	return apart(generic(d), "")
}

// apart takes a value apart: structs by key, lists by element. Only the order of
// levels and of the names on a path matters, so that they stay together.
func apart(value any, key string) []any {
	var all []any
	switch value := value.(type) {
	case map[string]any:
		for _, k := range sorted(value) {
			for _, piece := range apart(value[k], k) {
				all = append(all, map[string]any{k: piece})
			}
		}
	case []any:
		for _, element := range value {
			if key != "levels" && key != "path" {
				all = append(all, []any{element})
			}
		}
	}
	if all == nil {
		return []any{value}
	}
	return all
}

// merge puts pieces together again.
func merge(doc map[string]any, piece any) map[string]any {
	merged := maps.Clone(doc)
	for k, v := range piece.(map[string]any) {
		switch old := merged[k].(type) {
		case map[string]any:
			v = merge(old, v)
		case []any:
			v = append(old[:len(old):len(old)], v.([]any)...)
		}
		set(&merged, k, v)
	}
	return merged
}

// userOf is the user whom a piece is of, if it is of one, with its fields.
func userOf(piece any) (id string, fields map[string]any) {
	users, ok := piece.(map[string]any)["users"].(map[string]any)
	if !ok {
		return "", nil
	}
	id = sorted(users)[0]
	return id, maps.Clone(users[id].(map[string]any))
}

var csvColumns = []string{"expires", "role", "user", "permission", "scope", "actions", "affiliation", "starts", "group"}

// csvCells is the line for a piece of a user, if it fits one: its affiliation,
// an entry, or nothing at all.
func csvCells(id string, user map[string]any) (cells []string, fits bool) {
	values := map[string]any{"user": id}
	for _, field := range sorted(user) {
		switch value := user[field].(type) {
		case string:
			if !slices.Contains(csvColumns, field) {
				return nil, false
			}
			values[field] = value
		case []any:
			entry, isEntry := value[0].(map[string]any)
			if name, isName := value[0].(string); field == "groups" && isName {
				entry, isEntry = map[string]any{"group": name}, true
			}
			if entry["path"] != nil { // CSV has no column for it
				return nil, false
			}
			if !isEntry || entry["role"] == nil && entry["permission"] == nil && entry["group"] == nil {
				return nil, false
			}
			maps.Copy(values, entry)
		default:
			return nil, false
		}
	}
	for _, column := range csvColumns {
		cell := ""
		if actions, ok := values[column].([]any); ok {
			cell = csvList(actions)
		} else if values[column] != nil {
			cell = values[column].(string)
		}
		cells = append(cells, cell)
	}
	return cells, user != nil
}

// csvList is the cell of a list, with quotes around what would be several names.
func csvList(names []any) string {
	var cells []string
	for _, name := range names {
		text := name.(string)
		if strings.ContainsAny(text, `;"`) {
			text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		}
		cells = append(cells, text)
	}
	return strings.Join(cells, ";")
}

func csvLine(cells []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write(cells); err != nil {
		panic(err)
	}
	w.Flush()
	return b.String()
}

// generic is a value as JSON has it.
func generic(v any) any {
	var value any
	if err := json.Unmarshal([]byte(compact(v)), &value); err != nil {
		panic(err)
	}
	return value
}

func compact(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
