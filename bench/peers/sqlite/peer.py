"""Prints what every user holds, flattened by SQLite.

Python's sqlite3 in memory: executemany loads the lines as they are into tables
of users, assignments and grants; periods, roles, reaches, the union of all
sources and the denial are SQL, and the rows come out of one GROUP BY.

    python3 peer.py DIR
"""

import json
import sqlite3
import sys
from itertools import islice
from pathlib import Path

SCHEMA = """
CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT, affiliation TEXT);
CREATE TABLE assignment (user INTEGER, role TEXT, scope TEXT, starts TEXT, expires TEXT);
CREATE TABLE granted (user INTEGER, permission TEXT, scope TEXT, actions TEXT, starts TEXT, expires TEXT);
CREATE TABLE scope (id INTEGER PRIMARY KEY, name TEXT UNIQUE, level TEXT, parent TEXT, first INTEGER);
CREATE TABLE permission (id INTEGER PRIMARY KEY, name TEXT UNIQUE, grantable INTEGER, deprecated INTEGER);
CREATE TABLE permission_level (permission TEXT, level TEXT, PRIMARY KEY (permission, level)) WITHOUT ROWID;
CREATE TABLE action (permission TEXT, name TEXT, position INTEGER, PRIMARY KEY (permission, name)) WITHOUT ROWID;
CREATE TABLE role (name TEXT PRIMARY KEY, level TEXT) WITHOUT ROWID;
CREATE TABLE role_affiliation (role TEXT, affiliation TEXT, PRIMARY KEY (role, affiliation)) WITHOUT ROWID;
CREATE TABLE gives (role TEXT, permission TEXT, action TEXT, reach TEXT);
"""

# What a role gives when assigned on a scope: on which scopes, which actions. Then
# every source of every user; the primary key makes sources that agree one, and
# its order is that of the rows.
FLATTEN = """
CREATE TABLE reach (source TEXT, kind TEXT, target INTEGER, level TEXT, PRIMARY KEY (source, kind, target)) WITHOUT ROWID;
INSERT INTO reach SELECT name, 'self', id, level FROM scope;
INSERT INTO reach SELECT name, 'subtree', id, level FROM scope;
INSERT INTO reach SELECT parent, 'subtree', id, level FROM scope WHERE parent IS NOT NULL;
INSERT INTO reach SELECT parent, 'first', id, level FROM scope WHERE first;

CREATE TABLE expansion AS
SELECT g.role, s.name AS scope, r.target, p.id AS permission, a.position, g.action
FROM role
JOIN scope s ON s.level = role.level
JOIN gives g ON g.role = role.name
JOIN permission p ON p.name = g.permission
JOIN action a ON a.permission = g.permission AND a.name = g.action
JOIN reach r ON r.source = s.name AND r.kind = g.reach
JOIN permission_level l ON l.permission = g.permission AND l.level = r.level;
CREATE INDEX expansion_by_source ON expansion (scope, role);

CREATE TABLE held (
  user INTEGER, scope INTEGER, permission INTEGER, position INTEGER, action TEXT,
  PRIMARY KEY (user, scope, permission, position)
) WITHOUT ROWID;
ANALYZE;

INSERT OR IGNORE INTO held
SELECT e.user, x.target, x.permission, x.position, x.action
FROM assignment e
JOIN user u ON u.id = e.user
JOIN role_affiliation ra ON ra.role = e.role AND ra.affiliation = u.affiliation
JOIN expansion x ON x.scope = e.scope AND x.role = e.role
WHERE coalesce(e.starts <= :as_of, TRUE) AND coalesce(e.expires >= :as_of, TRUE)
  AND coalesce(e.starts <= e.expires, TRUE)
  AND NOT (u.affiliation = :deny_affiliation AND x.action = :deny_action);

INSERT OR IGNORE INTO held
SELECT e.user, s.id, p.id, a.position, a.name
FROM granted e
JOIN user u ON u.id = e.user
JOIN permission p ON p.name = e.permission AND p.grantable AND NOT p.deprecated
JOIN scope s ON s.name = e.scope
JOIN permission_level l ON l.permission = e.permission AND l.level = s.level
JOIN action a ON a.permission = e.permission
WHERE coalesce(e.starts <= :as_of, TRUE) AND coalesce(e.expires >= :as_of, TRUE)
  AND coalesce(e.starts <= e.expires, TRUE)
  AND (e.actions IS NULL OR a.name IN (SELECT value FROM json_each(e.actions)))
  AND NOT (u.affiliation = :deny_affiliation AND a.name = :deny_action);
"""

ROWS = """
SELECT u.name || ',' || s.name || ',' || p.name || ',' || h.actions || char(10)
FROM (
  SELECT user, scope, permission, group_concat(action, ';') AS actions
  FROM (SELECT * FROM held ORDER BY user, scope, permission, position)
  GROUP BY user, scope, permission
) h
JOIN user u ON u.id = h.user
JOIN scope s ON s.id = h.scope
JOIN permission p ON p.id = h.permission
"""


def insert(db, table, rows):
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    statement = f"INSERT INTO {table} VALUES ({', '.join('?' * len(first))})"
    db.execute(statement, first)
    db.executemany(statement, rows)


def scope_rows(access):
    for customer, content in access["scopes"].items():
        yield None, customer, "customer", None, False
        for workspace, attributes in content.get("scopes", {}).items():
            yield None, f"{customer}/{workspace}", "workspace", customer, "first" in attributes.get("labels", [])


def load_catalog(db, catalog):
    permissions, roles = catalog["permissions"], catalog["roles"]
    insert(db, "permission", ((None, p, v["grantable"], v["deprecated"]) for p, v in permissions.items()))
    insert(db, "permission_level", ((p, level) for p, v in permissions.items() for level in v["levels"]))
    insert(db, "action", ((p, a, i) for p, v in permissions.items() for i, a in enumerate(v["actions"])))
    insert(db, "role", ((r, v["level"]) for r, v in roles.items()))
    insert(db, "role_affiliation", ((r, a) for r, v in roles.items() for a in v["affiliations"]))
    insert(db, "gives", (
        (r, g["permission"], a, g["reach"]) for r, v in roles.items() for g in v["gives"] for a in g["actions"]
    ))


def load_users(db, lines):
    """Loads the users, some thousand at a time to not hold them all twice."""
    numbered = enumerate(map(json.loads, lines))
    while users := list(islice(numbered, 5000)):
        insert(db, "user", ((i, u["user"], u["affiliation"]) for i, u in users))
        insert(db, "assignment", (
            (i, e["role"], e["scope"], e.get("starts"), e.get("expires"))
            for i, u in users for e in u.get("roles", ())
        ))
        insert(db, "granted", (
            (i, e["permission"], e["scope"], json.dumps(e["actions"]) if "actions" in e else None,
             e.get("starts"), e.get("expires"))
            for i, u in users for e in u.get("grants", ())
        ))


def flatten(db, catalog):
    values = {
        "as_of": catalog["asOf"],
        "deny_affiliation": catalog["deny"]["affiliation"],
        "deny_action": catalog["deny"]["action"],
    }
    for statement in FLATTEN.split(";\n"):
        db.execute(statement, values)


def main():
    folder = Path(sys.argv[1])
    catalog = json.loads((folder / "catalog.json").read_text())
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(SCHEMA)
    db.execute("BEGIN")
    insert(db, "scope", scope_rows(json.loads((folder / "access.json").read_text())))
    load_catalog(db, catalog)
    with open(folder / "users.jsonl", encoding="utf-8") as lines:
        load_users(db, lines)
    flatten(db, catalog)
    print("user,scope,permission,actions")
    sys.stdout.writelines(text for text, in db.execute(ROWS))


main()
