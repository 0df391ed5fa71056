// Looks at the page as somebody who reads it in another way would have to, and
// returns what is wrong with what is in sight.
(() => {
  const problems = new Set();
  const say = (what, e) => problems.add(what + ": " + e.outerHTML.slice(0, 120));
  const seen = e => e.checkVisibility({ visibilityProperty: true }) && e.closest(".vh, .skip") === null;

  // Contrast of text, WCAG 2.2 1.4.3.
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = rgba(getComputedStyle(e).backgroundColor);
      if (c[3] === 255) return c;
    }
    return rgba("white");
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || e.closest("script, style, option") || !seen(e)) continue;
    const style = getComputedStyle(e);
    const colour = e.closest("svg") ? style.fill : style.color;
    const [a, b] = [light(rgba(colour)), light(ground(e))].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24 || parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700;
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) say("contrast " + ratio.toFixed(2), e);
  }

  // Names, sizes and structure.
  for (const e of document.querySelectorAll("button, input, select")) {
    if (!seen(e)) continue;
    if (!(e.labels && e.labels.length) && !e.getAttribute("aria-label") && !e.textContent.trim()) say("no name", e);
    const box = e.getBoundingClientRect();
    if (e.type !== "checkbox" && Math.min(box.width, box.height) < 24) say("small target", e);
  }
  for (const e of document.querySelectorAll("table")) {
    if (!e.caption || !e.caption.textContent.trim()) say("no caption", e);
    for (const th of e.querySelectorAll("th")) if (!th.scope) say("no scope", th);
  }
  for (const e of document.querySelectorAll("svg:not([aria-hidden])")) {
    if (e.getAttribute("role") !== "img" || !e.getAttribute("aria-label")) say("no text for a picture", e);
  }
  const ids = new Set();
  for (const e of document.querySelectorAll("[id]")) {
    if (e.id === "stripes") continue;
    if (ids.has(e.id)) say("id twice", e);
    ids.add(e.id);
  }
  for (const e of document.querySelectorAll("[aria-labelledby]")) {
    if (!document.getElementById(e.getAttribute("aria-labelledby"))) if (!e.hidden) say("labelled by nothing", e);
  }
  for (const e of document.querySelectorAll('a[href^="#"]')) {
    const id = e.getAttribute("href").slice(1).split("?")[0];
    if (!document.getElementById(id)) say("leads nowhere", e);
  }
  let level = 0;
  for (const e of document.querySelectorAll("h1, h2, h3, h4")) {
    if (!seen(e)) continue;
    const n = Number(e.tagName[1]);
    if (n > level + 1) say("a heading is skipped before", e);
    level = n;
  }
  if ([...document.querySelectorAll("h1")].filter(seen).length !== 1) problems.add("not one h1");
  if (!document.documentElement.lang || !document.title) problems.add("no language or title");
  return [...problems];
})()
