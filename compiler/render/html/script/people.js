// People, for reports with too many for a static page: a list of everybody, and the page of one person on request.
let everybody; // the grid of the list, or undefined

function startPeople() {
  const place = document.getElementById("people-list");
  if (!place) return;
  const input = el("input", { type: "search", id: "find-person", placeholder: "name or address", autocomplete: "off" });
  const status = el("p", { class: "sub", role: "status" });
  place.append(el("div", { class: "find" }, el("label", { for: "find-person" }, "Find"), " ", input), status);
  let shown = people;
  const open = i => { location.hash = anchor("user", shown[i].id); };
  everybody = makeGrid({ place, label: "Everybody. Arrow keys move, Enter opens the page of a person.", row: i => personCells(i, shown[i]), press: open });
  everybody.table.classList.add("people");
  const again = () => {
    const want = input.value.trim().toLowerCase();
    shown = people.filter(p => p.folded.includes(want));
    status.textContent = count(shown.length, "person", "people");
    everybody.set(shown.length, ["Person", "Name", "Kind", "Permissions", "Highest sensitivity", "Findings"].map(h => el("th", { scope: "col" }, h)));
  };
  input.addEventListener("input", again);
  again();
}

function personCells(i, person) {
  const { held, highest } = summary(person);
  const { here } = everybody;
  const cell = (k, text, kind) => el("td", { ...here(i, k), role: "gridcell", class: kind }, text);
  const found = findingsOf(person).reduce((n, f) => n + 1 + (f.more || 0), 0);
  return [el("th", { ...here(i, 0), scope: "row" }, el("a", { href: anchor("user", person.id), tabindex: -1 }, el("bdi", {}, person.id))),
    cell(1, person.name), cell(2, kindOfPerson(person)), cell(3, held.toLocaleString("en"), "n"), cell(4, highest), cell(5, found ? String(found) : "", "n")];
}

// summary counts a person's permissions.
function summary(person) {
  let held = 0;
  const scopes = new Set();
  const levels = {};
  eachRow(person, row => {
    if (!isHeld(row)) return;
    held++;
    scopes.add(row.scope);
    const level = sensitivityOf(row);
    levels[level] = (levels[level] || 0) + 1;
  });
  return { held, scopes: scopes.size, levels, highest: sensitivities.find(s => levels[s]) || "" };
}

const kindOfPerson = p => (p.invited ? "invited " : p.disabled ? "disabled " : "") + (p.affiliation >= 0 ? names.affiliations[p.affiliation] + " " : "") + "user";

let byUser; // findings, once they are asked for

function findingsOf(person) {
  byUser ??= Map.groupBy(names.findings || [], f => f.user);
  return byUser.get(person.id) || [];
}

// personPage makes the page of the person in the address.
function personPage(id) {
  const person = everybody && id.startsWith("user:") && people.find(p => p.id === id.slice("user:".length));
  if (!person) return null;
  const { held, scopes, levels } = summary(person);
  const verb = person.invited ? "will hold, once the invitation is accepted," : person.disabled ? "will hold, once enabled again," : "holds";
  const says = person.rows.length === 0 ? "has no access." : held === 0 ? "holds nothing: deny rules take every action." :
    `${verb} ${count(held, "permission", "permissions")} on ${count(scopes, "scope", "scopes")}${levels.critical ? `, ${levels.critical} of them critical` : ""}.`;
  const page = el("article", { class: "view one", id: "person", "data-of": "people", "aria-labelledby": "person-title" },
    el("p", { class: "up-to" }, el("a", { href: "#people" }, "People")),
    el("h2", { class: "head", id: "person-title" }, el("bdi", {}, person.id)),
    el("p", { class: "lead" }, person.name ? [el("bdi", {}, person.name), ", "] : "", kindOfPerson(person)),
    el("p", {}, el("bdi", {}, person.name || person.id), " ", says),
    personRoles(person), personPicture(person), personFindings(person), personPlaces(person));
  const old = document.getElementById("person");
  if (old) old.remove();
  document.getElementById("people").after(page);
  return page;
}

function personRoles(person) {
  const items = [];
  for (let i = 0; i < person.roles.length; i += 5) {
    const [role, from, group, scope, ends] = person.roles.slice(i, i + 5);
    if (from) continue;
    items.push(el("li", {}, el("a", { href: anchor("role", names.roles[role].id) }, names.roles[role].id), " on " + names.scopes[scope].path,
      group ? " (group " + names.groups[group - 1] + ")" : "", ends ? ", until " + dateOf(ends) : ""));
  }
  if (person.moreRoles) items.push(el("li", {}, `and ${person.moreRoles} more`));
  return items.length ? el("dl", { class: "facts" }, el("div", {}, el("dt", {}, "Roles"), el("dd", {}, el("ul", {}, items)))) : "";
}

function personPicture(person) {
  const picture = personGraph(person);
  return picture && el("figure", {}, el("h3", {}, "Sources of access"), el("div", { class: "scroll" }, picture));
}

function personFindings(person) {
  const found = findingsOf(person);
  if (!found.length) return "";
  return [el("h3", {}, "Findings"), el("ul", { class: "findings" }, found.map(f => el("li", {},
    el("p", { class: "message" }, f.message), el("p", { class: "about" }, `${f.severity}, `, el("a", { href: "#rule:" + f.rule + (f.kind ? ":" + f.kind : "") }, f.rule), f.kind ? ", " + f.kind : "", f.at ? [" · ", el("code", { class: "at" }, f.at)] : ""),
    f.help ? el("p", {}, el("b", {}, "Fix: "), f.help) : ""))),
    ...found.filter(f => f.more).map(f => el("p", {}, `And ${f.more.toLocaleString("en")} more findings, not listed here.`))];
}

function personPlaces(person) {
  const tables = new Map();
  eachRow(person, row => {
    if (!tables.has(row.scope)) tables.set(row.scope, el("tbody"));
    tables.get(row.scope).append(placeRow(person, row));
  });
  if (!tables.size) return "";
  return [el("h3", {}, "Permissions"), [...tables].map(([scope, body]) => el("table", { class: "plain held" },
    el("caption", {}, names.scopes[scope].path, el("span", {}, " " + names.levels[names.scopes[scope].level])),
    el("thead", {}, el("tr", {}, ["Permission", "Actions", "Through", "Declared at"].map(h => el("th", { scope: "col" }, h)))), body))];
}

function placeRow(person, row) {
  const p = names.permissions[row.permission];
  const level = sensitivityOf(row);
  const sources = row.via.map((_, k) => sourceOf(person, row, k));
  return el("tr", {}, el("th", { scope: "row" }, el("a", { href: anchor("permission", p.id) }, p.id), " ", level ? el("span", { class: "level " + level }, level) : ""),
    el("td", {}, mayOf(row), termsOf(person, row).map(t => el("span", { class: "term" }, t))),
    el("td", {}, sources.map(s => el("p", {}, capital(saySource(row, s)) + ".")), row.more ? el("p", {}, capital(sayMore(row)) + ".") : ""),
    el("td", {}, sources.map(s => el("p", {}, el("code", { class: "at" }, placeOf(s))))));
}
