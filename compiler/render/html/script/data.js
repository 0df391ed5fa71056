// The data of the page. names.go writes the names, rows.go writes people and their rows: lists of numbers to read in
// order.
const names = JSON.parse(document.getElementById("names").textContent);
let people = [];

const sensitivities = ["critical", "high", "medium", "low"];

// readPeople reads people and their rows, in steps.
function* readPeople() {
  const list = [];
  for (const some of document.querySelectorAll("script.rows")) {
    yield;
    for (const person of JSON.parse(some.textContent)) list.push(readPerson(person));
  }
  return list;
}

function readPerson([id, name, affiliation, waiting, roles, sources, rows, sums, moreRoles, nested]) {
  const [held, critical, high, individual, next] = sums;
  return {
    id, name, affiliation: affiliation - 1, invited: waiting === 1, disabled: waiting === 2,
    roles, moreRoles, nested, sources, rows, held, critical, high, individual, next,
    folded: (id + " " + name).toLowerCase(),
  };
}

// brief gives each thing of a list a name to put in a sentence: its title if no other thing has it, else its id.
function brief(list) {
  const times = new Map();
  for (const x of list) times.set(x.title || idOf(x), (times.get(x.title || idOf(x)) || 0) + 1);
  for (const x of list) x.brief = x.title && times.get(x.title) === 1 ? x.title : idOf(x);
}

const idOf = x => x.id ?? x.path;
for (const list of [names.roles, names.scopes, names.permissions, names.groups]) brief(list || []);

// Each row is read into the same object.
const newRow = () => ({ withheld: [], via: [], given: [] });

// eachRow calls f with every row of a person.
function eachRow(person, f) {
  const n = person.rows;
  const row = newRow();
  for (let i = 0; i < n.length;) {
    row.scope = n[i++];
    for (let left = n[i++]; left > 0; left--) {
      i = readRow(person, i, row);
      f(row);
    }
  }
}

// rowAt reads the row on a scope at an offset into a person's rows.
function rowAt(person, scope, at) {
  const row = newRow();
  row.scope = scope;
  readRow(person, at, row);
  return row;
}

function readRow(person, i, row) {
  const n = person.rows;
  row.at = i;
  const head = n[i++];
  row.permission = head >> 2;
  row.withheld.length = row.via.length = row.given.length = 0;
  const all = names.permissions[row.permission].actions.length;
  row.low = all >= 32 ? 0xffffffff : 2 ** all - 1;
  row.high = all > 32 ? 2 ** (all - 32) - 1 : 0;
  if (head & 1) {
    row.low = n[i++];
    row.high = n[i++];
    for (let k = n[i++]; k > 0; k--) row.withheld.push([n[i++], n[i++]]);
  }
  row.records = 2;
  row.sure = 0;
  row.ends = 0;
  let endless = false;
  const several = head & 2 ? n[i++] : 1;
  row.more = several < 0 ? n[i++] : 0;
  for (let k = Math.abs(several); k > 0; k--) {
    const v = n[i++];
    row.via.push(v);
    if (head & 1) {
      const given = [n[i++], n[i++]];
      row.given.push(given);
      if (isHeld(row) && !(given[0] & row.low) && !(given[1] & row.high)) continue; // all of it is withheld
    }
    const at = v * sourceWidth;
    row.records = Math.min(row.records, person.sources[at + 6]);
    row.sure = Math.max(row.sure, person.sources[at + 11]);
    endless ||= person.sources[at + 7] === 0;
    row.ends = Math.max(row.ends, person.sources[at + 7]);
  }
  if (endless) row.ends = 0;
  return i;
}

// partsOf groups a row's actions by access and expiry, like policy.Parts.
function partsOf(person, row) {
  const parts = [];
  names.permissions[row.permission].actions.forEach((action, i) => {
    const has = ([low, high]) => (i < 32 ? low >>> i : high >>> (i - 32)) & 1;
    if (!has([row.low, row.high])) return;
    const sources = row.via.filter((_, k) => !row.given.length || has(row.given[k])).map(v => v * sourceWidth);
    const records = Math.min(...sources.map(at => person.sources[at + 6]));
    const days = sources.map(at => person.sources[at + 7]);
    const ends = days.includes(0) ? 0 : Math.max(...days);
    const same = parts.find(p => p.records === records && p.ends === ends);
    if (same) same.actions.push(action);
    else parts.push({ actions: [action], records, ends });
  });
  const last = p => p.ends || Infinity;
  return parts.sort((a, b) => a.records - b.records || last(b) - last(a));
}

// throughInner says through which group a person is in another one, or "" if directly, like render.throughInner.
function throughInner(person, group) {
  for (let i = 0; i < (person.nested || []).length; i += 2)
    if (person.nested[i] === group) return ", through " + names.groups[person.nested[i + 1] - 1].brief;
  return "";
}

// sourceOf returns the k-th source of a row.
const sourceWidth = 12;
function sourceOf(person, row, k) {
  const at = row.via[k] * sourceWidth;
  const [kind, role, from, group, implier, scope, records, ends, file, line, column, sure] =
    person.sources.slice(at, at + sourceWidth);
  const [low, high] = row.given[k] || [row.low, row.high];
  return {
    kind, role: role - 1, from: from - 1, group: group - 1, through: throughInner(person, group), implier: implier - 1,
    scope, low, high, records, ends, file: file - 1, line, column, sure,
  };
}

const kindOf = (person, index) => person.sources[index * sourceWidth];

function actionsOf(permission, low, high) {
  return names.permissions[permission].actions.filter((_, i) => (i < 32 ? low >>> i : high >>> (i - 32)) & 1);
}

const isHeld = row => row.low !== 0 || row.high !== 0;
const isSoon = ends => ends !== 0 && ends <= names.soon;
const endsSoon = (person, row) => isSoon(row.ends) ||
  row.given.length > 1 && partsOf(person, row).some(p => isSoon(p.ends));
const isIndividual = (person, row) => row.via.every(v => [4, 5].includes(kindOf(person, v)));
const isDerived = (person, row) => row.via.every(v => kindOf(person, v) === 7);

const hasAction = ([low, high], i) => (i < 32 ? low >>> i : high >>> (i - 32)) & 1;

// shortOf names the actions of a row by their first letters, or returns "" for all of them.
function shortOf(row) {
  const short = names.permissions[row.permission].short || [];
  const some = short.filter((_, i) => hasAction([row.low, row.high], i));
  return some.length === short.length ? "" : some.join("+");
}

// sensitivityOf returns how sensitive a row is, like policy.Row.Sensitivity.
function sensitivityOf(row) {
  const p = names.permissions[row.permission];
  if (!p.rated) return p.sensitivity;
  const sets = isHeld(row) ? [[row.low, row.high]] : row.given;
  return sensitivities.find(s => p.rated.some((own, i) => own === s && sets.some(set => hasAction(set, i))));
}

// markOf returns the mark of a cell, like cell.go.
function markOf(person, row) {
  let [kind, text] = !isHeld(row) ? ["none", "–"] :
    isDerived(person, row) ? ["d", "D"] :
    isIndividual(person, row) ? ["g", "G"] : ["x", "X"];
  const add = (when, letter) => {
    if (when) {
      kind += " " + letter;
      text += letter;
    }
  };
  add(row.withheld.length > 0 && isHeld(row), "w");
  add(names.permissions[row.permission].conditions, "c");
  add(row.records === 1, "o");
  add(row.records === 2, "t");
  add(endsSoon(person, row), "e");
  if (row.sure === 2) [kind, text] = [kind + " u", text + "*"];
  else if (row.sure === 1 && kind[0] !== "d") [kind, text] = [kind + " v", text + "~"];
  const some = shortOf(row);
  if (some) [kind, text] = [kind + " p", text + ":" + some];
  return person.invited || person.disabled ? [kind + " i", "(" + text + ")"] : [kind, text];
}

const dateOf = day => new Date((day - names.epoch) * 86400000).toISOString().slice(0, 10);
const anchor = (kind, name) => "#" + kind + ":" + encodeURIComponent(name)
  .replace(/%(40|2F|3A|2B)/g, decodeURIComponent)
  .replace(/[!'()*]/g, c => "%" + c.charCodeAt(0).toString(16).toUpperCase())
  .replace(/[!'()*]/g, c => "%" + c.charCodeAt(0).toString(16).toUpperCase());

// named is a link to a thing by its title, with the id beside it.
function named(kind, id, title, address) {
  const attributes = { href: address || anchor(kind, id), tabindex: kind === "user" ? -1 : undefined };
  const link = el("a", attributes, el("bdi", {}, title || id));
  return title && title !== id ? [link, " ", el("span", { class: "id" }, el("bdi", {}, id))] : [link];
}

// scopeAddress leads to the page of a scope, or to what people hold there.
const scopeAddress = s => document.getElementById("scope:" + s.path) ?
  anchor("scope", s.path) : "#matrix?scope=" + encodeURIComponent(s.path);
