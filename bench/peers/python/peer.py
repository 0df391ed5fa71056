"""Prints what every user holds, in plain Python with the standard library.

What each role gives on each scope is worked out once; a user is then a dict
from (scope, permission) to a set of actions. Needs Python 3.9 or later.

    python3 peer.py DIR
"""

import json
import sys
from functools import lru_cache
from pathlib import Path


def read_scopes(access):
    """The scopes by name: level, the scopes in the subtree, those labelled first."""
    scopes = {}
    for customer, content in access["scopes"].items():
        names, first = [], []
        for workspace, attributes in content.get("scopes", {}).items():
            name = f"{customer}/{workspace}"
            names.append(name)
            if "first" in attributes.get("labels", []):
                first.append(name)
            scopes[name] = {"level": "workspace", "self": [name], "subtree": [name], "first": []}
        scopes[customer] = {"level": "customer", "self": [customer], "subtree": [customer, *names], "first": first}
    return scopes


class Peer:
    def __init__(self, catalog, scopes):
        self.as_of = catalog["asOf"]
        self.permissions = catalog["permissions"]
        self.roles = catalog["roles"]
        self.deny = catalog["deny"]
        self.scopes = scopes
        self.gives = lru_cache(maxsize=None)(self.gives)

    def in_force(self, entry):
        starts, expires = entry.get("starts"), entry.get("expires")
        if starts and expires and starts > expires:
            return False
        return not (starts and starts > self.as_of) and not (expires and expires < self.as_of)

    def gives(self, role, scope, affiliation):
        """What a role gives on which scopes: ((scope, permission), actions)."""
        role, scope = self.roles[role], self.scopes[scope]
        if role["level"] != scope["level"] or affiliation not in role["affiliations"]:
            return []
        return [
            ((on, give["permission"]), give["actions"])
            for give in role["gives"]
            for on in scope[give["reach"]]
            if self.scopes[on]["level"] in self.permissions[give["permission"]]["levels"]
        ]

    def held(self, user):
        """The user's actions by scope and permission, before denials."""
        held = {}
        for entry in user.get("roles", ()):
            if not self.in_force(entry):
                continue
            for key, actions in self.gives(entry["role"], entry["scope"], user["affiliation"]):
                held.setdefault(key, set()).update(actions)
        for entry in user.get("grants", ()):
            permission = self.permissions[entry["permission"]]
            if not permission["grantable"] or permission["deprecated"] or not self.in_force(entry):
                continue
            if self.scopes[entry["scope"]]["level"] in permission["levels"]:
                key = entry["scope"], entry["permission"]
                held.setdefault(key, set()).update(entry.get("actions", permission["actions"]))
        return held

    def rows(self, user):
        denied = self.deny["action"] if user["affiliation"] == self.deny["affiliation"] else None
        for (scope, permission), actions in self.held(user).items():
            actions.discard(denied)
            if actions:
                order = self.permissions[permission]["actions"]
                yield f"{user['user']},{scope},{permission},{';'.join(a for a in order if a in actions)}\n"


def main():
    folder = Path(sys.argv[1])
    access = json.loads((folder / "access.json").read_text())
    catalog = json.loads((folder / "catalog.json").read_text())
    peer = Peer(catalog, read_scopes(access))
    print("user,scope,permission,actions")
    with open(folder / "users.jsonl", encoding="utf-8") as lines:
        for line in lines:
            sys.stdout.writelines(peer.rows(json.loads(line)))


main()
