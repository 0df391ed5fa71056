-- The row order is free, and DuckDB is faster where it need not keep it.
SET preserve_insertion_order = false;

-- The catalog and the scopes, as tables.
CREATE TEMP TABLE catalog AS
SELECT * FROM read_json('DIR/catalog.json', columns = {
  "asOf": 'VARCHAR',
  permissions: 'MAP(VARCHAR, STRUCT(levels VARCHAR[], actions VARCHAR[], grantable BOOLEAN, deprecated BOOLEAN))',
  roles: 'MAP(VARCHAR, STRUCT(level VARCHAR, affiliations VARCHAR[], gives STRUCT(permission VARCHAR, actions VARCHAR[], reach VARCHAR)[]))',
  deny: 'STRUCT(affiliation VARCHAR, action VARCHAR)'
});

CREATE TEMP TABLE permission AS
SELECT e.key AS name, e.value.levels, e.value.actions, e.value.grantable AND NOT e.value.deprecated AS grantable
FROM (SELECT unnest(map_entries(permissions)) AS e FROM catalog);

-- Actions are bits, in the order of the catalog: adding them up is then bit_or.
CREATE TEMP MACRO bits(actions, among) AS
  coalesce(list_sum(list_transform(list_distinct(actions), lambda a: 1 << (list_position(among, a) - 1))), 0)::UTINYINT;

CREATE TEMP TABLE gives AS
SELECT role, level, affiliations, g.permission, g.actions, g.reach
FROM (
  SELECT e.key AS role, e.value.level, e.value.affiliations, unnest(e.value.gives) AS g
  FROM (SELECT unnest(map_entries(roles)) AS e FROM catalog)
);

CREATE TEMP TABLE scope AS
WITH customer AS (
  SELECT e.key AS name, e.value.scopes AS scopes
  FROM (
    SELECT unnest(map_entries(scopes)) AS e
    FROM read_json('DIR/access.json', maximum_object_size = 1000000000, columns = {
      scopes: 'MAP(VARCHAR, STRUCT(scopes MAP(VARCHAR, STRUCT(labels VARCHAR[]))))'
    })
  )
)
SELECT name, 'customer' AS level, NULL AS parent, false AS first FROM customer
UNION ALL
SELECT name || '/' || e.key, 'workspace', name, coalesce(list_contains(e.value.labels, 'first'), false)
FROM (SELECT name, unnest(map_entries(scopes)) AS e FROM customer);

CREATE TEMP TABLE reach AS
SELECT name AS source, unnest(['self', 'subtree']) AS kind, name AS target, level FROM scope
UNION ALL
SELECT parent, 'subtree', name, level FROM scope WHERE parent IS NOT NULL
UNION ALL
SELECT parent, 'first', name, level FROM scope WHERE first;

-- What a role gives to whom when assigned on a scope.
CREATE TEMP TABLE expansion AS
SELECT g.role, g.affiliations, s.name AS scope, r.target, g.permission, bits(g.actions, p.actions) AS bits
FROM gives g
JOIN scope s ON s.level = g.level
JOIN reach r ON r.source = s.name AND r.kind = g.reach
JOIN permission p ON p.name = g.permission AND list_contains(p.levels, r.level);

CREATE TEMP TABLE users AS
SELECT * FROM read_json('DIR/users.jsonl', format = 'newline_delimited', columns = {
  "user": 'VARCHAR',
  affiliation: 'VARCHAR',
  roles: 'STRUCT(role VARCHAR, scope VARCHAR, starts VARCHAR, expires VARCHAR)[]',
  grants: 'STRUCT(permission VARCHAR, scope VARCHAR, actions VARCHAR[], starts VARCHAR, expires VARCHAR)[]'
});

-- What is printed for any bits of a permission to whom, after the denial.
CREATE TEMP TABLE texts AS
SELECT a.affiliation, p.name AS permission, b.bits::UTINYINT AS bits,
  array_to_string(list_filter(p.actions, lambda name, i: b.bits & (1 << (i - 1)) > 0
    AND NOT (a.affiliation = c.deny.affiliation AND name = c.deny.action)), ';') AS text
FROM permission p
CROSS JOIN (SELECT DISTINCT affiliation FROM users) a
CROSS JOIN catalog c
CROSS JOIN LATERAL (SELECT unnest(range(1 << len(p.actions))) AS bits) b;

CREATE TEMP MACRO in_force(starts, expires) AS
  coalesce(starts <= (SELECT "asOf" FROM catalog), true)
  AND coalesce(expires >= (SELECT "asOf" FROM catalog), true)
  AND coalesce(starts <= expires, true);

-- All sources of a user on a scope add their actions up; the denial comes last.
COPY (
  WITH source AS (
    SELECT u.user, u.affiliation, x.target AS scope, x.permission, x.bits
    FROM (SELECT user, affiliation, unnest(roles) AS e FROM users) u
    JOIN expansion x ON x.role = u.e.role AND x.scope = u.e.scope AND list_contains(x.affiliations, u.affiliation)
    WHERE in_force(u.e.starts, u.e.expires)
    UNION ALL
    SELECT u.user, u.affiliation, s.name, p.name, bits(coalesce(u.e.actions, p.actions), p.actions)
    FROM (SELECT user, affiliation, unnest(grants) AS e FROM users) u
    JOIN permission p ON p.name = u.e.permission AND p.grantable
    JOIN scope s ON s.name = u.e.scope AND list_contains(p.levels, s.level)
    WHERE in_force(u.e.starts, u.e.expires)
  ),
  held AS (
    SELECT user, affiliation, scope, permission, bit_or(bits) AS bits
    FROM source
    GROUP BY ALL
  )
  SELECT h.user, h.scope, h.permission, t.text AS actions
  FROM held h
  JOIN texts t ON t.permission = h.permission AND t.bits = h.bits AND t.affiliation = h.affiliation
  WHERE t.text <> ''
) TO '/dev/stdout' (FORMAT csv, HEADER);
