// Prints what every user holds, in plain Node without packages.
//
// What each role gives on each scope is worked out once and kept; a user is then
// a Map from scope and permission to a Set of actions.
//
//     node peer.js DIR

"use strict";

const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");

const folder = process.argv[2];
const readJSON = (name) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8"));

// The scopes by name: level, the scopes in the subtree, those labelled first.
function readScopes(access) {
  const scopes = new Map();
  for (const [customer, content] of Object.entries(access.scopes)) {
    const names = [];
    const first = [];
    for (const [workspace, attributes] of Object.entries(content.scopes ?? {})) {
      const name = `${customer}/${workspace}`;
      names.push(name);
      if (attributes.labels?.includes("first")) first.push(name);
      scopes.set(name, { level: "workspace", self: [name], subtree: [name], first: [] });
    }
    scopes.set(customer, { level: "customer", self: [customer], subtree: [customer, ...names], first });
  }
  return scopes;
}

const { asOf, permissions, roles, deny } = readJSON("catalog.json");
const scopes = readScopes(readJSON("access.json"));

function inForce({ starts, expires }) {
  if (starts && expires && starts > expires) return false;
  return !(starts && starts > asOf) && !(expires && expires < asOf);
}

// What a role gives on which scopes.
function expand(roleName, scopeName, affiliation) {
  const role = roles[roleName];
  const scope = scopes.get(scopeName);
  if (role.level !== scope.level || !role.affiliations.includes(affiliation)) return [];
  return role.gives.flatMap(({ permission, actions, reach }) =>
    scope[reach]
      .filter((on) => permissions[permission].levels.includes(scopes.get(on).level))
      .map((on) => ({ key: `${on},${permission}`, permission, actions })),
  );
}

const expanded = new Map();

function gives(role, scope, affiliation) {
  const key = `${role} ${scope} ${affiliation}`;
  let list = expanded.get(key);
  if (!list) expanded.set(key, (list = expand(role, scope, affiliation)));
  return list;
}

function add(held, key, permission, actions) {
  const has = held.get(key);
  if (!has) {
    held.set(key, { permission, actions: new Set(actions) });
    return;
  }
  for (const action of actions) has.actions.add(action);
}

// The user's actions by scope and permission, before denials.
function holds(user) {
  const held = new Map();
  for (const entry of user.roles ?? []) {
    if (!inForce(entry)) continue;
    for (const give of gives(entry.role, entry.scope, user.affiliation)) {
      add(held, give.key, give.permission, give.actions);
    }
  }
  for (const entry of user.grants ?? []) {
    const { grantable, deprecated, levels, actions } = permissions[entry.permission];
    if (!grantable || deprecated || !inForce(entry)) continue;
    if (!levels.includes(scopes.get(entry.scope).level)) continue;
    add(held, `${entry.scope},${entry.permission}`, entry.permission, entry.actions ?? actions);
  }
  return held;
}

function rows(user) {
  const denied = user.affiliation === deny.affiliation ? deny.action : undefined;
  let text = "";
  for (const [key, { permission, actions }] of holds(user)) {
    actions.delete(denied);
    if (actions.size === 0) continue;
    text += `${user.user},${key},${permissions[permission].actions.filter((a) => actions.has(a)).join(";")}\n`;
  }
  return text;
}

// write is complete when it returns, also where stdout is a pipe.
function write(text) {
  const buffer = Buffer.from(text);
  for (let done = 0; done < buffer.length; ) done += fs.writeSync(1, buffer, done);
}

async function main() {
  const lines = readline.createInterface({ input: fs.createReadStream(path.join(folder, "users.jsonl")) });
  let text = "user,scope,permission,actions\n";
  for await (const line of lines) {
    text += rows(JSON.parse(line));
    if (text.length < 1 << 16) continue;
    write(text);
    text = "";
  }
  write(text);
}

main();
