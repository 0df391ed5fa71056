package observe_test

import (
	"errors"
	"testing"

	"permc.dev/permc/compiler/load/observe"
)

// FuzzRead: no file makes a reader panic, or point behind its end.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"user,role,scope\nana@acme.example,owner,acme\n",
		"Object ID;User principal name\n1;ana@acme.example\n",
		`{"value": [{"@odata.type": "#microsoft.graph.user", "id": "1", "displayName": "Ana"}], "@odata.nextLink": "x"}`,
		`{"values": [{"id": "1", "accountName": "ana@c.example", "roles": ["Health"]}], "totalCount": 1}`,
		`{"totalResults": 1, "Resources": [{"id": "1", "userName": "ana", "roles": [{"value": "owner"}]}]}`,
		`{"value": [{"systemuserid": "1", "_businessunitid_value": "b", ` +
			`"systemuserroles_association": [{"name": "Basic User"}]}]}`,
		`{"value": [{"businessunitid": "b", "name": "b", "_parentbusinessunitid_value": "b"}]}`,
		`[{"ResourceName": "SHSpaceUser", "SpaceName": "a", "Email": "b", "Roles": "Health"}]`,
		"SHSpaceUser 'a' { SpaceName = \"x`\"y\"; Email = 'b'; Roles = @('c', \"d\") }",
		"SHSpaceUser 'a' { Roles = @(", "<# SHSpaceUser", "{\"value\": [", "[[[", "\xff\xfe{\x00",
		"<Role name='x'><RolePrivilege name='a' level='Deep'/></Role>",
		"{\"value\": 1}", "{\"value\": [1]}", "{\"value\": [null]}", "[null]",
		"{\"values\": [null], \"totalCount\": -1}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		files := []observe.Input{{Name: "a-1.json", Raw: raw}, {Name: "a-2.json", Raw: raw}}
		for _, kind := range observe.Kinds {
			for _, list := range [][]observe.Input{files[:1], files} {
				o, err := observe.Read(kind, list, observe.Options{})
				if err != nil {
					var no *observe.Refused
					if !errors.As(err, &no) {
						t.Errorf("%s: %v", kind, err)
					}
					continue
				}
				check(t, kind, o)
			}
		}
		_, _ = observe.ReadRoles(files)
		_, _ = observe.ParseMap(raw)
	})
}

// check finds indexes of nothing.
func check(t *testing.T, kind string, o *observe.Observation) {
	t.Helper()
	holder := func(h observe.Holder) bool {
		return (h.Person == observe.None) != (h.Group == observe.None) && int(h.Person) < len(o.People) &&
			int(h.Group) < len(o.Groups)
	}
	for _, e := range o.Entries {
		if !holder(e.Holder) || int(e.Scope) >= len(o.Scopes) || int(e.File) >= len(o.Files) {
			t.Errorf("%s: entry %+v of nothing", kind, e)
		}
	}
	for _, m := range o.Members {
		if !holder(m.Holder) || m.In < 0 || int(m.In) >= len(o.Groups) {
			t.Errorf("%s: membership %+v of nothing", kind, m)
		}
	}
	for _, a := range o.Areas {
		if int(a.Scope) >= len(o.Scopes) || int(a.Group) >= len(o.Groups) {
			t.Errorf("%s: area %+v of nothing", kind, a)
		}
	}
}
