package lookalike_test

import (
	"fmt"
	"testing"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/lookalike"
)

func users(ids ...string) (list []*policy.User) {
	for i, id := range ids {
		list = append(list, &policy.User{ID: id, Pos: policy.Pos{File: 1, Off: uint32(i), End: uint32(i + 1)}})
	}
	return list
}

func TestFind(t *testing.T) {
	alike := [][2]string{
		{"bo@c.example", "b\u043E@c.example"},
		{"bo@c.example", "\u0412\u041E@c.example"},
		{"BO@c.example", "\u0412\u043E@c.example"},
		{"kim@c.example", "\u212Aim@c.example"},
		{"kim@c.example", "k\u0456m@c.example"},
		{"Iona@c.example", "l\u043Ena@c.example"},
		{"admin@c.example", "adm\u0131n@c.example"},
		{"sam@c.example", "\u017Fam@c.example"},
		{"bo@c.example", "bo@c\u3002example"},
		{"bo@c.example", "bo\uFF20c.example"},
		{"bo@c.example", "\uFF42o@c.example"},
		{"modern@c.example", "rnod\u0435rn@c.example"},
		{"b\u00F3@c.example", "bo\u0301\u0301@c.example"},
		{"b\u043E@c.example", "b\u03BF@c.example"},
	}
	for _, pair := range alike {
		if len(lookalike.Find(users(pair[0], pair[1]))) != 1 || len(lookalike.Find(users(pair[1], pair[0]))) != 1 {
			t.Errorf("%+q looks like %+q", pair[1], pair[0])
		}
		if len(lookalike.Across(users(pair[0]), users(pair[1]))) != 1 {
			t.Errorf("%+q looks like %+q of another list", pair[1], pair[0])
		}
	}
	apart := [][2]string{
		{"user1@c.example", "userl@c.example"},
		{"o1@c.example", "ol@c.example"},
		{"b0b@c.example", "bob@c.example"},
		{"arno@c.example", "amo@c.example"},
		{"user1@m\u00FCller.example", "userl@m\u00FCller.example"},
		{"jos\u00E9@c.example", "jose@c.example"},
		{"m\u00FCller@c.example", "muller@c.example"},
		{"\u0438\u0432\u0430\u043D@c.example", "ivan@c.example"},
		{"stra\u00DFe@c.example", "strasse@c.example"},
	}
	for _, pair := range apart {
		if found := lookalike.Find(users(pair[0], pair[1])); len(found) != 0 {
			t.Errorf("%+q and %+q look different", pair[0], pair[1])
		}
	}
}

// Of two, the one that is not plain is found, wherever it is declared.
func TestFindNamesTheOdd(t *testing.T) {
	for _, list := range [][]*policy.User{users("b\u043E", "bo"), users("bo", "b\u043E")} {
		if found := lookalike.Find(list); len(found) != 1 || found[0].Like.ID != "bo" {
			t.Errorf("found %v", found)
		}
	}
}

// Many who look alike are found once each, in time that grows with their number.
func TestFindMany(t *testing.T) {
	const letters = 14
	var ids []string
	for n := range 1 << letters {
		id := ""
		for bit := range letters {
			id += string([]rune{'o', '\u043E'}[n>>bit&1])
		}
		ids = append(ids, id)
	}
	if found := lookalike.Find(users(ids...)); len(found) != len(ids)-1 {
		t.Errorf("found %d of %d", len(found), len(ids)-1)
	}
}

// What the table says of ASCII is what is done without it.
func TestASCII(t *testing.T) {
	for c := '!'; c <= '~'; c++ {
		plain, mixed := lookalike.FormsOf(string(c)), lookalike.FormsOf(string(c)+"\u0915")
		for i := range plain {
			if want := plain[i] + "\u0915"; mixed[i] != want {
				t.Errorf("form %d of %q: %q beside %q", i, fmt.Sprint(string(c)), mixed[i], want)
			}
		}
	}
}
