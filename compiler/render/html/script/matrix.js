// The live matrix: a line for each person on each scope, of which only those in
// sight are in the page.
const lineHeight = 30;
const spare = 8; // lines above and below those in sight
const grid = { lines: [], columns: [], at: [0, 0] };

// select finds the lines and columns that a filter leaves, in order of scope.
function select(filter) {
  const byScope = names.scopes.map(() => []);
  const columns = new Set();
  const seen = new Set();
  let rows = 0;
  for (const person of people) {
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
      rows++;
    });
  }
  const lines = byScope.flatMap((list, scope) => list.length ? [{ scope, people: list.length }, ...list] : []);
  return { lines, columns: [...columns].sort((a, b) => names.permissions[a].levels - names.permissions[b].levels || a - b), rows, people: seen.size };
}

const special = {
  withheld: (_, row) => row.withheld.length > 0,
  conditional: (_, row) => names.permissions[row.permission].conditions !== undefined,
  own: (_, row) => row.own,
  ends: (_, row) => isSoon(row),
  invited: person => person.invited,
};

function fits(filter, person, row) {
  return (filter.scope === undefined || within(row.scope, filter.scope)) &&
    (filter.permission === undefined || row.permission === filter.permission) &&
    (!filter.sensitivity || names.permissions[row.permission].sensitivity === filter.sensitivity) &&
    (filter.role === undefined || row.via.some(v => through(person, v, filter.role))) &&
    (!filter.individual || isIndividual(person, row)) &&
    (!filter.special || special[filter.special](person, row));
}

function within(scope, outer) {
  for (; scope >= 0; scope = names.scopes[scope].parent) if (scope === outer) return true;
  return false;
}

function through(person, index, role) {
  const at = index * sourceWidth;
  return person.sources[at + 1] - 1 === role || person.sources[at + 2] - 1 === role;
}

// The filters.

function field(label, control) {
  return el("label", { class: "field" }, label, control);
}

function choice(name, any, options) {
  return el("select", { name }, el("option", { value: "" }, any), options.map(([value, text]) => el("option", { value }, text)));
}

function filterForm() {
  const used = { scope: new Set(), role: new Set(), permission: new Set() };
  for (const p of people) {
    eachRow(p, row => {
      for (let s = row.scope; s >= 0; s = names.scopes[s].parent) used.scope.add(s);
      used.permission.add(row.permission);
      for (const v of row.via) for (const k of [1, 2]) used.role.add(p.sources[v * sourceWidth + k] - 1);
    });
  }
  const options = (list, set, text) => list.map((x, i) => [i, text(x)]).filter(([i]) => set.has(i));
  const levels = sensitivities.filter(s => names.permissions.some(p => p.sensitivity === s));
  return el("form", { class: "filters", role: "search", "aria-label": "Filter the matrix", onsubmit: e => e.preventDefault() },
    field("Person", el("input", { type: "search", name: "text", placeholder: "name or address", autocomplete: "off" })),
    names.affiliations && names.affiliations.length ? field("Affiliation", choice("affiliation", "any", names.affiliations.map((a, i) => [i, a]))) : "",
    field("Scope", choice("scope", "all scopes", options(names.scopes, used.scope, s => s.path))),
    field("Role", choice("role", "any", options(names.roles, used.role, r => r.id))),
    field("Permission", choice("permission", "any", options(names.permissions, used.permission, p => p.id))),
    levels.length ? field("Sensitivity", choice("sensitivity", "any", levels.map(s => [s, s]))) : "",
    field("Marked", choice("special", "or not", [["withheld", "withheld (w, –)"], ["conditional", "conditional (c)"], ["own", "own records only (o)"], ["ends", "ends soon (e)"], ["invited", "invited ( )"]])),
    el("label", { class: "check" }, el("input", { type: "checkbox", name: "individual" }), "only individually granted"),
    el("button", { type: "reset" }, "Reset"));
}

function readFilter(form) {
  const f = form.elements;
  const index = name => f[name] && f[name].value !== "" ? Number(f[name].value) : undefined;
  return {
    text: f.text.value.trim().toLowerCase(), affiliation: index("affiliation"), scope: index("scope"), role: index("role"), permission: index("permission"),
    sensitivity: f.sensitivity && f.sensitivity.value, special: f.special.value, individual: f.individual.checked,
  };
}

// setFilter fills the form from an address: #matrix?role=ID and the like.
function setFilter(query) {
  grid.form.reset();
  const lists = { scope: names.scopes.map(s => s.path), role: names.roles.map(r => r.id), permission: names.permissions.map(p => p.id), affiliation: names.affiliations };
  for (const [name, value] of query) {
    const field = grid.form.elements[name];
    if (field) field.value = name in lists ? lists[name].indexOf(value) : value;
  }
  show(select(readFilter(grid.form)));
}

// The table.

function startMatrix() {
  const form = grid.form = filterForm();
  grid.status = el("p", { class: "sub", role: "status" });
  grid.head = el("tr");
  grid.body = el("tbody");
  grid.table = el("table", { class: "matrix", role: "grid", "aria-labelledby": "matrix-title" },
    el("caption", { class: "vh" }, "Who holds what. Arrow keys move between cells, Enter opens the sources of one."), el("thead", {}, grid.head), grid.body);
  grid.box = el("div", { class: "live" }, grid.table);
  document.getElementById("grid").append(form, grid.status, grid.box);
  const again = () => show(select(readFilter(form)));
  form.addEventListener("input", again);
  form.addEventListener("reset", () => requestAnimationFrame(again));
  let waiting = false;
  grid.box.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  });
  new ResizeObserver(() => draw()).observe(grid.box);
  grid.table.addEventListener("click", e => press(e.target.closest("td, th")));
  grid.table.addEventListener("keydown", walk);
  again();
}

function show({ lines, columns, rows, people }) {
  Object.assign(grid, { lines, columns, at: [0, 0] });
  grid.status.textContent = rows === 0 ? "Nothing fits." :
    `${rows.toLocaleString("en")} permission${rows === 1 ? "" : "s"} of ${people.toLocaleString("en")} ${people === 1 ? "person" : "people"}`;
  grid.table.setAttribute("aria-rowcount", lines.length + 1);
  grid.table.setAttribute("aria-colcount", columns.length + 1);
  grid.head.replaceChildren(el("th", { scope: "col", class: "corner" }, "Person"), ...columns.map((c, k) => {
    const p = names.permissions[c];
    return el("th", { ...here(-1, k + 1), scope: "col", class: "up", title: p.title }, el("a", { href: anchor("permission", p.id), tabindex: -1 }, p.id));
  }));
  grid.box.scrollTop = 0;
  draw();
}

// draw puts the lines in sight into the table.
function draw() {
  const from = Math.max(0, Math.floor(grid.box.scrollTop / lineHeight) - spare);
  const to = Math.min(grid.lines.length, from + Math.ceil(grid.box.clientHeight / lineHeight) + 2 * spare);
  const focused = grid.body.contains(document.activeElement);
  const rows = [];
  for (let i = from; i < to; i++) rows.push(lineRow(i));
  grid.body.replaceChildren(gap(from), ...rows, gap(grid.lines.length - to));
  if (focused) focusCell(true);
}

function gap(lines) {
  const cell = el("td");
  cell.style.height = lines * lineHeight + "px";
  return el("tr", { class: "gap", "aria-hidden": "true" }, cell);
}

// here is what a cell needs to be found, and to have the focus if it is its turn.
function here(line, column) {
  return { "data-line": line, "data-column": column, tabindex: grid.at[0] === line && grid.at[1] === column ? 0 : -1 };
}

function lineRow(i) {
  const line = grid.lines[i];
  const scope = names.scopes[line.scope];
  if (!line.person) {
    return el("tr", { "aria-rowindex": i + 2 }, el("th", { ...here(i, 0), class: "scope", scope: "rowgroup", colspan: grid.columns.length + 1 },
      el("span", { class: "stay" }, el("b", {}, scope.path), ` ${names.levels[scope.level]}, ${line.people} ${line.people === 1 ? "person" : "people"}`)));
  }
  const cells = grid.columns.map((c, k) => {
    const at = line.cells.get(c);
    if (at !== undefined) {
      const row = rowAt(line.person, at);
      const [kind, text] = markOf(line.person, row);
      return el("td", { ...here(i, k + 1), role: "gridcell", class: kind + " open", "aria-label": sayRow(line.person, row) }, text);
    }
    const stands = names.permissions[c].levels >>> scope.level & 1;
    return el("td", { ...here(i, k + 1), role: "gridcell", class: stands ? "" : "off", "aria-label": stands ? "no" : "not on this level" });
  });
  return el("tr", { "aria-rowindex": i + 2 }, el("th", { ...here(i, 0), scope: "row", title: line.person.name || undefined },
    el("a", { href: anchor("user", line.person.id), tabindex: -1 }, el("bdi", {}, line.person.id))), cells);
}

// The keyboard.

const steps = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], PageDown: [20, 0], PageUp: [-20, 0], Home: [0, -1e9], End: [0, 1e9] };

function walk(e) {
  if (e.target.closest("td, th") === null) return;
  if (e.key === "Enter" || e.key === " ") {
    e.preventDefault();
    press(e.target.closest("td, th"));
    return;
  }
  const step = e.ctrlKey && e.key === "Home" ? [-1e9, -1e9] : e.ctrlKey && e.key === "End" ? [1e9, 1e9] : steps[e.key];
  if (!step) return;
  e.preventDefault();
  const clamp = (n, most) => Math.max(0, Math.min(n, most));
  const line = Math.max(grid.at[1] === 0 && step[1] <= 0 ? 0 : -1, Math.min(grid.at[0] + step[0], grid.lines.length - 1));
  grid.at = [line, clamp(grid.at[1] + step[1], grid.columns.length)];
  if (line >= 0) reveal(line);
  draw();
  focusCell();
}

// reveal scrolls so that a line is in sight.
function reveal(line) {
  const y = line * lineHeight;
  const room = grid.box.clientHeight - grid.head.offsetHeight - 2 * lineHeight;
  if (y < grid.box.scrollTop) grid.box.scrollTop = y;
  else if (y > grid.box.scrollTop + room) grid.box.scrollTop = y - room;
}

function focusCell(still) {
  const [line, at] = grid.at;
  const column = line < 0 || (grid.lines[line] && grid.lines[line].person) ? at : 0;
  const cell = grid.table.querySelector(`[data-line="${line}"][data-column="${column}"]`);
  if (!cell) return;
  for (const other of grid.table.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus({ preventScroll: true });
  if (!still && column > 0) cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// press opens what a cell stands for.
function press(cell) {
  if (!cell || cell.dataset.line === undefined) return;
  grid.at = [Number(cell.dataset.line), Number(cell.dataset.column)];
  if (grid.at[0] < 0) {
    location.hash = anchor("permission", names.permissions[grid.columns[grid.at[1] - 1]].id);
    return;
  }
  const line = grid.lines[grid.at[0]];
  if (!line.person) return;
  if (grid.at[1] === 0) {
    location.hash = anchor("user", line.person.id);
    return;
  }
  const at = line.cells.get(grid.columns[grid.at[1] - 1]);
  if (at !== undefined) openPanel(line.person, rowAt(line.person, at), focusCell);
}
