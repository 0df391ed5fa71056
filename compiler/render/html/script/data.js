// What the page knows. Names are those of render/html/names.go, people and their
// rows those of rows.go: lists of numbers that are read one after the other.
const names = JSON.parse(document.getElementById("names").textContent);
let people = [];

const kinds = ["role", "included role", "role of a group", "default role", "grant", "grant to a group", "implied", "derived"];
const sensitivities = ["critical", "high", "medium", "low"];

function loadPeople() {
  const text = document.getElementById("rows").textContent;
  people = JSON.parse(text).map(([id, name, affiliation, invited, roles, sources, rows]) =>
    ({ id, name, affiliation: affiliation - 1, invited: invited === 1, roles, sources, rows, folded: (id + " " + name).toLowerCase() }));
}

// eachRow calls f with every row of somebody. The row is used again.
function eachRow(person, f) {
  const n = person.rows;
  const row = { withheld: [], via: [] };
  for (let i = 0; i < n.length;) {
    row.at = i;
    row.scope = n[i++];
    row.permission = n[i++];
    row.low = n[i++];
    row.high = n[i++];
    row.own = n[i++] === 1;
    row.ends = n[i++];
    row.withheld.length = 0;
    for (let k = n[i++]; k > 0; k--) row.withheld.push([n[i++], n[i++]]);
    row.via.length = 0;
    for (let k = n[i++]; k > 0; k--) row.via.push(n[i++]);
    row.next = i;
    f(row);
  }
}

// sourceOf is a source of somebody's rows.
const sourceWidth = 13;
function sourceOf(person, index) {
  const [kind, role, from, group, implier, scope, low, high, own, ends, file, line, column] =
    person.sources.slice(index * sourceWidth, (index + 1) * sourceWidth);
  return { kind, role: role - 1, from: from - 1, group: group - 1, implier: implier - 1, scope, low, high, own: own === 1, ends, file: file - 1, line, column };
}

const kindOf = (person, index) => person.sources[index * sourceWidth];

function actionsOf(permission, low, high) {
  return names.permissions[permission].actions.filter((_, i) => (i < 32 ? low >>> i : high >>> (i - 32)) & 1);
}

const isHeld = row => row.low !== 0 || row.high !== 0;
const isSoon = row => row.ends !== 0 && row.ends <= names.soon;
const isIndividual = (person, row) => row.via.every(v => [4, 5].includes(kindOf(person, v)));
const isDerived = (person, row) => row.via.every(v => kindOf(person, v) === 7);

// markOf is what a cell shows; cell.go says the same.
function markOf(person, row) {
  let [kind, text] = !isHeld(row) ? ["none", "–"] : isDerived(person, row) ? ["d", "D"] : isIndividual(person, row) ? ["g", "G"] : ["x", "X"];
  const add = (when, letter) => {
    if (when) {
      kind += " " + letter;
      text += letter;
    }
  };
  add(row.withheld.length > 0 && isHeld(row), "w");
  add(names.permissions[row.permission].conditions, "c");
  add(row.own, "o");
  add(isSoon(row), "e");
  return person.invited ? [kind + " i", "(" + text + ")"] : [kind, text];
}

const dateOf = day => new Date((day - names.epoch) * 86400000).toISOString().slice(0, 10);
const anchor = (kind, name) => "#" + kind + ":" + encodeURIComponent(name).replaceAll("%40", "@");

// el makes an element; text is never read as markup.
function el(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children.flat().filter(c => c !== undefined && c !== ""));
  return e;
}
