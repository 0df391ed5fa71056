// Shows one part of the page at a time, and the theme.
const views = document.getElementsByClassName("view");

// Hooks of a kind of page: make builds a missing part, leave runs before and enter after another part is shown.
const hooks = { make: () => null, leave: () => {}, enter: () => {} };

const title = document.title;

// route shows the part with the element in the address. After a click on a link it moves the focus there.
function route(followed) {
  const [id] = location.hash.slice(1).split("?");
  const target = id && (elementOf(id) || hooks.make(decode(id)) || missing(decode(id)));
  const view = (target && target.closest(".view")) || views[0];
  hooks.leave();
  for (const v of views) v.classList.toggle("away", v !== view);
  for (const a of document.querySelectorAll(".bar nav a")) {
    const here = a.dataset.tab ? a.dataset.tab === view.dataset.tab : a.hash === "#" + (view.dataset.of || view.id);
    if (here) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
  for (const a of view.querySelectorAll(".tabs a"))
    if (a.hash === "#" + view.id) a.setAttribute("aria-current", "page");
  hooks.enter(view);
  const heading = view.querySelector("h2");
  document.title = heading.textContent + " · " + title;
  if (followed) {
    view.tabIndex = -1;
    view.focus({ preventScroll: true });
  }
  if (target && target !== view) target.scrollIntoView({ block: "center" });
  else scrollTo(0, 0);
}

// elementOf returns the element that an address names, or null.
const elementOf = id => document.getElementById(id) || document.getElementById(decode(id));

// missing says that the page has nothing about what the address names.
const missing = name => notice("Not on this page",
  `This page has nothing about “${name}”. It may be in another part of the report, or outside of its filter.`);

// notice shows a sentence in place of a part of the page.
function notice(heading, text) {
  let view = document.getElementById("missing");
  if (!view) {
    view = document.createElement("section");
    Object.assign(view, { id: "missing", className: "view" });
    view.append(Object.assign(document.createElement("h2"), { className: "head" }), document.createElement("p"));
    document.getElementById("main").append(view);
  }
  view.firstChild.textContent = heading;
  view.lastChild.textContent = text;
  return view;
}

function decode(s) {
  try { return decodeURIComponent(s); } catch { return s; }
}

function startTheme() {
  const button = document.getElementById("theme");
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  const say = () => { button.setAttribute("aria-pressed", dark()); };
  try {
    root.dataset.theme = localStorage.getItem("permc-theme") || "";
  } catch { /* a page from disk may have no store */ }
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("permc-theme", root.dataset.theme); } catch { /* likewise */ }
    say();
  });
  system.addEventListener("change", say);
  button.hidden = false;
  say();
}

function startPage() {
  addEventListener("hashchange", route);
  const root = document.documentElement;
  const bar = document.querySelector(".bar");
  const measure = () => root.style.setProperty("--bar", bar.offsetHeight + "px");
  measure();
  new ResizeObserver(measure).observe(bar);
  startTheme();
  route();
  root.dataset.ready = "";
}
