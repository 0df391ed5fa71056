// Tables that sort, filter and can be copied. What a reader chooses is in the address, for a bookmark or a colleague.
const started = new WeakMap(); // the tables with their tools
const collator = new Intl.Collator("en", { numeric: true });

// query returns what the address says after the part of the page.
const query = () => new URLSearchParams(location.hash.split("?")[1] || "");

// keep puts a choice into the address, or takes it out.
function keep(choices) {
  const params = query();
  for (const [key, value] of Object.entries(choices)) {
    if (value) params.set(key, value);
    else params.delete(key);
  }
  const text = params.toString();
  history.replaceState(null, "", (location.hash.split("?")[0] || "#" + views[0].id) + (text && "?" + text));
}

// cellText returns what a cell says, with ids in brackets.
function cellText(cell) {
  const copy = cell.cloneNode(true);
  for (const id of copy.querySelectorAll(".id")) id.textContent = `(${id.textContent})`;
  for (const p of copy.querySelectorAll(":is(p, li, .term):not(:last-child)")) p.append("; ");
  for (const e of copy.querySelectorAll(".term")) e.prepend("; ");
  return copy.textContent.replace(/\s+/g, " ").trim();
}

// csvOf returns lines of fields as CSV. No field begins a formula in a spreadsheet.
const csvOf = lines => lines.map(line => line
  .map(text => /^[\s"'\u00a0]*[=+\-@＝＋－＠]|^'/.test(text) ? "'" + text : text)
  .map(text => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  .join(",")).join("\r\n") + "\r\n";

// copyButton makes a button that copies lines.
function copyButton(lines) {
  const button = el("button", { type: "button", class: "copy", onclick: async () => {
    await copyText(csvOf(lines()));
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy as CSV"; }, 2000);
  } }, "Copy as CSV");
  return button;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // an older browser, or a page that may not
    const area = el("textarea", { "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

// sortButton makes a heading sort: first down if its column has numbers, else up.
function sortButton(th, press) {
  const attributes = { type: "button", class: "sort", title: th.dataset.full, onclick: press };
  th.replaceChildren(el("button", attributes, ...th.childNodes));
}

function startTable(table, prefix) {
  const head = [...table.tHead.rows[0].cells];
  const lines = [...table.tBodies].flatMap(body => [...body.rows]);
  const labels = head.map(th => th.textContent);
  const label = tr => [...tr.cells].forEach((cell, i) => { if (head[i]) cell.dataset.label = labels[i]; });
  const sorts = table.dataset.table !== undefined;
  const cut = sorts && cutLines(table, label);
  if (!cut) lines.forEach(label);
  if (!sorts || !cut && lines.length < 2) return; // one line needs no tools
  const body = table.tBodies[0];
  let text; // what lines say, once it is searched
  const id = table.closest(".view").id + ":" + table.dataset.table + ":find";
  const input = el("input", { type: "search", placeholder: "words in any column", autocomplete: "off", id });
  const status = el("p", { class: "sub", role: "status" });
  const find = lines.length > 7 ? el("div", { class: "find" }, el("label", { for: id }, "Find"), " ", input) : "";
  const visible = () => [...body.rows].filter(tr => !tr.classList.contains("away"));
  const copy = copyButton(() => [head.map(cellText), ...visible().map(tr => [...tr.cells].map(cellText))]);
  table.before(el("div", { class: "tools" }, find, status, copy));
  const number = head.map(th => th.classList.contains("n"));
  const valueOf = (tr, i) => {
    const cell = tr.cells[i];
    const value = cell.dataset.v ?? cellText(cell);
    return number[i] ? parseFloat(value.replaceAll(",", "")) || 0 : value;
  };
  let chosen = "";
  const sort = choice => {
    if (choice === chosen) return;
    chosen = choice;
    const i = Math.abs(Number(choice)) - 1;
    inSlices(table, choice && head[i] ? sortLines(i, choice < 0 ? -1 : 1) : [][Symbol.iterator](), list => {
      body.append(...list || lines);
      if (cut) cut();
    });
    head.forEach((th, k) =>
      th.setAttribute("aria-sort", k !== i || !choice ? "none" : choice < 0 ? "descending" : "ascending"));
  };
  function* sortLines(i, direction) {
    const pairs = [];
    for (const [k, tr] of lines.entries()) {
      if (k % 64 === 63) yield;
      pairs.push([valueOf(tr, i), tr]);
    }
    return (yield* sorted(pairs, ([a], [b]) => a === b ? 0 : a === "" ? 1 : b === "" ? -1 :
      direction * (number[i] ? a - b : collator.compare(a, b)))).map(([, tr]) => tr);
  }
  const filter = words => {
    const want = words.trim().toLowerCase();
    let n = 0;
    if (want) text ??= lines.map(tr => tr.textContent.toLowerCase());
    lines.forEach((tr, i) => {
      const fits = !want || text[i].includes(want);
      tr.classList.toggle("away", !fits);
      n += fits;
    });
    const rest = table.dataset.more ? "; " + table.dataset.more : "";
    status.textContent = want ? `${n.toLocaleString("en")} of ${count(lines.length, "line", "lines")}${rest}` : "";
    if (cut) cut();
  };
  head.forEach((th, i) => sortButton(th, () => {
    const [first, second] = number[i] ? [-(i + 1), i + 1] : [i + 1, -(i + 1)];
    sort(String(Number(chosen) === first ? second : first));
    keep({ [prefix + "sort"]: chosen });
  }));
  input.addEventListener("input", () => {
    filter(input.value);
    keep({ [prefix + "find"]: input.value });
  });
  started.set(table, params => {
    input.value = params.get(prefix + "find") || "";
    filter(input.value);
    const choice = params.get(prefix + "sort") || "";
    const i = head.findIndex(th => th.textContent.toLowerCase() === choice.replace("-", "").toLowerCase());
    sort(i < 0 ? choice : (choice[0] === "-" ? "-" : "") + (i + 1));
  });
}

// startTables gives the tables of a part of the page their tools, and sets them as the address says.
function startTables(view) {
  let first = true;
  for (const table of view.querySelectorAll("table.plain")) {
    if (!started.has(table)) {
      started.set(table, () => {});
      startTable(table, first ? "" : table.dataset.table + ".");
    }
    if (table.dataset.table !== undefined) first = false;
    started.get(table)(query());
  }
}

// startFindings makes the choices among findings work: a severity, or how they are accepted, and words.
function startFindings() {
  const tools = document.querySelector("[data-findings]");
  if (!tools) return () => {};
  const input = tools.querySelector("input");
  const chips = [...tools.querySelectorAll("[data-show]")];
  const rules = [...document.querySelectorAll("#findings .rule")];
  const items = rules.map(rule => [...rule.querySelectorAll(".findings > li")]
    .map(li => [li, li.textContent.toLowerCase()]));
  const show = (kind, words) => {
    const want = words.trim().toLowerCase();
    let n = 0;
    rules.forEach((rule, i) => {
      const { kind: silenced, severity } = rule.dataset;
      const fits = !kind || (silenced || severity) === kind;
      const left = items[i].filter(([li, text]) => {
        const has = fits && text.includes(want);
        li.classList.toggle("away", !has);
        return has;
      });
      rule.classList.toggle("away", left.length === 0);
      n += left.length;
    });
    for (const c of chips) c.setAttribute("aria-pressed", c.dataset.show === kind);
    tools.querySelector("[role=status]").textContent = kind || want ? count(n, "finding", "findings") : "";
  };
  let kind = "";
  for (const c of chips) {
    c.addEventListener("click", () => {
      kind = c.dataset.show;
      show(kind, input.value);
      keep({ show: kind });
    });
  }
  input.addEventListener("input", () => {
    show(kind, input.value);
    keep({ find: input.value });
  });
  tools.hidden = false;
  return params => {
    kind = params.get("show") || "";
    input.value = params.get("find") || "";
    show(kind, input.value);
  };
}
