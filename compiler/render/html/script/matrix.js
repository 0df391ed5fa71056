// The live matrix: a line for each person on each scope.
const matrix = { lines: [], columns: [] };

// select returns the lines and columns that pass the filter, in order of scope. It does so in steps.
function* select(filter) {
  const byScope = names.scopes.map(() => []);
  const columns = new Set();
  const seen = new Set();
  const sum = { held: 0, invited: 0, disabled: 0, withheld: 0 };
  for (const [i, person] of people.entries()) {
    if (i % 64 === 63) yield;
    if (filter.text && !person.folded.includes(filter.text)) continue;
    if (filter.affiliation !== undefined && person.affiliation !== filter.affiliation) continue;
    let line;
    eachRow(person, row => {
      if (!fits(filter, person, row)) return;
      if (!line || line.scope !== row.scope) {
        line = { person, scope: row.scope, cells: new Map() };
        byScope[row.scope].push(line);
      }
      line.cells.set(row.permission, row.at);
      columns.add(row.permission);
      seen.add(person);
      sum[!isHeld(row) ? "withheld" : person.invited ? "invited" : person.disabled ? "disabled" : "held"]++;
    });
  }
  const lines = byScope.flatMap((list, scope) => list.length ? [{ scope, people: list.length }, ...list] : []);
  const levels = permission => names.permissions[permission].levels;
  return { lines, columns: [...columns].sort((a, b) => levels(a) - levels(b) || a - b), sum, people: seen.size };
}

const special = {
  withheld: (_, row) => row.withheld.length > 0,
  conditional: (_, row) => names.permissions[row.permission].conditions !== undefined,
  own: (_, row) => row.records > 0,
  ends: endsSoon,
  active: person => !person.invited && !person.disabled,
  invited: person => person.invited,
  disabled: person => person.disabled,
  groups: (person, row) => !row.more && row.via.every(v => person.sources[v * sourceWidth + 3] > 0),
  derived: (_, row) => row.sure === 1,
  inferred: (_, row) => row.sure === 2,
};

function fits(filter, person, row) {
  return (filter.scope === undefined || within(row.scope, filter.scope)) &&
    (filter.level === undefined || names.scopes[row.scope].level === filter.level) &&
    (filter.permission === undefined || row.permission === filter.permission) &&
    (filter.group === undefined || row.via.some(v => person.sources[v * sourceWidth + 3] - 1 === filter.group)) &&
    (!filter.sensitivity || filter.sensitivity.split(",").includes(sensitivityOf(row))) &&
    (filter.role === undefined || row.via.some(v => through(person, v, filter.role))) &&
    (!filter.individual || isIndividual(person, row)) &&
    (!filter.special || special[filter.special](person, row));
}

function within(scope, outer) {
  for (; scope >= 0; scope = names.scopes[scope].parent) if (scope === outer) return true;
  return false;
}

// through reports whether a source comes through a role: the one with the permission, the assigned one, or one between
// them.
function through(person, index, role) {
  const at = index * sourceWidth;
  const [has, from] = [person.sources[at + 1] - 1, person.sources[at + 2] - 1];
  return has === role || from === role || from >= 0 && leadsTo(from, role) && leadsTo(role, has);
}

function leadsTo(role, other) {
  return (names.roles[role].includes || []).some(r => r === other || leadsTo(r, other));
}

// The filters.

function field(label, control) {
  return el("label", { class: "field" }, label, control);
}

function choice(name, any, options) {
  return el("select", { name },
    el("option", { value: "" }, any), options.map(([value, text]) => el("option", { value }, text)));
}

// usedNames returns what people hold, by kind, in steps.
function* usedNames() {
  const used = { scope: new Set(), role: new Set(), permission: new Set(), group: new Set(), level: new Set() };
  for (const [i, p] of people.entries()) {
    if (i % 64 === 63) yield;
    eachRow(p, row => {
      for (let s = row.scope; s >= 0; s = names.scopes[s].parent) used.scope.add(s);
      used.permission.add(row.permission);
      used.level.add(names.scopes[row.scope].level);
      for (const v of row.via) {
        for (const k of [1, 2]) used.role.add(p.sources[v * sourceWidth + k] - 1);
        used.group.add(p.sources[v * sourceWidth + 3] - 1);
      }
    });
  }
  return used;
}

// flags are the choices of the field Flag: the name of a special filter, and what to call it.
const flags = [
  ["withheld", "withheld (w, –)"],
  ["conditional", "conditional (c)"],
  ["own", "own or group records only (o, t)"],
  ["ends", "expires soon (e)"],
  ["groups", "only through groups"],
  ["active", "active"],
  ["invited", "invited ( )"],
  ["disabled", "disabled ( )"],
  ["derived", "derived, not stated (~)"],
  ["inferred", "inferred (*)"],
];

function filterForm(used) {
  const options = (list, set, text) => (list || []).map((x, i) => [i, text(x)]).filter(([i]) => set.has(i));
  const some = (label, name, any, list) =>
    list.length > (name === "level" ? 1 : 0) ? field(label, choice(name, any, list)) : "";
  const affiliations = (names.affiliations || []).map((a, i) => [i, a]);
  const hasLevel = (p, level) => p.sensitivity === level || (p.rated || []).includes(level);
  const levels = sensitivities.filter(s => names.permissions.some(p => hasLevel(p, s)));
  const both = levels.includes("critical") && levels.includes("high") ? [["critical,high", "critical or high"]] : [];
  const quiet = { onsubmit: e => e.preventDefault() };
  return el("form", { class: "filters", role: "search", "aria-label": "Filter the matrix", ...quiet },
    field("Person", el("input", { type: "search", name: "text", placeholder: "name or address", autocomplete: "off" })),
    some("Affiliation", "affiliation", "any", affiliations),
    some("Level", "level", "all levels", options(names.levels, used.level, l => l)),
    field("Scope", choice("scope", "all scopes", options(names.scopes, used.scope, s => s.path))),
    field("Role", choice("role", "any", options(names.roles, used.role, r => r.brief))),
    some("Group", "group", "any", options(names.groups, used.group, g => g.brief)),
    field("Permission", choice("permission", "any", options(names.permissions, used.permission, p => p.brief))),
    some("Sensitivity", "sensitivity", "any", [...both, ...levels.map(s => [s, s])]),
    field("Flag", choice("special", "any", flags)),
    el("label", { class: "check" }, el("input", { type: "checkbox", name: "individual" }), "Individual grants only"),
    el("button", { type: "reset" }, "Reset"));
}

function readFilter(form) {
  const f = form.elements;
  const index = name => f[name] && f[name].value !== "" ? Number(f[name].value) : undefined;
  return {
    text: f.text.value.trim().toLowerCase(),
    affiliation: index("affiliation"), level: index("level"), scope: index("scope"),
    role: index("role"), group: index("group"), permission: index("permission"),
    sensitivity: f.sensitivity && f.sensitivity.value, special: f.special.value, individual: f.individual.checked,
  };
}

// nameLists has what the address calls by a name and the form by a number.
const nameLists = () => ({
  scope: names.scopes.map(s => s.path),
  role: names.roles.map(r => r.id),
  permission: names.permissions.map(p => p.id),
  group: (names.groups || []).map(g => g.id),
  affiliation: names.affiliations || [],
  level: names.levels,
});

// enterMatrix shows what the address selects: #matrix?role=ID. It starts the matrix when it is first wanted.
function enterMatrix() {
  if (matrix.form) {
    if (fillForm()) showSelected();
    keepFilter();
    matrix.grid.draw();
    return;
  }
  inSlices(matrix, usedNames(), used => {
    startMatrix(used);
    const here = location.hash.startsWith("#matrix");
    if (here) fillForm();
    showSelected();
    if (here) keepFilter();
  });
}

// fillForm fills the form from the address, and reports whether that says anything.
function fillForm() {
  const params = query();
  if (!params.size) return false;
  matrix.form.reset();
  const lists = nameLists();
  for (const [name, value] of params) {
    const field = matrix.form.elements[name];
    if (!field) continue;
    if (field.type === "checkbox") field.checked = value === "1";
    else field.value = name in lists ? lists[name].indexOf(value) : value;
  }
  return true;
}

// showSelected shows what the form selects.
function showSelected() {
  let late = false;
  inSlices(matrix, select(readFilter(matrix.form)), found => {
    late = true;
    show(found);
  });
  if (!late) matrix.status.textContent = "Searching…";
}

// keepFilter puts what the form says into the address.
function keepFilter() {
  const lists = nameLists();
  const choices = {};
  for (const field of matrix.form.elements) {
    if (!field.name) continue;
    choices[field.name] = field.type === "checkbox" ? field.checked && "1" :
      field.value && field.name in lists ? lists[field.name][field.value] : field.value;
  }
  keep(choices);
}

function startMatrix(used) {
  const place = document.getElementById("grid");
  const form = matrix.form = filterForm(used);
  matrix.status = el("p", { class: "sub", role: "status" });
  place.append(form, el("div", { class: "tools" }, matrix.status, copyButton(matrixLines)));
  matrix.grid = makeGrid({
    place,
    label: "Who holds what. Arrow keys move between cells, Enter opens the sources of a cell.",
    row: lineCells,
    press: openCell,
  });
  const again = () => {
    showSelected();
    if (location.hash.startsWith("#matrix")) keepFilter();
  };
  form.addEventListener("input", again);
  form.addEventListener("reset", () => requestAnimationFrame(again));
}

function show({ lines, columns, sum, people }) {
  Object.assign(matrix, { lines, columns });
  matrix.status.textContent = saySum(sum, people);
  matrix.grid.set(lines.length, [el("th", { scope: "col", class: "corner" }, "Person"), ...columns.map(columnHead)]);
}

function columnHead(permission, k) {
  const p = names.permissions[permission];
  const title = p.id + (p.sensitivity ? ", " + p.sensitivity : "");
  return el("th", { ...matrix.grid.here(-1, k + 1), scope: "col", class: "up " + (p.sensitivity || ""), title },
    el("span", { class: "turn" }, el("a", { href: anchor("permission", p.id), tabindex: -1 }, p.brief)));
}

// saySum counts what is in the matrix, in the words of the overview.
function saySum({ held, invited, disabled, withheld }, people) {
  if (held + invited + disabled + withheld === 0) return "No match.";
  const parts = [count(held, "permission", "permissions") + " held"];
  if (invited) parts.push(invited.toLocaleString("en") + " more of invited users");
  if (disabled) parts.push(disabled.toLocaleString("en") + " more of disabled users");
  if (withheld) parts.push(withheld.toLocaleString("en") + " withheld entirely");
  return parts.join("; ") + ", of " + count(people, "person", "people");
}

// matrixLines returns the cells of the matrix as lines of a table.
function matrixLines() {
  const lines = [["User", "Name", "Scope", "Permission", "Sensitivity", "Actions", "Terms"]];
  for (const { person, scope, cells } of matrix.lines) {
    if (!person) continue;
    for (const [permission, at] of cells) {
      const row = rowAt(person, scope, at);
      lines.push([person.id, person.name, names.scopes[scope].path, names.permissions[permission].id,
        sensitivityOf(row) || "", mayOf(row), termsOf(person, row).join("; ")]);
    }
  }
  return lines;
}

// lineCells returns the cells of a line: a person's, or the heading of a scope.
function lineCells(i) {
  const { here } = matrix.grid;
  const line = matrix.lines[i];
  const scope = names.scopes[line.scope];
  if (!line.person) {
    return el("th", { ...here(i, 0), class: "scope", scope: "rowgroup", colspan: matrix.columns.length + 1 },
      el("span", { class: "stay" }, el("b", {}, scope.title || scope.path),
        scope.title ? [" ", el("span", { class: "id" }, scope.path)] : "",
        ` ${names.levels[scope.level]}, ${count(line.people, "person", "people")}`));
  }
  const cells = matrix.columns.map((c, k) => {
    const at = line.cells.get(c);
    if (at !== undefined) {
      const row = rowAt(line.person, line.scope, at);
      const [kind, text] = markOf(line.person, row);
      const label = sayRow(line.person, row);
      return el("td", { ...here(i, k + 1), role: "gridcell", class: kind + " open", "aria-label": label }, text);
    }
    const [off, label] = names.permissions[c].levels >>> scope.level & 1 ? ["", "no"] : ["off", "not on this level"];
    return el("td", { ...here(i, k + 1), role: "gridcell", class: off, "aria-label": label });
  });
  const { id, name } = line.person;
  return [el("th", { ...here(i, 0), scope: "row", title: id }, named("user", id, name)), ...cells];
}

// openCell opens the panel or page of a cell.
function openCell(i, column) {
  if (i < 0) {
    location.hash = anchor("permission", names.permissions[matrix.columns[column - 1]].id);
    return;
  }
  const line = matrix.lines[i];
  if (!line.person) return;
  if (column === 0) {
    location.hash = anchor("user", line.person.id);
    return;
  }
  const at = line.cells.get(matrix.columns[column - 1]);
  if (at !== undefined) openPanel(line.person, rowAt(line.person, line.scope, at), matrix.grid.focus);
}
