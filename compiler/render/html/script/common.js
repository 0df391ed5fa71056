// What every page needs.

const count = (n, one, many) => n.toLocaleString("en") + " " + (n === 1 ? one : many);

// el makes an element; text is never read as markup.
function el(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children.flat(Infinity).filter(c => c !== undefined && c !== ""));
  return e;
}
