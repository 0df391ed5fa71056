// The panel: the row of a cell with its sources.
const panel = document.getElementById("panel");
let leave; // what to do when the panel closes

// whoseRecords says whose records a source reaches, by number, like render.describeRecords.
const whoseRecords = ["", "own records only", "records of the group only"];

// sureness says how sure a row is, by number, like cell.go.
const sureness = ["", "derived from what sources state", "inferred, no source states it"];

// termsOf lists the limits of a row, its expiry and how sure it is, like terms in cell.go.
function termsOf(person, row) {
  const terms = limitsOf(person, row, true);
  if (row.sure) terms.push(sureness[row.sure]);
  return terms;
}

// limitsOf lists what a row is limited by, with its expiry or without.
function limitsOf(person, row, expiry) {
  const p = names.permissions[row.permission];
  const terms = row.withheld.map(([action, rule]) => p.actions[action] + " withheld by " + names.rules[rule]);
  for (const c of p.conditions || []) terms.push("if " + c.id);
  const parts = partsOf(person, row);
  if (parts.length > 1) terms.push(...parts.map(p => p.actions.join(", ") + ": " + termsOfPart(p)));
  else {
    if (row.records) terms.push(whoseRecords[row.records]);
    if (row.ends && expiry) terms.push("until " + dateOf(row.ends));
  }
  if (person.invited) terms.push("once the invitation is accepted");
  if (person.disabled) terms.push("once the user is enabled again");
  return terms;
}

const termsOfPart = p => (whoseRecords[p.records] || "all records") +
  (p.ends ? ", until " + dateOf(p.ends) : ", no expiry");

const mayOf = row => isHeld(row) ? actionsOf(row.permission, row.low, row.high).join(", ") : "nothing left";

// sayRow describes a row for screen readers.
function sayRow(person, row) {
  const through = new Set(row.via.map((_, k) => saySource(row, sourceOf(person, row, k))));
  if (row.more) through.add(sayMore(row));
  return [mayOf(row), ...termsOf(person, row), [...through].join(" + ")].join("; ");
}

// sayMore counts the sources of a row that the page does not list.
const sayMore = row => `${row.more} more source${row.more === 1 ? "" : "s"}`;

// saySource describes a source, like describeSource in links.go.
function saySource(row, s) {
  const on = s.scope === row.scope ? "" : " on " + names.scopes[s.scope].brief;
  const role = s.role < 0 ? "" : names.roles[s.role].brief;
  const from = s.from < 0 ? "" : ", included in " + names.roles[s.from].brief;
  const group = s.group < 0 ? "" : " (group " + names.groups[s.group].brief + s.through + ")";
  switch (s.kind) {
    case 3: return "role " + role + on + " by default" + group;
    case 4: case 5: return "grant" + on + group;
    case 6:
      return "implied by " + names.permissions[s.implier].brief +
        (role ? " of " + role + from : ", granted") + on + group;
    case 7: return "derived";
  }
  return "role " + role + from + on + group;
}

const capital = s => s[0].toUpperCase() + s.slice(1);
const placeOf = s => s.file < 0 ? "" : `${names.files[s.file]}:${s.line}:${s.column}`;

function openPanel(person, row, back) {
  leave = back;
  const p = names.permissions[row.permission];
  const scope = names.scopes[row.scope];
  const facts = [];
  const fact = (name, ...what) => facts.push(el("dt", {}, name), el("dd", {}, ...what));
  fact("Who", el("a", { href: anchor("user", person.id) }, el("bdi", {}, person.name || person.id)),
    person.name ? [" ", el("span", { class: "id" }, el("bdi", {}, person.id))] : "");
  fact("Where", named("scope", scope.path, scope.title, scopeAddress(scope)), " " + names.levels[scope.level]);
  fact("Actions", isHeld(row) ? mayOf(row) : "nothing: every action is withheld");
  for (const [action, rule] of row.withheld)
    fact("Withheld", p.actions[action] + ", by rule ",
      el("a", { href: anchor("denied", names.rules[rule]) }, names.rules[rule]));
  for (const c of p.conditions || []) fact("Only if", c.text);
  const parts = partsOf(person, row);
  if (parts.length > 1) {
    for (const p of parts)
      fact("Terms", p.actions.join(", ") + ": " + termsOfPart(p) + (isSoon(p.ends) ? ", soon" : ""));
  } else {
    if (row.records) fact("Records", whoseRecords[row.records]);
    if (row.ends) fact("Expiry", dateOf(row.ends) + (isSoon(row.ends) ? ", soon" : ""));
  }
  if (person.invited) fact("Status", "invited: held once the invitation is accepted");
  if (person.disabled) fact("Status", "disabled: held once the user is enabled again");
  const level = sensitivityOf(row);
  if (level) fact("Sensitivity", el("span", { class: "level " + level }, level));
  fact("Confidence", sureness[row.sure] || "stated by a source of the catalog");
  panel.replaceChildren(
    el("button", { type: "button", class: "close", onclick: closePanel }, "Close"),
    el("h2", { id: "panel-title" }, named("permission", p.id, p.title)),
    el("dl", {}, facts),
    el("h3", {}, row.via.length === 1 ? "Source" : `Sources: ${row.via.length + row.more}`),
    el("ol", {}, row.via.map((_, k) => sourceItem(row, sourceOf(person, row, k)))),
    row.more ? el("p", {}, "And " + sayMore(row) + ".") : "");
  panel.hidden = false;
  panel.scrollTop = 0;
  panel.focus();
}

function sourceItem(row, s) {
  const terms = [];
  const given = actionsOf(row.permission, s.low, s.high).join(", ");
  if (names.permissions[row.permission].actions.length > 1) terms.push("gives " + given);
  if (s.records) terms.push(whoseRecords[s.records]);
  if (s.ends) terms.push("until " + dateOf(s.ends));
  if (s.sure) terms.push(sureness[s.sure]);
  return el("li", {}, el("p", {}, capital(saySource(row, s))),
    terms.length ? el("p", { class: "sub" }, terms.join("; ")) : "",
    s.file >= 0 ? el("p", {}, el("code", { class: "at" }, placeOf(s))) : "");
}

function closePanel() {
  if (panel.hidden) return;
  panel.hidden = true;
  if (leave) leave();
}
