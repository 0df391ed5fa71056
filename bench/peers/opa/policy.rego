package peer

# Every scope by name.
scopes[customer] := {"level": "customer", "subtree": subtree, "first": first} if {
	some customer, content in data.access.scopes
	workspaces := object.get(content, "scopes", {})
	subtree := {customer} | {name | some id, _ in workspaces; name := concat("/", [customer, id])}
	first := {name |
		some id, attributes in workspaces
		"first" in object.get(attributes, "labels", [])
		name := concat("/", [customer, id])
	}
}

scopes[name] := {"level": "workspace", "subtree": {name}, "first": set()} if {
	some customer, content in data.access.scopes
	some id, _ in content.scopes
	name := concat("/", [customer, id])
}

reach(scope, "self") := {scope}

reach(scope, "subtree") := scopes[scope].subtree

reach(scope, "first") := scopes[scope].first

# What a role gives when assigned on a scope; kept as data.expansion.
expansion.roles[role_id][scope] := gives if {
	some role_id, role in data.catalog.roles
	some scope, attributes in scopes
	attributes.level == role.level
	gives := [[target, give.permission, action] |
		some give in role.gives
		some target in reach(scope, give.reach)
		scopes[target].level in data.catalog.permissions[give.permission].levels
		some action in give.actions
	]
}

expansion.levels[scope] := attributes.level if some scope, attributes in scopes

in_force(entry) if {
	starts := object.get(entry, "starts", "")
	expires := object.get(entry, "expires", "9999-12-31")
	starts <= data.catalog.asOf
	data.catalog.asOf <= expires
	starts <= expires
}

held[scope][permission] contains action if {
	some entry in input.roles
	in_force(entry)
	input.affiliation in data.catalog.roles[entry.role].affiliations
	some [scope, permission, action] in data.expansion.roles[entry.role][entry.scope]
}

held[scope][permission_id] contains action if {
	some entry in input.grants
	in_force(entry)
	scope := entry.scope
	permission_id := entry.permission
	permission := data.catalog.permissions[permission_id]
	permission.grantable
	not permission.deprecated
	data.expansion.levels[scope] in permission.levels
	some action in object.get(entry, "actions", permission.actions)
}

denied contains data.catalog.deny.action if input.affiliation == data.catalog.deny.affiliation

rows contains concat(",", [input.user, scope, permission, concat(";", left)]) if {
	some scope, permission
	actions := held[scope][permission] - denied
	left := [action | some action in data.catalog.permissions[permission].actions; action in actions]
	count(left) > 0
}
