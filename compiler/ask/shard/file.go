package shard

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Version is the version of the file format.
const Version = "1"

// MostShards limits the shards of a run.
const MostShards = 100_000

// sumField comes last in a state: the SHA-256 of all before it.
const sumField = `,"SHA256":"`

// Encode returns a state as JSON. Nobody edits it: what is in it has a checksum.
func (s *State) Encode(safe func([]byte) []byte) ([]byte, error) {
	text, err := json.Marshal(s, json.Deterministic(true), json.OmitZeroStructFields(true),
		jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, err
	}
	text = safe(text)
	text = text[:len(text)-len("}")]
	return append(append(append(text, sumField...), sumOf(text)...), "\"}\n"...), nil
}

func sumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Decode reads what Encode returned. An error has the name of the file.
func Decode(name string, data []byte) (*State, error) {
	at := bytes.LastIndex(data, []byte(sumField))
	if at < 0 || !bytes.HasPrefix(data, []byte(`{"Version":`)) {
		return nil,
			fmt.Errorf("%s is not the whole state of a shard: permc compile --shard I/N --state %[1]s writes it", name)
	}
	if string(data[at:]) != sumField+sumOf(data[:at])+"\"}\n" {
		return nil, fmt.Errorf("%s was changed after permc wrote it: its checksum is wrong; compile the shard again",
			name)
	}
	s := &State{}
	text := append(bytes.Clone(data[:at]), '}')
	err := json.Unmarshal(text, s, json.RejectUnknownMembers(true), jsontext.AllowInvalidUTF8(true))
	if err != nil || s.Version != Version {
		return nil, fmt.Errorf("%s is a state of another version of permc; compile the shard again", name)
	}
	if wrong := s.check(); wrong != "" {
		return nil, fmt.Errorf("%s is not the state of a shard: %s", name, wrong)
	}
	return s, nil
}
