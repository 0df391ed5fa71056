package signer_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/signer"
)

// A crowd has a signature if one of its users has it.
func TestCrowd(t *testing.T) {
	ids := rapid.SampledFrom([]string{"bo@c.example", "BO@C.example", "eva@c.example", "bo+x@c.example", "svc-01", "ana",
		"bo_c.example#EXT#@tenant.example", "b\u043E@c.example", "bo\uFF20c.example", "lind", "be\u0301a@c.example"})
	names := rapid.SampledFrom([]string{"", "Bo", "Bo Bérg", "Bérg, Bo", "Eva Lind", "Lind", "B\u043E Bérg", "Ana",
		"Bo Lind"})
	texts := rapid.OneOf(ids, names, rapid.Custom(func(t *rapid.T) string {
		return names.Draw(t, "name") + rapid.SampledFrom([]string{" <", " ", ", ", ";"}).Draw(t, "between") +
			ids.Draw(t, "id") + rapid.SampledFrom([]string{">", "", " (owner)", "."}).Draw(t, "end")
	}))
	rapid.Check(t, func(t *rapid.T) {
		var users []*policy.User
		for range rapid.IntRange(0, 4).Draw(t, "users") {
			users = append(users, &policy.User{ID: ids.Draw(t, "user"), Name: names.Draw(t, "called")})
		}
		s := signer.ReadID(texts.Draw(t, "text"), rapid.Bool().Draw(t, "exact"))
		if got, want := signer.NewCrowd(users).Signed(s), slices.ContainsFunc(users, s.Is); got != want {
			t.Fatalf("%q: got %v, want %v", s, got, want)
		}
	})
}
