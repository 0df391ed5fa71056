// A long table shows its first lines, and more as the reader comes to them: a browser takes long to lay out hundreds at
// once. Sorting, filtering, copying and printing are about all lines.
const firstCells = 200;

// cutLines returns a function that makes a table show its first lines again, or all up to the one in the address. It
// returns undefined for a short table. Each line is prepared before it is shown.
function cutLines(table, prepare) {
  const body = table.tBodies[0];
  const first = Math.max(20, Math.ceil(firstCells / table.tHead.rows[0].cells.length));
  if (body.rows.length < 1.5 * first) return undefined;
  const words = el("span", { role: "status" });
  const all = el("button", { type: "button", onclick: () => reveal(Infinity) }, "Show all");
  const rest = el("p", { class: "rest screen" }, words, " ", all);
  let shown = 0;
  let waiting = []; // the lines that are not shown yet, the next one last
  table.after(rest);

  // show shows n more lines.
  const show = n => {
    for (; n > 0 && waiting.length; n--, shown++) {
      const tr = waiting.pop();
      prepare(tr);
      tr.classList.remove("later");
    }
    words.textContent = `${shown.toLocaleString("en")} of ${count(shown + waiting.length, "line", "lines")} shown.`;
    rest.hidden = waiting.length === 0;
  };

  // reveal shows n more lines, some in each frame.
  const reveal = n => {
    show(Math.min(n, first));
    if (n > first && waiting.length) requestAnimationFrame(() => reveal(n - first));
  };
  new IntersectionObserver(([e]) => {
    if (e.isIntersecting) show(first);
  }, { rootMargin: "0px 0px 600px" }).observe(rest);
  return () => {
    const lines = [...body.rows].filter(tr => !tr.classList.contains("away"));
    for (const tr of lines) tr.classList.add("later");
    waiting = lines.reverse();
    shown = 0;
    const target = elementOf(location.hash.slice(1));
    const at = target ? waiting.indexOf(target.closest("tr")) : -1;
    show(Math.max(first, at < 0 ? 0 : waiting.length - at));
  };
}
