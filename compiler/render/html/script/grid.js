// A table of any length: only the visible lines are in the page. Arrow keys move between its cells, one of which the
// Tab key reaches.
const lineHeight = 30;
const spare = 8; // lines above and below those in sight

// makeGrid makes a table inside an element. row returns the cells of a line, press gets the selected cell; both count
// lines from 0, and -1 is the head.
function makeGrid({ place, label, row, press }) {
  const g = { lines: 0, columns: 0, at: [0, 0], rows: new Map() };
  const [above, below] = [gap(), gap()];
  g.head = el("tr");
  g.body = el("tbody", {}, above, below);
  g.table = el("table", { class: "matrix", role: "grid" },
    el("caption", { class: "vh" }, label), el("thead", {}, g.head), g.body);
  g.box = el("div", { class: "live" }, g.table);
  place.append(g.box);

  // set starts over with a number of lines, and of columns after the first.
  g.set = (lines, head) => {
    Object.assign(g, { lines, columns: head.length - 1, at: [0, 0] });
    g.table.setAttribute("aria-rowcount", lines + 1);
    g.table.setAttribute("aria-colcount", head.length);
    g.head.replaceChildren(...head);
    g.box.scrollTop = 0;
    keepRows(0, 0);
    g.draw();
  };

  // keepRows takes the drawn lines out of the page that are not among some.
  const keepRows = (from, to) => {
    for (const [i, tr] of g.rows) {
      if (i >= from && i < to) continue;
      tr.remove();
      g.rows.delete(i);
    }
  };

  // here returns the attributes that identify a cell, and make it focusable if it is current.
  g.here = (line, column) => ({
    "data-line": line, "data-column": column, tabindex: g.at[0] === line && g.at[1] === column ? 0 : -1,
  });

  // draw draws the lines in sight at once, and those close to them when there is time.
  let later;
  g.draw = () => {
    drawNear(0);
    clearTimeout(later);
    later = setTimeout(() => drawNear(spare), 30);
  };

  // drawNear draws the lines in sight that are not drawn yet, and so many above and below.
  const drawNear = more => {
    const top = Math.floor(g.box.scrollTop / lineHeight);
    const end = top + Math.ceil(g.box.clientHeight / lineHeight) + 1;
    const focused = g.body.contains(document.activeElement);
    keepRows(top - spare, end + spare);
    const from = Math.max(0, Math.min(top - more, ...g.rows.keys()));
    const to = Math.min(g.lines, Math.max(end + more, ...[...g.rows.keys()].map(i => i + 1)));
    let next = below;
    for (let i = to - 1; i >= from; i--) {
      if (!g.rows.has(i)) {
        g.rows.set(i, el("tr", { "aria-rowindex": i + 2 }, row(i)));
        next.before(g.rows.get(i));
      }
      next = g.rows.get(i);
    }
    above.firstChild.style.height = from * lineHeight + "px";
    below.firstChild.style.height = Math.max(0, g.lines - to) * lineHeight + "px";
    if (focused && !g.body.contains(document.activeElement)) g.focus(true);
  };

  // focus moves to the current cell, or to the only cell of a line.
  g.focus = still => {
    const [line, column] = g.at;
    const cell = g.table.querySelector(`[data-line="${line}"][data-column="${column}"]`) ||
      g.table.querySelector(`[data-line="${line}"]`);
    if (!cell) return;
    mark(cell);
    cell.focus({ preventScroll: true });
    if (!still && column > 0) cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  // mark makes a cell the one that the Tab key reaches.
  const mark = cell => {
    for (const other of g.table.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    cell.tabIndex = 0;
  };

  const choose = cell => {
    if (!cell || cell.dataset.line === undefined) return;
    g.at = [Number(cell.dataset.line), Number(cell.dataset.column)];
    mark(cell);
    press(...g.at);
  };

  const walk = e => {
    const cell = e.target.closest("td, th");
    if (!cell || cell.dataset.line === undefined || e.altKey || e.metaKey) return;
    if (e.key === "Enter" || e.key === " ") {
      e.preventDefault();
      choose(cell);
      return;
    }
    const step = stepOf(e, Math.max(1, Math.floor(g.box.clientHeight / lineHeight) - 8));
    if (!step) return;
    e.preventDefault();
    const column = Math.max(0, Math.min(g.at[1] + step[1], g.columns));
    const top = column > 0 && g.head.children[column].dataset.line ? -1 : 0;
    g.at = [Math.max(top, Math.min(g.at[0] + step[0], g.lines - 1)), column];
    if (g.at[0] >= 0) reveal(g.at[0]);
    g.draw();
    g.focus();
  };

  // reveal scrolls a line into view.
  const reveal = line => {
    const y = line * lineHeight;
    const room = g.box.clientHeight - g.head.offsetHeight - 2 * lineHeight;
    if (y < g.box.scrollTop) g.box.scrollTop = y;
    else if (y > g.box.scrollTop + room) g.box.scrollTop = y - room;
  };

  let waiting = false;
  g.box.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      g.draw();
    });
  });
  new ResizeObserver(g.draw).observe(g.box);
  g.table.addEventListener("click", e => choose(e.target.closest("td, th")));
  g.table.addEventListener("keydown", walk);
  return g;
}

function stepOf(e, page) {
  const far = 1e9;
  switch (e.key) {
    case "ArrowDown": return [1, 0];
    case "ArrowUp": return [-1, 0];
    case "ArrowRight": return [0, 1];
    case "ArrowLeft": return [0, -1];
    case "PageDown": return [page, 0];
    case "PageUp": return [-page, 0];
    case "Home": return [e.ctrlKey ? -far : 0, -far];
    case "End": return [e.ctrlKey ? far : 0, far];
  }
}

// gap takes the room of lines that are not visible.
const gap = () => el("tr", { class: "gap", "aria-hidden": "true" }, el("td"));
