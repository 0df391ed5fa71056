// People, for reports with too many for a static page: a list of everybody, and the page of one person on request.
let everybody; // the grid of the list, or undefined

// The columns of the list: a heading, what to sort by, and whether that is a number.
const peopleColumns = [
  ["Person", p => p.name || p.id],
  ["Kind", p => kindOfPerson(p)],
  ["Roles", p => roleNames(p)],
  ["Permissions", p => p.held, true],
  ["Critical", p => p.critical, true],
  ["High", p => p.high, true],
  ["Findings", p => openOf(p), true],
  ["Next expiry", p => p.next || ""],
];
const isDays = title => title === "Next expiry" || title === "Reviewed"; // a number to sort by, and a text to show

// shownIn returns what a cell of the list shows.
function shownIn(title, value, p) {
  if (title === "Next expiry") return p.next ? dateOf(p.next) : "";
  return title === "Reviewed" ? reviewsOf(p).sum : String(value(p));
}

let reviewedBy; // what is confirmed, once it is asked for

function reviewsOf(person) {
  reviewedBy ??= new Map((names.reviewed || []).map(x => [x.user, x]));
  return reviewedBy.get(person.id) || { sum: "", rank: "", lines: [] };
}

if (names.reviewed) peopleColumns.push(["Reviewed", p => reviewsOf(p).rank]);

if (names.observed) peopleColumns.push([`Really there ${names.exported || ""}`.trim(), p => observedOf(p).sum]);

let observedBy; // what exports say, once it is asked for

function observedOf(person) {
  if (!observedBy) {
    observedBy = new Map();
    for (const { sum, users } of names.observed.sums) for (const user of users) observedBy.set(user, { sum });
    for (const { user, lines, more } of names.observed.lines || [])
      Object.assign(observedBy.get(user), { lines, more });
  }
  return observedBy.get(person.id) || { sum: "" };
}

// manyPeople take so long that the list is drawn after the part of the page is shown, in tasks of its own.
const manyPeople = 1000;

function startPeople() {
  const place = document.getElementById("people-list");
  if (!place) return;
  const input = el("input", { type: "search", id: "find-person", placeholder: "name or address", autocomplete: "off" });
  const status = el("p", { class: "sub", role: "status" });
  let shown = people;
  let order = "";
  const lineOf = p =>
    [`${p.name} (${p.id})`, ...peopleColumns.slice(1).map(([title, value]) => shownIn(title, value, p))];
  place.append(el("div", { class: "tools" },
    el("div", { class: "find" }, el("label", { for: "find-person" }, "Find"), " ", input), status,
    copyButton(() => [peopleColumns.map(([title]) => title), ...shown.map(lineOf)])));
  everybody = makeGrid({
    place,
    label: "Everybody. Arrow keys move, Enter opens the page of a person.",
    row: i => personCells(i, shown[i]),
    press: i => { location.hash = anchor("user", shown[i].id); },
  });
  everybody.table.classList.add("people");
  const again = done => {
    const want = input.value.trim().toLowerCase();
    inSlices(everybody, sortPeople(people.filter(p => p.folded.includes(want)), order), list => {
      shown = list;
      status.textContent = count(shown.length, "person", "people");
      showHeads();
      if (done) done();
    });
  };
  const showHeads = () => {
    everybody.set(shown.length, peopleColumns.map(([title, , number], k) => {
      const at = k + 1 === Math.abs(order);
      const direction = !at ? "none" : order < 0 ? "descending" : "ascending";
      const th = el("th", { scope: "col", class: number ? "n" : undefined, "aria-sort": direction }, title);
      sortButton(th, () => {
        const [first, second] = number ? [-(k + 1), k + 1] : [k + 1, -(k + 1)];
        order = String(Number(order) === first ? second : first);
        keep({ sort: order });
        again(() => everybody.head.children[k].firstChild.focus());
      });
      return th;
    }));
  };
  input.addEventListener("input", () => {
    keep({ find: input.value });
    again();
  });
  everybody.enter = params => {
    input.value = params.get("find") || "";
    order = params.get("sort") || "";
    if (people.length < manyPeople) again();
    else setTimeout(() => {
      findingsOf({});
      setTimeout(again);
    });
  };
  again();
}

// sortPeople returns people by a column, in steps. Without a value they come last.
function* sortPeople(list, by) {
  const column = peopleColumns[Math.abs(by) - 1];
  if (!column) return list;
  const pairs = [];
  for (const [i, p] of list.entries()) {
    if (i % 64 === 63) yield;
    pairs.push([column[1](p), p]);
  }
  const number = column[2] || isDays(column[0]);
  return (yield* sorted(pairs, ([a], [b]) => a === b ? 0 : a === "" ? 1 : b === "" ? -1 :
    (by < 0 ? -1 : 1) * (number ? a - b : collator.compare(a, b)))).map(([, p]) => p);
}

function personCells(i, person) {
  const { here } = everybody;
  const cell = (k, text, kind) => el("td", { ...here(i, k), role: "gridcell", class: kind }, text);
  const number = n => n ? n.toLocaleString("en") : "";
  const critical = person.critical ? el("span", { class: "level critical" }, number(person.critical)) : "";
  return [
    el("th", { ...here(i, 0), scope: "row" }, named("user", person.id, person.name)),
    cell(1, kindOfPerson(person)),
    cell(2, roleNames(person)),
    cell(3, number(person.held), "n"),
    cell(4, critical, "n"),
    cell(5, number(person.high), "n"),
    cell(6, number(openOf(person)), "n"),
    cell(7, person.next ? dateOf(person.next) : "", "day"),
    ...peopleColumns.slice(8).map(([title], k) =>
      cell(8 + k, title === "Reviewed" ? reviewsOf(person).sum : observedOf(person).sum)),
  ];
}

// roleNames lists the assigned roles of a person, each once.
function roleNames(person) {
  const list = new Set();
  for (let i = 0; i < person.roles.length; i += 5)
    if (!person.roles[i + 1]) list.add(names.roles[person.roles[i]].brief);
  return [...list].join(", ") || (person.held ? "grants only" : "");
}

const kindOfPerson = p => (p.invited ? "invited " : p.disabled ? "disabled " : "") +
  (p.affiliation >= 0 ? names.affiliations[p.affiliation] + " " : "") + "user";

let byUser; // findings, once they are asked for

function findingsOf(person) {
  byUser ??= Map.groupBy(names.findings || [], f => f.user);
  return byUser.get(person.id) || [];
}

const openOf = person => findingsOf(person).reduce((n, f) => n + (f.kind ? 0 : 1) + (f.open || 0), 0);

// summaryOf says what a person holds, like personView.Summary.
function summaryOf(person) {
  const scopes = new Set();
  eachRow(person, row => { if (isHeld(row)) scopes.add(row.scope); });
  const verb = person.invited ? "will hold, once the invitation is accepted," :
    person.disabled ? "will hold, once enabled again," : "holds";
  const critical = person.critical ? `, ${person.critical.toLocaleString("en")} of them critical` : "";
  const held = count(person.held, "permission", "permissions");
  const says = person.rows.length === 0 ? "has no access." :
    person.held === 0 ? "holds nothing: deny rules take every action." :
    `${verb} ${held} on ${count(scopes.size, "scope", "scopes")}${critical}.`;
  const name = el("bdi", {}, person.name || person.id);
  return [names.partial ? "In this part of the report, " : "", name, " " + says + " "];
}

// personPage makes the page of the person in the address.
function personPage(id) {
  const person = everybody && id.startsWith("user:") && people.find(p => p.id === id.slice("user:".length));
  if (!person) return null;
  const attributes = { class: "view one", id: "person", "data-tab": "people", "aria-labelledby": "person-title" };
  const page = el("article", attributes,
    el("p", { class: "up-to" }, el("a", { href: "#people" }, "People")),
    el("h2", { class: "head", id: "person-title" }, person.name ? [el("bdi", {}, person.name), " "] : "",
      el("span", { class: "id" }, el("bdi", {}, person.id))),
    el("p", { class: "sum" }, summaryOf(person), el("span", { class: "sub" }, kindOfPerson(person))),
    personRoles(person), personFindings(person), personObserved(person),
    personTable(person), personReviews(person), personPicture(person));
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
    items.push(el("li", {}, named("role", names.roles[role].id, names.roles[role].title),
      " on " + names.scopes[scope].brief,
      group ? throughGroup(person, group) : "",
      ends ? ", until " + dateOf(ends) : ""));
  }
  if (person.moreRoles) items.push(el("li", {}, `and ${person.moreRoles} more`));
  if (!items.length) return "";
  return el("dl", { class: "facts" }, el("div", {}, el("dt", {}, "Roles"), el("dd", {}, el("ul", {}, items))));
}

// throughGroup names the group that an assignment comes from, in brackets.
function throughGroup(person, group) {
  const { id, brief } = names.groups[group - 1];
  return [" (group ", el("a", { href: anchor("group", id) }, brief), throughInner(person, group) + ")"];
}

function personPicture(person) {
  const picture = personGraph(person);
  return picture && el("details", { class: "graph" },
    el("summary", {}, "Sources of access, as a picture"),
    el("div", { class: "scroll" }, picture));
}

function personFindings(person) {
  const found = findingsOf(person);
  if (!found.length) return "";
  return [
    el("h3", {}, "Findings"),
    el("ul", { class: "findings" }, found.map(findingItem)),
    ...found.filter(f => f.more)
      .map(f => el("p", {}, `And ${f.more.toLocaleString("en")} more findings, not listed here.`)),
  ];
}

function findingItem(f) {
  const rule = el("a", { href: "#rule:" + f.rule + (f.kind ? ":" + f.kind : "") }, f.rule);
  return el("li", {},
    el("p", { class: "message" }, f.message),
    el("p", { class: "about" }, `${f.severity}, `, rule, f.kind ? ", " + f.kind : "",
      f.at ? [" · ", el("code", { class: "at" }, f.at)] : ""),
    f.help ? el("p", {}, el("b", {}, "Fix: "), f.help) : "");
}

function personObserved(person) {
  if (!names.observed) return "";
  const { sum, lines, more } = observedOf(person);
  const rest = more ? count(more, "more difference", "more differences") : "";
  return [
    el("h3", {}, "Declared, and really there"),
    el("p", {}, sum),
    lines ? el("ul", { class: "items" }, lines.map(t => el("li", {}, t))) : "",
    rest ? el("p", {}, `And ${rest}: `, el("code", {}, "permc drift"), " lists all.") : "",
  ];
}

function personReviews(person) {
  const lines = reviewsOf(person).lines;
  if (!lines.length) return "";
  const heads = ["Assignment, grant or membership", "Last confirmed", "By"];
  return [el("h3", {}, "Assignments and grants"), el("table", { class: "plain", "data-table": "given" },
    el("caption", { class: "vh" }, "What " + person.id + " was given, and who confirmed it last"),
    el("thead", {}, el("tr", {}, heads.map(h => el("th", { scope: "col" }, h)))),
    el("tbody", {}, lines.map(reviewLine)))];
}

function reviewLine([what, state, day, by]) {
  const badge = "badge " + (state === "not due yet" ? "fine" : "warning");
  return el("tr", {},
    el("th", { scope: "row" }, what),
    el("td", { class: "day" }, day, state ? [" ", el("span", { class: badge }, state)] : ""),
    el("td", {}, by));
}

function personTable(person) {
  const body = el("tbody");
  eachRow(person, row => body.append(permissionRow(person, row)));
  if (!body.rows.length) return "";
  const heads = ["Permission", "On", "Sensitivity", "Actions", "Expiry", "Confidence", "Through", "Declared at"];
  return [el("h3", {}, "Permissions"), el("table", { class: "plain held", "data-table": "permissions" },
    el("caption", { class: "vh" }, "Permissions of " + person.id),
    el("thead", {}, el("tr", {}, heads.map(h => el("th", { scope: "col" }, h)))), body)];
}

function permissionRow(person, row) {
  const p = names.permissions[row.permission];
  const scope = names.scopes[row.scope];
  const level = sensitivityOf(row);
  const sources = row.via.map((_, k) => sourceOf(person, row, k));
  return el("tr", {},
    el("th", { scope: "row" }, named("permission", p.id, p.title)),
    el("td", {}, named("scope", scope.path, scope.title, scopeAddress(scope))),
    el("td", { "data-v": level ? sensitivities.indexOf(level) : 9 },
      level ? el("span", { class: "level " + level }, level) : ""),
    el("td", {}, mayOf(row), limitsOf(person, row).map(t => el("span", { class: "term" }, t))),
    el("td", { class: "day" }, partsOf(person, row).length < 2 && row.ends ? dateOf(row.ends) : ""),
    el("td", {}, ["stated", "derived", "inferred"][row.sure]),
    el("td", {}, sources.map(s => el("p", {}, capital(saySource(row, s)) + ".")),
      row.more ? el("p", {}, capital(sayMore(row)) + ".") : ""),
    el("td", {}, sources.map(s => el("p", {}, el("code", { class: "at" }, placeOf(s))))));
}
