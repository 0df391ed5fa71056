// Draws the sources of a person's access. graph.go draws the same for reports with few people.
const graphWidths = [210, 150, 230, 270];
const graphLine = 16;
const graphPad = 9;
const graphGap = 14;

function personGraph(person) {
  const columns = [[], [], [], []];
  const boxes = new Map();
  const box = (column, key, kind, title, ...lines) => {
    key = column + " " + key;
    if (!boxes.has(key)) {
      boxes.set(key, { column, kind, title, lines, to: new Set() });
      columns[column].push(boxes.get(key));
    }
    return boxes.get(key);
  };
  const edge = (from, to) => from.to.add(to);
  const who = box(0, "", "who", person.name || person.id, ...(person.name ? [person.id] : []));
  eachRow(person, row => row.via.forEach((_, k) => {
    const s = sourceOf(person, row, k);
    const at = names.scopes[s.scope].brief;
    const given = s.kind === 7 ? "derived" :
      s.from >= 0 ? names.roles[s.from].brief :
      s.role >= 0 ? names.roles[s.role].brief : "grant";
    const from = s.group < 0 ? who : box(1, names.groups[s.group].id, "group", names.groups[s.group].brief, "group");
    const way = (s.group < 0 ? "" : names.groups[s.group].id) + " " + given + " " + at;
    const through = box(2, way, s.kind === 4 || s.kind === 5 ? "grant" : "role", given, "on " + at);
    const title = names.scopes[row.scope].brief + (s.from >= 0 ? " by " + names.roles[s.role].brief : "");
    const what = box(3, way + " " + title, "what", title);
    const line = names.permissions[row.permission].brief + (isHeld(row) ? "" : " (withheld)");
    if (!what.lines.includes(line)) what.lines.push(line);
    if (s.group >= 0) edge(who, from);
    edge(from, through);
    edge(through, what);
  }));
  if (boxes.size < 2) return "";
  const edges = [...boxes.values()].flatMap(a => [...a.to].map(b => [a, b]));
  return drawGraph(columns, edges, "Sources of access of " + person.id + "; the table lists everything.");
}

function drawGraph(columns, edges, words) {
  const rest = new Map(); // the box in place of those that have no room
  columns.forEach((list, column) => {
    for (const b of list) if (b.lines.length > 8) b.lines.splice(7, Infinity, `and ${b.lines.length - 7} more`);
    if (list.length <= 10) return;
    const one = { column, kind: "rest", title: `and ${list.length - 9} more`, lines: [] };
    for (const b of list.splice(9, Infinity, one)) rest.set(b, one);
  });
  const height = b => (1 + b.lines.length) * graphLine + 2 * graphPad - 3;
  const tall = list => list.reduce((sum, b) => sum + height(b) + graphGap, -graphGap);
  const all = Math.max(...columns.map(tall)) + 4;
  let x = 1;
  columns.forEach((list, column) => {
    if (!list.length) return;
    let y = (all - tall(list)) / 2;
    for (const b of list) {
      Object.assign(b, { x, y });
      y += height(b) + graphGap;
    }
    x += graphWidths[column] + 56;
  });
  const drawn = new Set();
  const paths = edges.map(e => e.map(b => rest.get(b) || b)).filter(([a, b]) => {
    const key = [a.x, a.y, b.x, b.y].join();
    return !drawn.has(key) && drawn.add(key);
  }).map(([a, b]) => {
    const [x1, y1, x2, y2] = [a.x + graphWidths[a.column], a.y + height(a) / 2, b.x, b.y + height(b) / 2];
    return svg("path", { class: "edge", d: `M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}` });
  });
  const label = (b, text, i) =>
    svg("text", { class: i ? "label" : "head", x: b.x + graphPad, y: b.y + graphPad + 10 + i * graphLine },
      short(text, (graphWidths[b.column] - 2 * graphPad) / 7.3 - (i ? 0 : 2)));
  const shapes = columns.flat().flatMap(b => [
    svg("rect", { class: "box " + b.kind, x: b.x, y: b.y, width: graphWidths[b.column], height: height(b), rx: 6 }),
    ...[b.title, ...b.lines].map((text, i) => label(b, text, i)),
  ]);
  const size = { viewBox: `0 0 ${x - 55} ${all}`, width: x - 55, height: all };
  return svg("svg", { class: "picture", role: "img", "aria-label": words, ...size }, ...paths, ...shapes);
}

function short(text, most) {
  const letters = [...text];
  most = Math.floor(most);
  if (letters.length <= most) return text;
  const head = Math.floor(most * 2 / 3);
  return letters.slice(0, head).join("") + "…" + letters.slice(letters.length - (most - 1 - head)).join("");
}

function svg(tag, attributes, ...children) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}
